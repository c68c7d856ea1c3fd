//! One turn, from observation to receipt, over traits that the platform fills in.
