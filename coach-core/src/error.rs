//! Why the core does not do what it is asked: one variant for each thing a caller would do differently.

use std::borrow::Cow;

use thiserror::Error;

use crate::ports::{ModelError, ModelErrorKind, Refusal, StoreError};

/// Why something was not done. [`CoachError::code`] is the name that every host shows.
#[derive(Debug, Error)]
pub enum CoachError {
    /// Not there, or not yours.
    #[error("there is nothing here")]
    NotFound,
    /// Yours to see, not to do.
    #[error("you may not do this")]
    Forbidden,
    /// What was sent has no meaning here.
    #[error("{0}")]
    BadRequest(&'static str),
    /// A field of what was sent cannot be.
    #[error("{field}: {message}")]
    Invalid {
        /// Which.
        field: Cow<'static, str>,
        /// Why, for people.
        message: String,
    },
    /// The message says nothing.
    #[error("the message is empty")]
    Empty,
    /// The message is longer than [`MAX_SCALARS`](crate::turn::MAX_SCALARS).
    #[error("the message is longer than 8,000 characters")]
    TooLong,
    /// The rules of the conversation say no; nothing was kept or charged.
    #[error("{}", refusal_text(.0))]
    Refused(Refusal),
    /// Somebody else has claimed the invitation.
    #[error("this invitation is in use on another device")]
    Claimed,
    /// The consent text is not the one that was agreed to.
    #[error("the consent text has changed; please read it again")]
    ConsentChanged,
    /// It cannot be, as things stand.
    #[error("{0}")]
    Conflict(&'static str),
    /// Its words were erased.
    #[error("the words of this conversation were erased")]
    Erased,
    /// Invitation links need keys, and the builder was given none.
    #[error("invitation links need keys: give the builder `link_keys`")]
    NoLinkKeys,
    /// A stored version of a scenario cannot be read; why is in the log.
    #[error(
        "the stored scenario `{0}` cannot be read; nothing was changed, a new version would replace it"
    )]
    UnreadableScenario(String),
    /// A model did not answer.
    #[error("the model did not answer")]
    Model(#[from] ModelError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CoachError {
    /// The error's name in JSON, the same in problem documents and error frames.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::BadRequest(_) => "bad_request",
            Self::Invalid { .. } => "invalid",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Refused(refusal) => refusal_code(*refusal),
            Self::Claimed => "claimed",
            Self::ConsentChanged => "consent_changed",
            Self::Conflict(_) => "conflict",
            Self::Erased => "erased",
            Self::NoLinkKeys | Self::UnreadableScenario(_) => "internal",
            Self::Model(error) => model_code(error.kind),
            Self::Store(_) => "storage",
        }
    }

    /// The same request may be answered well a little later.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Refused(refusal) => refusal_retryable(*refusal),
            Self::Model(error) => model_retryable(error.kind),
            Self::NotFound
            | Self::Forbidden
            | Self::BadRequest(_)
            | Self::Invalid { .. }
            | Self::Empty
            | Self::TooLong
            | Self::Claimed
            | Self::ConsentChanged
            | Self::Conflict(_)
            | Self::Erased
            | Self::NoLinkKeys
            | Self::UnreadableScenario(_) => false,
        }
    }
}

fn refusal_retryable(refusal: Refusal) -> bool {
    match refusal {
        Refusal::Busy
        | Refusal::Draining
        | Refusal::RateLimited { .. }
        | Refusal::DaySpent { .. } => true,
        Refusal::QuotaExhausted { for_now, .. } => for_now,
        Refusal::IdempotencyConflict
        | Refusal::Ended(_)
        | Refusal::InvitationExpired
        | Refusal::InvitationRevoked
        | Refusal::NoSuchTurn => false,
    }
}

/// The name of a refusal in JSON.
pub fn refusal_code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::IdempotencyConflict => "idempotency_conflict",
        Refusal::Ended(_) => "ended",
        Refusal::InvitationExpired => "invitation_expired",
        Refusal::InvitationRevoked => "invitation_revoked",
        Refusal::Draining => "draining",
        Refusal::Busy => "busy",
        Refusal::RateLimited { .. } | Refusal::DaySpent { .. } => "rate_limited",
        Refusal::QuotaExhausted { .. } => "quota_exhausted",
        Refusal::NoSuchTurn => "no_such_turn",
    }
}

fn refusal_text(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::IdempotencyConflict => "another message was sent under this name",
        Refusal::Ended(_) => "this conversation has ended",
        Refusal::InvitationExpired => "this invitation has expired",
        Refusal::InvitationRevoked => "this invitation was withdrawn",
        Refusal::Draining => "the service is restarting; your message was not sent, try again soon",
        Refusal::Busy => "an answer is on its way; your message was not sent",
        Refusal::RateLimited { .. } => "too many messages in a minute; your message was not sent",
        Refusal::DaySpent { for_now: true, .. } => {
            "what is left of this service's tokens for today is held for other people's answers; your \
             message was not sent, try again in a moment"
        }
        Refusal::DaySpent { for_now: false, .. } => {
            "everybody together has used what this service may use today; your message was not sent, \
             it goes on at midnight UTC"
        }
        Refusal::QuotaExhausted { for_now: true, .. } => {
            "the turns that are left are held for an answer in another conversation; your message was \
             not sent, try again when that answer is there"
        }
        Refusal::QuotaExhausted { for_now: false, .. } => "there are no turns left",
        Refusal::NoSuchTurn => "there is nothing to stop or to try again",
    }
}

/// The name of a model's failure in JSON.
pub fn model_code(kind: ModelErrorKind) -> &'static str {
    match kind {
        ModelErrorKind::Auth | ModelErrorKind::QuotaExhausted | ModelErrorKind::ModelNotFound => {
            "model_auth"
        }
        ModelErrorKind::RateLimited(_) => "model_rate_limited",
        ModelErrorKind::Overloaded(_) => "model_overloaded",
        ModelErrorKind::Timeout(_) => "model_timeout",
        ModelErrorKind::ContentFiltered => "model_refused",
        ModelErrorKind::ContextTooLong => "context_too_long",
        ModelErrorKind::BadRequest
        | ModelErrorKind::Provider
        | ModelErrorKind::Network
        | ModelErrorKind::Malformed
        | ModelErrorKind::CutMidStream
        | ModelErrorKind::Empty
        | ModelErrorKind::InvalidJson => "model_failed",
    }
}

/// Another attempt may succeed without anybody changing anything.
pub fn model_retryable(kind: ModelErrorKind) -> bool {
    match kind {
        ModelErrorKind::RateLimited(_)
        | ModelErrorKind::Overloaded(_)
        | ModelErrorKind::Timeout(_)
        | ModelErrorKind::Provider
        | ModelErrorKind::Network
        | ModelErrorKind::Malformed
        | ModelErrorKind::CutMidStream
        | ModelErrorKind::Empty
        | ModelErrorKind::InvalidJson => true,
        ModelErrorKind::Auth
        | ModelErrorKind::QuotaExhausted
        | ModelErrorKind::ModelNotFound
        | ModelErrorKind::ContentFiltered
        | ModelErrorKind::ContextTooLong
        | ModelErrorKind::BadRequest => false,
    }
}
