//! Why the core refuses or fails a request: one variant for each thing a caller would do differently.

use std::{borrow::Cow, fmt};

use thiserror::Error;

use crate::{
    ErrorCode,
    ports::{ModelError, ModelErrorKind, Refusal, StoreError},
};

/// Why a request failed. [`CoachError::code`] is the name that every host shows.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CoachError {
    /// It does not exist, or belongs to another user.
    #[error("not found")]
    NotFound,
    /// The caller may see it but not do this.
    #[error("you are not allowed to do this")]
    Forbidden,
    /// The request is malformed.
    #[error("{0}")]
    BadRequest(&'static str),
    /// A field of the request is invalid.
    #[error("{field}: {message}")]
    Invalid {
        /// The field's name.
        field: Cow<'static, str>,
        /// The reason, for people.
        message: String,
    },
    /// The message has no visible characters.
    #[error("the message is empty")]
    Empty,
    /// The message is longer than [`MAX_SCALARS`](crate::turn::MAX_SCALARS).
    #[error("the message is longer than 8,000 characters")]
    TooLong,
    /// The rules of the conversation refuse the request; nothing was saved or charged.
    #[error("{}", refusal_text(.0))]
    Refused(Refusal),
    /// Another user has claimed the invitation.
    #[error("this invitation is in use on another device")]
    Claimed,
    /// The consent text is not the version that was agreed to.
    #[error("the consent text has changed; nothing was saved, please read it again")]
    ConsentChanged,
    /// The current state does not allow the request.
    #[error("{0}")]
    Conflict(&'static str),
    /// The text of the conversation was erased.
    #[error("the text of this conversation was erased")]
    Erased,
    /// The coach was built without a part that this needs.
    #[error("{0}")]
    Missing(MissingPart),
    /// A stored version of a scenario cannot be read; the reason is in the log.
    #[error(
        "the stored scenario `{0}` cannot be read; nothing was changed, save a new version to replace it"
    )]
    UnreadableScenario(String),
    /// The model did not answer.
    #[error("the model did not answer")]
    Model(#[from] ModelError),
    /// The store did not respond.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A part that a [`Builder`](crate::Builder) was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingPart {
    /// Keys of invitation links.
    LinkKeys,
    /// The audit log.
    AuditLog,
    /// The identities of users.
    SignIn,
    /// The quota presets.
    Presets,
    /// The researchers' notes.
    Notes,
}

impl fmt::Display for MissingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkKeys => "no link keys: set `Builder::link_keys` to create invitations",
            Self::AuditLog => {
                "no audit log: set `Builder::audit` to read conversations of other people"
            }
            Self::SignIn => "no identities: set `Builder::sign_in` to sign people in",
            Self::Notes => "no notes: set `Builder::notes` to read or write them",
            Self::Presets => "no quota presets: set `Builder::presets` to read or change them",
        })
    }
}

impl CoachError {
    /// Returns the error's name in JSON, the same in problem documents and error frames.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::BadRequest(_) => ErrorCode::BadRequest,
            Self::Invalid { .. } => ErrorCode::Invalid,
            Self::Empty => ErrorCode::Empty,
            Self::TooLong => ErrorCode::TooLong,
            Self::Refused(refusal) => refusal_code(*refusal),
            Self::Claimed => ErrorCode::Claimed,
            Self::ConsentChanged => ErrorCode::ConsentChanged,
            Self::Conflict(_) => ErrorCode::Conflict,
            Self::Erased => ErrorCode::Erased,
            Self::Missing(_) | Self::UnreadableScenario(_) => ErrorCode::Internal,
            Self::Model(error) => model_code(error.kind),
            Self::Store(_) => ErrorCode::Storage,
        }
    }

    /// Returns whether the same request may succeed a little later.
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
            | Self::Missing(_)
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

/// Returns the name of a refusal in JSON.
pub(crate) fn refusal_code(refusal: Refusal) -> ErrorCode {
    match refusal {
        Refusal::IdempotencyConflict => ErrorCode::IdempotencyConflict,
        Refusal::Ended(_) => ErrorCode::Ended,
        Refusal::InvitationExpired => ErrorCode::InvitationExpired,
        Refusal::InvitationRevoked => ErrorCode::InvitationRevoked,
        Refusal::Draining => ErrorCode::Draining,
        Refusal::Busy => ErrorCode::Busy,
        Refusal::RateLimited { .. } | Refusal::DaySpent { .. } => ErrorCode::RateLimited,
        Refusal::QuotaExhausted { .. } => ErrorCode::QuotaExhausted,
        Refusal::NoSuchTurn => ErrorCode::NoSuchTurn,
    }
}

fn refusal_text(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::IdempotencyConflict => {
            "A different message was already sent with this clientId. This message was not sent."
        }
        Refusal::Ended(_) => "This conversation has ended. Everything in it is saved.",
        Refusal::InvitationExpired => {
            "This invitation has expired. Nothing was sent; ask the person who invited you to extend it."
        }
        Refusal::InvitationRevoked => {
            "This invitation was revoked. Nothing was sent; ask the person who invited you for a new one."
        }
        Refusal::Draining => {
            "The service is restarting. Your message was not sent; try again in a few seconds."
        }
        Refusal::Busy => {
            "Another answer is in progress. Your message was not sent; try again once it has finished."
        }
        Refusal::RateLimited { .. } => {
            "Too many messages in one minute. Your message was not sent; try again in a moment."
        }
        Refusal::DaySpent { for_now: true, .. } => {
            "The rest of this service's daily limit is reserved for answers in progress. Your message \
             was not sent; try again in a moment."
        }
        Refusal::DaySpent { for_now: false, .. } => {
            "This service has reached its daily limit. Your message was not sent. It resumes at \
             midnight UTC."
        }
        Refusal::QuotaExhausted { for_now: true, .. } => {
            "Your remaining turns are reserved for an answer in another conversation. Your message was \
             not sent; try again once that answer has arrived."
        }
        Refusal::QuotaExhausted { for_now: false, .. } => {
            "You have no turns left. Your message was not sent; everything so far is saved."
        }
        Refusal::NoSuchTurn => "There is no answer to stop or retry.",
    }
}

/// Returns the name of a model's failure in JSON.
pub fn model_code(kind: ModelErrorKind) -> ErrorCode {
    match kind {
        ModelErrorKind::Auth | ModelErrorKind::QuotaExhausted | ModelErrorKind::ModelNotFound => {
            ErrorCode::ModelAuth
        }
        ModelErrorKind::RateLimited(_) => ErrorCode::ModelRateLimited,
        ModelErrorKind::Overloaded(_) => ErrorCode::ModelOverloaded,
        ModelErrorKind::Timeout(_) => ErrorCode::ModelTimeout,
        ModelErrorKind::ContentFiltered => ErrorCode::ModelRefused,
        ModelErrorKind::ContextTooLong => ErrorCode::ContextTooLong,
        ModelErrorKind::BadRequest
        | ModelErrorKind::Provider
        | ModelErrorKind::Network
        | ModelErrorKind::Malformed
        | ModelErrorKind::CutMidStream
        | ModelErrorKind::Empty
        | ModelErrorKind::InvalidJson => ErrorCode::ModelFailed,
    }
}

/// Returns whether another attempt may succeed without any change.
pub(crate) fn model_retryable(kind: ModelErrorKind) -> bool {
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
