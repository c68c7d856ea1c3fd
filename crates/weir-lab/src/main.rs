//! Trains and evaluates the policy; writes models/policy.

fn main() {}
