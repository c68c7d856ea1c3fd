//! The offloading policy: feature encoding, the network on burn, its weights.
