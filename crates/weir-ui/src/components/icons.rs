//! Pictures of one stroke. They say nothing by themselves: the button around them does.

use leptos::prelude::*;

/// A picture drawn in the colour of the text around it, 20 by 20 units.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Icon {
    Camera,
    Microphone,
    Image,
    Send,
    Stop,
    Sliders,
    NewDialogue,
    Close,
    Device,
    Cloud,
    Lock,
    Warning,
    Copy,
    Retry,
    Down,
    ThumbUp,
    ThumbDown,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Camera => "M3 7h3l1.5-2h5L14 7h3v9H3zM10 14a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
            Self::Microphone => {
                "M10 3a2.2 2.2 0 0 1 2.2 2.2v4.6a2.2 2.2 0 0 1-4.4 0V5.2A2.2 2.2 0 0 1 10 3M5 9.5a5 5 0 0 0 10 0M10 14.5V17"
            }
            Self::Image => "M3 4h14v12H3zM3 13l4-4 4 4 2.5-2.5L17 14M13 8h.01",
            Self::Send => "M10 16V4M5 9l5-5 5 5",
            Self::Stop => "M6 6h8v8H6z",
            Self::Sliders => {
                "M3 6h7m4 0h3M3 14h3m4 0h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4M8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4"
            }
            Self::NewDialogue => "M10 4v12M4 10h12",
            Self::Close => "M5 5l10 10M15 5L5 15",
            Self::Device => "M4 4h12v9H4zM2 16h16",
            Self::Cloud => "M6 15.5h8.2a3 3 0 0 0 .5-6A4.6 4.6 0 0 0 5.8 9.2 3.2 3.2 0 0 0 6 15.5z",
            Self::Lock => "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
            Self::Warning => "M10 3.5L18 16.5H2zM10 8v4M10 14.3v.01",
            Self::Copy => "M7 7h9v9H7zM4 13V4h9",
            Self::Retry => "M15.5 10a5.5 5.5 0 1 1-1.7-4M14 2.5V6h-3.5",
            Self::ThumbUp => "M3 9h3v8H3zM6 10l4-7q2.5.5 1.5 5H17l-1.5 8.5H6",
            Self::ThumbDown => "M3 3h3v8H3zM6 10l4 7q2.5-.5 1.5-5H17l-1.5-8.5H6",
            Self::Down => "M5 8l5 5 5-5",
        }
    }
}

/// Draws `icon`.
pub(crate) fn draw(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=icon.path()/>
        </svg>
    }
}

/// The mark of Weir: water behind a dam, and a little let through.
pub(crate) fn mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="mark-water" d="M3 10c2.5-2 5-2 7.5 0s4 1.5 6.5.5V27H3z"/>
            <path class="mark-dam" d="M17 6h4.5l4 21H17z"/>
            <path class="mark-flow" d="M21.5 6.5c5 1.5 5.5 9 7.5 20.5"/>
        </svg>
    }
}
