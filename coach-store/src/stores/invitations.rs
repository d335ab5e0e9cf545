//! Invitations.

use async_trait::async_trait;
use coach_core::{
    ids::{InvitationId, UserId},
    invitation::{Consent, Invitation, LinkStamp},
    people::audit::AuditEntry,
    ports::{
        Amend, Claim, Claiming, InvitationCount, InvitationFilter, InvitationOrder,
        InvitationStore, StoreError,
    },
    rules::invitations::{self as rules, Claims},
    timestamp::Timestamp,
    turn::ledger::Balance,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    audit, invitation_lists as lists,
    rows::{all, count, number, small},
    users::{save, user},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::{invitations as sql, locks, users},
    store::Store,
};

#[derive(Debug, FromRow)]
pub(super) struct InvitationRow {
    id: Uuid,
    label: String,
    title: Option<String>,
    batch_id: Option<Uuid>,
    token_hash: Vec<u8>,
    link_version: i64,
    key_generation: String,
    quota: i64,
    used: i64,
    reserved: i64,
    scenario: Option<String>,
    allow_custom_scenario: bool,
    coach: bool,
    aside: bool,
    consent_version: String,
    consent_text: String,
    contact: Option<String>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    created_at: i64,
    created_by: Uuid,
    claimed_by: Option<Uuid>,
    claimed_at: Option<i64>,
    claimed_link: i64,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Fault;

    fn try_from(row: InvitationRow) -> Result<Self, Fault> {
        Ok(Self {
            id: InvitationId(row.id),
            label: row.label,
            title: row.title,
            batch: InvitationId(row.batch_id.unwrap_or(row.id)),
            link: LinkStamp {
                token_hash: token_hash(row.token_hash)?,
                version: small(row.link_version),
                key_generation: row.key_generation,
            },
            balance: Balance {
                quota: count(row.quota),
                used: count(row.used),
                reserved: count(row.reserved),
            },
            scenario: row.scenario,
            allow_custom_scenario: row.allow_custom_scenario,
            coach: row.coach,
            aside: row.aside,
            consent: Consent { version: row.consent_version, text: row.consent_text },
            contact: row.contact,
            expires_at: row.expires_at.map(Timestamp),
            revoked_at: row.revoked_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
            created_by: UserId(row.created_by),
            claimed: row.claimed_by.map(UserId).zip(row.claimed_at.map(Timestamp)),
            claimed_link: small(row.claimed_link),
        })
    }
}

fn token_hash(bytes: Vec<u8>) -> Result<[u8; 32], Fault> {
    bytes.try_into().map_err(|_| Fault::unknown("token hash", "not 32 bytes long"))
}

