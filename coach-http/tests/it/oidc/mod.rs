//! Signing in with a provider, and with one that lies.

mod browser;
mod good;
mod hostile;
mod keys;
mod limits;
mod link;
mod provider;
mod silence;
mod token;
