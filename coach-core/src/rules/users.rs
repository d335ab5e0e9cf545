//! What signing in, linking, moving, changing and erasing a user writes.

use std::net::IpAddr;

use crate::{
    ids::UserId,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{Changing, Linking, SignIn},
    timestamp::Timestamp,
};

/// What a change of one user writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlan {
    /// The whole record, to insert or to update.
    pub user: User,
    /// Whether the allowance pays for the user's conversations without an invitation from now on; `None`
    /// leaves them as they are.
    pub allowance_pays: Option<bool>,
    /// The audit entries to add, in order.
    pub audit: Vec<AuditEntry>,
}

/// Returns a user without a name, as one is created.
pub fn new_user(id: UserId, role: UserRole, created_at: Timestamp) -> User {
    User {
        id,
        role,
        name: None,
        email: None,
        epoch: 0,
        disabled: false,
        created_at,
        signed_in_at: None,
    }
}

/// The facts that decide what a sign-in writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInFacts {
    /// The user whom the identity belongs to.
    pub user: Option<User>,
    /// What an erased user with the same [`Identity::trace`] had spent of the allowance.
    pub spent_before: Option<u64>,
}

/// What a sign-in writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPlan {
    /// The user.
    pub plan: UserPlan,
    /// Whether the user is new, and the identity is linked to it; otherwise a known identity is updated.
    pub is_new: bool,
    /// What the new user has already spent of the allowance.
    pub carried: Option<u64>,
}

/// Decides what a sign-in with an identity writes. A disabled user stays unchanged.
pub fn sign_in(facts: SignInFacts, sign_in: &SignIn<'_>) -> SignInPlan {
    let SignIn { identity, new, promote, address, at } = *sign_in;
    let is_new = facts.user.is_none();
    let before = facts.user.unwrap_or_else(|| new_user(new, UserRole::User, at));
    let mut user = enter(before.clone(), at);
    if !user.disabled {
        user.name = identity.name.clone().or(user.name);
        user.email = identity.email.clone().or(user.email);
        if promote {
            user.role = UserRole::Admin;
        }
    }
    let mut audit = vec![signed_in(&user, address, at)];
    let changed = user.role != before.role;
    if changed {
        let (actor, subject) = (Some(user.id), Some(Subject::User(user.id)));
        let action = AuditAction::RoleGiven(user.role);
        audit.push(AuditEntry { at, actor, action, subject, address });
    }
    SignInPlan {
        plan: UserPlan { allowance_pays: changed.then(|| is_limited(&user)), user, audit },
        is_new,
        carried: facts.spent_before.filter(|_| is_new),
    }
}

/// Decides what a sign-in of the built-in administrator writes, who is created as `new` the first time.
pub fn local_admin(
    known: Option<User>,
    new: UserId,
    address: Option<IpAddr>,
    at: Timestamp,
) -> UserPlan {
    let user = enter(known.unwrap_or_else(|| new_user(new, UserRole::Admin, at)), at);
    let audit = vec![signed_in(&user, address, at)];
    UserPlan { user, allowance_pays: None, audit }
}

fn enter(user: User, at: Timestamp) -> User {
    if user.disabled { user } else { User { signed_in_at: Some(at), ..user } }
}

fn signed_in(user: &User, address: Option<IpAddr>, at: Timestamp) -> AuditEntry {
    let action = if user.disabled { AuditAction::SignInRefused } else { AuditAction::SignedIn };
    AuditEntry { at, actor: Some(user.id), action, subject: None, address }
}

fn is_limited(user: &User) -> bool {
    !user.role.is_unlimited()
}

/// The decision about linking an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The response; nothing is written.
    Answer(Linking),
    /// The identity is linked to this user.
    Write(UserPlan),
}

/// Decides whether an identity that belongs to `owner` is linked to `user`. A guest becomes a signed-in user,
/// an existing name and address stay, and earlier logins end.
pub fn link(
    owner: Option<UserId>,
    user: Option<User>,
    id: UserId,
    identity: &Identity,
    audit: AuditEntry,
) -> Link {
    if let Some(other) = owner.filter(|owner| *owner != id) {
        return Link::Answer(Linking::Taken(other));
    }
    let Some(user) = user else { return Link::Answer(Linking::Unknown) };
    if owner.is_some() {
        return Link::Answer(Linking::Linked(user));
    }
    let user = User {
        role: user.role.max(UserRole::User),
        name: user.name.or_else(|| identity.name.clone()),
        email: user.email.or_else(|| identity.email.clone()),
        epoch: user.epoch + 1,
        ..user
    };
    Link::Write(UserPlan { user, allowance_pays: None, audit: vec![audit] })
}

