//! What a user thinks of a reply.

use serde::{Deserialize, Serialize};

/// What a user thinks of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// It helped.
    Good,
    /// It did not.
    Bad,
    /// The user would rather have one from elsewhere in its place.
    Unwanted,
}
