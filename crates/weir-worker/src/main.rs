//! The worker: owns device, model, policy and ledger, and answers the page's messages.

fn main() {}
