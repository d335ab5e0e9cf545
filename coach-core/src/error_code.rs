//! The names of errors, the same in problem documents, error frames and records.

use std::fmt;

/// The name of an error, for programs. [`CoachError::code`](crate::CoachError::code) gives the name of an error.
///
/// Exhaustive, so that a host decides what to do about a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// It does not exist, or the caller may not see it.
    NotFound,
    /// The caller may not do this.
    Forbidden,
    /// The request is malformed.
    BadRequest,
    /// The frame is not JSON.
    BadJson,
    /// The frame's type is unknown.
    UnknownType,
    /// A field is invalid.
    Invalid,
    /// The message has no visible characters.
    Empty,
    /// The message is too long.
    TooLong,
    /// The client id was used for another text.
    IdempotencyConflict,
    /// The conversation has ended.
    Ended,
    /// The invitation has expired.
    InvitationExpired,
    /// The invitation was revoked.
    InvitationRevoked,
    /// The host is draining.
    Draining,
    /// An answer is in progress.
    Busy,
    /// Too many messages or tokens; the error says when to retry.
    RateLimited,
    /// No tokens are left.
    QuotaExhausted,
    /// There is no answer to stop or retry.
    NoSuchTurn,
    /// Another user has claimed the invitation.
    Claimed,
    /// The consent text has changed.
    ConsentChanged,
    /// The current state does not allow the request.
    Conflict,
    /// The text was erased.
    Erased,
    /// The operator must fix something.
    Internal,
    /// The store did not respond.
    Storage,
    /// The provider does not accept the key, has no quota left or does not know the model.
    ModelAuth,
    /// The provider limits the rate of requests.
    ModelRateLimited,
    /// The provider is overloaded.
    ModelOverloaded,
    /// The model took too long.
    ModelTimeout,
    /// The model declined to answer.
    ModelRefused,
    /// The conversation is too long for the model.
    ContextTooLong,
    /// The model failed in another way.
    ModelFailed,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 30] = [
        Self::NotFound,
        Self::Forbidden,
        Self::BadRequest,
        Self::BadJson,
        Self::UnknownType,
        Self::Invalid,
        Self::Empty,
        Self::TooLong,
        Self::IdempotencyConflict,
        Self::Ended,
        Self::InvitationExpired,
        Self::InvitationRevoked,
        Self::Draining,
        Self::Busy,
        Self::RateLimited,
        Self::QuotaExhausted,
        Self::NoSuchTurn,
        Self::Claimed,
        Self::ConsentChanged,
        Self::Conflict,
        Self::Erased,
        Self::Internal,
        Self::Storage,
        Self::ModelAuth,
        Self::ModelRateLimited,
        Self::ModelOverloaded,
        Self::ModelTimeout,
        Self::ModelRefused,
        Self::ContextTooLong,
        Self::ModelFailed,
    ];

    /// Returns the name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::BadRequest => "bad_request",
            Self::BadJson => "bad_json",
            Self::UnknownType => "unknown_type",
            Self::Invalid => "invalid",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::IdempotencyConflict => "idempotency_conflict",
            Self::Ended => "ended",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationRevoked => "invitation_revoked",
            Self::Draining => "draining",
            Self::Busy => "busy",
            Self::RateLimited => "rate_limited",
            Self::QuotaExhausted => "quota_exhausted",
            Self::NoSuchTurn => "no_such_turn",
            Self::Claimed => "claimed",
            Self::ConsentChanged => "consent_changed",
            Self::Conflict => "conflict",
            Self::Erased => "erased",
            Self::Internal => "internal",
            Self::Storage => "storage",
            Self::ModelAuth => "model_auth",
            Self::ModelRateLimited => "model_rate_limited",
            Self::ModelOverloaded => "model_overloaded",
            Self::ModelTimeout => "model_timeout",
            Self::ModelRefused => "model_refused",
            Self::ContextTooLong => "context_too_long",
            Self::ModelFailed => "model_failed",
        }
    }

    /// Parses the output of [`ErrorCode::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
