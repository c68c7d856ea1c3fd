//! What is needed only now and then, as a module of its own: whoever only types does not download it.

fn main() {
    console_error_panic_hook::set_once();
    weir_ui::aside::run();
}
