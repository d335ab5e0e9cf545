//! The providers' formats: writes requests and reads the events of answers.
//!
//! Never opens a connection, waits or retries. To add a provider, copy one of the folders `anthropic`, `google`,
//! `openai`.

pub(crate) mod dialect;

pub(crate) mod anthropic;
pub(crate) mod google;
pub(crate) mod openai;

pub(crate) mod answer;
pub(crate) mod fields;
pub(crate) mod headers;
pub(crate) mod normalize;
pub(crate) mod request_body;
pub(crate) mod scrub;
pub(crate) mod surrogates;
pub(crate) mod template;
