//! `CallFault`: why one attempt failed, and whether a retry may help.
//!
//! Facts only; `remote` decides whether to retry.

use std::time::Duration;

use coach_core::ports::{ModelError, ModelErrorKind, Phase};

use crate::provider::Provider;

/// Why one attempt failed.
#[derive(Debug)]
pub(crate) struct CallFault {
    pub(crate) error: Box<ModelError>,
    pub(crate) again: RetryAdvice,
    /// The wait that the provider requested, whatever the kind.
    pub(crate) wait: Option<Duration>,
}

/// Whether the same request may be sent again while no text has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAdvice {
    Never,
    /// This model cannot answer; another one of the provider may.
    WithAnotherModel,
    Once,
    Yes,
}

impl CallFault {
    pub(crate) fn new(
        provider: Provider,
        kind: ModelErrorKind,
        message: impl Into<String>,
    ) -> Self {
        Self::from_error(ModelError::new(kind, provider.as_str(), message))
    }

    pub(crate) fn from_error(error: ModelError) -> Self {
        let wait = match error.kind {
            ModelErrorKind::RateLimited(wait) | ModelErrorKind::Overloaded(wait) => wait,
            _ => None,
        };
        Self { again: again(error.kind), error: Box::new(error), wait }
    }
}

fn again(kind: ModelErrorKind) -> RetryAdvice {
    match kind {
        ModelErrorKind::RateLimited(_)
        | ModelErrorKind::Overloaded(_)
        | ModelErrorKind::Provider
        | ModelErrorKind::Network
        | ModelErrorKind::Malformed
        | ModelErrorKind::Timeout(Phase::Connect | Phase::First | Phase::Silence) => {
            RetryAdvice::Yes
        }
        ModelErrorKind::Auth
        | ModelErrorKind::QuotaExhausted
        | ModelErrorKind::ContextTooLong
        | ModelErrorKind::ContentFiltered
        | ModelErrorKind::ModelNotFound
        | ModelErrorKind::BadRequest
        | ModelErrorKind::Timeout(Phase::Answer)
        | ModelErrorKind::CutMidStream
        | ModelErrorKind::Empty
        | ModelErrorKind::InvalidJson => RetryAdvice::Never,
    }
}
