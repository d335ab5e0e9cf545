//! Invitations.

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
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    audit, invitation_lists as lists,
    rows::{all, count, number, small},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{invitations as sql, locks, users},
    store::{Promise, Store},
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
    db: &mut Connection<'_>,
    id: InvitationId,
    amend: &Amend,
    line: AuditEntry,
) -> Result<(), Fault> {
    if amend.add_tokens > 0 {
        query(locks::CONVERSATIONS_OF_INVITATION).bind(id.0).execute(db).await?;
    }
    query(locks::INVITATION).bind(id.0).execute(db).await?;
    let terms: Option<TermsRow> = query(sql::TERMS).bind(id.0).fetch_optional(&mut *db).await?;
    let Some(terms) = terms else { return Ok(()) };
    let quota = count(terms.quota);
    let before = terms.expires_at.map(Timestamp);
    let after = amend.expires_at.unwrap_or(before);
    let label = amend.label.as_ref().unwrap_or(&terms.label);
    let title = amend.title.as_ref().unwrap_or(&terms.title);
    let search_text = search_text(label, title.as_deref());
    query(sql::AMEND)
        .bind(id.0)
        .bind(label)
        .bind(title)
        .bind(amend.contact.as_ref().unwrap_or(&terms.contact))
        .bind(after.map(|at| at.0))
        .bind(search_text)
        .execute(&mut *db)
        .await?;
    let more = query(sql::ADD_TOKENS).bind(id.0).bind(number(amend.add_tokens));
    more.execute(&mut *db).await?;
    if amend.add_tokens > 0 {
        query(sql::EMPTY_CEILINGS).bind(id.0).execute(&mut *db).await?;
    }
    let change = Change::of_tokens(Some(quota), quota + amend.add_tokens).and_expiry(before, after);
    let line = AuditEntry { action: AuditAction::InvitationChanged(change), ..line };
    audit::note_of(db, line, Subject::Invitation(id)).await
}

/// Fills in the search text of invitations created before lists could be searched. SQLite cannot convert to
/// lower case by the rules of Unicode.
pub(crate) async fn fill_search_texts(db: &mut Connection<'_>) -> Result<(), sqlx::Error> {
    let rows: Vec<(Uuid, String, Option<String>)> = query(sql::SEARCH_TEXTS).fetch_all(db).await?;
    for (id, label, title) in rows {
        let text = search_text(&label, title.as_deref());
        query(sql::SET_SEARCH_TEXT).bind(id).bind(text).execute(db).await?;
    }
    Ok(())
}

#[async_trait]
impl InvitationStore for Store {
    async fn invite(&self, invitations: &[Invitation], line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, invitations.to_vec(), move |db, invitations| {
            async move {
                for new in invitations {
                    invite(db, new).await?;
                    audit::note_of(db, line, Subject::Invitation(new.id)).await?;
                }
                Ok(())
            }
            .boxed()
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
        let Claim { invitation, user, new_guest, consent_version, audit: line } = claim;
        let at = line.at;
        let kept =
            self.write(Promise::Durable, consent_version.to_owned(), move |db, consent_version| {
                async move {
                    let claimed = query(sql::CLAIM)
                        .bind(invitation.0)
                        .bind(user.0)
                        .bind(at.0)
                        .bind(consent_version)
                        .execute(&mut *db)
                        .await?;
                    if claimed == 0 {
                        return refused(db, invitation).await;
                    }
                    if new_guest {
                        query(users::MAKE_USER)
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
        let kept =
            self.write(Promise::Durable, consent_version.to_owned(), move |db, consent_version| {
                async move {
                    query(locks::CLAIMANT).bind(id.0).execute(db).await?;
                    let guest: Option<(Uuid,)> = query(sql::RECLAIM)
                        .bind(id.0)
                        .bind(i64::from(link_version))
                        .bind(consent_version)
                        .bind(line.at.0)
                        .fetch_optional(&mut *db)
                        .await?;
                    let Some((guest,)) = guest else { return Ok(None) };
                    query(users::END_LOGINS).bind(guest).execute(&mut *db).await?;
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
        let kept = self.write(Promise::Durable, amend.clone(), move |db, amend| {
            amend_invitation(db, id, amend, line).boxed()
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
            async move {
                let remember = query(sql::REMEMBER_LINK).bind(id.0);
                remember.bind(i64::from(link.version)).execute(&mut *db).await?;
                let renewed = query(sql::RENEW_LINK)
                    .bind(id.0)
                    .bind(&link.token_hash[..])
                    .bind(i64::from(link.version))
                    .bind(&link.key_generation)
                    .execute(&mut *db)
                    .await?;
                noted(db, renewed, id, line).await
            }
            .boxed()
        });
        kept.await
    }

    async fn revoke(&self, id: InvitationId, line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let revoke = query(sql::REVOKE).bind(id.0).bind(line.at.0);
                let revoked = revoke.execute(&mut *db).await?;
                noted(db, revoked, id, line).await
            }
            .boxed()
        });
        kept.await
    }
}

/// Adds an audit entry if an invitation was changed.
async fn noted(
    db: &mut Connection<'_>,
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
async fn refused(db: &mut Connection<'_>, id: InvitationId) -> Result<Claiming, Fault> {
    let row: Option<(Option<Uuid>, Option<i64>)> =
        query(sql::CLAIMED).bind(id.0).fetch_optional(db).await?;
    Ok(match row {
        None => Claiming::Unknown,
        Some((Some(by), _)) => Claiming::Taken(UserId(by)),
        Some((None, Some(_))) => Claiming::Revoked,
        Some((None, None)) => Claiming::Expired,
    })
}
