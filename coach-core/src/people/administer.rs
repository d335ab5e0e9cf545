//! What an administrator may do with users: list them, change roles, disable them, end their logins.

use super::{
    audit::{AuditAction, AuditEntry, Subject},
    policy::Act,
    role::UserRole,
    user::{Identity, Principal, User},
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Users,
    ids::UserId,
    ports::{Changing, UserFilter},
};

impl Users {
    /// Returns users, newest first; guests only if asked for.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn list(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        Ok(coach.0.stores.list_users(wanted).await?)
    }

    /// Returns the identities of a user.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn identities(&self, id: UserId) -> Result<Vec<Identity>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        Ok(coach.0.identities(id).await?)
    }

    /// Changes another user's role. Guests have no role to change, and administrators named by the operator
    /// stay.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the user does not exist, [`CoachError::Conflict`] if the role must not
    /// change, [`CoachError::Store`] if the store does not respond.
    pub async fn give_role(&self, id: UserId, role: UserRole) -> Result<User, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        let user = coach
            .another_user(by, id, "you cannot change your own role; ask another administrator")
            .await?;
        if user.role == UserRole::Guest || role == UserRole::Guest {
            return Err(CoachError::Conflict(
                "the role of a guest cannot be changed; guests become users by linking a sign-in",
            ));
        }
        if role < UserRole::Admin {
            coach.not_of_the_operator(&user).await?;
        }
        let audit = by.did(AuditAction::RoleGiven(role), None, coach.now());
        changed(coach.persist(|| coach.0.stores.give_role(id, role, audit)).await?)
    }

    /// Allows or forbids another user to sign in.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the user does not exist, [`CoachError::Conflict`] if the user must not be
    /// disabled, [`CoachError::Store`] if the store does not respond.
    pub async fn disable(&self, id: UserId, disabled: bool) -> Result<User, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        let user = coach
            .another_user(by, id, "you cannot disable your own account; ask another administrator")
            .await?;
        if disabled {
            coach.not_of_the_operator(&user).await?;
        }
        let action = if disabled { AuditAction::Disabled } else { AuditAction::Enabled };
        let audit = by.did(action, None, coach.now());
        changed(coach.persist(|| coach.0.stores.disable(id, disabled, audit)).await?)
    }

    /// Ends all logins of a user.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the user does not exist, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn end_logins(&self, id: UserId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        let audit = by.did(AuditAction::LoginsEnded, None, coach.now());
        let ended = coach.0.stores.end_logins(id, audit).await?;
        ended.map(drop).ok_or(CoachError::NotFound)
    }

    /// Returns the audit log, newest first.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        Ok(coach.0.audit_log()?.audit(actor, before, limit).await?)
    }

    /// Returns the current names of audit subjects and of users in lists.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        Ok(coach.0.audit_log()?.names(subjects).await?)
    }
}

impl Coach {
    async fn another_user(
        &self,
        by: &Principal,
        id: UserId,
        why: &'static str,
    ) -> Result<User, CoachError> {
        let user = self.0.stores.user(id).await?.ok_or(CoachError::NotFound)?;
        if id == by.user { Err(CoachError::Conflict(why)) } else { Ok(user) }
    }

    async fn not_of_the_operator(&self, user: &User) -> Result<(), CoachError> {
        let identities = self.0.identities(user.id).await?;
        let mut emails = identities.iter().filter_map(Identity::verified_email);
        match emails.any(|email| self.names_admin(email)) {
            true => Err(CoachError::Conflict(
                "this user is an administrator by ADMIN_EMAILS; the operator must remove the address first",
            )),
            false => Ok(()),
        }
    }
}

fn changed(changing: Changing) -> Result<User, CoachError> {
    match changing {
        Changing::Changed(user) => Ok(user),
        Changing::LastAdmin => Err(CoachError::Conflict(
            "no administrator would remain; make another user an administrator first",
        )),
        Changing::Unknown => Err(CoachError::NotFound),
    }
}
