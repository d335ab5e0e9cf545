//! Invitations in SQLite.

use async_trait::async_trait;
use coach_core::{
    account::AccountRole,
    audit::{AuditEntry, Change, Deed, Subject},
    ids::{InvitationId, UserId},
    invitation::{Consent, Invitation, LinkStamp},
    ledger::Balance,
    ports::{Amend, Claim, Claiming, InvitationStore, StoreError},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::{
    SqliteStore, audit, read,
    rows::{all, below, count, number, small},
    writer::Promise,
};
use crate::{
    error::Fault,
    sql::{accounts, invitations as sql},
};

#[derive(Debug, FromRow)]
struct InvitationRow {
    id: Uuid,
    label: String,
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
        let token_hash = row.token_hash.try_into();
        Ok(Self {
            id: InvitationId(row.id),
            label: row.label,
            link: LinkStamp {
                token_hash: token_hash
                    .map_err(|_| Fault::unknown("token hash", "not of 32 bytes"))?,
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

async fn invite(db: &mut SqliteConnection, new: Invitation) -> Result<(), Fault> {
    sqlx::query(sql::INVITE)
        .bind(new.id.0)
        .bind(new.label)
        .bind(new.link.token_hash.to_vec())
        .bind(i64::from(new.link.version))
        .bind(new.link.key_generation)
        .bind(new.scenario)
        .bind(new.allow_custom_scenario)
        .bind(new.coach)
        .bind(new.aside)
        .bind(new.consent.version)
        .bind(new.consent.text)
        .bind(new.contact)
        .bind(new.expires_at.map(|at| at.0))
        .bind(new.revoked_at.map(|at| at.0))
        .bind(new.created_at.0)
        .bind(new.created_by.0)
        .bind(new.claimed.map(|(by, _)| by.0))
        .bind(new.claimed.map(|(_, at)| at.0))
        .bind(i64::from(new.claimed_link))
        .execute(&mut *db)
        .await?;
    sqlx::query(sql::OPEN_BALANCE)
        .bind(new.id.0)
        .bind(number(new.balance.quota))
        .bind(number(new.balance.used))
        .bind(number(new.balance.reserved))
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// The quota of an invitation and its expiry.
async fn terms(
    db: &mut SqliteConnection,
    id: InvitationId,
) -> Result<Option<(u64, Option<Timestamp>)>, Fault> {
    let query = sqlx::query_as(sql::TERMS).bind(id.0);
    let row: Option<(i64, Option<i64>)> = query.fetch_optional(db).await?;
    Ok(row.map(|(quota, expires_at)| (count(quota), expires_at.map(Timestamp))))
}

#[async_trait]
impl InvitationStore for SqliteStore {
    async fn invite(&self, invitations: &[Invitation], line: AuditEntry) -> Result<(), StoreError> {
        let invitations = invitations.to_vec();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                for new in invitations {
                    let id = new.id;
                    invite(db, new).await?;
                    audit::note_of(db, line, Subject::Invitation(id)).await?;
                }
                Ok(())
            }
            .boxed()
        });
        kept.await
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        let query = sqlx::query_as(sql::INVITATION).bind(id.0);
        let row: Option<InvitationRow> = read(query.fetch_optional(&self.reads)).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError> {
        let query = sqlx::query_as(sql::INVITATION_BY_TOKEN).bind(hash.to_vec());
        let row: Option<InvitationRow> = read(query.fetch_optional(&self.reads)).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitations(
        &self,
        by: Option<UserId>,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let query = match by {
            None => sqlx::query_as(sql::INVITATIONS),
            Some(by) => sqlx::query_as(sql::INVITATIONS_BY).bind(by.0),
        };
        let query = query.bind(below(before, |id| id.0)).bind(i64::from(limit));
        let rows: Vec<InvitationRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn invitations_of(&self, person: UserId) -> Result<Vec<Invitation>, StoreError> {
        let query = sqlx::query_as(sql::INVITATIONS_OF).bind(person.0);
        let rows: Vec<InvitationRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let Claim { invitation, person, new_guest, consent_version, audit: line } = claim;
        let at = line.at;
        let consent_version = consent_version.to_owned();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let claimed = sqlx::query(sql::CLAIM)
                    .bind(invitation.0)
                    .bind(person.0)
                    .bind(at.0)
                    .bind(consent_version)
                    .execute(&mut *db)
                    .await?;
                if claimed.rows_affected() == 0 {
                    return refused(db, invitation).await;
                }
                if new_guest {
                    sqlx::query(accounts::MAKE_USER)
                        .bind(person.0)
                        .bind(AccountRole::Guest.as_str())
                        .bind(at.0)
                        .execute(&mut *db)
                        .await?;
                }
                audit::note_of(db, line, Subject::Invitation(invitation)).await?;
                Ok(Claiming::Claimed)
            }
            .boxed()
        });
        kept.await
    }

    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        line: AuditEntry,
    ) -> Result<Option<UserId>, StoreError> {
        let consent_version = consent_version.to_owned();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let guest: Option<Uuid> = sqlx::query_scalar(sql::RECLAIM)
                    .bind(id.0)
                    .bind(i64::from(link_version))
                    .bind(consent_version)
                    .bind(line.at.0)
                    .fetch_optional(&mut *db)
                    .await?;
                let Some(guest) = guest else { return Ok(None) };
                sqlx::query(accounts::END_LOGINS).bind(guest).execute(&mut *db).await?;
                let line = AuditEntry { actor: Some(UserId(guest)), ..line };
                audit::note_of(db, line, Subject::Invitation(id)).await?;
                Ok(Some(UserId(guest)))
            }
            .boxed()
        });
        kept.await
    }

    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        line: AuditEntry,
    ) -> Result<(), StoreError> {
        let amend = amend.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let Some((quota, expires_at)) = terms(db, id).await? else { return Ok(()) };
                sqlx::query(sql::AMEND)
                    .bind(id.0)
                    .bind(amend.label)
                    .bind(amend.expires_at.flatten().map(|at| at.0))
                    .bind(amend.expires_at.is_some())
                    .execute(&mut *db)
                    .await?;
                let more = sqlx::query(sql::ADD_TOKENS).bind(id.0).bind(number(amend.add_tokens));
                more.execute(&mut *db).await?;
                if amend.add_tokens > 0 {
                    sqlx::query(sql::EMPTY_CEILINGS).bind(id.0).execute(&mut *db).await?;
                }
                let change = Change::of_tokens(Some(quota), quota + amend.add_tokens)
                    .and_expiry(expires_at, amend.expires_at.unwrap_or(expires_at));
                let line = AuditEntry { deed: Deed::InvitationChanged(change), ..line };
                audit::note_of(db, line, Subject::Invitation(id)).await
            }
            .boxed()
        });
        kept.await
    }

    async fn renew_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        line: AuditEntry,
    ) -> Result<(), StoreError> {
        let link = link.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let renewed = sqlx::query(sql::RENEW_LINK)
                    .bind(id.0)
                    .bind(link.token_hash.to_vec())
                    .bind(i64::from(link.version))
                    .bind(link.key_generation)
                    .execute(&mut *db)
                    .await?;
                noted(db, renewed.rows_affected(), id, line).await
            }
            .boxed()
        });
        kept.await
    }

    async fn revoke(&self, id: InvitationId, line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let revoke = sqlx::query(sql::REVOKE).bind(id.0).bind(line.at.0);
                let revoked = revoke.execute(&mut *db).await?;
                noted(db, revoked.rows_affected(), id, line).await
            }
            .boxed()
        });
        kept.await
    }
}

/// Adds a line if an invitation was changed.
async fn noted(
    db: &mut SqliteConnection,
    changed: u64,
    id: InvitationId,
    line: AuditEntry,
) -> Result<(), Fault> {
    if changed == 0 {
        return Ok(());
    }
    audit::note_of(db, line, Subject::Invitation(id)).await
}

/// Why an invitation could not be claimed.
async fn refused(db: &mut SqliteConnection, id: InvitationId) -> Result<Claiming, Fault> {
    let row: Option<(Option<Uuid>, Option<i64>)> =
        sqlx::query_as(sql::CLAIMED).bind(id.0).fetch_optional(db).await?;
    Ok(match row {
        None => Claiming::Unknown,
        Some((Some(by), _)) => Claiming::Taken(UserId(by)),
        Some((None, Some(_))) => Claiming::Revoked,
        Some((None, None)) => Claiming::Expired,
    })
}
