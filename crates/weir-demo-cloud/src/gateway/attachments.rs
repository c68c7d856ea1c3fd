//! The model reads text alone: pictures and sound are replaced by a line that describes them.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::media;

/// Why an attachment cannot be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AttachmentError {
    #[error("an attached image is not a data URL in base64; nothing is fetched from elsewhere")]
    Image,
    #[error("an attached clip is not base64")]
    Audio,
}

/// Turns the content of every message of `call` that is a list of parts into plain text.
pub(super) fn put_into_words(call: &mut Value) -> Result<(), AttachmentError> {
    let messages = call.get_mut("messages").and_then(Value::as_array_mut);
    for message in messages.into_iter().flatten() {
        if let Some(content) = message.get_mut("content")
            && let Some(parts) = content.as_array()
        {
            let lines = parts.iter().map(described).collect::<Result<Vec<_>, _>>()?;
            *content = lines.join("\n").into();
        }
    }
    Ok(())
}

fn described(part: &Value) -> Result<String, AttachmentError> {
    let text = |pointer| part.pointer(pointer).and_then(Value::as_str);
    match text("/type") {
        Some("image_url") => text("/image_url/url")
            .and_then(image)
            .ok_or(AttachmentError::Image),
        Some("input_audio") => text("/input_audio/data")
            .and_then(|data| audio(data, text("/input_audio/format").unwrap_or("wav")))
            .ok_or(AttachmentError::Audio),
        _ => Ok(text("/text").unwrap_or_default().to_owned()),
    }
}

fn image(url: &str) -> Option<String> {
    let (mime, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    let bytes = STANDARD.decode(data).ok()?;
    let pixels = media::picture_size(&bytes)
        .map_or_else(String::new, |(width, height)| format!(", {width}×{height}"));
    let size = size(bytes.len());
    Some(format!("[attached image: {}{pixels}, {size}]", short(mime)))
}

fn audio(data: &str, format: &str) -> Option<String> {
    let bytes = STANDARD.decode(data).ok()?;
    let length =
        media::wav_seconds(&bytes).map_or_else(String::new, |seconds| format!(", {seconds:.1} s"));
    let size = size(bytes.len());
    Some(format!(
        "[attached audio: audio/{}{length}, {size}]",
        short(format)
    ))
}

/// A name that came from outside, no longer than the price table's bound of such a line allows.
fn short(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_ascii_graphic())
        .take(40)
        .collect()
}

fn size(bytes: usize) -> String {
    match bytes as f64 {
        bytes if bytes < 1e3 => format!("{bytes} bytes"),
        bytes if bytes < 1e6 => format!("{:.1} kB", bytes / 1e3),
        bytes => format!("{:.1} MB", bytes / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(parts: Value) -> Result<Value, AttachmentError> {
        let mut call = json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": parts},
        ]});
        put_into_words(&mut call)?;
        assert_eq!(call["messages"][0]["content"], "Be brief.");
        Ok(call["messages"][1]["content"].clone())
    }

    #[test]
    fn what_the_model_cannot_see_is_put_into_words() {
        let picture = STANDARD.encode([media::tests::png(640, 480), vec![0; 7_600]].concat());
        let clip = STANDARD.encode(media::tests::wav(16_000, 33_600));
        let parts = json!([
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{picture}")}},
            {"type": "input_audio", "input_audio": {"data": clip, "format": "wav"}},
        ]);
        let words = "What is this?\n\
                     [attached image: image/png, 640×480, 7.6 kB]\n\
                     [attached audio: audio/wav, 2.1 s, 33.7 kB]";
        assert_eq!(content(parts).unwrap(), words);
    }

    #[test]
    fn what_cannot_be_measured_is_still_named() {
        let parts = json!([
            {"type": "image_url", "image_url": {"url": "data:image/heic;base64,AAAA"}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        ]);
        let words = "[attached image: image/heic, 3 bytes]\n[attached audio: audio/mp3, 3 bytes]";
        assert_eq!(content(parts).unwrap(), words);
    }

    #[test]
    fn what_is_no_attachment_is_refused() {
        for (url, error) in [
            ("https://example.com/a.png", AttachmentError::Image),
            ("data:image/png,%00", AttachmentError::Image),
            ("data:image/png;base64,?", AttachmentError::Image),
        ] {
            let parts = json!([{"type": "image_url", "image_url": {"url": url}}]);
            assert_eq!(content(parts), Err(error), "{url}");
        }
        let parts = json!([{"type": "input_audio", "input_audio": {"data": "?"}}]);
        assert_eq!(content(parts), Err(AttachmentError::Audio));
    }

    #[test]
    fn a_description_stays_within_the_price_tables_bound() {
        let mime = "x".repeat(10_000);
        let picture = STANDARD.encode(media::tests::png(u32::MAX, u32::MAX));
        let url = format!("data:{mime};base64,{picture}");
        let parts = json!([{"type": "image_url", "image_url": {"url": url}}]);
        assert!(content(parts).unwrap().as_str().unwrap().len() < 128);
    }
}
