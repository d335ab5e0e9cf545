//! Users in memory.

use std::net::IpAddr;

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ids::UserId,
    people::{Identity, User, UserRole, audit::AuditEntry},
    ports::{Changing, Linking, Recovered, SignIn, SignInStore, StoreError, UserFilter, UserStore},
    rules::{
        conversations,
        users::{self as rules, Change, Link, SignInFacts, SignInPlan, UserChange, UserPlan},
    },
    timestamp::Timestamp,
    turn::ledger::Payer,
};

fn same(issuer: &str, subject: &str) -> impl Fn(&&(UserId, Identity)) -> bool {
    move |(_, known)| known.issuer == issuer && known.subject == subject
}

impl Tables {
    fn owner_of(&self, issuer: &str, subject: &str) -> Option<UserId> {
        self.identities.iter().find(same(issuer, subject)).map(|(owner, _)| *owner)
    }

    fn change(&mut self, id: UserId, change: UserChange, audit: AuditEntry) -> Changing {
        let admins = |user: &&User| user.role == UserRole::Admin && !user.disabled;
        let admins: Vec<_> = self.users.values().filter(admins).map(|user| user.id).collect();
        match rules::change(self.users.get(&id).cloned(), &admins, change, audit) {
            Change::Answer(answer) => answer,
            Change::Write(plan) => {
                self.write(&plan);
                plan.changing()
            }
        }
    }

    /// Saves a user with what follows from it.
    fn write(&mut self, plan: &UserPlan) {
        self.users.insert(plan.user.id, plan.user.clone());
        if let Some(pays) = plan.allowance_pays {
            let own = self.conversations.values_mut().filter(|row| row.owner == plan.user.id);
            for conversation in own.filter(|row| row.invitation.is_none()) {
                conversation.allowance = pays;
            }
        }
        for entry in &plan.audit {
            self.note(*entry);
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

    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        Ok(self.lock().change(id, UserChange::Role(role), audit))
    }

    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        Ok(self.lock().change(id, UserChange::Disabled(disabled), audit))
    }

    async fn end_logins(&self, id: UserId, audit: AuditEntry) -> Result<Option<u32>, StoreError> {
        let mut tables = self.lock();
        let plan = rules::end_logins(tables.users.get(&id).cloned(), audit);
        Ok(plan.map(|plan| {
            tables.write(&plan);
            plan.user.epoch
        }))
    }

    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<Vec<Recovered>, StoreError> {
        let mut tables = self.lock();
        let of = tables.conversations.values().filter(|row| row.owner == id);
        // Newest first, as lists of conversations are.
        let of: Vec<_> = of.map(|row| row.id).rev().collect();
        let closed = of.iter().filter_map(|id| tables.recover_open(*id, audit.at)).collect();
        // What the interrupted answers cost is spent too.
        let spent = tables.balance(Payer::Allowance(id)).map_or(0, |balance| balance.used);
        let own = tables.identities.iter().filter(|(owner, _)| *owner == id);
        let own: Vec<_> = own.map(|(_, identity)| identity.clone()).collect();
        let plan = rules::erase(tables.users.get(&id).cloned(), &own, spent, audit);
        let Some(plan) = plan else { return Ok(closed) };
        let traces = plan.traces.iter().map(|trace| (*trace, plan.spent));
        tables.spent_before.extend(traces);
        tables.users.insert(id, plan.user);
        tables.identities.retain(|(owner, _)| *owner != id);
        for conversation in of {
            tables.messages.retain(|(of, _), _| *of != conversation);
            if let Some(row) = tables.conversations.get_mut(&conversation) {
                *row = conversations::erase(row.clone(), plan.at);
            }
        }
        tables.erase_notes(id, plan.at);
        tables.note(plan.audit);
        Ok(closed)
    }
}

#[async_trait]
impl SignInStore for MemoryStore {
    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        let mut tables = self.lock();
        let known = tables.local_admin.and_then(|id| tables.users.get(&id).cloned());
        let plan = rules::local_admin(known, id, address, at);
        tables.local_admin = Some(plan.user.id);
        tables.write(&plan);
        Ok(plan.user)
    }

    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError> {
        let identity = sign_in.identity;
        let mut tables = self.lock();
        let owner = tables.owner_of(&identity.issuer, &identity.subject);
        let facts = SignInFacts {
            user: owner.and_then(|owner| tables.users.get(&owner).cloned()),
            spent_before: tables.spent_before.get(&identity.trace()).copied(),
        };
        let SignInPlan { plan, carried, .. } = rules::sign_in(facts, &sign_in);
        let id = plan.user.id;
        let known = tables
            .identities
            .iter_mut()
            .find(|one| same(&identity.issuer, &identity.subject)(&&**one));
        match known {
            Some((_, known)) => known.clone_from(identity),
            None => tables.identities.push((id, identity.clone())),
        }
        tables.carried.extend(carried.map(|spent| (id, spent)));
        tables.write(&plan);
        Ok(plan.user)
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
        let user = tables.users.get(&id).cloned();
        Ok(match rules::link(owner, user, id, identity, audit) {
            Link::Answer(answer) => answer,
            Link::Write(plan) => {
                tables.identities.push((id, identity.clone()));
                tables.write(&plan);
                plan.linking()
            }
        })
    }

    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        let plan =
            rules::move_guest(tables.users.get(&guest).cloned(), tables.users.get(&to), audit);
        let Some(plan) = plan else { return Ok(false) };
        tables.users.insert(guest, plan.guest);
        for conversation in tables.conversations.values_mut().filter(|row| row.owner == guest) {
            conversation.owner = plan.to;
        }
        for invitation in tables.invitations.values_mut() {
            if let Some((by, _)) = invitation.claimed.as_mut().filter(|(by, _)| *by == guest) {
                *by = plan.to;
            }
        }
        tables.note(plan.audit);
        Ok(true)
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
}
