//! A file as an answer: its type, its tag, and the part of it that is asked for.

use std::{io::SeekFrom, path::Path, time::UNIX_EPOCH};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, Take},
};

use super::{not_here, range::Part};

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;

/// The file at `path`, or the part that `request` asks for, or word that the asker has it already.
pub(super) async fn answer(path: &Path, request: &HeaderMap) -> Response {
    match read(path, request).await {
        Ok(response) => response,
        Err(_) => not_here(),
    }
}

async fn read(path: &Path, request: &HeaderMap) -> std::io::Result<Response> {
    let mut file = File::open(path).await?;
    let metadata = file.metadata().await?;
    let length = metadata.len();
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH);
    let tag = format!(
        "\"{length:x}-{:x}\"",
        modified.unwrap_or_default().as_nanos()
    );
    let asked = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    let known = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if asked(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, known).into_response());
    }
    // A part is of no use to who began with another version of the file.
    let same_version = asked(header::IF_RANGE).is_none_or(|version| version == tag);
    let part = asked(header::RANGE)
        .filter(|_| same_version)
        .map_or(Part::Whole, |range| Part::read(range, length));
    let (status, first, count, extent) = match part {
        Part::Whole => (StatusCode::OK, 0, length, None),
        Part::Bytes { first, last } => (
            StatusCode::PARTIAL_CONTENT,
            first,
            last - first + 1,
            Some(format!("bytes {first}-{last}/{length}")),
        ),
        Part::Beyond => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            0,
            0,
            Some(format!("bytes */{length}")),
        ),
    };
    file.seek(SeekFrom::Start(first)).await?;
    let headers = [
        (header::CONTENT_TYPE, content_type(path).to_owned()),
        (header::CONTENT_LENGTH, count.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let body = Body::from_stream(stream::try_unfold(file.take(count), next_block));
    let mut response = (status, known, headers, body).into_response();
    if let Some(extent) = extent.and_then(|extent| extent.parse().ok()) {
        response.headers_mut().insert(header::CONTENT_RANGE, extent);
    }
    Ok(response)
}

/// The next bytes of `file` and the rest of it; `None` at its end.
async fn next_block(mut file: Take<File>) -> std::io::Result<Option<(Vec<u8>, Take<File>)>> {
    let mut block = Vec::with_capacity(BLOCK);
    let count = file.read_buf(&mut block).await?;
    Ok((count > 0).then_some((block, file)))
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wav") => "audio/wav",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
