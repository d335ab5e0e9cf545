//! Changes to users: linking, moving, roles, erasing. Each runs within one transaction that also
//! adds its audit entry.

use coach_core::{
    ids::UserId,
    people::{Identity, audit::AuditEntry},
    ports::{Changing, Linking, Recovered},
    rules::{
        conversations::erase as erase_conversation,
        finish::TurnFacts,
        users::{self as rules, Change, Link, UserChange, UserPlan},
    },
    turn::ledger::Payer,
};
use uuid::Uuid;

use super::{
    audit,
    conversations::{of_user, save_end},
    notes,
    payment::{balance_of, lock_balance},
    recovery::recover_one,
    rows::{BalanceRow, number},
    turns::TurnRow,
    users::{IdentityRow, keep_identity, owner_of, save, user},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{locks, presets, turns, users as sql},
};

/// Saves a user with what follows from it.
pub(super) async fn write(db: &mut Connection<'_>, plan: &UserPlan) -> Result<(), Fault> {
    save(db, &plan.user).await?;
    if let Some(pays) = plan.allowance_pays {
        if pays {
            query(presets::OPEN_ALLOWANCE).bind(plan.user.id.0).execute(db).await?;
        }
        query(sql::PAY_BY_ROLE).bind(plan.user.id.0).bind(pays).execute(db).await?;
    }
    for entry in &plan.audit {
        audit::note(db, *entry).await?;
    }
    Ok(())
}

pub(super) async fn link(
    db: &mut Connection<'_>,
    id: UserId,
    identity: &Identity,
    line: AuditEntry,
) -> Result<Linking, Fault> {
    query(locks::IDENTITY).bind(&identity.issuer).bind(&identity.subject).execute(db).await?;
    query(locks::USER).bind(id.0).execute(db).await?;
    let owner = owner_of(db, &identity.issuer, &identity.subject).await?;
    let user = user(db, id).await?;
    match rules::link(owner, user, id, identity, line) {
        Link::Answer(answer) => Ok(answer),
        Link::Write(plan) => {
            keep_identity(db, id, identity, line.at).await?;
            write(db, &plan).await?;
            Ok(plan.linking())
        }
    }
}

pub(super) async fn move_guest(
    db: &mut Connection<'_>,
    guest: UserId,
    to: UserId,
    line: AuditEntry,
) -> Result<bool, Fault> {
    query(locks::TWO_USERS).bind(guest.0).bind(to.0).execute(db).await?;
    let from = user(db, guest).await?;
    let to = user(db, to).await?;
    let Some(plan) = rules::move_guest(from, to.as_ref(), line) else { return Ok(false) };
    save(db, &plan.guest).await?;
    for what in [sql::MOVE_CONVERSATIONS, sql::MOVE_INVITATIONS] {
        query(what).bind(guest.0).bind(plan.to.0).execute(db).await?;
    }
    audit::note(db, plan.audit).await?;
    Ok(true)
}

pub(super) async fn change(
    db: &mut Connection<'_>,
    id: UserId,
    change: UserChange,
    line: AuditEntry,
) -> Result<Changing, Fault> {
    query(locks::USER_AND_ADMINS).bind(id.0).execute(db).await?;
    let admins: Vec<(Uuid,)> = query(sql::ADMINS).fetch_all(db).await?;
    let admins: Vec<_> = admins.into_iter().map(|(id,)| UserId(id)).collect();
    match rules::change(user(db, id).await?, &admins, change, line) {
        Change::Answer(answer) => Ok(answer),
        Change::Write(plan) => {
            write(db, &plan).await?;
            Ok(plan.changing())
        }
    }
}

/// Loads and locks what a user has spent of the allowance.
async fn spent_of(db: &mut Connection<'_>, id: UserId) -> Result<u64, Fault> {
    let payer = Payer::Allowance(id);
    let Some(balance) = balance_of(payer) else { return Ok(0) };
    let exists: Option<BalanceRow> = balance.clone().fetch_optional(db).await?;
    if exists.is_none() {
        return Ok(0);
    }
    lock_balance(db, payer).await?;
    let row: BalanceRow = balance.fetch_one(db).await?;
    Ok(row.get().map_or(0, |balance| balance.used))
}

pub(super) async fn erase(
    db: &mut Connection<'_>,
    id: UserId,
    line: AuditEntry,
) -> Result<Vec<Recovered>, Fault> {
    for lock in [locks::USER, locks::CONVERSATIONS_OF_USER] {
        query(lock).bind(id.0).execute(db).await?;
    }
    let user = user(db, id).await?;
    let identities: Vec<IdentityRow> = query(sql::IDENTITIES).bind(id.0).fetch_all(db).await?;
    let identities: Vec<_> = identities.into_iter().map(Identity::from).collect();
    let conversations = of_user(db, id).await?;
    let mut closed = Vec::new();
    for conversation in &conversations {
        let open: Option<TurnRow> =
            query(turns::OPEN_TURN).bind(conversation.id.0).fetch_optional(db).await?;
        if let Some(open) = open {
            closed.push(recover_one(db, TurnFacts::try_from(open)?, line.at).await?);
        }
    }
    // What the interrupted answers cost is spent too.
    let spent = spent_of(db, id).await?;
    let Some(plan) = rules::erase(user, &identities, spent, line) else { return Ok(closed) };
    for conversation in conversations {
        query(sql::ERASE_MESSAGES).bind(conversation.id.0).execute(db).await?;
        let erased = erase_conversation(conversation, plan.at);
        save_end(db, &erased).await?;
        query(sql::SAVE_WORDS)
            .bind(erased.id.0)
            .bind(&erased.script.title)
            .bind(&erased.script.card)
            .bind(&erased.script.partner_name)
            .bind(&erased.script.partner_prompt)
            .bind(&erased.script.opening)
            .bind(&erased.script.coach_prompt)
            .execute(db)
            .await?;
    }
    for trace in &plan.traces {
        let leave = query(presets::LEAVE_ALLOWANCE).bind(&trace[..]);
        leave.bind(number(plan.spent)).execute(db).await?;
    }
    notes::erase(db, id, plan.at).await?;
    query(sql::ERASE_IDENTITIES).bind(id.0).execute(db).await?;
    save(db, &plan.user).await?;
    audit::note(db, plan.audit).await?;
    Ok(closed)
}
