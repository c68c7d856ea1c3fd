//! Egress: the one module that can send what a user said.
//!
//! It needs a [`Permit`], which the engine alone makes, after mask and gate, and which is used up by
//! one call. No cookie, no referrer and no stored credential goes along, no redirect is followed
//! (it would carry key and dialogue to another host), and nothing is cached.
//!
//! Beside that it redeems sign-ins, with a body that has no place for anything a user said.

use std::{
    cell::RefCell,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use futures::{
    Stream,
    future::{Either, select},
};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{
    Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Url,
};
use weir_cloud::{
    Secret,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use weir_engine::Permit;

use crate::{
    fetch::{self, Chunks},
    jserror,
    sign_in::SignInError,
    timers,
};

/// How long a host has to show that it is there, milliseconds.
const GREETING_MS: f64 = 3_000.0;

/// Where OpenRouter gives keys for codes.
const KEYS: &str = "https://openrouter.ai/api/v1/auth/keys";

/// Leave for one request to one host.
#[derive(Debug)]
pub struct Egress {
    permit: RefCell<Option<Permit>>,
}

impl Egress {
    /// Takes the permit of one call.
    #[must_use]
    pub const fn new(permit: Permit) -> Self {
        Self {
            permit: RefCell::new(Some(permit)),
        }
    }
}

/// Whether the device has a network at all. `true` proves nothing; `false` is certain.
#[must_use]
pub fn online() -> bool {
    fetch::online()
}

impl Transport for Egress {
    type Body = Body;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse<Body>, TransportError> {
        let not_sent = |why: &str| TransportError::NotSent(why.to_owned());
        let url = Url::new(&request.url).map_err(|_| not_sent("its address cannot be read"))?;
        let permit = self.permit.take();
        let permit = permit.ok_or_else(|| not_sent("its permit was used up by an earlier one"))?;
        let permitted = (permit.host(), permit.bytes_limit());
        let host = url.host();
        covers(permitted, (&host, request.body.len() as u64)).map_err(not_sent)?;
        if !online() {
            return Err(TransportError::Offline);
        }
        let init = written_out(&request)
            .map_err(|thrown| TransportError::NotSent(jserror::text(&thrown)))?;
        // A rejection says neither why nor when: an unknown name and a refused connection look like
        // a connection that was cut after the provider had begun. So it never is `NotSent`.
        let answer = match fetch::fetch(&request.url, &init).await {
            Ok(answer) => answer,
            Err(_) if is_there(&url).await => return Err(TransportError::Blocked),
            Err(thrown) => return Err(broken(thrown)),
        };
        Ok(HttpResponse {
            status: answer.status(),
            headers: answer.headers(),
            body: Body(answer.chunks()),
        })
    }
}

/// What a sign-in sends, and all that it does.
#[derive(Debug)]
pub(crate) struct Redemption {
    /// What OpenRouter sent the user back with.
    pub(crate) code: String,
    /// What the code is worth something with.
    pub(crate) verifier: String,
}

/// Gives the code back to OpenRouter for a key.
pub(crate) async fn redeem(redemption: Redemption) -> Result<Secret, SignInError> {
    let unreachable = |thrown: JsValue| SignInError::Unreachable(jserror::text(&thrown));
    let body = js_sys::Object::new();
    for (name, value) in [
        ("code", redemption.code.as_str()),
        ("code_verifier", &redemption.verifier),
        ("code_challenge_method", "S256"),
    ] {
        Reflect::set(&body, &name.into(), &value.into()).map_err(unreachable)?;
    }
    let body = js_sys::JSON::stringify(&body).map_err(unreachable)?;
    let request = HttpRequest {
        method: "POST",
        url: KEYS.to_owned(),
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: String::from(body).into_bytes(),
    };
    let init = written_out(&request).map_err(unreachable)?;
    let answer = fetch::fetch(KEYS, &init).await.map_err(unreachable)?;
    if answer.status() != 200 {
        return Err(SignInError::Refused);
    }
    let said = answer.text().await.map_err(unreachable)?;
    let key = js_sys::JSON::parse(&said).and_then(|said| Reflect::get(&said, &"key".into()));
    let key = key.ok().and_then(|key| key.as_string());
    key.and_then(|key| Secret::new(&key).ok())
        .ok_or(SignInError::Refused)
}

/// Whether the host answers at all, for those who may not read what it says. Nothing goes along but
/// its own address, without a path.
async fn is_there(url: &Url) -> bool {
    let init = RequestInit::new();
    let opaque = Reflect::set(&init, &"mode".into(), &"no-cors".into());
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
    let origin = url.origin();
    let asked = pin!(fetch::fetch(&origin, &init));
    let answered = select(asked, timers::after(GREETING_MS)).await;
    opaque.is_ok() && matches!(answered, Either::Left((Ok(_), _)))
}

/// Whether leave for a host and so many bytes covers a body of so many bytes to a host; if not, why.
fn covers(
    (permitted_host, bytes_limit): (&str, u64),
    (host, bytes): (&str, u64),
) -> Result<(), &'static str> {
    if host != permitted_host {
        return Err("it would go to a host that was not permitted");
    }
    if bytes > bytes_limit {
        return Err("it is longer than was permitted");
    }
    Ok(())
}

fn written_out(request: &HttpRequest) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    if !request.body.is_empty() {
        init.set_body(&Uint8Array::from(request.body.as_slice()));
    }
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_redirect(RequestRedirect::Manual);
    init.set_cache(RequestCache::NoStore);
    Ok(init)
}

fn broken(thrown: JsValue) -> TransportError {
    TransportError::Broken(jserror::text(&thrown))
}

/// The answer's bytes as they arrive. Dropping it aborts the request.
#[derive(Debug)]
pub struct Body(Chunks);

impl Stream for Body {
    type Item = Result<Vec<u8>, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0)
            .poll_next(context)
            .map(|chunk| chunk.map(|chunk| chunk.map(|bytes| bytes.to_vec()).map_err(broken)))
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_permit_covers_its_host_and_its_bytes_and_nothing_else() {
        let permit = ("cloud.example:8443", 100);
        assert_eq!(covers(permit, ("cloud.example:8443", 100)), Ok(()));
        for beyond in [
            ("cloud.example:8443", 101),
            ("cloud.example", 100),
            ("cloud.example:8444", 100),
            ("evil.example:8443", 100),
            ("cloud.example:8443.evil.example", 100),
            ("", 0),
        ] {
            assert!(covers(permit, beyond).is_err(), "{beyond:?}");
        }
    }
}
