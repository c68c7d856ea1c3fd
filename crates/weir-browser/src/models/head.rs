//! What the head of a server's answer means for a download. Pure.

use super::ObtainError;

/// What a server said before the file's bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) content_range: Option<String>,
    pub(super) content_length: Option<String>,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The body holds the file from this byte on.
    Bytes {
        from: u64,
        /// Length of the whole file as the server tells it.
        total: Option<u64>,
    },
    /// All of the file is here already.
    Complete,
    /// The rest cannot be had by itself: ask for the whole.
    AskForAll,
}

impl Head {
    /// The meaning of this answer where the file `url` was asked for from byte `from` on.
    pub(super) fn meaning(&self, url: &str, from: u64) -> Result<Meaning, ObtainError> {
        let url = || url.to_owned();
        match self.status {
            200 if self.is_web_page() => Err(ObtainError::WebPage { url: url() }),
            200 => Ok(Meaning::Bytes {
                from: 0,
                total: self
                    .content_length
                    .as_deref()
                    .and_then(|length| length.trim().parse().ok()),
            }),
            206 => Ok(match self.range() {
                Some((Some(start), total)) if start == from => Meaning::Bytes { from, total },
                // Not what was asked for, or hidden from other origins.
                _ => Meaning::AskForAll,
            }),
            416 => Ok(match self.range() {
                Some((None, Some(total))) if total == from => Meaning::Complete,
                _ => Meaning::AskForAll,
            }),
            404 | 410 => Err(ObtainError::NotFound { url: url() }),
            401 | 403 => Err(ObtainError::Forbidden { url: url() }),
            status => Err(ObtainError::Refused { status }),
        }
    }

    fn is_web_page(&self) -> bool {
        self.content_type
            .as_deref()
            .is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/html"))
    }

    /// First byte and total of `Content-Range: bytes first-last/total`, each where it is known:
    /// `bytes */total` has no first, `bytes first-last/*` no total (RFC 9110, section 14.4).
    fn range(&self) -> Option<(Option<u64>, Option<u64>)> {
        let (range, total) = self
            .content_range
            .as_deref()?
            .trim()
            .strip_prefix("bytes ")?
            .split_once('/')?;
        let total = total.trim().parse().ok();
        if range.trim() == "*" {
            return Some((None, total));
        }
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last).then_some((Some(first), total))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://models.example/smol.gguf";

    fn ranged(status: u16, range: &str) -> Head {
        Head {
            status,
            content_range: Some(range.to_owned()),
            ..Head::default()
        }
    }

    #[test]
    fn a_plain_answer_begins_at_the_beginning_whatever_was_asked() {
        let head = Head {
            status: 200,
            content_type: Some("application/octet-stream".to_owned()),
            content_length: Some("98362432".to_owned()),
            ..Head::default()
        };
        for from in [0, 500] {
            let total = Some(98_362_432);
            assert_eq!(
                head.meaning(URL, from).unwrap(),
                Meaning::Bytes { from: 0, total }
            );
        }
    }

    #[test]
    fn the_rest_is_taken_only_if_it_is_the_rest() {
        let rest = ranged(206, "bytes 500-999/1000").meaning(URL, 500).unwrap();
        let total = Some(1000);
        assert_eq!(rest, Meaning::Bytes { from: 500, total });
        let unknown = ranged(206, "bytes 500-999/*").meaning(URL, 500).unwrap();
        assert_eq!(
            unknown,
            Meaning::Bytes {
                from: 500,
                total: None
            }
        );
        for other in [
            "bytes 0-999/1000",
            "bytes 501-999/1000",
            "bytes 999-500/1000",
            "rows 5-9/10",
            "",
        ] {
            assert_eq!(
                ranged(206, other).meaning(URL, 500).unwrap(),
                Meaning::AskForAll
            );
        }
        let hidden = Head {
            status: 206,
            ..Head::default()
        };
        assert_eq!(hidden.meaning(URL, 500).unwrap(), Meaning::AskForAll);
    }

    #[test]
    fn nothing_left_means_complete_only_at_the_right_length() {
        assert_eq!(
            ranged(416, "bytes */1000").meaning(URL, 1000).unwrap(),
            Meaning::Complete
        );
        assert_eq!(
            ranged(416, "bytes */900").meaning(URL, 1000).unwrap(),
            Meaning::AskForAll
        );
        let silent = Head {
            status: 416,
            ..Head::default()
        };
        assert_eq!(silent.meaning(URL, 1000).unwrap(), Meaning::AskForAll);
    }

    #[test]
    fn a_page_in_place_of_a_missing_file_is_no_model() {
        let page = Head {
            status: 200,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            ..Head::default()
        };
        let url = URL.to_owned();
        assert_eq!(page.meaning(URL, 0), Err(ObtainError::WebPage { url }));
    }

    #[test]
    fn every_refusal_has_its_own_advice() {
        let refused = |status| {
            Head {
                status,
                ..Head::default()
            }
            .meaning(URL, 0)
            .unwrap_err()
        };
        let url = || URL.to_owned();
        assert_eq!(refused(404), ObtainError::NotFound { url: url() });
        assert_eq!(refused(403), ObtainError::Forbidden { url: url() });
        assert_eq!(refused(503), ObtainError::Refused { status: 503 });
    }

    proptest! {
        #[test]
        fn no_header_makes_it_go_on_from_another_place(
            status in prop::sample::select(vec![200_u16, 206, 416]),
            range in prop::option::of("(bytes )?[0-9*]{0,22}-?[0-9]{0,22}/?[0-9*]{0,22}"),
            from in 0..u64::MAX,
        ) {
            let head = Head { status, content_range: range, ..Head::default() };
            if let Meaning::Bytes { from: start, .. } = head.meaning(URL, from).unwrap() {
                prop_assert!(start == 0 || start == from);
            }
        }
    }
}
