//! Handles: what one caller may do with one kind of thing. The caller is given once, and every method asks the
//! [policy](crate::people::policy) about them.
//!
//! A handle holds a [`Coach`] and a few ids. It is made without asking anyone, is cheap to clone, and never keeps what it
//! has read. Its methods stand in the folders of their nouns.
//!
//! Every method returns [`CoachError::Forbidden`](crate::CoachError::Forbidden) or
//! [`CoachError::NotFound`](crate::CoachError::NotFound) if the policy refuses the act, also where its own list of errors
//! does not repeat that.

use crate::{coach::Coach, ids::ConversationId, invitation::Resume, people::Principal};

/// One conversation, for one caller: say something in it, read it, follow it, end it.
#[derive(Clone, Debug)]
pub struct ConversationHandle {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
    pub(crate) id: ConversationId,
}

/// What callers may do with their own data: their conversations, invitations, identities and logins.
#[derive(Clone, Debug)]
pub struct Me {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// Invitations, for a researcher.
#[derive(Clone, Debug)]
pub struct Invitations {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// Notes and the tags on them, for a researcher.
#[derive(Clone, Debug)]
pub struct Notes {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// Quota presets: researchers read them, administrators change them.
#[derive(Clone, Debug)]
pub struct Presets {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// Scenarios, as one caller may see them.
#[derive(Clone, Debug)]
pub struct Scenarios {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// Users and the audit log, for an administrator.
#[derive(Clone, Debug)]
pub struct Users {
    pub(crate) coach: Coach,
    pub(crate) by: Principal,
}

/// The visitor of an invitation's link, who may not be signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub(crate) coach: Coach,
    pub(crate) by: Option<Principal>,
    pub(crate) resuming: Option<Resume>,
}

/// Users for a host that signs people in: it asks here before there is a caller.
#[derive(Clone, Debug)]
pub struct Logins {
    pub(crate) coach: Coach,
}

impl Coach {
    /// Returns a handle for one conversation. Whether it exists, and whether the caller may do something with it, is
    /// decided by the handle's methods.
    #[must_use]
    pub fn conversation(&self, by: &Principal, id: ConversationId) -> ConversationHandle {
        ConversationHandle { coach: self.clone(), by: *by, id }
    }

    /// Returns a handle for the caller's own data.
    #[must_use]
    pub fn me(&self, by: &Principal) -> Me {
        Me { coach: self.clone(), by: *by }
    }

    /// Returns a handle for invitations.
    #[must_use]
    pub fn invitations(&self, by: &Principal) -> Invitations {
        Invitations { coach: self.clone(), by: *by }
    }

    /// Returns a handle for notes and tags.
    #[must_use]
    pub fn notes(&self, by: &Principal) -> Notes {
        Notes { coach: self.clone(), by: *by }
    }

    /// Returns a handle for quota presets.
    #[must_use]
    pub fn presets(&self, by: &Principal) -> Presets {
        Presets { coach: self.clone(), by: *by }
    }

    /// Returns a handle for scenarios.
    #[must_use]
    pub fn scenarios(&self, by: &Principal) -> Scenarios {
        Scenarios { coach: self.clone(), by: *by }
    }

    /// Returns a handle for users and the audit log.
    #[must_use]
    pub fn users(&self, by: &Principal) -> Users {
        Users { coach: self.clone(), by: *by }
    }

    /// Returns a handle for the visitor of an invitation's link: `by` if they are signed in. `resuming` is the browser's
    /// memory of an earlier claim.
    #[must_use]
    pub fn visitor(&self, by: Option<&Principal>, resuming: Option<Resume>) -> Visitor {
        Visitor { coach: self.clone(), by: by.copied(), resuming }
    }

    /// Returns a handle for signing people in.
    #[must_use]
    pub fn logins(&self) -> Logins {
        Logins { coach: self.clone() }
    }
}
