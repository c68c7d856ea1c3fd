//! Files that a visitor takes along: they go from the page to the disk, and nowhere else.

use leptos::prelude::*;

/// A link that saves `content` as a file called `name`.
#[component]
pub(super) fn File(
    /// Of the file.
    name: &'static str,
    /// Its kind.
    mime: &'static str,
    /// What is in it.
    content: String,
    /// Words of the link.
    label: &'static str,
) -> impl IntoView {
    view! {
        <a class="button small" data-testid="record-file" download=name href=address(mime, &content)>{label}</a>
    }
}

/// The content as an address: no other page, and no server, can be asked for it.
fn address(mime: &str, content: &str) -> String {
    let mut address = format!("data:{mime};charset=utf-8,");
    for byte in content.bytes() {
        if byte.is_ascii_alphanumeric() {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn nothing_in_a_file_can_end_its_address() {
        let got = address("text/csv", "a,“b”\r\n#");
        assert_eq!(
            got,
            "data:text/csv;charset=utf-8,a%2C%E2%80%9Cb%E2%80%9D%0D%0A%23"
        );
    }
}
