//! Reservations and spending in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ids::{ConversationId, MessageId, ReservationId},
    invitation::QuotaPreset,
    model::Lane,
    ports::{HostLimits, Ledger, Raising, Refusal, StandaloneCall, StoreError, UsageEntry},
    timestamp::Timestamp,
    turn::{
        Funds, TurnCost,
        ledger::{Balance, Payer, ReservedTokens, Settlement},
    },
};

/// The reservation of one model call.
#[derive(Clone, Debug)]
pub(super) struct ReservationRow {
    pub(super) conversation: Option<ConversationId>,
    pub(super) payer: Payer,
    pub(super) lane: Lane,
    pub(super) reserved: ReservedTokens,
    pub(super) day: i64,
    pub(super) message: Option<MessageId>,
    pub(super) open: bool,
    /// When it was reserved, for calls outside of turns.
    pub(super) outside_turns: Option<Timestamp>,
}

/// The data that closes a call.
#[derive(Clone, Copy)]
pub(super) struct Charge<'a> {
    pub(super) settlement: Settlement,
    pub(super) model: Option<&'a str>,
    pub(super) cost: Option<u64>,
    pub(super) at: Timestamp,
}

impl Tables {
    pub(super) fn balance(&self, payer: Payer) -> Option<Balance> {
        match payer {
            Payer::Invitation(id) => self.invitations.get(&id).map(|row| row.balance),
            Payer::Allowance(user) => {
                let spent = self.allowances.get(&user).copied().unwrap_or_default();
                let quota = self.presets.get(&QuotaPreset::ALLOWANCE);
                let carried = self.carried.get(&user).copied().unwrap_or_default();
                let quota = quota.map_or(0, |preset| preset.tokens);
                Some(Balance { quota, used: spent.used + carried, reserved: spent.reserved })
            }
            Payer::Unlimited => None,
        }
    }

    /// Returns what a conversation may still spend.
    pub(super) fn funds(&self, id: ConversationId) -> Option<Funds> {
        let balance = self.balance(self.conversations.get(&id)?.payer())?;
        Some(Funds { balance, ceiling: self.ceilings.get(&id).copied() })
    }

    /// Lowers a conversation's ceiling after a turn.
    pub(super) fn lower_ceiling(&mut self, id: ConversationId, cost: TurnCost) -> Option<Funds> {
        let funds = self.funds(id)?;
        let ceiling = funds.lowered_ceiling(cost);
        self.ceilings.insert(id, ceiling);
        Some(Funds { ceiling: Some(ceiling), ..funds })
    }

    /// Clears the ceilings of all conversations of a payer after tokens were added.
    pub(super) fn empty_ceilings(&mut self, paid_by: impl Fn(Payer) -> bool) {
        let conversations = &self.conversations;
        self.ceilings.retain(|id, _| !paid_by(conversations[id].payer()));
    }

    /// Returns the counters of a payer's tokens.
    fn account(&mut self, payer: Payer) -> Option<&mut Balance> {
        match payer {
            Payer::Invitation(id) => self.invitations.get_mut(&id).map(|row| &mut row.balance),
            Payer::Allowance(user) => Some(self.allowances.entry(user).or_default()),
            Payer::Unlimited => None,
        }
    }

    /// Reserves the tokens of a call at `at`, or returns why they do not fit.
    pub(super) fn reserve(
        &mut self,
        id: ReservationId,
        call: ReservationRow,
        tokens_per_day: Option<u64>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let wanted = call.reserved.total();
        if let Some(balance) = self.balance(call.payer).filter(|balance| wanted > balance.left()) {
            return Err(Refusal::of_quota(balance, wanted));
        }
        let day = self.days.entry(call.day).or_default();
        if let Some(limit) = tokens_per_day.filter(|limit| wanted > day.left(*limit)) {
            return Err(Refusal::of_day(limit, day.used, wanted, at));
        }
        day.reserved += wanted;
        if let Some(account) = self.account(call.payer) {
            account.reserved += wanted;
        }
        self.reservations.insert(id, call);
        Ok(())
    }

