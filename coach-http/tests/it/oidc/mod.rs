//! Signing in with a provider, honest or hostile.

mod browser;
mod good;
mod hostile;
mod keys;
mod limits;
mod link;
pub(crate) mod provider;
mod silence;
mod token;
