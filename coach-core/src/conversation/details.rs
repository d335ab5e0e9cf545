//! A message with everything that is kept about it, for those who review a conversation.

use super::{Message, SeenRecord};

/// A finished message with everything that is kept about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageDetails {
    /// The message: its text, its status, the model that answered, why it stopped, and when it began and ended.
    pub message: Message,
    /// When its pieces arrived: `ms+bytes` for each stretch, joined by `;`, where `ms` counts from the stretch before (for
    /// the first: from when the answer began) and `bytes` is the text that arrived since then. Empty if no model wrote the
    /// message.
    pub timing: String,
    /// How the participant had it on screen, shown before opened; only of a coach's comment.
    pub seen: Vec<SeenRecord>,
}
