//! `Broadcaster`: carries what is live from one process to the others.
//!
//! A fast path only: the store has every fact, and every process reads it once a second for the rooms that are followed
//! there. Without a broadcaster that reaches other processes, or while it is down, their followers are up to one second
//! late and miss nothing.
//!
//! Text is addressed by its place: a message and an offset in its text. An adapter can therefore keep each
//! conversation as one stream whose entries have the id `<messageId>-<endOffset>`, and which a closed message ends
//! with the highest offset. To add one: implement [`Broadcaster`], and run
//! [`broadcaster_contract!`](crate::broadcaster_contract) on it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures::stream::BoxStream;
use uuid::Uuid;

use crate::{
    ids::{ConversationId, MessageId},
    live::{Position, Voice},
    turn::ledger::Payer,
};

/// Carries text and wake-ups between processes.
#[async_trait]
pub trait Broadcaster: fmt::Debug + Send + Sync {
    /// Publishes a piece of a growing message. `false`, with nothing published, if the message is closed, or if a
    /// piece that ends there or later was published: the same piece twice is published once.
    async fn publish(&self, piece: TextPiece) -> Result<bool, BroadcastError>;

    /// Closes a message after its final text was committed. Later pieces of it are refused, and so is a second
    /// close.
    async fn close(&self, end: TextEnd) -> Result<bool, BroadcastError>;

    /// Follows the text of a conversation: everything published after `from`, in order of message and offset,
    /// whether published before this call or after it. Without a position, from the oldest text that is still
    /// held; at least the newest message is, from its beginning, until it is closed.
    ///
    /// A piece may begin before `from`; a piece that begins beyond what the reader has shows that some are
    /// missing. After an entry with a higher fence, entries of the same message with a lower one are left out.
    /// The stream ends when the connection is lost. Dropping it releases everything held for it.
    fn follow(
        &self,
        conversation: ConversationId,
        from: Option<Position>,
    ) -> BoxStream<'static, LiveText>;

    /// Wakes every listener.
    async fn wake(&self, wake: Wake) -> Result<(), BroadcastError>;

    /// Listens to wake-ups, from the return of this call on. None is lost; several equal ones may arrive as one.
    /// The stream ends when the connection is lost: then anything may have happened.
    async fn wakes(&self) -> Result<BoxStream<'static, Wake>, BroadcastError>;
}

/// A piece of a growing message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPiece {
    /// The conversation.
    pub conversation: ConversationId,
    /// The growing message.
    pub message: MessageId,
    /// Whose answer it is.
    pub voice: Voice,
    /// The attempt that the message replaces.
    pub replaces: Option<MessageId>,
    /// The owner's fence.
    pub fence: u64,
    /// Where the piece begins in the message's text, in UTF-8 bytes.
    pub off: u64,
    /// The text; whole characters, not empty.
    pub text: Arc<str>,
}

impl TextPiece {
    /// Returns where the piece ends in the message's text, in UTF-8 bytes.
    pub fn end(&self) -> u64 {
        self.off + self.text.len() as u64
    }
}

/// The end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEnd {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// The fence of its owner, or of the process that took it over.
    pub fence: u64,
    /// The length of its final text, in UTF-8 bytes.
    pub bytes: u64,
}

/// What a reader of text receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveText {
    /// A piece of a message.
    Piece(TextPiece),
    /// A message is final and durable.
    End(TextEnd),
}

/// Tells other processes that the store has something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wake {
    /// What it is about.
    pub about: WakeTopic,
    /// The process that sends it, which does not act on it.
    pub by: Uuid,
}

/// What a wake-up is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WakeTopic {
    /// A fact of this conversation was published.
    Conversation(ConversationId),
    /// The tokens of this payer have changed.
    Payer(Payer),
    /// The allowance of all users has changed.
    Allowances,
}

/// The broadcaster did not accept a call. Nothing is lost: the store has every fact.
#[derive(Debug, thiserror::Error)]
#[error("the broadcaster did not answer")]
pub struct BroadcastError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
