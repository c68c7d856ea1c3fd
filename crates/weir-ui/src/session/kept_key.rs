//! A provider's key that the user wants kept for this tab.
//!
//! Settings are shared by all tabs and may name another provider by the time the page is loaded
//! again, so the key is kept together with the address that it is for.

use weir_browser::tab;
use weir_cloud::Secret;

use super::CloudChoice;

const STORED_AS: &str = "key";

/// The key that is kept for the user's own provider, if that is what may answer.
pub(super) fn load(choice: &CloudChoice) -> Option<Secret> {
    let CloudChoice::Own { provider, .. } = choice else {
        return None;
    };
    let kept = tab::kept(STORED_AS)?;
    let (whose, key) = kept.split_once('\n')?;
    Secret::new(key).ok().filter(|_| whose == provider.base_url)
}

/// Keeps the key of the provider at this address, in place of any other.
pub(super) fn keep(base_url: &str, key: &Secret) {
    tab::keep(STORED_AS, &[base_url, "\n", key.reveal()].concat());
}

/// Forgets whatever key is kept.
pub(super) fn forget() {
    tab::forget(STORED_AS);
}