async fn invite(db: &mut Connection<'_>, new: &Invitation) -> Result<(), Fault> {
    let search_text = new.search_text();
    query(sql::INVITE)
        .bind(new.id.0)
        .bind(&new.label)
        .bind(&new.link.token_hash[..])
        .bind(i64::from(new.link.version))
        .bind(&new.link.key_generation)
        .bind(&new.scenario)
        .bind(new.allow_custom_scenario)
        .bind(new.coach)
        .bind(new.aside)
        .bind(&new.consent.version)
        .bind(&new.consent.text)
        .bind(&new.contact)
        .bind(new.expires_at.map(|at| at.0))
        .bind(new.revoked_at.map(|at| at.0))
        .bind(new.created_at.0)
        .bind(new.created_by.0)
        .bind(new.claimed.map(|(by, _)| by.0))
        .bind(new.claimed.map(|(_, at)| at.0))
        .bind(i64::from(new.claimed_link))
        .bind(&new.title)
        .bind(new.batch.0)
        .bind(search_text)
        .execute(&mut *db)
        .await?;
    query(sql::OPEN_BALANCE)
        .bind(new.id.0)
        .bind(number(new.balance.quota))
        .bind(number(new.balance.used))
        .bind(number(new.balance.reserved))
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// Loads and locks an invitation.
async fn invitation_to_change(
    db: &mut Connection<'_>,
    id: InvitationId,
) -> Result<Option<Invitation>, Fault> {
    query(locks::INVITATION).bind(id.0).execute(db).await?;
    let row: Option<InvitationRow> = query(sql::INVITATION).bind(id.0).fetch_optional(db).await?;
    row.map(Invitation::try_from).transpose()
}

async fn invite_all(
    db: &mut Connection<'_>,
    invitations: &[Invitation],
    line: AuditEntry,
) -> Result<(), Fault> {
    let mut known = Vec::new();
    for new in invitations {
        let clash = query(sql::KNOWN_INVITATIONS).bind(new.id.0).bind(&new.link.token_hash[..]);
        let rows: Vec<(Uuid, Vec<u8>)> = clash.fetch_all(db).await?;
        for (id, hash) in rows {
            known.push((InvitationId(id), token_hash(hash)?));
        }
    }
    let entries = rules::invite(invitations, &known, line).map_err(Fault::new)?;
    for (new, entry) in invitations.iter().zip(entries.into_iter().flatten()) {
        invite(db, new).await?;
        audit::note(db, entry).await?;
    }
    Ok(())
}

async fn claim(db: &mut Connection<'_>, claim: &Claim<'_>) -> Result<Claiming, Fault> {
    let known = invitation_to_change(db, claim.invitation).await?;
    match rules::claim(known, claim) {
        Claims::Answer(answer) => Ok(answer),
        Claims::Write(plan) => {
            query(sql::CLAIM)
                .bind(plan.invitation.id.0)
                .bind(plan.invitation.claimed.map(|(by, _)| by.0))
                .bind(plan.invitation.claimed.map(|(_, at)| at.0))
                .bind(&plan.consent_version)
                .bind(i64::from(plan.invitation.claimed_link))
                .execute(db)
                .await?;
            if let Some(guest) = &plan.guest {
                let make = query(users::MAKE_USER).bind(guest.id.0).bind(guest.role.as_str());
                make.bind(guest.created_at.0).execute(db).await?;
            }
            audit::note(db, plan.audit).await?;
            Ok(plan.claiming())
        }
    }
}

async fn reclaim(
    db: &mut Connection<'_>,
    id: InvitationId,
    link_version: u32,
    consent_version: &str,
    line: AuditEntry,
) -> Result<Option<UserId>, Fault> {
    query(locks::CLAIMANT).bind(id.0).execute(db).await?;
    let known = invitation_to_change(db, id).await?;
    let claimant = match known.as_ref().and_then(|known| known.claimed) {
        Some((by, _)) => user(db, by).await?,
        None => None,
    };
    let plan = rules::reclaim(known.as_ref(), claimant, link_version, consent_version, line);
    let Some(plan) = plan else { return Ok(None) };
    save(db, &plan.guest).await?;
    let used = query(sql::RECLAIM).bind(id.0).bind(i64::from(plan.claimed_link));
    used.execute(db).await?;
    audit::note(db, plan.audit).await?;
    Ok(Some(plan.guest.id))
}

async fn amend(
    db: &mut Connection<'_>,
    id: InvitationId,
    amend: &Amend,
    line: AuditEntry,
) -> Result<(), Fault> {
    // Their admissions read the invitation.
    query(locks::CONVERSATIONS_OF_INVITATION).bind(id.0).execute(db).await?;
    let known = invitation_to_change(db, id).await?;
    let Some(plan) = rules::amend(known, amend, line) else { return Ok(()) };
    let after = &plan.invitation;
    query(sql::AMEND)
        .bind(id.0)
        .bind(&after.label)
        .bind(&after.title)
        .bind(&after.contact)
        .bind(after.expires_at.map(|at| at.0))
        .bind(after.search_text())
        .execute(db)
        .await?;
    if plan.clears_ceilings {
        query(sql::EMPTY_CEILINGS).bind(id.0).execute(db).await?;
    }
    query(sql::SET_QUOTA).bind(id.0).bind(number(after.balance.quota)).execute(db).await?;
    audit::note(db, plan.audit).await
}

async fn fresh_link(
    db: &mut Connection<'_>,
    id: InvitationId,
    link: &LinkStamp,
    line: AuditEntry,
) -> Result<(), Fault> {
    let known = invitation_to_change(db, id).await?;
    let Some(plan) = rules::fresh_link(known.as_ref(), link, line) else { return Ok(()) };
    query(sql::REMEMBER_LINK).bind(&plan.replaced[..]).bind(id.0).execute(db).await?;
    query(sql::RENEW_LINK)
        .bind(id.0)
        .bind(&plan.link.token_hash[..])
        .bind(i64::from(plan.link.version))
        .bind(&plan.link.key_generation)
        .execute(db)
        .await?;
    audit::note(db, plan.audit).await
}

async fn revoke(db: &mut Connection<'_>, id: InvitationId, line: AuditEntry) -> Result<(), Fault> {
    query(locks::CONVERSATIONS_OF_INVITATION).bind(id.0).execute(db).await?;
    let known = invitation_to_change(db, id).await?;
    let Some((at, entry)) = rules::revoke(known.as_ref(), line) else { return Ok(()) };
    query(sql::REVOKE).bind(id.0).bind(at.0).execute(db).await?;
    audit::note(db, entry).await
}

#[async_trait]
impl InvitationStore for Store {
    async fn invite(&self, invitations: &[Invitation], line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, invitations.to_vec(), move |db, invitations| {
            invite_all(db, invitations, line).boxed()
        });
        kept.await
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        let row: Option<InvitationRow> =
            self.fetch_optional(query(sql::INVITATION).bind(id.0)).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError> {
        let by_token = query(sql::INVITATION_BY_TOKEN).bind(&hash[..]);
        let row: Option<InvitationRow> = self.fetch_optional(by_token).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError> {
        let by_token = query(sql::INVITATION_BY_REPLACED_TOKEN).bind(&hash[..]);
        let row: Option<InvitationRow> = self.fetch_optional(by_token).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<InvitationRow> = self.fetch_all(lists::list(filter, order, limit)).await?;
        Ok(all(rows)?)
    }

    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError> {
        let (in_scope,): (i64,) = self.fetch_one(lists::count_in_scope(filter.by)).await?;
        let (found,) = match filter.shows_all() {
            true => (in_scope,),
            false => self.fetch_one(lists::count_found(filter)).await?,
        };
        Ok(InvitationCount { found: count(found), in_scope: count(in_scope) })
    }

    async fn invitations_of(&self, user: UserId) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<InvitationRow> =
            self.fetch_all(query(sql::INVITATIONS_OF).bind(user.0)).await?;
        Ok(all(rows)?)
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let Claim { invitation, user, new_guest, consent_version, audit } = claim;
        let version = consent_version.to_owned();
        let claimed = self.write(Promise::Durable, version, move |db, consent_version| {
            async move {
                let request = Claim { invitation, user, new_guest, consent_version, audit };
                self::claim(db, &request).await
            }
            .boxed()
        });
        claimed.await
    }

    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        line: AuditEntry,
    ) -> Result<Option<UserId>, StoreError> {
        let version = consent_version.to_owned();
        let reclaimed = self.write(Promise::Durable, version, move |db, consent_version| {
            reclaim(db, id, link_version, consent_version, line).boxed()
        });
        reclaimed.await
    }

    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        line: AuditEntry,
    ) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, amend.clone(), move |db, amend| {
            self::amend(db, id, amend, line).boxed()
        });
        kept.await
    }

    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        line: AuditEntry,
    ) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, link.clone(), move |db, link| {
            fresh_link(db, id, link, line).boxed()
        });
        kept.await
    }

    async fn revoke(&self, id: InvitationId, line: AuditEntry) -> Result<(), StoreError> {
        self.write(Promise::Durable, (), move |db, ()| revoke(db, id, line).boxed()).await
    }
}
