//! Accounts: signing in, linking, roles, and what people may do with what is theirs.

use std::net::IpAddr;

use crate::{
    account::{AccountRole, Admin, Identity, Principal, User},
    audit::{AuditEntry, Deed, Subject},
    coach::Coach,
    conversation::{Conversation, EndReason},
    error::CoachError,
    event::Event,
    ids::UserId,
    invitation::Invitation,
    policy::Act,
    ports::{Changing, Linking, Of, People, SignIn, UsageEntry},
    seen::SeenRecord,
    timestamp::Timestamp,
    transcript::Message,
};

/// Everything of a person, as they may take it along.
#[derive(Debug)]
pub struct Belongings {
    /// The account.
    pub user: User,
    /// Who they are to sign-in providers.
    pub identities: Vec<Identity>,
    /// The invitations they claimed, with the consent they gave, newest first.
    pub invitations: Vec<Invitation>,
    /// Their conversations, oldest first.
    pub conversations: Vec<WholeConversation>,
}

/// A conversation with everything that is kept of it.
#[derive(Debug)]
pub struct WholeConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Every message.
    pub messages: Vec<Message>,
    /// Every entry of the ledger.
    pub entries: Vec<UsageEntry>,
    /// Which comments were on screen.
    pub seen: Vec<SeenRecord>,
}

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
        let (at, actor, deed) = (self.now(), None, Deed::SignInRefused);
        Ok(self.0.stores.note(AuditEntry { at, actor, deed, subject: None, address }).await?)
    }

    /// Ends all logins of the caller.
    pub async fn log_out(&self, by: &Principal) -> Result<(), CoachError> {
        let audit = by.did(Deed::SignedOut, None, self.now());
        self.0.stores.end_logins(by.user, audit).await?;
        Ok(())
    }

    /// The identities of the caller.
    pub async fn identities(&self, by: &Principal) -> Result<Vec<Identity>, CoachError> {
        Ok(self.0.stores.identities(by.user).await?)
    }

    /// Links an identity to the caller's account; a guest becomes a signed-in person and keeps all.
    pub async fn link(&self, by: &Principal, identity: &Identity) -> Result<Linking, CoachError> {
        let audit = by.did(Deed::IdentityLinked, Some(Subject::Person(by.user)), self.now());
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
        let audit = by.did(Deed::GuestMoved, Some(Subject::Person(to)), self.now());
        match self.0.stores.move_guest(by.user, to, audit).await? {
            true => Ok(user),
            false => Err(CoachError::NotFound),
        }
    }

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
        let audit = by.principal().did(Deed::RoleGiven(role), None, self.now());
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
        let deed = if disabled { Deed::Disabled } else { Deed::Enabled };
        let audit = by.principal().did(deed, None, self.now());
        changed(self.persist(|| self.0.stores.disable(id, disabled, audit)).await?)
    }

    /// Ends all logins of somebody.
    pub async fn end_logins(&self, by: &Admin, id: UserId) -> Result<(), CoachError> {
        let audit = by.principal().did(Deed::LoginsEnded, None, self.now());
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

    /// Everything of the caller.
    pub async fn belongings(&self, by: &Principal) -> Result<Belongings, CoachError> {
        let user = self.0.stores.user(by.user).await?.ok_or(CoachError::NotFound)?;
        self.0.stores.note(by.did(Deed::Exported, None, self.now())).await?;
        let identities = self.0.stores.identities(by.user).await?;
        let invitations = self.0.stores.invitations_of(by.user).await?;
        let mut conversations = Vec::new();
        for one in self.conversations_of(by.user).await?.into_iter().rev() {
            let messages = self.0.stores.messages(one.id, None, u32::MAX).await?;
            let entries = self.0.stores.entries(one.id).await?;
            let seen = self.0.stores.seen(one.id).await?;
            conversations.push(WholeConversation { conversation: one, messages, entries, seen });
        }
        Ok(Belongings { user, identities, invitations, conversations })
    }

    /// Erases the caller: see [`AccountStore::erase`](crate::ports::AccountStore::erase). The last
    /// administrator stays.
    pub async fn erase_me(&self, by: &Principal) -> Result<(), CoachError> {
        if by.role == AccountRole::Admin {
            return Err(CoachError::Conflict("an administrator hands over the role first"));
        }
        self.erase(by, by.user).await
    }

    /// Erases a person's words, wherever they are, and tells whoever follows.
    pub(crate) async fn erase(&self, by: &Principal, person: UserId) -> Result<(), CoachError> {
        let audit = by.did(Deed::Erased, None, self.now());
        self.0.stores.erase(person, audit).await?;
        // From here on nothing new can begin: what is found now is all there is.
        for conversation in self.conversations_of(person).await? {
            if let Some(room) = self.0.rooms.get(conversation.id) {
                room.stop();
                let _gate = room.gate.lock().await;
                room.forget();
                room.tell([Event::Ended(EndReason::Erased)]);
            }
        }
        Ok(())
    }

    async fn conversations_of(&self, person: UserId) -> Result<Vec<Conversation>, CoachError> {
        Ok(self.0.stores.conversations(Of::Person(person), None, u32::MAX).await?)
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

    fn names_admin(&self, email: &str) -> bool {
        self.0.admin_emails.iter().any(|admin| admin.eq_ignore_ascii_case(email))
    }
}

fn changed(changing: Changing) -> Result<User, CoachError> {
    match changing {
        Changing::Changed(user) => Ok(user),
        Changing::LastAdmin => Err(CoachError::Conflict("nobody would be left who may administer")),
        Changing::Unknown => Err(CoachError::NotFound),
    }
}
