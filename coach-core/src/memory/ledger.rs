//! Reservations and spending in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ids::{ConversationId, EntryId, MessageId, ReservationId},
    invitation::QuotaPreset,
    model::CallReport,
    ports::{
        HostLimits, Ledger, Raising, RecoveryScope, Refusal, StandaloneCall, StoreError, UsageEntry,
    },
    rules::{
        finish,
        tokens::{
            self, Booking, Charge, DayUse, NewReservation, OpenReservation, Raise, Reserve,
            Settled, TokenFacts,
        },
    },
    timestamp::Timestamp,
    turn::{
        Funds, TurnCost,
        ledger::{Balance, Payer, ReservedTokens, Settlement},
    },
};

/// The reservation of one model call.
#[derive(Clone, Debug)]
pub(super) struct ReservationRow {
    pub(super) reservation: OpenReservation,
    pub(super) open: bool,
    /// When it was reserved, for calls outside of turns.
    pub(super) outside_turns: Option<(Timestamp, Timestamp)>,
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
        let funds = finish::lower_ceiling(self.funds(id), cost);
        let ceiling = funds.and_then(|funds| funds.ceiling);
        self.ceilings.extend(ceiling.map(|ceiling| (id, ceiling)));
        funds
    }

    /// Clears the ceilings of all conversations of a payer after tokens were added.
    pub(super) fn empty_ceilings(&mut self, paid_by: impl Fn(Payer) -> bool) {
        let conversations = &self.conversations;
        self.ceilings.retain(|id, _| !paid_by(conversations[id].payer()));
    }

    /// Returns the counters that a call on `day` must fit.
    pub(super) fn token_facts(&self, payer: Payer, day: i64) -> TokenFacts {
        let empty = DayUse { day, ..DayUse::default() };
        let day = self.days.get(&day).copied().unwrap_or(empty);
        TokenFacts { payer, balance: self.balance(payer), day }
    }

    pub(super) fn insert_reservation(&mut self, new: &NewReservation, message: Option<MessageId>) {
        let reservation = OpenReservation {
            id: new.id,
            conversation: new.conversation,
            payer: new.payer,
            lane: new.lane,
            reserved: new.reserved,
            day: new.day,
            message,
        };
        let outside_turns = new.lease.map(|lease| (new.at, self.lease_clock.0.now().after(lease)));
        let row = ReservationRow { reservation, open: true, outside_turns };
        self.reservations.insert(new.id, row);
    }

    pub(super) fn open_reservation(&self, id: ReservationId) -> Option<OpenReservation> {
        self.reservations.get(&id).filter(|row| row.open).map(|row| row.reservation)
    }

    /// Starts a call with the message it produces.
    pub(super) fn begin_call(&mut self, id: ReservationId, message: MessageId) {
        if let Some(row) = self.reservations.get_mut(&id) {
            row.reservation.message = Some(message);
        }
    }

    pub(super) fn book(&mut self, booking: Booking) {
        let balance = match booking.payer {
            Payer::Invitation(id) => self.invitations.get_mut(&id).map(|row| &mut row.balance),
            Payer::Allowance(user) => Some(self.allowances.entry(user).or_default()),
            Payer::Unlimited => None,
        };
        if let Some(balance) = balance {
            *balance = booking.applied_to(*balance);
        }
        let empty = DayUse { day: booking.day, ..DayUse::default() };
        let day = self.days.entry(booking.day).or_insert(empty);
        *day = booking.applied_to_day(*day);
    }

    /// Closes a reservation, and returns its entry with its id.
    pub(super) fn settle(&mut self, settled: &Settled) -> UsageEntry {
        if let Some(row) = self.reservations.get_mut(&settled.entry.reservation) {
            row.open = false;
        }
        self.book(settled.booking);
        let id = EntryId(self.entries.len() as i64 + 1);
        let entry = UsageEntry { id, ..settled.entry.clone() };
        self.entries.push(entry.clone());
        entry
    }

    /// Returns the open calls outside of turns, all or those whose lease has ended, oldest first.
    pub(super) fn abandoned_calls(&self, scope: RecoveryScope) -> Vec<OpenReservation> {
        let now = self.lease_clock.0.now();
        let open = self.reservations.values().filter(|row| row.open);
        let mut found: Vec<_> = open
            .filter_map(|row| Some((row.outside_turns?, row.reservation)))
            .filter(|((_, until), _)| scope == RecoveryScope::Everything || *until <= now)
            .collect();
        found.sort_by_key(|((since, _), call)| (*since, call.id));
        found.into_iter().map(|(_, call)| call).collect()
    }
}

#[async_trait]
impl Ledger for MemoryStore {
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        let mut tables = self.lock();
        let known = tables.reservations.contains_key(&call.id);
        let facts = tables.token_facts(call.payer, call.at.day());
        Ok(match tokens::reserve(known, &facts, &call) {
            Reserve::Answer(answer) => answer,
            Reserve::Write(reservation, booking) => {
                tables.insert_reservation(&reservation, None);
                tables.book(booking);
                None
            }
        })
    }

    async fn raise(
        &self,
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError> {
        let mut tables = self.lock();
        let open = tables.open_reservation(reservation);
        let open = open.map(|open| (open, tables.token_facts(open.payer, open.day)));
        let open = open.as_ref().map(|(open, facts)| (open, facts));
        Ok(match tokens::raise(open, to, host_limits, at) {
            Raise::Answer(answer) => answer,
            Raise::Write(plan) => {
                if let Some(row) = tables.reservations.get_mut(&reservation) {
                    row.reservation.reserved = plan.reserved;
                }
                tables.book(plan.booking);
                plan.raising()
            }
        })
    }

    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        call: CallReport,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<Option<UsageEntry>, StoreError> {
        let mut tables = self.lock();
        let Some(open) = tables.open_reservation(reservation) else { return Ok(None) };
        let charge = Charge { settlement, call, cost, at };
        Ok(Some(tables.settle(&tokens::settle(&open, charge))))
    }

    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError> {
        Ok(self.lock().balance(payer))
    }

    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError> {
        let tables = self.lock();
        let of = Some(conversation);
        Ok(tables.entries.iter().filter(|entry| entry.conversation == of).cloned().collect())
    }

    async fn entries_after(
        &self,
        after: EntryId,
        limit: u32,
    ) -> Result<Vec<UsageEntry>, StoreError> {
        let tables = self.lock();
        let later = tables.entries.iter().filter(|entry| entry.id > after);
        Ok(later.take(limit as usize).cloned().collect())
    }
}
