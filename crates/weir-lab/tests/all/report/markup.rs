//! A reader of well-formed XML, small but strict.

use std::collections::BTreeMap;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) children: Vec<Self>,
    /// Its own text, entities resolved.
    pub(super) text: String,
}

impl Element {
    /// All elements within it, itself first, in the order of the text.
    pub(super) fn all(&self) -> Vec<&Self> {
        let within = self.children.iter().flat_map(Self::all);
        std::iter::once(self).chain(within).collect()
    }

    /// Those of a name.
    pub(super) fn named(&self, name: &str) -> Vec<&Self> {
        let mut found = self.all();
        found.retain(|element| element.name == name);
        found
    }

    /// Whether the word is in its class.
    pub(super) fn is(&self, class: &str) -> bool {
        self.attribute("class").split(' ').any(|word| word == class)
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> f64 {
        let text = self.attribute(name);
        text.parse()
            .unwrap_or_else(|_| panic!("{name}=“{text}” of {}", self.name))
    }

    /// Where its `transform` puts it.
    pub(super) fn place(&self) -> [f64; 2] {
        let text = self.attribute("transform");
        let text = text
            .strip_prefix("translate(")
            .unwrap()
            .strip_suffix(')')
            .unwrap();
        let (x, y) = text.split_once(' ').unwrap();
        [x.parse().unwrap(), y.parse().unwrap()]
    }
}

/// Reads a document; panics where it is not well formed.
pub(super) fn read(text: &str) -> Element {
    let text = text.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let inside = &mut open.last_mut().unwrap().text;
        inside.push_str(&resolve(&rest[..start]));
        let end = rest[start..].find('>').unwrap() + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name, "closed in the wrong order");
            open.last_mut().unwrap().children.push(closed);
            continue;
        }
        let (tag, empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let element = element(tag);
        if empty {
            open.last_mut().unwrap().children.push(element);
        } else {
            open.push(element);
        }
    }
    assert_eq!(
        open.len(),
        1,
        "left open: {:?}",
        open.last().map(|element| &element.name)
    );
    open.pop().unwrap().children.pop().unwrap()
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    assert!(
        !name.is_empty() && name.chars().all(char::is_alphanumeric),
        "“{name}”"
    );
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        let (key, value) = rest.trim_start().split_once("=\"").unwrap();
        let (value, after) = value.split_once('"').unwrap();
        assert!(
            key.chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-'),
            "“{key}”"
        );
        assert!(
            attributes.insert(key.to_owned(), resolve(value)).is_none(),
            "{key} twice"
        );
        rest = after;
    }
    Element {
        name: name.to_owned(),
        attributes,
        ..Element::default()
    }
}

fn resolve(text: &str) -> String {
    let mut resolved = String::new();
    let mut parts = text.split('&');
    resolved.push_str(parts.next().unwrap());
    for part in parts {
        let (entity, after) = part.split_once(';').unwrap();
        resolved.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => panic!("&{other};"),
        });
        resolved.push_str(after);
    }
    resolved
}