    /// Raises an open reservation to `to`, or returns why that does not fit.
    fn raise(
        &mut self,
        id: ReservationId,
        to: ReservedTokens,
        tokens_per_day: Option<u64>,
        at: Timestamp,
    ) -> Raising {
        let Some(call) = self.reservations.get(&id).filter(|call| call.open).cloned() else {
            return Raising::Closed;
        };
        let more = to.total().saturating_sub(call.reserved.total());
        if more == 0 {
            return Raising::Raised;
        }
        if let Some(balance) = self.balance(call.payer).filter(|balance| more > balance.left()) {
            return Raising::Refused(Refusal::of_quota(balance, more));
        }
        let day = self.days.entry(call.day).or_default();
        if let Some(limit) = tokens_per_day.filter(|limit| more > day.left(*limit)) {
            return Raising::Refused(Refusal::of_day(limit, day.used, more, at));
        }
        day.reserved += more;
        if let Some(account) = self.account(call.payer) {
            account.reserved += more;
        }
        self.reservations.insert(id, ReservationRow { reserved: to, ..call });
        Raising::Raised
    }

    /// Closes a call with its entry; a closed call stays as it is.
    pub(super) fn close(&mut self, id: ReservationId, charge: Charge<'_>) {
        let Some(call) = self.reservations.get_mut(&id).filter(|call| call.open) else { return };
        call.open = false;
        let call = call.clone();
        let (reserved, used) = (call.reserved.total(), charge.settlement.usage());
        if let Some(account) = self.account(call.payer) {
            account.reserved -= reserved;
            account.used += used.total();
        }
        self.days.entry(call.day).or_default().settle(reserved, used);
        self.entries.push(UsageEntry {
            reservation: id,
            invitation: call.payer.invitation(),
            conversation: call.conversation,
            message: call.message,
            lane: call.lane,
            reserved: call.reserved,
            settlement: charge.settlement,
            model: charge.model.map(ToOwned::to_owned),
            cost: charge.cost,
            at: charge.at,
        });
    }

    /// Settles calls outside of turns that were reserved before `reserved_before` and never closed.
    pub(super) fn close_lost(&mut self, reserved_before: Timestamp, at: Timestamp) {
        let lost = self.reservations.iter().filter(|(_, call)| {
            call.open && call.outside_turns.is_some_and(|since| since < reserved_before)
        });
        let mut lost: Vec<_> = lost.map(|(id, call)| (call.outside_turns, *id)).collect();
        lost.sort_unstable();
        for (_, id) in lost {
            let settlement = Settlement::Estimated(self.reservations[&id].reserved.estimate(0));
            self.close(id, Charge { settlement, model: None, cost: None, at });
        }
    }
}

#[async_trait]
impl Ledger for MemoryStore {
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        let mut tables = self.lock();
        if tables.reservations.contains_key(&call.id) {
            return Ok(None);
        }
        let row = ReservationRow {
            conversation: call.conversation,
            payer: call.payer,
            lane: call.lane,
            reserved: call.reserved,
            day: call.at.day(),
            message: None,
            open: true,
            outside_turns: Some(call.at),
        };
        Ok(tables.reserve(call.id, row, call.host_limits.tokens_per_day, call.at).err())
    }

    async fn raise(
        &self,
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError> {
        Ok(self.lock().raise(reservation, to, host_limits.tokens_per_day, at))
    }

    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        model: Option<&str>,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.lock().close(reservation, Charge { settlement, model, cost, at });
        Ok(())
    }

    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError> {
        Ok(self.lock().balance(payer))
    }

    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError> {
        let tables = self.lock();
        let of = Some(conversation);
        Ok(tables.entries.iter().filter(|entry| entry.conversation == of).cloned().collect())
    }
}
