//! Users, and the caller that a host has proven. What callers may do is decided by the
//! [policy](super::policy).

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use super::role::UserRole;
use crate::{ids::UserId, timestamp::Timestamp};

/// The authenticated caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// The user's role at the time of the request.
    pub role: UserRole,
    /// The client's IP address for the audit log, if the host knows it.
    pub address: Option<IpAddr>,
}

impl Principal {
    /// Returns a caller without an address.
    pub fn new(user: UserId, role: UserRole) -> Self {
        Self { user, role, address: None }
    }

    /// Sets the client's address.
    #[must_use]
    pub fn at(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its role.
    pub role: UserRole,
    /// The display name; guests have none.
    pub name: Option<String>,
    /// The displayed address; never used to identify a user.
    pub email: Option<String>,
    /// A counter; raising it ends all of the user's logins.
    pub epoch: u32,
    /// Whether the user is forbidden to sign in.
    pub disabled: bool,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user last signed in with a provider or a link.
    pub signed_in_at: Option<Timestamp>,
}

/// A user's identity at a sign-in provider. Identified by issuer and subject, never by an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's issuer URL.
    pub issuer: String,
    /// The provider's id for the person, which is never reused.
    pub subject: String,
    /// The name that the provider reports.
    pub name: Option<String>,
    /// The address that the provider reports, used only for display and [`Identity::verified_email`].
    pub email: Option<String>,
    /// Whether the provider has verified the address.
    pub email_verified: bool,
}

impl Identity {
    /// Returns a hash that recognizes an erased identity without revealing it.
    pub fn trace(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in ["erased identity", &self.issuer, &self.subject] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// Returns the address, if the provider has verified it.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }
}
