//! Invitations in SQLite.

use async_trait::async_trait;
use coach_core::{
    ids::{InvitationId, UserId},
    invitation::{Consent, Invitation, LinkStamp, search_text},
    people::{
        UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{
        Amend, Claim, Claiming, InvitationCount, InvitationFilter, InvitationOrder,
        InvitationStore, StoreError,
    },
    timestamp::Timestamp,
    turn::ledger::Balance,
};
use futures::FutureExt as _;
use sqlx::{Connection as _, FromRow, SqliteConnection};
use uuid::Uuid;

use super::{
    SqliteStore, audit, invitation_lists as lists, read,
    rows::{all, count, number, small},
    writer::Promise,
};
use crate::{
    error::Fault,
    sql::{invitations as sql, users},
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
        let token_hash = row.token_hash.try_into();
        Ok(Self {
            id: InvitationId(row.id),
            label: row.label,
            title: row.title,
            batch: InvitationId(row.batch_id.unwrap_or(row.id)),
            link: LinkStamp {
                token_hash: token_hash
                    .map_err(|_| Fault::unknown("token hash", "not 32 bytes long"))?,
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
    let search_text = new.search_text();
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
        .bind(new.title)
        .bind(new.batch.0)
        .bind(search_text)
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

/// The editable fields of an invitation.
#[derive(Debug, FromRow)]
struct TermsRow {
    quota: i64,
    expires_at: Option<i64>,
    label: String,
    title: Option<String>,
    contact: Option<String>,
}

async fn amend_invitation(
    db: &mut SqliteConnection,
    id: InvitationId,
    amend: Amend,
    line: AuditEntry,
) -> Result<(), Fault> {
    let terms: Option<TermsRow> =
        sqlx::query_as(sql::TERMS).bind(id.0).fetch_optional(&mut *db).await?;
    let Some(terms) = terms else { return Ok(()) };
    let quota = count(terms.quota);
    let before = terms.expires_at.map(Timestamp);
    let after = amend.expires_at.unwrap_or(before);
    let label = amend.label.unwrap_or(terms.label);
    let title = amend.title.unwrap_or(terms.title);
    let search_text = search_text(&label, title.as_deref());
    sqlx::query(sql::AMEND)
        .bind(id.0)
        .bind(label)
        .bind(title)
        .bind(amend.contact.unwrap_or(terms.contact))
        .bind(after.map(|at| at.0))
        .bind(search_text)
        .execute(&mut *db)
        .await?;
    let more = sqlx::query(sql::ADD_TOKENS).bind(id.0).bind(number(amend.add_tokens));
    more.execute(&mut *db).await?;
    if amend.add_tokens > 0 {
        sqlx::query(sql::EMPTY_CEILINGS).bind(id.0).execute(&mut *db).await?;
    }
    let change = Change::of_tokens(Some(quota), quota + amend.add_tokens).and_expiry(before, after);
    let line = AuditEntry { action: AuditAction::InvitationChanged(change), ..line };
    audit::note_of(db, line, Subject::Invitation(id)).await
}

/// Fills in the search text of invitations created before lists could be searched. SQLite cannot convert to
/// lower case by the rules of Unicode.
pub(super) async fn fill_search_texts(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = db.begin().await?;
    let rows: Vec<(Uuid, String, Option<String>)> =
        sqlx::query_as(sql::SEARCH_TEXTS).fetch_all(&mut *transaction).await?;
    for (id, label, title) in rows {
        let text = search_text(&label, title.as_deref());
        sqlx::query(sql::SET_SEARCH_TEXT).bind(id).bind(text).execute(&mut *transaction).await?;
    }
    transaction.commit().await
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

    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError> {
        let query = sqlx::query_as(sql::INVITATION_BY_REPLACED_TOKEN).bind(hash.to_vec());
        let row: Option<InvitationRow> = read(query.fetch_optional(&self.reads)).await?;
        Ok(row.map(Invitation::try_from).transpose()?)
    }

    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let query = lists::list(filter, order, limit);
        let rows: Vec<InvitationRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError> {
        let in_scope: i64 = read(lists::count_in_scope(filter.by).fetch_one(&self.reads)).await?;
        let found = match filter.shows_all() {
            true => in_scope,
            false => read(lists::count_found(filter).fetch_one(&self.reads)).await?,
        };
        Ok(InvitationCount { found: count(found), in_scope: count(in_scope) })
    }

    async fn invitations_of(&self, user: UserId) -> Result<Vec<Invitation>, StoreError> {
        let query = sqlx::query_as(sql::INVITATIONS_OF).bind(user.0);
        let rows: Vec<InvitationRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let Claim { invitation, user, new_guest, consent_version, audit: line } = claim;
        let at = line.at;
        let consent_version = consent_version.to_owned();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let claimed = sqlx::query(sql::CLAIM)
                    .bind(invitation.0)
                    .bind(user.0)
                    .bind(at.0)
                    .bind(consent_version)
                    .execute(&mut *db)
                    .await?;
                if claimed.rows_affected() == 0 {
                    return refused(db, invitation).await;
                }
                if new_guest {
                    sqlx::query(users::MAKE_USER)
                        .bind(user.0)
                        .bind(UserRole::Guest.as_str())
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
                sqlx::query(users::END_LOGINS).bind(guest).execute(&mut *db).await?;
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
        let change = amend.clone();
        let kept = self
            .writer
            .write(Promise::Durable, move |db| amend_invitation(db, id, change, line).boxed());
        kept.await
    }

    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        line: AuditEntry,
    ) -> Result<(), StoreError> {
        let link = link.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let remember = sqlx::query(sql::REMEMBER_LINK).bind(id.0);
                remember.bind(i64::from(link.version)).execute(&mut *db).await?;
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

/// Adds an audit entry if an invitation was changed.
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

/// Returns why an invitation could not be claimed.
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
