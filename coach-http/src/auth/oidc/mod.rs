//! Signs users in with an OpenID Connect provider: sends the browser there with a state, a nonce and a challenge
//! that are used once, and exchanges the code that it brings back for an identity. Never keeps a token, and never
//! decides about users. Start reading at `flow.rs`.

mod attempt;
mod attempt_cookie;
mod claims;
mod fields;
mod flow;
mod http;
mod metadata;
mod next;
mod page;
mod pending;
mod provider;
mod refused;
mod tokens;

pub(crate) use attempt::{Purpose, SignInAttempt};
pub(crate) use flow::CallbackQuery;
pub(crate) use next::next_page;
pub(crate) use page::page;
pub(crate) use pending::Pending;
pub(crate) use provider::{Oidc, host_of};
pub(crate) use refused::Refused;
