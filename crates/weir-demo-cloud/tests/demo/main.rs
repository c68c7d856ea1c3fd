//! The program as it runs: its page, its gateway with a real model behind it, and its end.

mod gateway;
mod life;
mod page;
mod program;
mod wire;
