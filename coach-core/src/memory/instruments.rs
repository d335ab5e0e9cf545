//! What tests look at and change that no port offers.

use std::{fmt, fmt::Write as _, sync::Arc};

use super::{LeaseClock, MemoryStore};
use crate::{
    ids::{ConversationId, InvitationId},
    ports::Clock,
    turn::ledger::Payer,
};

/// An invitation's counters next to the sums of their rows: must be equal at every instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The invitation's counter of spent tokens.
    pub used: u64,
    /// The sum of its entries.
    pub entries_total: u64,
    /// The invitation's counter of reserved tokens.
    pub reserved: u64,
    /// The sum of its open reservations.
    pub open_reservations: u64,
}

impl MemoryStore {
    /// Replaces the clock by which leases end. It must continue where the previous one stands: a simulation needs
    /// that when it moves to another runtime, whose time begins anew.
    pub fn measure_leases_by(&self, clock: Arc<dyn Clock>) {
        self.lock().lease_clock = LeaseClock(clock);
    }

    /// Returns the counters and sums of an invitation; zeros if it does not exist.
    pub fn sums(&self, invitation: InvitationId) -> Sums {
        let tables = self.lock();
        let payer = Payer::Invitation(invitation);
        let balance = tables.balance(payer).unwrap_or_default();
        let of = Some(invitation);
        let entries = tables.entries.iter().filter(|entry| entry.invitation == of);
        let open = tables.reservations.values().filter(|row| row.open);
        let reserved = open.map(|row| row.reservation).filter(|call| call.payer == payer);
        Sums {
            used: balance.used,
            entries_total: entries.map(|entry| entry.settlement.usage().total()).sum(),
            reserved: balance.reserved,
            open_reservations: reserved.map(|call| call.reserved.total()).sum(),
        }
    }

    /// Returns how many turns and asides are open in a conversation: must be at most one at every instant.
    pub fn open_turns(&self, conversation: ConversationId) -> usize {
        let tables = self.lock();
        let turns = tables.turns_of.get(&conversation).into_iter().flatten();
        turns.filter(|turn| tables.turns[turn].open).count()
    }

    /// Returns all rows, one per line, in an order that depends only on the rows.
    pub fn dump(&self) -> String {
        let tables = self.lock();
        let mut text = String::new();
        lines(&mut text, "user", tables.users.values());
        lines(&mut text, "identity", &tables.identities);
        lines(&mut text, "nonce", &tables.nonces);
        lines(&mut text, "preset", tables.presets.values());
        lines(&mut text, "allowance", &tables.allowances);
        lines(&mut text, "scenario", &tables.scenarios);
        lines(&mut text, "invitation", tables.invitations.values());
        lines(&mut text, "consent", &tables.consents);
        lines(&mut text, "replaced link", &tables.replaced_links);
        lines(&mut text, "conversation", tables.conversations.values());
        lines(&mut text, "ceiling", &tables.ceilings);
        lines(&mut text, "turn", tables.turns.values());
        let mut messages: Vec<_> = tables.messages.iter().collect();
        messages.sort_by_key(|((_, id), _)| *id);
        lines(&mut text, "message", messages);
        lines(&mut text, "call", tables.reservations.iter());
        lines(&mut text, "entry", &tables.entries);
        lines(&mut text, "day", &tables.days);
        lines(&mut text, "audit", &tables.audit);
        lines(&mut text, "look", tables.looks.values());
        lines(&mut text, "read", &tables.reads);
        lines(&mut text, "note", tables.notes.values());
        lines(&mut text, "note version", &tables.note_versions);
        lines(&mut text, "note read", &tables.note_reads);
        lines(&mut text, "tag", &tables.tags.list.tags);
        text
    }
}

fn lines(text: &mut String, noun: &str, rows: impl IntoIterator<Item: fmt::Debug>) {
    for row in rows {
        let written = writeln!(text, "{noun} {row:?}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
}
