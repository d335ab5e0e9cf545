//! What a write promises when it is acknowledged.

/// When a fact must survive a power loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// Before it is acknowledged.
    Durable,
    /// Later, with the next durable commit.
    Checkpoint,
    /// Before it is acknowledged, with the previous data gone from every file.
    Erased,
}
