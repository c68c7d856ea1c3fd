//! What the user's rules let leave the device.

use weir_core::{Attachment, Modality, ModalitySet, PrivacyRules, Rule};

const ALL: [Modality; 3] = [
    Modality::CameraView,
    Modality::Image,
    Modality::MicrophoneClip,
];

fn attached() -> Vec<Attachment> {
    let attachment = |modality| Attachment {
        modality,
        mime: String::new(),
        bytes: 1,
        seconds: 0.0,
    };
    ALL.map(attachment).to_vec()
}

#[test]
fn text_is_allowed_at_first_and_everything_else_is_asked_about() {
    let rules = PrivacyRules::default();
    assert_eq!(rules.text, Rule::Allow);
    assert!(ALL.iter().all(|modality| rules.of(*modality) == Rule::Ask));
    assert_eq!(rules.uploads(&attached()), ModalitySet::first(3));
}

#[test]
fn each_modality_is_held_back_by_its_own_rule() {
    let open = PrivacyRules::default();
    let one_less = [
        PrivacyRules {
            camera_view: Rule::Never,
            ..open
        },
        PrivacyRules {
            image: Rule::Never,
            ..open
        },
        PrivacyRules {
            microphone_clip: Rule::Never,
            ..open
        },
    ];
    for (slot, rules) in one_less.iter().enumerate() {
        let left: Vec<_> = rules.uploads(&attached()).slots().collect();
        let others: Vec<_> = (0..3).filter(|other| *other != slot).collect();
        assert_eq!(left, others);
    }
}
