//! Signing in and out, and linking an identity to a user.

use std::net::IpAddr;

use super::{
    audit::{AuditAction, AuditEntry, Subject},
    policy::{Act, Target},
    role::UserRole,
    user::{Identity, Principal, User},
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::{Logins, Me},
    ids::UserId,
    ports::{Linking, SignIn},
    timestamp::Timestamp,
};

impl Logins {
    /// Returns one user.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, CoachError> {
        let coach = &self.coach;
        Ok(coach.0.stores.user(id).await?)
    }

    /// Returns the users among `ids` that exist: one query for all open sockets.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, CoachError> {
        let coach = &self.coach;
        Ok(coach.0.stores.users(ids).await?)
    }

    /// Signs in the built-in administrator with a one-time value that the host has verified; `None` if the
    /// value was used before.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if another administrator has disabled it, [`CoachError::Store`] if the store
    /// does not respond.
    pub async fn sign_in_local_admin(
        &self,
        nonce: &str,
        until: Timestamp,
        address: Option<IpAddr>,
    ) -> Result<Option<User>, CoachError> {
        let coach = &self.coach;
        coach.ask(None, Act::SignIn, &Target::OWN)?;
        if !coach.0.sign_in_store()?.spend_once(nonce, until, coach.now()).await? {
            return Ok(None);
        }
        let id = UserId(coach.0.ids.next());
        let at = coach.now();
        let user = coach.0.sign_in_store()?.local_admin(id, address, at).await?;
        if user.disabled { Err(CoachError::Forbidden) } else { Ok(Some(user)) }
    }

    /// Signs in the user of a verified identity, created the first time.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if the user is disabled, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn sign_in(
        &self,
        identity: &Identity,
        address: Option<IpAddr>,
    ) -> Result<User, CoachError> {
        let coach = &self.coach;
        coach.ask(None, Act::SignIn, &Target::OWN)?;
        let promote = identity.verified_email().is_some_and(|email| coach.names_admin(email));
        let new = UserId(coach.0.ids.next());
        let at = coach.now();
        let sign_in = SignIn { identity, new, promote, address, at };
        let user = coach.0.sign_in_store()?.sign_in(sign_in).await?;
        if user.disabled { Err(CoachError::Forbidden) } else { Ok(user) }
    }

    /// Adds an audit entry for a refused sign-in.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn refused(&self, address: Option<IpAddr>) -> Result<(), CoachError> {
        let coach = &self.coach;
        let (at, actor, action) = (coach.now(), None, AuditAction::SignInRefused);
        Ok(coach
            .0
            .audit_log()?
            .note(AuditEntry { at, actor, action, subject: None, address })
            .await?)
    }
}

impl Me {
    /// Ends all logins of the caller.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn log_out(&self) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        let audit = by.did(AuditAction::SignedOut, None, coach.now());
        coach.0.stores.end_logins(by.user, audit).await?;
        Ok(())
    }

    /// Returns the identities of the caller.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn identities(&self) -> Result<Vec<Identity>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        Ok(coach.0.identities(by.user).await?)
    }

    /// Links an identity to the caller; a guest becomes a signed-in user and keeps all data.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn link(&self, identity: &Identity) -> Result<Linking, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::LinkIdentity)?;
        let audit = by.did(AuditAction::IdentityLinked, Some(Subject::User(by.user)), coach.now());
        Ok(coach.0.sign_in_store()?.link(by.user, identity, audit).await?)
    }

    /// Moves everything the calling guest has to the user that an identity belongs to. The host must have
    /// verified that the guest has this identity and confirmed the move.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if no user has the identity or the guest is already closed,
    /// [`CoachError::Forbidden`] if that user is disabled, [`CoachError::Conflict`] if the two cannot be
    /// merged, [`CoachError::Store`] if the store does not respond.
    pub async fn move_to(&self, issuer: &str, subject: &str) -> Result<User, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::LinkIdentity)?;
        let to = coach
            .0
            .sign_in_store()?
            .owner_of(issuer, subject)
            .await?
            .ok_or(CoachError::NotFound)?;
        let user = coach.0.stores.user(to).await?.filter(|user| !user.disabled);
        let user = user.ok_or(CoachError::Forbidden)?;
        // A user who may not claim an invitation must not receive one this way either.
        if by.role != UserRole::Guest || !coach.may(&Principal::new(user.id, user.role), Act::Claim)
        {
            return Err(CoachError::Conflict(
                "these two accounts cannot be merged; nothing was changed",
            ));
        }
        let audit = by.did(AuditAction::GuestMoved, Some(Subject::User(to)), coach.now());
        match coach.0.sign_in_store()?.move_guest(by.user, to, audit).await? {
            true => Ok(user),
            false => Err(CoachError::NotFound),
        }
    }
}

impl Coach {
    pub(super) fn names_admin(&self, email: &str) -> bool {
        self.0.admin_emails.iter().any(|admin| admin.eq_ignore_ascii_case(email))
    }
}
