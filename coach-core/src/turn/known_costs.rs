//! The cost of the next turn of conversations that were priced lately, so that looking one up need not read
//! its messages again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::turns_left::TurnCost;
use crate::{
    ids::{ConversationId, MessageId},
    model::Models,
};

/// How many conversations are remembered: well under a megabyte.
const MOST: usize = 8_192;

/// The cost of the next turn, by conversation.
#[derive(Debug, Default)]
pub(crate) struct KnownCosts(Mutex<BTreeMap<ConversationId, KnownCost>>);

#[derive(Clone, Copy, Debug)]
struct KnownCost {
    /// The newest finished message that the cost counts.
    newest: Option<MessageId>,
    /// [`Models::changes`] at that moment.
    models: u64,
    cost: TurnCost,
}

impl KnownCosts {
    /// Returns the cost of the turn after `newest`, if it was noted and the same models answer.
    pub(super) fn after(
        &self,
        id: ConversationId,
        newest: Option<MessageId>,
        models: &Models,
    ) -> Option<TurnCost> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id)?;
        (known.newest == newest && known.models == models.changes()).then_some(known.cost)
    }

    /// Notes the cost of the turn after `newest`.
    pub(super) fn note(
        &self,
        id: ConversationId,
        newest: Option<MessageId>,
        models: u64,
        cost: TurnCost,
    ) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(&id) {
            known.clear();
        }
        known.insert(id, KnownCost { newest, models, cost });
    }
}
