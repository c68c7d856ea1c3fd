//! A reply's Markdown as elements.

use leptos::prelude::*;
use web_sys::Url;

use super::icons::{self, Icon};
use crate::markdown::{Align, Container, Node, plain_text};

/// A reply's Markdown. Headings are paragraphs to the page: the outline is the page's own.
#[component]
pub(super) fn MarkdownView(nodes: Vec<Node>) -> impl IntoView {
    draw_all(nodes)
}

fn draw_all(nodes: Vec<Node>) -> Vec<AnyView> {
    nodes.into_iter().map(draw).collect()
}

fn draw(node: Node) -> AnyView {
    match node {
        Node::Text(text) => text.into_any(),
        Node::Code(code) => view! { <code>{code}</code> }.into_any(),
        Node::Break => view! { <br/> }.into_any(),
        Node::Rule => view! { <hr/> }.into_any(),
        Node::Checkbox(done) => {
            let (sign, words) = if done {
                ("☑ ", "done: ")
            } else {
                ("☐ ", "to do: ")
            };
            view! { <span aria-hidden="true">{sign}</span><span class="unseen">{words}</span> }
                .into_any()
        }
        Node::CodeBlock { language, code } => view! { <CodeBlock language code/> }.into_any(),
        Node::Container(container, nodes) => draw_container(container, nodes),
    }
}

fn draw_container(container: Container, nodes: Vec<Node>) -> AnyView {
    match container {
        Container::Paragraph => view! { <p>{draw_all(nodes)}</p> }.into_any(),
        Container::Heading(level) => {
            view! { <p class="heading" data-level=level.to_string()>{draw_all(nodes)}</p> }
                .into_any()
        }
        Container::Quote => view! { <blockquote>{draw_all(nodes)}</blockquote> }.into_any(),
        Container::List(None) => view! { <ul>{draw_all(nodes)}</ul> }.into_any(),
        Container::List(Some(first)) => {
            view! { <ol start=first.to_string()>{draw_all(nodes)}</ol> }.into_any()
        }
        Container::Item => view! { <li>{draw_all(nodes)}</li> }.into_any(),
        Container::Table(columns) => draw_table(&columns, nodes),
        Container::Emphasis => view! { <em>{draw_all(nodes)}</em> }.into_any(),
        Container::Strong => view! { <strong>{draw_all(nodes)}</strong> }.into_any(),
        Container::Strikethrough => view! { <s>{draw_all(nodes)}</s> }.into_any(),
        Container::Link(address) => draw_link(&address, nodes),
        // Parts of a table outside one, which the parser does not make.
        Container::TableHead | Container::TableRow | Container::TableCell | Container::Plain => {
            draw_all(nodes).into_any()
        }
    }
}

/// A link. Behind it stands where it leads, unless it says so itself: its words are a stranger's.
fn draw_link(address: &str, nodes: Vec<Node>) -> AnyView {
    let Ok(url) = Url::new(address) else {
        return draw_all(nodes).into_any();
    };
    let says: String = nodes.iter().map(plain_text).collect();
    let is_honest = says == address && url.username().is_empty();
    let host = (!is_honest).then(|| view! { <span class="faint">" (" {url.host()} ")"</span> });
    view! {
        <a href=url.href() target="_blank" rel="noopener noreferrer">{draw_all(nodes)}</a>
        {host}
    }
    .into_any()
}

fn draw_table(columns: &[Align], rows: Vec<Node>) -> AnyView {
    let mut head = None;
    let mut body = Vec::new();
    for row in rows {
        match row {
            Node::Container(Container::TableHead, cells) => {
                head = Some(draw_row(columns, cells, true));
            }
            Node::Container(_, cells) => body.push(draw_row(columns, cells, false)),
            _ => {}
        }
    }
    view! {
        <div class="table-frame" tabindex="0" role="group" aria-label="Table">
            <table><thead>{head}</thead><tbody>{body}</tbody></table>
        </div>
    }
    .into_any()
}

fn draw_row(columns: &[Align], cells: Vec<Node>, is_head: bool) -> AnyView {
    let cells = cells.into_iter().enumerate().map(|(column, cell)| {
        let align = match columns.get(column) {
            Some(Align::Middle) => "middle",
            Some(Align::End) => "end",
            _ => "start",
        };
        let inner = match cell {
            Node::Container(_, nodes) => draw_all(nodes),
            other => vec![draw(other)],
        };
        if is_head {
            view! { <th scope="col" data-align=align>{inner}</th> }.into_any()
        } else {
            view! { <td data-align=align>{inner}</td> }.into_any()
        }
    });
    view! { <tr>{cells.collect_view()}</tr> }.into_any()
}

/// Code, which scrolls sideways within itself, with a button that copies it.
#[component]
fn CodeBlock(language: String, code: String) -> impl IntoView {
    let copied = code.clone();
    let copy = move |_| {
        let _written = window().navigator().clipboard().write_text(&copied);
    };
    let label = if language.is_empty() {
        "code".to_owned()
    } else {
        language
    };
    view! {
        <div class="code">
            <div class="code-head">
                <span>{label.clone()}</span>
                <button type="button" class="button quiet small" on:click=copy>
                    {icons::draw(Icon::Copy)} "Copy"
                </button>
            </div>
            <pre tabindex="0" role="group" aria-label=format!("Code, {label}")><code>{code}</code></pre>
        </div>
    }
}
