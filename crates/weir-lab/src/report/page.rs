//! The page: what was run, which numbers are reached, a section for each file.

use super::{
    chart::stacked,
    figure::Figure,
    markup::escape,
    results::{File, Results},
    sections,
    targets::{self, Target, Verdict},
};

const STYLE: &str = include_str!("style.css");

/// The page about these files.
#[must_use]
pub fn page(files: &[File]) -> String {
    let sections: Vec<Section> = files.iter().enumerate().map(Section::of).collect();
    let contents: String = sections.iter().map(Section::entry).collect();
    let targets = targets::of(files);
    let bodies: String = sections.iter().map(Section::html).collect();
    format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\"/>
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>
<meta name=\"color-scheme\" content=\"light dark\"/>
<title>Weir policy report</title>
<style>
{STYLE}</style>
</head>
<body>
{patterns}
<header>
<p class=\"kicker\">weir-lab report</p>
<h1>How well the policy decides</h1>
<p class=\"lead\">For every turn of a dialogue a policy chooses whether a small model on the device answers or a large one in the cloud, and which pictures and clips go along, under a budget of seconds and money. This page compares policies on the same dialogues.</p>
{runs}<nav aria-label=\"Contents\"><ol>{targets_entry}{contents}</ol></nav>
</header>
<main>
{targets}{bodies}</main>
<footer><p>Made by <code>weir-lab report</code> from the files named above, and from nothing else. Intervals hold 95 % and come from resampling seeds and dialogues, unless a figure says otherwise.</p></footer>
</body>
</html>
",
        patterns = stacked::PATTERNS,
        runs = runs(files),
        targets_entry = if targets.is_empty() {
            ""
        } else {
            "<li><a href=\"#numbers\">Numbers to reach</a></li>"
        },
        targets = targets_html(&targets),
    )
}

/// A file's part of the page.
struct Section {
    id: String,
    title: String,
    lead: String,
    figures: Vec<Figure>,
}

impl Section {
    fn of((place, file): (usize, &File)) -> Self {
        let (title, lead) = sections::heading(&file.results);
        Self {
            id: format!("part{}", place + 1),
            title,
            lead,
            figures: sections::figures(&file.results),
        }
    }

    fn entry(&self) -> String {
        format!(
            "<li><a href=\"#{}\">{}</a></li>",
            self.id,
            escape(&self.title)
        )
    }

    fn html(&self) -> String {
        let figures: String = self.figures.iter().map(Figure::html).collect();
        format!(
            "<section id=\"{}\">\n<h2>{}</h2>\n<p class=\"lead\">{}</p>\n{figures}</section>\n",
            self.id,
            escape(&self.title),
            escape(&self.lead)
        )
    }
}

/// What was run, a row a file.
fn runs(files: &[File]) -> String {
    let optional = |text: &Option<String>| text.as_deref().map_or("–".into(), escape);
    let row = |file: &File| {
        let suite = match &file.results {
            Results::Tmo(_) => "tmo",
            Results::Weir(_) => "weir",
            Results::Scaling(_) => "scaling",
            Results::Training(_) => "training",
        };
        let command = file.run.command.as_deref();
        let command = command.map_or("–".into(), |command| {
            format!("<code>{}</code>", escape(command))
        });
        format!(
            "<tr><th scope=\"row\">{}</th><td>{suite}</td><td>{}</td><td>{}</td><td>{}</td><td>{command}</td></tr>\n",
            escape(&file.name),
            seeds(&file.run.seeds),
            optional(&file.run.date),
            optional(&file.run.version),
        )
    };
    let rows: String = files.iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What was run\"><table class=\"runs\"><caption>What was run</caption><thead><tr><th scope=\"col\">file</th><th scope=\"col\">suite</th><th scope=\"col\">seeds</th><th scope=\"col\">date</th><th scope=\"col\">version</th><th scope=\"col\">command</th></tr></thead><tbody>\n{rows}</tbody></table></div>\n"
    )
}

/// Seeds with runs of them in short: 1–10, 12.
fn seeds(seeds: &[u64]) -> String {
    let mut runs: Vec<[u64; 2]> = Vec::new();
    for seed in seeds {
        match runs.last_mut() {
            Some([_, last]) if last.checked_add(1) == Some(*seed) => *last = *seed,
            _ => runs.push([*seed, *seed]),
        }
    }
    let runs = runs.into_iter().map(|[first, last]| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    let text = runs.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "–".into() } else { text }
}

fn targets_html(targets: &[Target]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    let row = |target: &Target| {
        let (class, verdict) = match target.verdict() {
            Verdict::Met => ("met", "✓ met"),
            Verdict::Missed => ("missed", "✗ not met"),
            Verdict::Unknown => ("unknown", "– not measured here"),
        };
        let measured = target.measured.iter().map(|measured| {
            let sign = if measured.met { "✓" } else { "✗" };
            let class = if measured.met { "met" } else { "missed" };
            format!(
                "<li class=\"{class}\"><span>{sign} {}</span> {}</li>",
                escape(&measured.of),
                escape(&measured.text)
            )
        });
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td><ul>{}</ul></td><td class=\"verdict {class}\">{verdict}</td></tr>\n",
            escape(target.what),
            escape(&target.bar),
            measured.collect::<String>(),
        )
    };
    let met = targets
        .iter()
        .filter(|target| target.verdict() == Verdict::Met);
    let known = targets
        .iter()
        .filter(|target| target.verdict() != Verdict::Unknown);
    format!(
        "<section id=\"numbers\">\n<h2>Numbers to reach</h2>\n<p class=\"lead\">{} of {} measured here are reached. Each verdict follows from the numbers beside it.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers to reach\"><table class=\"targets\"><thead><tr><th scope=\"col\">what</th><th scope=\"col\">bar</th><th scope=\"col\">measured</th><th scope=\"col\">verdict</th></tr></thead><tbody>\n{}</tbody></table></div>\n</section>\n",
        met.count(),
        known.count(),
        targets.iter().map(row).collect::<String>()
    )
}
