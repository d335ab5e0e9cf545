//! Changes to users: linking, moving, roles, erasing. Each runs within one transaction that also
//! adds its audit entry.

use coach_core::{
    ids::UserId,
    people::{
        Identity, Principal, User, UserRole,
        audit::{AuditEntry, Subject},
    },
    ports::{Changing, Linking},
};

use super::{
    audit,
    turns::{LostRow, recover_one},
    users::{IdentityRow, keep_identity, owner_of, there, user},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{locks, presets, users as sql},
};

pub(super) async fn link(
    db: &mut Connection<'_>,
    id: UserId,
    identity: &Identity,
    line: AuditEntry,
) -> Result<Linking, Fault> {
    let lock = query(locks::IDENTITY).bind(&identity.issuer).bind(&identity.subject);
    lock.execute(db).await?;
    query(locks::USER).bind(id.0).execute(db).await?;
    let owner = owner_of(db, &identity.issuer, &identity.subject).await?;
    if let Some(other) = owner.filter(|owner| *owner != id) {
        return Ok(Linking::Taken(other));
    }
    let Some(known) = user(db, id).await? else { return Ok(Linking::Unknown) };
    if owner.is_some() {
        return Ok(Linking::Linked(known));
    }
    keep_identity(db, id, identity, line.at).await?;
    let link = query(sql::LINK).bind(id.0).bind(&identity.name).bind(&identity.email);
    link.execute(&mut *db).await?;
    audit::note(db, line).await?;
    Ok(Linking::Linked(there(db, id).await?))
}

pub(super) async fn move_guest(
    db: &mut Connection<'_>,
    guest: UserId,
    to: UserId,
    line: AuditEntry,
) -> Result<bool, Fault> {
    query(locks::TWO_USERS).bind(guest.0).bind(to.0).execute(db).await?;
    let closed = query(sql::CLOSE_GUEST).bind(guest.0).bind(to.0).execute(&mut *db).await?;
    if closed == 0 {
        return Ok(false);
    }
    for what in [sql::MOVE_CONVERSATIONS, sql::MOVE_INVITATIONS] {
        query(what).bind(guest.0).bind(to.0).execute(&mut *db).await?;
    }
    audit::note_of(db, line, Subject::User(to)).await?;
    Ok(true)
}

/// A change to one column of a user.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Role(UserRole),
    Disabled(bool),
}

pub(super) async fn change(
    db: &mut Connection<'_>,
    id: UserId,
    change: Change,
    line: AuditEntry,
) -> Result<Changing, Fault> {
    query(locks::USER_AND_ADMINS).bind(id.0).execute(db).await?;
    let Some(before) = user(db, id).await? else { return Ok(Changing::Unknown) };
    let changed = match change {
        Change::Role(role) => {
            query(sql::GIVE_ROLE).bind(id.0).bind(role.as_str()).execute(&mut *db).await?
        }
        Change::Disabled(disabled) => {
            query(sql::DISABLE).bind(id.0).bind(disabled).execute(&mut *db).await?
        }
    };
    if changed == 0 {
        return Ok(Changing::LastAdmin);
    }
    let after = there(db, id).await?;
    if after.role != before.role {
        pay_by_role(db, &after).await?;
    }
    if after != before {
        audit::note_of(db, line, Subject::User(id)).await?;
    }
    Ok(Changing::Changed(after))
}

/// Applies a role to the user's existing conversations without an invitation: whether the allowance pays for
/// them.
pub(super) async fn pay_by_role(db: &mut Connection<'_>, user: &User) -> Result<(), Fault> {
    let limited = !Principal::new(user.id, user.role).is_unlimited();
    if limited {
        query(presets::OPEN_ALLOWANCE).bind(user.id.0).execute(&mut *db).await?;
    }
    query(sql::PAY_BY_ROLE).bind(user.id.0).bind(limited).execute(db).await?;
    Ok(())
}

pub(super) async fn erase(
    db: &mut Connection<'_>,
    id: UserId,
    line: AuditEntry,
) -> Result<(), Fault> {
    for lock in [locks::USER, locks::CONVERSATIONS_OF_USER] {
        query(lock).bind(id.0).execute(db).await?;
    }
    let open: Vec<LostRow> = query(sql::OPEN_OF_PERSON).bind(id.0).fetch_all(&mut *db).await?;
    for turn in open {
        recover_one(db, turn, line.at).await?;
    }
    if query(sql::ERASE_PERSON).bind(id.0).execute(db).await? == 0 {
        return Ok(());
    }
    let own: Vec<IdentityRow> = query(sql::IDENTITIES).bind(id.0).fetch_all(&mut *db).await?;
    for identity in own.into_iter().map(Identity::from) {
        let leave = query(presets::LEAVE_ALLOWANCE).bind(id.0);
        leave.bind(&identity.trace()[..]).execute(&mut *db).await?;
    }
    for what in [sql::ERASE_IDENTITIES, sql::ERASE_MESSAGES, sql::ERASE_SCRIPTS, sql::ERASE_NAMES] {
        query(what).bind(id.0).execute(&mut *db).await?;
    }
    query(sql::END_ERASED).bind(id.0).bind(line.at.0).execute(&mut *db).await?;
    audit::note_of(db, line, Subject::User(id)).await
}
