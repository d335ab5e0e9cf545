//! Users and their permissions.
//!
//! A host must authenticate the caller before it calls; permissions are decided here and nowhere else. A
//! permission is a type: a [`Staff`] exists only if [`Principal::as_staff`] allowed it.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use super::role::UserRole;
use crate::{
    ids::UserId,
    people::policy::{Act, PolicyColumn, Verdict, verdict},
    timestamp::Timestamp,
};

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

/// A caller who may act as a researcher.
#[derive(Clone, Copy, Debug)]
pub struct Staff(Principal);

/// A caller who may act as an administrator.
#[derive(Clone, Copy, Debug)]
pub struct Admin(Principal);

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

    /// Returns the caller as a researcher, if the policy allows.
    pub fn as_staff(self) -> Option<Staff> {
        self.may(Act::Research).then_some(Staff(self))
    }

    /// Returns the caller as an administrator, if the policy allows.
    pub fn as_admin(self) -> Option<Admin> {
        self.may(Act::Administer).then_some(Admin(self))
    }

    /// Returns whether the policy allows an act without a target.
    pub fn may(self, act: Act) -> bool {
        verdict(act, PolicyColumn::of(self.role, crate::people::policy::Relation::Own))
            == Verdict::Allow
    }

    /// Returns whether the caller's own conversations are metered but not limited.
    pub fn is_unlimited(self) -> bool {
        self.role >= UserRole::Staff
    }
}

impl Admin {
    /// Returns the user's id.
    pub fn user(self) -> UserId {
        self.0.user
    }

    /// Returns the caller.
    pub fn principal(self) -> Principal {
        self.0
    }
}

impl Staff {
    /// Returns the caller.
    pub fn principal(self) -> Principal {
        self.0
    }

    /// Returns the user's id.
    pub fn user(self) -> UserId {
        self.0.user
    }

    /// Returns whether the caller is an administrator, who sees every invitation whatever the scope.
    pub fn is_admin(self) -> bool {
        self.0.role == UserRole::Admin
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
