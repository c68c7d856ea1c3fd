//! The user gets a key from OpenRouter by signing in there.

use leptos::{prelude::*, task::spawn_local};
use weir_browser::{
    messages::{ErrorKind, ProviderSettings},
    sign_in::{self, SignInError},
};

use super::{announce, notify, set_cloud};
use crate::{
    session::{CloudChoice, Session, queries},
    words,
};

/// Leaves for OpenRouter with a provider that waits for its key.
pub fn sign_in(session: Session, provider: ProviderSettings) {
    let choice = CloudChoice::Own {
        provider,
        with_key: true,
    };
    set_cloud(session, choice, None, false);
    spawn_local(async move {
        if let Err(error) = sign_in::begin().await {
            tell(session, &error);
        }
    });
}

/// Takes the key, if this page was opened on the way back.
pub(super) async fn take_key(session: Session) {
    let Some(outcome) = sign_in::finish().await else {
        return;
    };
    let choice = session.settings.with_untracked(|it| it.cloud.clone());
    match outcome {
        Err(error) => tell(session, &error),
        Ok(key) if queries::waits_for_sign_in(&choice) => {
            set_cloud(session, choice, Some(key), false);
            announce(session, "Signed in");
        }
        // Another tab chose another provider meanwhile: the key is not for that one.
        Ok(_) => tell(session, &SignInError::NotAsked),
    }
}

fn tell(session: Session, error: &SignInError) {
    let message = words::capitalised(&error.to_string()) + ".";
    notify(session, ErrorKind::Provider, message);
}
