//! What was typed and has not reached the worker's storage. It is kept for this tab, so that neither
//! a reload nor an error takes a word away.

use serde::{Deserialize, Serialize};
use weir_browser::{json, tab};

const STORED_AS: &str = "draft";

/// What was typed and has not reached the worker's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Sent, and not yet taken by the worker.
    pub unsent: Vec<String>,
    /// In the composer.
    pub text: String,
}

impl Draft {
    /// The draft of this tab.
    #[must_use]
    pub fn load() -> Self {
        tab::kept(STORED_AS)
            .and_then(|stored| json::read(&stored).ok())
            .unwrap_or_default()
    }

    /// Keeps it. Where the browser has no room or forbids it, the text is still in the page.
    pub fn save(&self) {
        if let Some(text) = json::write(self) {
            tab::keep(STORED_AS, &text);
        }
    }

    /// All of it as one text for the composer.
    #[must_use]
    pub fn whole(self) -> String {
        let mut texts = self.unsent;
        texts.push(self.text);
        texts.retain(|text| !text.trim().is_empty());
        texts.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_comes_back_before_what_was_being_typed() {
        let draft = Draft {
            unsent: vec!["first".to_owned(), "  ".to_owned()],
            text: "second".to_owned(),
        };
        assert_eq!(draft.whole(), "first\n\nsecond");
        assert_eq!(Draft::default().whole(), "");
    }
}
