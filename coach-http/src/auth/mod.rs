//! Authentication: cookies, the one-time sign-in link, the sign-in provider, and the logins of open sockets.

pub mod admin_link;
mod caller;
pub mod cookie;
mod logins;
pub(crate) mod oidc;

pub(crate) use caller::{
    Administrator, Caller, Maybe, Researcher, SignedIn, SocketCaller, forget_bad_logins,
};
pub(crate) use logins::Logins;
