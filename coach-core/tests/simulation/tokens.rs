//! Checks of a world's ledger from outside.

use std::collections::BTreeMap;

use coach_core::{
    conversation::{Role, Status},
    ports::{InvitationStore as _, Ledger as _},
    turn::ledger::Settlement,
};

use crate::world::{World, done};

/// Checks the calls and tokens of a world at any instant.
pub(crate) fn tokens(world: &World) {
    world.adds_up();
    let mut over = BTreeMap::new();
    for talk in &world.talks {
        let entries = done(world.store.entries(talk.id));
        let mut names: Vec<_> = entries.iter().map(|entry| entry.reservation).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() != entries.len() {
            world.broke("a call is settled once", format!("{entries:?}"));
        }
        for entry in &entries {
            // An estimate may contain a report: of another try, or one count whose other was implausible.
            let (Settlement::Reported(usage) | Settlement::Estimated(usage)) = entry.settlement
            else {
                continue;
            };
            // Only a false report has reasoning.
            let excess = usage.total().saturating_sub(entry.reserved.total());
            if excess > 0 && usage.reasoning == 0 {
                world.broke("an honest provider never exceeds its bound", format!("{entry:?}"));
            }
            *over.entry(entry.invitation).or_insert(0) += excess;
        }
        for message in world.record(talk.id) {
            let calls = entries.iter().filter(|entry| entry.message == Some(message.id)).count();
            let spoken =
                message.role != Role::User && message.status != Status::Skipped && message.turn > 0
                    || message.aside && message.role == Role::Coach;
            if calls != usize::from(spoken) {
                world
                    .broke("every answer is settled exactly once", format!("{message:?}: {calls}"));
            }
        }
    }
    for id in &world.invitations {
        let sums = world.store.sums(*id);
        let quota = done(world.store.invitation(*id)).map_or(0, |row| row.balance.quota);
        let excess = over.get(&Some(*id)).copied().unwrap_or(0);
        if sums.used > quota + excess {
            world.broke(
                "no invitation is overspent",
                format!("{sums:?} of {quota}, reported over {excess}"),
            );
        }
    }
}
