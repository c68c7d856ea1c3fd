//! Hands out keys as OpenRouter does: OAuth with PKCE (RFC 7636) by S256, without asking anybody.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Gateway, refusal};

/// Codes that were handed out and not used, each with the challenge that it was asked for with.
#[derive(Debug, Default)]
pub(super) struct SignIns {
    challenges: HashMap<String, String>,
    issued: u32,
}

#[derive(Deserialize)]
pub(super) struct Redemption {
    code: String,
    code_verifier: String,
    code_challenge_method: String,
}

/// Sends the visitor back to where they came from, with a code.
pub(super) async fn approve(State(gateway): State<Arc<Gateway>>, uri: Uri) -> Response {
    let asked: HashMap<_, _> = parameters(&uri).collect();
    let of = |name: &str| asked.get(name).map(String::as_str);
    let (Some(callback), Some(challenge), Some("S256")) = (
        of("callback_url"),
        of("code_challenge"),
        of("code_challenge_method"),
    ) else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "a callback and an S256 challenge are needed",
        );
    };
    let Ok(mut sign_ins) = gateway.sign_ins.lock() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    sign_ins.issued += 1;
    let code = format!("demo-code-{}", sign_ins.issued);
    sign_ins
        .challenges
        .insert(code.clone(), challenge.to_owned());
    let joint = if callback.contains('?') { '&' } else { '?' };
    let back = format!("{callback}{joint}code={code}");
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response()
}

/// A key for a code, once, to whoever knows what its challenge was made of.
pub(super) async fn redeem(
    State(gateway): State<Arc<Gateway>>,
    Json(asked): Json<Redemption>,
) -> Response {
    let challenge = gateway
        .sign_ins
        .lock()
        .ok()
        .and_then(|mut sign_ins| sign_ins.challenges.remove(&asked.code));
    let hash = Sha256::digest(asked.code_verifier.as_bytes());
    if asked.code_challenge_method != "S256" || challenge != Some(URL_SAFE_NO_PAD.encode(hash)) {
        return refusal(StatusCode::FORBIDDEN, "Invalid code or code_verifier.");
    }
    let key = URL_SAFE_NO_PAD.encode(Sha256::digest(hash));
    Json(json!({"key": format!("sk-or-demo-{key}")})).into_response()
}

fn parameters(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(move |(name, value)| (decoded(name), decoded(value)))
}
