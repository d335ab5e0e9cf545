//! Users in memory.

use std::net::IpAddr;

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    conversation::EndReason,
    ids::{ConversationId, UserId},
    people::{
        Identity, Principal, User, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{Changing, Linking, SignIn, StoreError, UserFilter, UserStore},
    scenario::Script,
    timestamp::Timestamp,
    turn::ledger::Payer,
};

/// Returns a user with only a role.
pub(super) fn bare(id: UserId, role: UserRole, created_at: Timestamp) -> User {
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

fn same(issuer: &str, subject: &str) -> impl Fn(&&(UserId, Identity)) -> bool {
    move |(_, known)| known.issuer == issuer && known.subject == subject
}

impl Tables {
    fn owner_of(&self, issuer: &str, subject: &str) -> Option<UserId> {
        self.identities.iter().find(same(issuer, subject)).map(|(owner, _)| *owner)
    }

    /// Returns whether no other user can administer.
    fn is_last_admin(&self, id: UserId) -> bool {
        let admins = |user: &&User| user.role == UserRole::Admin && !user.disabled;
        let mut admins = self.users.values().filter(admins);
        admins.next().is_some_and(|user| user.id == id) && admins.next().is_none()
    }

    /// Changes a user, unless no administrator who can sign in would remain.
    fn change(
        &mut self,
        id: UserId,
        audit: AuditEntry,
        takes: impl FnOnce(&User) -> bool,
        change: impl FnOnce(&mut User),
    ) -> Changing {
        let last = self.is_last_admin(id);
        let Some(user) = self.users.get_mut(&id) else { return Changing::Unknown };
        if last && takes(user) {
            return Changing::LastAdmin;
        }
        let before = user.clone();
        change(user);
        let after = user.clone();
        if before.role != after.role {
            self.pay_by_role(&after);
        }
        if before != after {
            self.note(AuditEntry { subject: Some(Subject::User(id)), ..audit });
        }
        Changing::Changed(after)
    }

    /// Applies a role to the user's existing conversations without an invitation: whether the allowance pays
    /// for them.
    fn pay_by_role(&mut self, user: &User) {
        let limited = !Principal::new(user.id, user.role).is_unlimited();
        let own = self.conversations.values_mut().filter(|row| row.owner == user.id);
        for conversation in own.filter(|row| row.invitation.is_none()) {
            conversation.allowance = limited;
        }
    }

    fn erase_words(&mut self, id: ConversationId, at: Timestamp) {
        let open = self.turns.values().find(|turn| turn.open && turn.conversation == id);
        if let Some(open) = open.map(|turn| turn.id) {
            self.recover_one(open, at);
        }
        self.messages.retain(|(conversation, _), _| *conversation != id);
        if let Some(conversation) = self.conversations.get_mut(&id) {
            let ended_at = conversation.ended.map_or(at, |(_, ended_at)| ended_at);
            conversation.ended = Some((EndReason::Erased, ended_at));
            conversation.erased_at.get_or_insert(at);
            let script = conversation.script.clone();
            conversation.script = Script::erased(script, conversation.scenario.is_some());
        }
    }
}

#[async_trait]
impl UserStore for MemoryStore {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.lock().users.get(&id).cloned())
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let tables = self.lock();
        Ok(tables.users.values().filter(|user| ids.contains(&user.id)).cloned().collect())
    }

    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError> {
        let tables = self.lock();
        let search = wanted.search.map(str::to_lowercase);
        let found = |user: &&User| {
            let texts = [user.name.as_deref(), user.email.as_deref()];
            let mut texts = texts.into_iter().flatten();
            let named = search
                .as_deref()
                .is_none_or(|search| texts.any(|text| text.to_lowercase().contains(search)));
            let role = wanted.role.map_or(user.role != UserRole::Guest, |role| user.role == role);
            named && role && wanted.before.is_none_or(|before| user.id < before)
        };
        let newest = tables.users.values().rev().filter(found);
        Ok(newest.take(wanted.limit as usize).cloned().collect())
    }

    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        let mut tables = self.lock();
        let known = tables.local_admin.unwrap_or(id);
        tables.local_admin = Some(known);
        let user = tables.users.entry(known).or_insert_with(|| bare(known, UserRole::Admin, at));
        let mut action = AuditAction::SignInRefused;
        if !user.disabled {
            action = AuditAction::SignedIn;
            user.signed_in_at = Some(at);
        }
        let user = user.clone();
        let actor = Some(known);
        tables.note(AuditEntry { at, actor, action, subject: None, address });
        Ok(user)
    }

    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError> {
        let SignIn { identity, new, promote, address, at } = sign_in;
        let mut tables = self.lock();
        let known = tables.owner_of(&identity.issuer, &identity.subject);
        let id = known.unwrap_or(new);
        if known.is_none()
            && let Some(spent) = tables.spent_before.get(&identity.trace()).copied()
        {
            tables.carried.insert(id, spent);
        }
        tables.identities.retain(|one| !same(&identity.issuer, &identity.subject)(&one));
        tables.identities.push((id, identity.clone()));
        let user = tables.users.entry(id).or_insert_with(|| bare(id, UserRole::User, at));
        let role = user.role;
        let mut action = AuditAction::SignInRefused;
        if !user.disabled {
            action = AuditAction::SignedIn;
            user.signed_in_at = Some(at);
            user.name = identity.name.clone().or(user.name.take());
            user.email = identity.email.clone().or(user.email.take());
            if promote {
                user.role = UserRole::Admin;
            }
        }
        let user = user.clone();
        let (actor, subject) = (Some(id), Some(Subject::User(id)));
        tables.note(AuditEntry { at, actor, action, subject: None, address });
        if user.role != role {
            let action = AuditAction::RoleGiven(user.role);
            tables.note(AuditEntry { at, actor, action, subject, address });
            tables.pay_by_role(&user);
        }
        Ok(user)
    }

    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
        Ok(self.lock().owner_of(issuer, subject))
    }

    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError> {
        let tables = self.lock();
        let of = tables.identities.iter().filter(|(owner, _)| *owner == id);
        Ok(of.map(|(_, identity)| identity.clone()).collect())
    }

    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        audit: AuditEntry,
    ) -> Result<Linking, StoreError> {
        let mut tables = self.lock();
        let owner = tables.owner_of(&identity.issuer, &identity.subject);
        if let Some(other) = owner.filter(|owner| *owner != id) {
            return Ok(Linking::Taken(other));
        }
        let Some(user) = tables.users.get_mut(&id) else { return Ok(Linking::Unknown) };
        if owner.is_some() {
            return Ok(Linking::Linked(user.clone()));
        }
        user.role = user.role.max(UserRole::User);
        user.name = user.name.take().or_else(|| identity.name.clone());
        user.email = user.email.take().or_else(|| identity.email.clone());
        user.epoch += 1;
        let user = user.clone();
        tables.identities.push((id, identity.clone()));
        tables.note(audit);
        Ok(Linking::Linked(user))
    }

    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        if !tables.users.contains_key(&to) {
            return Ok(false);
        }
        let from = tables.users.get_mut(&guest);
        let Some(from) = from.filter(|user| user.role == UserRole::Guest && !user.disabled) else {
            return Ok(false);
        };
        from.disabled = true;
        from.epoch += 1;
        for conversation in tables.conversations.values_mut().filter(|row| row.owner == guest) {
            conversation.owner = to;
        }
        for invitation in tables.invitations.values_mut() {
            if let Some((by, _)) = invitation.claimed.as_mut().filter(|(by, _)| *by == guest) {
                *by = to;
            }
        }
        tables.note(AuditEntry { subject: Some(Subject::User(to)), ..audit });
        Ok(true)
    }

    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let takes = |_: &User| role != UserRole::Admin;
        Ok(self.lock().change(id, audit, takes, |user| user.role = role))
    }

    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        Ok(self.lock().change(
            id,
            audit,
            |_| disabled,
            |user| {
                user.epoch += u32::from(disabled && !user.disabled);
                user.disabled = disabled;
            },
        ))
    }

    async fn end_logins(&self, id: UserId, audit: AuditEntry) -> Result<Option<u32>, StoreError> {
        let mut tables = self.lock();
        let Some(user) = tables.users.get_mut(&id) else { return Ok(None) };
        user.epoch += 1;
        let epoch = user.epoch;
        tables.note(AuditEntry { subject: Some(Subject::User(id)), ..audit });
        Ok(Some(epoch))
    }

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        tables.nonces.retain(|_, until| *until >= at);
        Ok(tables.nonces.insert(nonce.to_owned(), until).is_none())
    }

    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let spent = tables.balance(Payer::Allowance(id)).map_or(0, |balance| balance.used);
        let own = tables.identities.iter().filter(|(owner, _)| *owner == id);
        let traces: Vec<_> = own.map(|(_, identity)| identity.trace()).collect();
        tables.spent_before.extend(traces.into_iter().map(|trace| (trace, spent)));
        let Some(user) = tables.users.get_mut(&id) else { return Ok(()) };
        user.name = None;
        user.email = None;
        user.disabled = true;
        user.epoch += 1;
        tables.identities.retain(|(owner, _)| *owner != id);
        let of = tables.conversations.values().filter(|row| row.owner == id);
        let of: Vec<_> = of.map(|row| row.id).collect();
        for conversation in of {
            tables.erase_words(conversation, audit.at);
        }
        tables.note(AuditEntry { subject: Some(Subject::User(id)), ..audit });
        Ok(())
    }
}