impl UserPlan {
    /// Returns the response to a link.
    pub fn linking(self) -> Linking {
        Linking::Linked(self.user)
    }

    /// Returns the response to a change.
    pub fn changing(self) -> Changing {
        Changing::Changed(self.user)
    }
}

/// What moving a guest writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovePlan {
    /// The guest, closed.
    pub guest: User,
    /// The user who becomes the owner of the guest's conversations and the claimant of their invitations.
    pub to: UserId,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides whether a guest moves to the user `to`; `None` if the guest is not one or is closed, or if `to` does
/// not exist.
pub fn move_guest(guest: Option<User>, to: Option<&User>, audit: AuditEntry) -> Option<MovePlan> {
    let to = to?.id;
    let is_open = |user: &User| user.role == UserRole::Guest && !user.disabled && user.id != to;
    let guest = guest.filter(is_open)?;
    let guest = User { disabled: true, epoch: guest.epoch + 1, ..guest };
    Some(MovePlan { guest, to, audit: AuditEntry { subject: Some(Subject::User(to)), ..audit } })
}

/// A change that an administrator makes to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// Sets the role.
    Role(UserRole),
    /// Forbids or allows to sign in.
    Disabled(bool),
}

/// The decision about a change to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The response; nothing is written.
    Answer(Changing),
    /// What to write.
    Write(UserPlan),
}

/// Decides whether a user is changed. `admins` are the administrators who can sign in, locked until the plan is
/// written: one must remain.
pub fn change(
    user: Option<User>,
    admins: &[UserId],
    change: UserChange,
    audit: AuditEntry,
) -> Change {
    let Some(before) = user else { return Change::Answer(Changing::Unknown) };
    let user = match change {
        UserChange::Role(role) => User { role, ..before.clone() },
        UserChange::Disabled(disabled) => {
            let epoch = before.epoch + u32::from(disabled && !before.disabled);
            User { disabled, epoch, ..before.clone() }
        }
    };
    let remains = user.role == UserRole::Admin && !user.disabled;
    if admins == [user.id] && !remains {
        return Change::Answer(Changing::LastAdmin);
    }
    let subject = Some(Subject::User(user.id));
    Change::Write(UserPlan {
        allowance_pays: (user.role != before.role).then(|| is_limited(&user)),
        audit: (user != before).then_some(AuditEntry { subject, ..audit }).into_iter().collect(),
        user,
    })
}

/// Decides what ending all logins of a user writes; `None` if the user does not exist.
pub fn end_logins(user: Option<User>, audit: AuditEntry) -> Option<UserPlan> {
    let user = user?;
    let subject = Some(Subject::User(user.id));
    let user = User { epoch: user.epoch + 1, ..user };
    Some(UserPlan { user, allowance_pays: None, audit: vec![AuditEntry { subject, ..audit }] })
}

/// What erasing a user writes, besides [`recover`](super::recovery::recover) of their open turns and
/// [`erase`](super::conversations::erase) of all their conversations, whose messages are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasePlan {
    /// The record, without name and address and closed. All identities are deleted.
    pub user: User,
    /// The traces under which `spent` is remembered.
    pub traces: Vec<[u8; 32]>,
    /// What the user has spent of the allowance.
    pub spent: u64,
    /// When it happens.
    pub at: Timestamp,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides what erasing a user writes; `None` if the user does not exist.
pub fn erase(
    user: Option<User>,
    identities: &[Identity],
    spent: u64,
    audit: AuditEntry,
) -> Option<ErasePlan> {
    let user = user?;
    let subject = Some(Subject::User(user.id));
    Some(ErasePlan {
        user: User { name: None, email: None, disabled: true, epoch: user.epoch + 1, ..user },
        traces: identities.iter().map(Identity::trace).collect(),
        spent,
        at: audit.at,
        audit: AuditEntry { subject, ..audit },
    })
}
