//! A small language model on burn: GGUF, tokenizer, chat template, Llama, kernels, sampling.
