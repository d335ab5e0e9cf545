//! Authentication: cookies, the one-time sign-in link, the sign-in provider, and the logins of open sockets.

pub mod admin_link;
pub mod cookie;
mod logins;
pub(crate) mod oidc;
mod viewer;

pub(crate) use logins::Logins;
pub(crate) use viewer::{Administrator, Maybe, Researcher, SignedIn, Viewer, forget_bad_logins};
