//! A small language model on burn: from the bytes of a GGUF file to streamed text.
//!
//! Read in the order in which a turn passes through:
//!
//! 1. [`source`] says where bytes come from (a file, a `Blob`); [`gguf`] reads the header of the
//!    model file and finds its tensors; [`config`] takes the sizes of the network from it.

pub mod chat;
pub mod config;
pub mod device;
pub mod generate;
pub mod gguf;
pub mod kernels;
pub mod model;
pub mod reference;
pub mod sampling;
pub mod source;
pub mod text;
pub mod tokenizer;
