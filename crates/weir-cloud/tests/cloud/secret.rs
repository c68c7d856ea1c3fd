use weir_cloud::{Secret, SecretError};

#[test]
fn a_key_is_not_printed() {
    let key = Secret::new("  sk-sesame\n").expect("a key");
    assert_eq!(format!("{key:?}"), "Secret(…)");
    assert_eq!(
        format!("{:?}", crate::tape::provider())
            .matches("sesame")
            .count(),
        0
    );
}

#[test]
fn what_a_header_cannot_carry_is_no_key() {
    assert_eq!(Secret::new(" \n").err(), Some(SecretError::Empty));
    for text in ["sk 1", "sk\n1", "sk\r\nX-Evil: 1", "schlüssel", "sk\u{0}"] {
        assert_eq!(
            Secret::new(text).err(),
            Some(SecretError::NotAKey),
            "{text:?}"
        );
    }
}
