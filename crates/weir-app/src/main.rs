//! The web demo: it composes the components of weir-ui into a page.

fn main() {}
