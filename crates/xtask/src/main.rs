//! cargo xtask run, test, bench, dist: sets everything up and starts it.

fn main() {}
