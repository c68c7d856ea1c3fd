//! Markdown as a small tree of a closed set of constructs.
//!
//! A reply is untrusted text. Nothing here makes HTML: pulldown-cmark's events become a [`Node`]
//! tree, and [`crate::components::markdown_view`] makes elements of it. Raw HTML stays visible as
//! text; a picture becomes a link, so that showing a reply fetches nothing; a link that is not
//! `http(s)` keeps its text only; nesting deeper than [`MAX_DEPTH`] is flattened; letters that a
//! reader cannot see are left out, also where they are spelled as entities.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag};
use weir_core::legible;

/// Containers below this depth are left out and their text stays: a page drawn by recursion must
/// not be at the mercy of a reply made of ten thousand `>`.
pub const MAX_DEPTH: usize = 16;

/// One construct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Words.
    Text(String),
    /// Code within a line.
    Code(String),
    /// A line break that the writer asked for.
    Break,
    /// A rule across the text.
    Rule,
    /// The box of a task list.
    Checkbox(bool),
    /// A block of code and the language it says it is in.
    CodeBlock {
        /// The word after the fence; empty if there is none.
        language: String,
        /// The code.
        code: String,
    },
    /// Something that holds other things.
    Container(Container, Vec<Self>),
}

/// What holds other things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// A paragraph.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A quotation.
    Quote,
    /// A list; numbered from here if there is a number.
    List(Option<u64>),
    /// An item of a list.
    Item,
    /// A table with the alignment of each column.
    Table(Vec<Align>),
    /// The first row of a table.
    TableHead,
    /// A row of a table.
    TableRow,
    /// A cell of a table.
    TableCell,
    /// Stressed.
    Emphasis,
    /// Strongly stressed.
    Strong,
    /// Struck through.
    Strikethrough,
    /// A link to an address that is `http` or `https`.
    Link(String),
    /// Anything else: what it holds is shown as it is.
    Plain,
}

/// Alignment of a table's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the start of the line.
    Start,
    /// In the middle.
    Middle,
    /// At the end of the line.
    End,
}

/// Reads `text`. Every input gives a tree: there is no such thing as wrong Markdown.
#[must_use]
pub fn parse(text: &str) -> Vec<Node> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut open: Vec<Open> = vec![Open::new(Container::Plain)];
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(tag) => open.push(Open::of(tag)),
            Event::End(_) => close(&mut open),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                push_text(&mut open, &text);
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                push_text(&mut open, &text);
            }
            Event::Code(text) => push(&mut open, Node::Code(legible(&text).into_owned())),
            Event::SoftBreak => push_text(&mut open, "\n"),
            Event::HardBreak => push(&mut open, Node::Break),
            Event::Rule => push(&mut open, Node::Rule),
            Event::TaskListMarker(done) => push(&mut open, Node::Checkbox(done)),
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|root| root.nodes).unwrap_or_default()
}

/// A construct that has begun.
struct Open {
    kind: Kind,
    nodes: Vec<Node>,
}

enum Kind {
    Container(Container),
    CodeBlock { language: String },
}

impl Open {
    const fn new(container: Container) -> Self {
        Self {
            kind: Kind::Container(container),
            nodes: Vec::new(),
        }
    }

    fn of(tag: Tag<'_>) -> Self {
        let container = match tag {
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => {
                        let word = info.split_whitespace().next().unwrap_or_default();
                        legible(word).into_owned()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                return Self {
                    kind: Kind::CodeBlock { language },
                    nodes: Vec::new(),
                };
            }
            Tag::Paragraph => Container::Paragraph,
            Tag::Heading { level, .. } => Container::Heading(level as u8),
            Tag::BlockQuote(_) => Container::Quote,
            Tag::List(first) => Container::List(first),
            Tag::Item => Container::Item,
            Tag::Table(columns) => Container::Table(columns.into_iter().map(align).collect()),
            Tag::TableHead => Container::TableHead,
            Tag::TableRow => Container::TableRow,
            Tag::TableCell => Container::TableCell,
            Tag::Emphasis => Container::Emphasis,
            Tag::Strong => Container::Strong,
            Tag::Strikethrough => Container::Strikethrough,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let address = legible(&dest_url);
                if is_web_address(&address) {
                    Container::Link(address.into_owned())
                } else {
                    Container::Plain
                }
            }
            _ => Container::Plain,
        };
        Self::new(container)
    }
}

const fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::Center => Align::Middle,
        Alignment::Right => Align::End,
        Alignment::None | Alignment::Left => Align::Start,
    }
}

fn is_web_address(address: &str) -> bool {
    let starts_with = |scheme: &str| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let printable = address
        .chars()
        .all(|c| !c.is_control() && !c.is_whitespace());
    printable && (starts_with("https://") || starts_with("http://"))
}

fn push(open: &mut [Open], node: Node) {
    if let Some(innermost) = open.last_mut() {
        innermost.nodes.push(node);
    }
}

/// Neighbouring pieces of text are one node.
fn push_text(open: &mut [Open], text: &str) {
    let Some(innermost) = open.last_mut() else {
        return;
    };
    let text = legible(text);
    if let Some(Node::Text(before)) = innermost.nodes.last_mut() {
        before.push_str(&text);
    } else {
        innermost.nodes.push(Node::Text(text.into_owned()));
    }
}

fn close(open: &mut Vec<Open>) {
    let depth = open.len() - 1;
    let Some(Open { kind, nodes }) = open.pop() else {
        return;
    };
    match kind {
        Kind::CodeBlock { language } => {
            let code = nodes.iter().map(plain_text).collect();
            push(open, Node::CodeBlock { language, code });
        }
        Kind::Container(Container::Plain) => extend(open, nodes),
        Kind::Container(_) if depth > MAX_DEPTH => extend(open, nodes),
        Kind::Container(container) => push(open, Node::Container(container, nodes)),
    }
}

fn extend(open: &mut [Open], nodes: Vec<Node>) {
    for node in nodes {
        match node {
            Node::Text(text) => push_text(open, &text),
            other => push(open, other),
        }
    }
}

/// The words of a node, without its form.
pub(crate) fn plain_text(node: &Node) -> String {
    match node {
        Node::Text(text) | Node::Code(text) => text.clone(),
        Node::CodeBlock { code, .. } => code.clone(),
        Node::Break => "\n".to_owned(),
        Node::Rule | Node::Checkbox(_) => String::new(),
        Node::Container(_, nodes) => nodes.iter().map(plain_text).collect(),
    }
}

#[cfg(test)]
mod tests;
