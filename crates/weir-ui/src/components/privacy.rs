//! What may leave this device.

use leptos::prelude::*;
use weir_core::{Redaction, Rule};

use crate::session::{Session, Settings, tasks};

const RULES: [Rule; 3] = [Rule::Never, Rule::Ask, Rule::Allow];
const REDACTIONS: [Redaction; 3] = [Redaction::Never, Redaction::WhenAsked, Redaction::Always];

const OF_RULES: [&str; 3] = ["Never", "Ask me first", "Allow"];
const OF_REDACTIONS: [&str; 3] = ["Never", "In what I look at first", "Always"];

/// One of three, and where it is kept in the settings.
struct Choice {
    id: &'static str,
    label: &'static str,
    options: [&'static str; 3],
    /// Which of them it is.
    read: fn(&Settings) -> usize,
    change: fn(&mut Settings, usize),
}

const CHOICES: [Choice; 5] = [
    Choice {
        id: "rule-text",
        label: "Text",
        options: OF_RULES,
        read: |settings| settings.rules.text as usize,
        change: |settings, chosen| settings.rules.text = RULES[chosen],
    },
    Choice {
        id: "rule-camera",
        label: "Camera",
        options: OF_RULES,
        read: |settings| settings.rules.camera_view as usize,
        change: |settings, chosen| settings.rules.camera_view = RULES[chosen],
    },
    Choice {
        id: "rule-image",
        label: "Images",
        options: OF_RULES,
        read: |settings| settings.rules.image as usize,
        change: |settings, chosen| settings.rules.image = RULES[chosen],
    },
    Choice {
        id: "rule-clip",
        label: "Sound",
        options: OF_RULES,
        read: |settings| settings.rules.microphone_clip as usize,
        change: |settings, chosen| settings.rules.microphone_clip = RULES[chosen],
    },
    Choice {
        id: "redaction",
        label: "Replace personal details and keys",
        options: OF_REDACTIONS,
        read: |settings| settings.redaction as usize,
        change: |settings, chosen| settings.redaction = REDACTIONS[chosen],
    },
];

/// What may leave this device, and to whom.
#[component]
pub(super) fn PrivacySection() -> impl IntoView {
    let session = Session::expect();
    let choices = CHOICES.into_iter().map(|choice| drawn(session, choice));
    let hosts = move || {
        let hosts = session.settings.with(|settings| settings.consents.clone());
        let hosts = hosts.into_iter().map(|host| {
            let name = host.clone();
            let forget = move |_| {
                tasks::change_settings(session, |settings| settings.consents.retain(|it| *it != host));
            };
            view! {
                <li class="kept-model">
                    <span>{name}</span>
                    <button type="button" class="button small" data-testid="consent-forget" on:click=forget>
                        "Ask me again"
                    </button>
                </li>
            }
        });
        hosts.collect_view()
    };
    view! {
        <section class="section" aria-labelledby="weir-privacy">
            <h3 class="section-title" id="weir-privacy">"What may leave this device"</h3>
            {choices.collect_view()}
            <ul class="kept" aria-label="Hosts that you agreed to">{hosts}</ul>
        </section>
    }
}

fn drawn(session: Session, choice: Choice) -> impl IntoView {
    let Choice {
        id,
        label,
        options,
        read,
        change,
    } = choice;
    let chosen = Memo::new(move |_| session.settings.with(read));
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some(place) = options.iter().position(|it| *it == name) {
            tasks::change_settings(session, |settings| change(settings, place));
        }
    };
    let options = options.into_iter().enumerate().map(|(place, name)| {
        view! { <option value=name selected=move || chosen.get() == place>{name}</option> }
    });
    view! {
        <label class="field-label" for=id>{label}</label>
        <select class="field" id=id data-testid=id on:change=choose>{options.collect_view()}</select>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_what_is_read() {
        for choice in CHOICES {
            let mut settings = Settings::default();
            for place in 0..choice.options.len() {
                (choice.change)(&mut settings, place);
                assert_eq!((choice.read)(&settings), place, "{}", choice.id);
            }
        }
    }
}
