//! Cloud providers: wire formats, streaming, errors and prices, over any transport.
