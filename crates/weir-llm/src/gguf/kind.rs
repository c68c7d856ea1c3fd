//! A guess at what a file is that is not GGUF, so that the message can say so.

/// Names what `start`, the first bytes of a file, seem to be.
pub(super) fn guess(start: &[u8]) -> &'static str {
    let text = start.trim_ascii_start().to_ascii_lowercase();
    let known: [(&[u8], &str); 10] = [
        (b"<!doctype html", "an HTML page"),
        (b"<html", "an HTML page"),
        (b"<?xml", "an XML file"),
        (
            b"version https://git-lfs",
            "a Git LFS pointer, not the file itself",
        ),
        (
            b"pk\x03\x04",
            "a ZIP archive (a PyTorch checkpoint, perhaps)",
        ),
        (b"\x1f\x8b", "a gzip archive"),
        (b"lmgg", "a GGML file, older than GGUF"),
        (b"fmgg", "a GGML file, older than GGUF"),
        (b"tjgg", "a GGJT file, older than GGUF"),
        (b"{", "a JSON file"),
    ];
    if start.is_empty() {
        return "an empty file";
    }
    // A safetensors file starts with the length of its JSON header.
    if start.len() > 8 && start[8] == b'{' && start[4..8] == [0; 4] {
        return "a safetensors file";
    }
    known
        .iter()
        .find(|(magic, _)| text.starts_with(magic))
        .map_or("something else", |(_, name)| name)
}
