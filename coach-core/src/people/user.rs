//! People and what they may do.
//!
//! Who somebody is, a host has proven before it calls; what they may do is decided here and nowhere
//! else. Permission is a type: a [`Staff`] exists only if [`Principal::as_staff`] said yes.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use super::role::AccountRole;
use crate::{
    ids::UserId,
    people::policy::{Act, Seat, Verdict, verdict},
    timestamp::Timestamp,
};

/// Who is asking, as a host has proven it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The account.
    pub user: UserId,
    /// Its role at the moment of asking.
    pub role: AccountRole,
    /// Where the request came from, for the audit log; the host knows, if anybody does.
    pub address: Option<IpAddr>,
}

/// Somebody who may do a researcher's work.
#[derive(Clone, Copy, Debug)]
pub struct Staff(Principal);

/// Somebody who may do an administrator's work.
#[derive(Clone, Copy, Debug)]
pub struct Admin(Principal);

impl Principal {
    /// Who asks, from nowhere in particular.
    pub fn new(user: UserId, role: AccountRole) -> Self {
        Self { user, role, address: None }
    }

    /// The same, asking from an address.
    #[must_use]
    pub fn at(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// A researcher or an administrator, else `None`.
    pub fn as_staff(self) -> Option<Staff> {
        self.may(Act::Research).then_some(Staff(self))
    }

    /// An administrator, else `None`.
    pub fn as_admin(self) -> Option<Admin> {
        self.may(Act::Administer).then_some(Admin(self))
    }

    /// Whether the policy allows an act that is about nothing in particular.
    pub fn may(self, act: Act) -> bool {
        verdict(act, Seat::of(self.role, crate::people::policy::Relation::Own)) == Verdict::Allow
    }

    /// Tokens of people without an invitation are metered but not limited.
    pub fn is_unlimited(self) -> bool {
        self.role >= AccountRole::Staff
    }
}

impl Admin {
    /// The account.
    pub fn user(self) -> UserId {
        self.0.user
    }

    /// Who asks.
    pub fn principal(self) -> Principal {
        self.0
    }
}

impl Staff {
    /// Who asks.
    pub fn principal(self) -> Principal {
        self.0
    }

    /// The account.
    pub fn user(self) -> UserId {
        self.0.user
    }

    /// An administrator sees every invitation, whatever the scope.
    pub fn is_admin(self) -> bool {
        self.0.role == AccountRole::Admin
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it may do.
    pub role: AccountRole,
    /// The name to show; guests have none.
    pub name: Option<String>,
    /// The address to show; never used to recognise anybody.
    pub email: Option<String>,
    /// Raised to end all of the account's logins.
    pub epoch: u32,
    /// May not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed in with a provider or a link.
    pub signed_in_at: Option<Timestamp>,
}

/// Who somebody is to a sign-in provider. Recognised by issuer and subject, never by an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Its name for the person; never given to anybody else.
    pub subject: String,
    /// What the provider says they are called.
    pub name: Option<String>,
    /// The address the provider knows, only to show and for [`Identity::verified_email`].
    pub email: Option<String>,
    /// The provider says that it has checked the address.
    pub email_verified: bool,
}

impl Identity {
    /// What is left of an identity that was erased: enough to know that it was here, and not who it is.
    pub fn trace(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in ["erased identity", &self.issuer, &self.subject] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// The address, if the provider vouches for it.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }
}
