//! Admission of turns in memory: the facts about a request, and opening an attempt.

use std::time::Duration;

use super::{
    Tables,
    turns::{TurnRow, span},
};
use crate::{
    conversation::Role,
    ids::ConversationId,
    ports::{Accept, Admission, Admitted, HostLimits, Retry, StoreError},
    rules::admission::{
        self, AcceptFacts, Admit, AttemptPlan, ConversationFacts, KnownAttempt, KnownMessage,
        Opens, ReplacedTurn, RetryFacts,
    },
    timestamp::Timestamp,
};

impl Tables {
    pub(super) fn accept(&mut self, accept: &Accept<'_>) -> Result<Admission, StoreError> {
        let (id, host_limits) = (accept.conversation, accept.host_limits);
        let facts = AcceptFacts {
            conversation: self.conversation_facts(id, host_limits, accept.at)?,
            same_turn: self
                .turns
                .get(&accept.turn)
                .map(|turn| KnownAttempt { attempt: turn.attempt, admitted: self.admitted(turn) }),
            same_client_id: self.same_client_id(id, accept.client_id),
        };
        Ok(self.admit(admission::accept(&facts, accept), accept.lease))
    }

    pub(super) fn retry(&mut self, retry: &Retry) -> Result<Admission, StoreError> {
        let id = retry.conversation;
        let replaced = self.messages.get(&(id, retry.replaces));
        let turn = replaced.and_then(|row| row.turn).map(|turn| &self.turns[&turn]);
        let facts = RetryFacts {
            conversation: self.conversation_facts(id, retry.host_limits, retry.at)?,
            turn: turn.map(|turn| ReplacedTurn {
                id: turn.id,
                number: turn.opened.turn,
                aside: turn.aside,
                fence: turn.fence,
                message: turn.opened.message,
                message_at: turn.opened.created_at,
                newest: self.newest_answers(turn),
                opened_last: self.turns_of[&id].last() == Some(&turn.id),
                same_attempt: (turn.attempt == retry.attempt).then(|| self.admitted(turn)),
            }),
        };
        Ok(self.admit(admission::retry(&facts, retry), retry.lease))
    }

    /// Returns the response to the newest attempt at a turn.
    fn admitted(&self, turn: &TurnRow) -> Admitted {
        let balance = self.balance(self.conversations[&turn.conversation].payer());
        Admitted { balance, ..turn.opened.clone() }
    }

    fn same_client_id(&self, id: ConversationId, wanted: Option<&str>) -> Option<KnownMessage> {
        let mut rows = self.messages.range(span(id)).map(|(_, row)| &row.message);
        let same = rows.find(|row| wanted.is_some() && row.client_id.as_deref() == wanted)?;
        Some(KnownMessage { id: same.id, turn: same.turn, content: same.content.clone() })
    }

    fn conversation_facts(
        &self,
        id: ConversationId,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<ConversationFacts, StoreError> {
        let conversation = self.conversations.get(&id);
        let conversation = conversation.ok_or_else(|| StoreError::new("no such conversation"))?;
        let invitation = conversation.invitation.and_then(|id| self.invitations.get(&id));
        let crowded = admission::messages_to_skip(host_limits).and_then(|skip| {
            let rows = self.messages.range(span(id)).rev().map(|(_, row)| &row.message);
            rows.filter(|row| row.role == Role::User).nth(skip as usize)
        });
        Ok(ConversationFacts {
            turn: conversation.turn,
            ended: conversation.ended.map(|(reason, _)| reason),
            expires_at: invitation.and_then(|row| row.expires_at),
            revoked_at: invitation.and_then(|row| row.revoked_at),
            busy: self.open_turn(id).is_some(),
            crowded_since: crowded.map(|row| row.created_at),
            newest: self.messages.range(span(id)).next_back().map(|((_, id), _)| *id),
            tokens: self.token_facts(conversation.payer(), at.day()),
        })
    }

    fn admit(&mut self, admit: Admit<'_>, lease: Duration) -> Admission {
        match admit {
            Admit::Answer(admission) => admission,
            Admit::Open(plan) => self.open(&plan, lease).into(),
        }
    }

    fn open(&mut self, plan: &AttemptPlan<'_>, lease: Duration) -> Admitted {
        let message = match plan.opens {
            Opens::New(said) => self.append(&said).id,
            Opens::Again(message, _) => message,
        };
        let skipped = plan.skipped.map(|skipped| self.append(&skipped).id);
        let reply = self.append(&plan.reply).id;
        let opened = plan.admitted(message, skipped, reply);
        for reservation in &plan.reservations {
            self.insert_reservation(reservation, reservation.begins.then_some(reply));
        }
        self.book(plan.booking);
        if plan.counts
            && let Some(conversation) = self.conversations.get_mut(&plan.conversation)
        {
            conversation.turn = plan.number;
        }
        let row = TurnRow {
            id: plan.turn,
            conversation: plan.conversation,
            aside: plan.aside,
            open: true,
            fence: plan.fence,
            stop: false,
            attempt: plan.attempt,
            reply,
            owed: plan.owed,
            // The balance changes; it is read anew for each response.
            opened: Admitted { balance: None, ..opened.clone() },
        };
        self.lease(plan.turn, lease);
        if self.turns.insert(plan.turn, row).is_none() {
            self.turns_of.entry(plan.conversation).or_default().push(plan.turn);
        }
        opened
    }
}
