//! The Content-Security-Policy: what the page may load, run and connect to.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// Any provider that a user may name: encrypted, or on this machine.
pub(crate) const ANY_PROVIDER: &str = "https: http://127.0.0.1:* http://localhost:*";

/// The policy of one site.
#[derive(Debug)]
pub(super) struct Policy {
    connect_src: String,
}

impl Policy {
    /// Lets the page connect to itself, to the demo cloud and to `sources`.
    pub(super) fn new(cloud_port: Option<u16>, sources: &str) -> Self {
        let cloud = cloud_port.map(|port| format!("http://127.0.0.1:{port}"));
        let connect_src = ["'self'", cloud.as_deref().unwrap_or(""), sources.trim()]
            .into_iter()
            .filter(|source| !source.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        Self { connect_src }
    }

    /// The header for a document, whose inline scripts run because their hashes are named: the
    /// builder of the page writes one that starts it.
    pub(super) fn of_document(&self, html: &str) -> String {
        let hashes: String = inline_scripts(html)
            .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
            .collect();
        [
            "default-src 'self'",
            &format!("script-src 'self' 'wasm-unsafe-eval'{hashes}"),
            "worker-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob:",
            &format!("connect-src {}", self.connect_src),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
        .join("; ")
    }
}

/// Whether `text` stays inside its directive and its header.
pub(super) fn is_source_list(text: &str) -> bool {
    text.bytes()
        .all(|byte| (b' '..=b'~').contains(&byte) && !b";,".contains(&byte))
}

/// What stands between the tags of each script that names no file, as a browser hashes it.
fn inline_scripts(html: &str) -> impl Iterator<Item = String> {
    html.split("<script").skip(1).filter_map(|script| {
        let (attributes, rest) = script.split_once('>')?;
        let (content, _) = rest.split_once("</script")?;
        let names_a_file = attributes
            .split_whitespace()
            .any(|attribute| attribute.starts_with("src="));
        // The HTML parser turns line ends into line feeds before anything is hashed.
        (!names_a_file).then(|| content.replace("\r\n", "\n").replace('\r', "\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inline_script_is_allowed_and_no_other() {
        let policy = Policy::new(None, "").of_document(
            "<script type=\"module\">\r\nimport init from '/app.js';\r\n</script>\
             <script src=\"/a.js\"></script><script nonce='x' defer src=/b.js>no</script>\
             <script>b</script>",
        );
        // `printf … | openssl dgst -sha256 -binary | base64` of the two texts.
        for hash in [
            "'sha256-DMGlWxzfNmII634DO34waQ0zG9JnfoNpCGqxdUPiZlU='",
            "'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='",
        ] {
            assert!(policy.contains(hash), "{policy}");
        }
        assert_eq!(policy.matches("sha256-").count(), 2);
    }

    #[test]
    fn the_page_connects_to_itself_the_demo_cloud_and_what_is_named() {
        let connects = |port, sources| {
            let policy = Policy::new(port, sources).of_document("");
            let directive = policy
                .split("; ")
                .find(|part| part.starts_with("connect-src"));
            directive.unwrap().to_owned()
        };
        assert_eq!(connects(None, ""), "connect-src 'self'");
        assert_eq!(
            connects(Some(81), " "),
            "connect-src 'self' http://127.0.0.1:81"
        );
        assert_eq!(
            connects(Some(81), ANY_PROVIDER),
            "connect-src 'self' http://127.0.0.1:81 https: http://127.0.0.1:* http://localhost:*"
        );
    }

    #[test]
    fn sources_cannot_leave_their_directive() {
        assert!(is_source_list(ANY_PROVIDER));
        for text in ["https:; script-src *", "a\nb", "https:, x", "ä"] {
            assert!(!is_source_list(text), "{text:?}");
        }
    }
}
