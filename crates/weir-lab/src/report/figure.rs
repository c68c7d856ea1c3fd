//! A figure: pictures under a heading, what they show in words, and the numbers as tables.

use super::markup::escape;

/// A figure of the page.
#[derive(Debug, Default)]
pub(super) struct Figure {
    /// Its heading.
    pub(super) title: &'static str,
    /// What it shows and how to read it.
    pub(super) text: String,
    /// What marks mean, as HTML; empty if nothing needs it.
    pub(super) legend: String,
    /// Headings, where there are several, and pictures.
    pub(super) pictures: Vec<(String, String)>,
    /// The numbers.
    pub(super) tables: Vec<Table>,
}

/// Numbers as text.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What they are.
    pub(super) title: String,
    /// Names of the columns.
    pub(super) columns: Vec<String>,
    /// The first cell names the row.
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(super) fn new(title: &str, columns: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// As HTML.
    pub(super) fn html(&self) -> String {
        let head: String = self
            .columns
            .iter()
            .map(|name| format!("<th scope=\"col\">{}</th>", escape(name)))
            .collect();
        let row = |cells: &Vec<String>| {
            let cell = |(place, text): (usize, &String)| {
                let text = escape(text);
                if place == 0 {
                    format!("<th scope=\"row\">{text}</th>")
                } else {
                    format!("<td>{text}</td>")
                }
            };
            let cells: String = cells.iter().enumerate().map(cell).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = self.rows.iter().map(row).collect();
        let title = escape(&self.title);
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n"
        )
    }
}

impl Figure {
    /// As HTML.
    pub(super) fn html(&self) -> String {
        let picture = |(heading, picture): &(String, String)| {
            let heading = if heading.is_empty() {
                String::new()
            } else {
                format!("<h4>{}</h4>", escape(heading))
            };
            format!("<div class=\"picture\">{heading}{picture}</div>\n")
        };
        let pictures: String = self.pictures.iter().map(picture).collect();
        let tables: String = self.tables.iter().map(Table::html).collect();
        let tables = if tables.is_empty() {
            tables
        } else {
            format!("<details><summary>The numbers</summary>\n{tables}</details>\n")
        };
        let one = if self.pictures.len() == 1 { " one" } else { "" };
        format!(
            "<figure>\n<figcaption><h3>{}</h3><p>{}</p></figcaption>\n{}<div class=\"pictures{one}\">\n{pictures}</div>\n{tables}</figure>\n",
            escape(self.title),
            escape(&self.text),
            self.legend
        )
    }
}
