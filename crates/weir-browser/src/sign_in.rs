//! Signing in with OpenRouter: OAuth with PKCE (RFC 7636), by which a page without a server gets a key
//! of the user's own.
//!
//! The page makes a secret, the verifier, and leaves for OpenRouter with its hash. OpenRouter sends
//! the user back with a code, which is worth a key only together with the verifier. So a code that
//! somebody else slips in is worth nothing, and one that nobody waits for is not even redeemed.

use js_sys::{Uint8Array, encode_uri_component};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Url;
use weir_cloud::Secret;

use crate::{
    egress::{self, Redemption},
    tab,
};

/// Where the keys are for.
pub const HOST: &str = "openrouter.ai";

const APPROVE: &str = "https://openrouter.ai/auth";
/// The verifier is kept for the way there and back.
const VERIFIER: &str = "sign-in";
/// The parameter of the page's address that OpenRouter adds.
const CODE: &str = "code";

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Browsers hash for encrypted pages and those of this machine alone.
    #[error("this page cannot sign in, because it is not served over https")]
    Insecure,
    /// The page was opened with a code that it had not asked for in this tab.
    #[error(
        "a sign-in that was not begun in this tab was ignored; to sign in, begin in the settings"
    )]
    NotAsked,
    /// Nothing came back.
    #[error("OpenRouter could not be reached ({0}); sign in again")]
    Unreachable(String),
    /// The code is worth no key.
    #[error("OpenRouter gave no key; sign in again")]
    Refused,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID, catch)]
    fn random_uuid() -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    async fn digest(algorithm: &str, data: &Uint8Array) -> Result<JsValue, JsValue>;
    fn btoa(bytes: &str) -> String;
    #[wasm_bindgen(js_namespace = location, js_name = assign)]
    fn leave_for(address: &str);
    #[wasm_bindgen(js_namespace = history, js_name = replaceState)]
    fn replace_address(state: &JsValue, unused: &str, address: &str);

    /// What an address says behind its question mark.
    #[wasm_bindgen(js_name = URLSearchParams)]
    type Query;
    #[wasm_bindgen(constructor, js_class = URLSearchParams)]
    fn new(text: &str) -> Query;
    #[wasm_bindgen(method)]
    fn get(this: &Query, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn delete(this: &Query, name: &str);
    #[wasm_bindgen(method, js_name = toString)]
    fn written(this: &Query) -> String;
}

/// Leaves for OpenRouter, where the user agrees or does not. The page ends here, unless it fails.
///
/// # Errors
/// [`SignInError::Insecure`].
pub async fn begin() -> Result<(), SignInError> {
    let callback = page().ok_or(SignInError::Insecure)?;
    let (verifier, challenge) = verifier().await.map_err(|_| SignInError::Insecure)?;
    tab::keep(VERIFIER, &verifier);
    let callback = encode_uri_component(&(callback.origin() + &callback.pathname()));
    leave_for(&format!(
        "{APPROVE}?callback_url={callback}&code_challenge={challenge}&code_challenge_method=S256"
    ));
    Ok(())
}

/// A new verifier, of twice 122 random bits in letters that it may have, and its challenge.
async fn verifier() -> Result<(String, String), JsValue> {
    let verifier = random_uuid()? + &random_uuid()?;
    let hash = digest("SHA-256", &Uint8Array::from(verifier.as_bytes())).await?;
    let challenge = base64url(&Uint8Array::new(&hash).to_vec());
    Ok((verifier, challenge))
}

/// The key, if the page was opened by OpenRouter on the way back. The code is taken out of the address
/// and the verifier out of the tab before anything else happens.
pub async fn finish() -> Option<Result<Secret, SignInError>> {
    let code = take_code()?;
    let verifier = tab::kept(VERIFIER);
    tab::forget(VERIFIER);
    let Some(verifier) = verifier else {
        return Some(Err(SignInError::NotAsked));
    };
    Some(egress::redeem(Redemption { code, verifier }).await)
}

fn take_code() -> Option<String> {
    let page = page()?;
    let query = Query::new(&page.search());
    let code = query.get(CODE)?;
    query.delete(CODE);
    page.set_search(&query.written());
    replace_address(&JsValue::NULL, "", &page.href());
    Some(code)
}

/// The page's own address.
fn page() -> Option<Url> {
    let document = web_sys::window()?.document()?;
    Url::new(&document.base_uri().ok()??).ok()
}

/// Base64 for addresses, without padding: RFC 4648, section 5.
fn base64url(bytes: &[u8]) -> String {
    let bytes: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    btoa(&bytes)
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}
