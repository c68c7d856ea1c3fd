//! A small language model on burn: from the bytes of a GGUF file to streamed text.
//!
//! Read in the order in which a turn passes through:
//!
//! 1. [`source`] says where bytes come from (a file, a `Blob`); [`gguf`] reads the header of the
//!    model file and finds its tensors; [`config`] takes the sizes of the network from it.
//!    [`estimate`] says from that alone how much memory the model will take.
//! 2. [`tokenizer`] rebuilds the vocabulary; [`chat`] turns a dialogue into tokens, such that only
//!    the model's own template can write control tokens.
//! 3. [`device`] opens the GPU or the CPU, and [`rehearsal`] tells how quick it is; [`model`] puts the
//!    weights there, still quantised, and computes the logits of the next token with the [`kernels`].
//!    [`reference`](mod@reference) does the same in plain Rust, for the tests.
//! 4. [`sampling`] chooses the token, of those that the reply's [`format`](mod@format) allows;
//!    [`likelihood`] tells how likely it was; [`text`] makes whole characters of its bytes and ends
//!    the reply at a stop string; [`generate`] does all that token by token, and remembers what the
//!    model has read of a dialogue. [`window`] says which turns are left out where not all fit.
//!
//! A file is a stranger's: no length in it is trusted, its template pays for what it does, and every
//! refusal is an error that says to a person what is wrong with the file. Nothing here blocks, since all
//! of it runs in a browser's worker.

pub mod chat;
pub mod config;
pub mod device;
pub mod estimate;
pub mod format;
pub mod generate;
pub mod gguf;
pub mod kernels;
pub mod likelihood;
pub mod model;
pub mod reference;
pub mod rehearsal;
pub mod sampling;
pub mod source;
pub mod text;
pub mod tokenizer;
pub mod window;
