//! Signing in and out, and linking an identity to an account.

use std::net::IpAddr;

use super::{
    audit::{AuditAction, AuditEntry, Subject},
    policy::Act,
    role::AccountRole,
    user::{Identity, Principal, User},
};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::UserId,
    ports::{Linking, SignIn},
    timestamp::Timestamp,
};

impl Coach {
    /// One account.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, CoachError> {
        Ok(self.0.stores.user(id).await?)
    }

    /// The accounts among `ids`: one question for all open sockets.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, CoachError> {
        Ok(self.0.stores.users(ids).await?)
    }

    /// Signs in the built-in administrator with a one-time value that the host has checked; `None` if
    /// it was spent before. Forbidden where another administrator has disabled it.
    pub async fn sign_in_local_admin(
        &self,
        nonce: &str,
        until: Timestamp,
        address: Option<IpAddr>,
    ) -> Result<Option<User>, CoachError> {
        if !self.0.stores.spend_once(nonce, until, self.now()).await? {
            return Ok(None);
        }
        let id = UserId(self.0.ids.next());
        let at = self.now();
        let user = self.0.stores.local_admin(id, address, at).await?;
        if user.disabled { Err(CoachError::Forbidden) } else { Ok(Some(user)) }
    }

    /// Signs in whoever a provider has vouched for; makes an account the first time. Forbidden for an
    /// account that may not sign in.
    pub async fn sign_in(
        &self,
        identity: &Identity,
        address: Option<IpAddr>,
    ) -> Result<User, CoachError> {
        let promote = identity.verified_email().is_some_and(|email| self.names_admin(email));
        let new = UserId(self.0.ids.next());
        let at = self.now();
        let sign_in = SignIn { identity, new, promote, address, at };
        let user = self.0.stores.sign_in(sign_in).await?;
        if user.disabled { Err(CoachError::Forbidden) } else { Ok(user) }
    }

    /// Notes that somebody tried to sign in and was refused.
    pub async fn sign_in_refused(&self, address: Option<IpAddr>) -> Result<(), CoachError> {
        let (at, actor, deed) = (self.now(), None, AuditAction::SignInRefused);
        Ok(self.0.stores.note(AuditEntry { at, actor, deed, subject: None, address }).await?)
    }

    /// Ends all logins of the caller.
    pub async fn log_out(&self, by: &Principal) -> Result<(), CoachError> {
        let audit = by.did(AuditAction::SignedOut, None, self.now());
        self.0.stores.end_logins(by.user, audit).await?;
        Ok(())
    }

    /// The identities of the caller.
    pub async fn identities(&self, by: &Principal) -> Result<Vec<Identity>, CoachError> {
        Ok(self.0.stores.identities(by.user).await?)
    }

    /// Links an identity to the caller's account; a guest becomes a signed-in person and keeps all.
    pub async fn link(&self, by: &Principal, identity: &Identity) -> Result<Linking, CoachError> {
        let audit = by.did(AuditAction::IdentityLinked, Some(Subject::Person(by.user)), self.now());
        Ok(self.0.stores.link(by.user, identity, audit).await?)
    }

    /// Moves all that the calling guest has to the account that an identity belongs to: for a guest who
    /// has proven to be that person, and has been asked.
    pub async fn move_guest(
        &self,
        by: &Principal,
        issuer: &str,
        subject: &str,
    ) -> Result<User, CoachError> {
        let to = self.0.stores.owner_of(issuer, subject).await?.ok_or(CoachError::NotFound)?;
        let user = self.0.stores.user(to).await?.filter(|user| !user.disabled);
        let user = user.ok_or(CoachError::Forbidden)?;
        // Somebody who may not claim an invitation cannot be given one this way either.
        if by.role != AccountRole::Guest || !Principal::new(user.id, user.role).may(Act::Claim) {
            return Err(CoachError::Conflict("these two accounts cannot become one"));
        }
        let audit = by.did(AuditAction::GuestMoved, Some(Subject::Person(to)), self.now());
        match self.0.stores.move_guest(by.user, to, audit).await? {
            true => Ok(user),
            false => Err(CoachError::NotFound),
        }
    }

    pub(super) fn names_admin(&self, email: &str) -> bool {
        self.0.admin_emails.iter().any(|admin| admin.eq_ignore_ascii_case(email))
    }
}
