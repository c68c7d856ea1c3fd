//! A loopback gateway in front of a real llama.cpp server, so that the first run needs no key.

fn main() {}
