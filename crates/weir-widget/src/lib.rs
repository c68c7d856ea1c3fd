//! The <weir-chat> custom element: mounts the components of weir-ui into a shadow root.
