//! What an administrator may do with users: list them, give roles, disable them, end their logins.

use super::{
    audit::{AuditAction, AuditEntry, Subject},
    role::AccountRole,
    user::{Admin, Identity, User},
};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::UserId,
    ports::{Changing, People},
};

impl Coach {
    /// Accounts, newest first; guests only where they are asked for.
    pub async fn people(&self, _: &Admin, wanted: People<'_>) -> Result<Vec<User>, CoachError> {
        Ok(self.0.stores.people(wanted).await?)
    }

    /// The identities of an account.
    pub async fn identities_of(&self, _: &Admin, id: UserId) -> Result<Vec<Identity>, CoachError> {
        Ok(self.0.stores.identities(id).await?)
    }

    /// Gives somebody else a role. Guests have none to change, and the operator's administrators stay.
    pub async fn give_role(
        &self,
        by: &Admin,
        id: UserId,
        role: AccountRole,
    ) -> Result<User, CoachError> {
        let user = self.somebody_else(by, id, "nobody changes their own role").await?;
        if user.role == AccountRole::Guest || role == AccountRole::Guest {
            return Err(CoachError::Conflict("a guest becomes a user by linking an identity"));
        }
        if role < AccountRole::Admin {
            self.not_of_the_operator(&user, by).await?;
        }
        let audit = by.principal().did(AuditAction::RoleGiven(role), None, self.now());
        changed(self.persist(|| self.0.stores.give_role(id, role, audit)).await?)
    }

    /// Lets somebody else sign in or not.
    pub async fn disable(
        &self,
        by: &Admin,
        id: UserId,
        disabled: bool,
    ) -> Result<User, CoachError> {
        let user = self.somebody_else(by, id, "nobody shuts themselves out").await?;
        if disabled {
            self.not_of_the_operator(&user, by).await?;
        }
        let deed = if disabled { AuditAction::Disabled } else { AuditAction::Enabled };
        let audit = by.principal().did(deed, None, self.now());
        changed(self.persist(|| self.0.stores.disable(id, disabled, audit)).await?)
    }

    /// Ends all logins of somebody.
    pub async fn end_logins(&self, by: &Admin, id: UserId) -> Result<(), CoachError> {
        let audit = by.principal().did(AuditAction::LoginsEnded, None, self.now());
        let ended = self.0.stores.end_logins(id, audit).await?;
        ended.map(drop).ok_or(CoachError::NotFound)
    }

    /// The audit log, newest first.
    pub async fn audit(
        &self,
        _: &Admin,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, CoachError> {
        Ok(self.0.stores.audit(actor, before, limit).await?)
    }

    /// What subjects of the audit log, and people in lists, are called now.
    pub async fn names(
        &self,
        _: &Admin,
        subjects: &[Subject],
    ) -> Result<Vec<(Subject, String)>, CoachError> {
        Ok(self.0.stores.names(subjects).await?)
    }

    async fn somebody_else(
        &self,
        by: &Admin,
        id: UserId,
        why: &'static str,
    ) -> Result<User, CoachError> {
        let user = self.0.stores.user(id).await?.ok_or(CoachError::NotFound)?;
        if id == by.user() { Err(CoachError::Conflict(why)) } else { Ok(user) }
    }

    async fn not_of_the_operator(&self, user: &User, by: &Admin) -> Result<(), CoachError> {
        let identities = self.identities_of(by, user.id).await?;
        let mut emails = identities.iter().filter_map(Identity::verified_email);
        match emails.any(|email| self.names_admin(email)) {
            true => Err(CoachError::Conflict("the operator's ADMIN_EMAILS names this person")),
            false => Ok(()),
        }
    }
}

fn changed(changing: Changing) -> Result<User, CoachError> {
    match changing {
        Changing::Changed(user) => Ok(user),
        Changing::LastAdmin => Err(CoachError::Conflict("nobody would be left who may administer")),
        Changing::Unknown => Err(CoachError::NotFound),
    }
}
