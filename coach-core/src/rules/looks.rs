//! Which audit entries looks at conversations of others add.

use std::time::Duration;

use crate::{
    conversation::Look,
    people::audit::{AuditAction, AuditEntry, Subject},
    timestamp::Timestamp,
};

/// Reads of one conversation by one actor within this time are one entry of the audit log.
pub const ONE_READ: Duration = Duration::from_secs(10 * 60);

/// Returns the entry of a look's beginning.
pub fn begun(look: &Look) -> AuditEntry {
    entry(look, AuditAction::Observed, look.since)
}

/// Returns the entry of a look that ends at `at`.
pub fn ended(look: &Look, at: Timestamp) -> AuditEntry {
    entry(look, AuditAction::ObservationEnded(at.since(look.since).as_secs()), at)
}

/// Returns the entry of a look whose process is lost: it ended at the last sign of life, as far as is known.
pub fn lost(look: &Look) -> AuditEntry {
    ended(look, look.seen_at)
}

fn entry(look: &Look, action: AuditAction, at: Timestamp) -> AuditEntry {
    let subject = Some(Subject::Conversation(look.conversation));
    AuditEntry { at, actor: Some(look.actor), action, subject, address: look.address }
}

/// Decides whether a read is added to the audit log; `before` is the last one of the same actor and conversation
/// that was. One in the future is of a clock that was wrong.
pub fn is_new_read(before: Option<Timestamp>, at: Timestamp) -> bool {
    before.is_none_or(|before| before > at || at.since(before) >= ONE_READ)
}
