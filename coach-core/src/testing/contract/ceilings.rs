//! Contract tests of every store: the maximum number of turns shown for a conversation.

use super::fixture::{
    CALL, TURN_COST, TestRoom, a_conversation, an_invitation, at, line, made, opened, person, turn,
};
use crate::{
    conversation::SkipReason,
    ids::ConversationId,
    invitation::QuotaPreset,
    model::TurnLane,
    people::audit::{AuditAction, Change},
    ports::{
        Accept, Amend, CoachReservation, Finish, Finishing, NextStep, RecoveryScope, Stores,
        TurnReservations,
    },
    turn::{Funds, TurnCost, ledger::Balance},
};

async fn ceiling(store: &dyn Stores, id: ConversationId) -> Option<u32> {
    let funds = store.funds(id).await.unwrap();
    assert_eq!(store.present(id).await.unwrap().unwrap().funds, funds);
    funds.unwrap().ceiling
}

/// A closing turn lowers the ceiling, and no later turn raises it.
pub async fn a_closed_turn_lowers_the_ceiling(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 1_000).await;
    assert_eq!(ceiling(store, room.id).await, None);
    let kept = room.open(1).await;
    let next = room.kept(room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach))).await;
    assert_eq!(ceiling(store, room.id).await, None, "the turn is still open");
    room.kept(room.comment(&kept, next, "Ask why.")).await;
    // 890 tokens are left, and a turn costs 110.
    assert_eq!(ceiling(store, room.id).await, Some(8));
    let kept = room.open(2).await;
    let cheap = TurnCost { typical: 1, whole: 1 };
    let skip = Finish {
        turn_cost: cheap,
        ..room.answer(&kept, "No.", NextStep::Skip(SkipReason::Stopped))
    };
    let balance = Balance { quota: 1_000, used: 165, reserved: 0 };
    let funds = Some(Funds { balance, ceiling: Some(8) });
    let Finishing::Kept { funds: received, .. } = room.finish(skip).await else {
        panic!("the owner's own answer was not committed")
    };
    assert_eq!(received, funds);
    assert_eq!(store.funds(room.id).await.unwrap(), funds);
}

/// Reservations of another conversation do not lower the ceiling.
pub async fn a_reservation_elsewhere_lowers_no_ceiling(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 1_000).await;
    let other = TestRoom::under(store, 2, room.invitation).await;
    opened(other.accept(Accept { turn: turn(20), ..other.message(20) }).await);
    room.take_turn(1).await;
    assert_eq!(room.balance().await.reserved, 2 * CALL.total());
    assert_eq!(ceiling(store, room.id).await, Some(8));
    assert_eq!(ceiling(store, other.id).await, None);
}

/// Adding tokens clears the ceilings of all conversations of their invitation, and of no other.
pub async fn more_tokens_empty_the_ceilings(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 1_000).await;
    let other = TestRoom::under(store, 2, room.invitation).await;
    let second = an_invitation(2, 1_000);
    store.invite(std::slice::from_ref(&second), made()).await.unwrap();
    let stranger = TestRoom::under(store, 3, second.id).await;
    for (n, room) in [(1, room), (20, other), (30, stranger)] {
        room.take_turn(n).await;
    }
    let by = line(person(9), AuditAction::InvitationChanged(Change::default()), 5);
    let label = Amend { label: Some("other".into()), ..Amend::default() };
    store.amend(room.invitation, &label, by).await.unwrap();
    assert_eq!(ceiling(store, room.id).await, Some(8), "a new label adds no tokens");
    store.amend(room.invitation, &Amend { add_tokens: 1, ..Amend::default() }, by).await.unwrap();
    assert_eq!(ceiling(store, room.id).await, None);
    assert_eq!(ceiling(store, other.id).await, None);
    assert_eq!(ceiling(store, stranger.id).await, Some(8));
}

/// A turn closed by recovery lowers the ceiling once its cost is known, however often that is repeated.
pub async fn a_recovered_turn_lowers_the_ceiling(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 1_000).await;
    room.open(1).await;
    store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap();
    assert_eq!(ceiling(store, room.id).await, None);
    let lowered = store.lower_ceiling(room.id, TURN_COST).await.unwrap().unwrap();
    // The partner's prompt is charged: 950 tokens are left.
    assert_eq!((lowered.balance.used, lowered.ceiling), (50, Some(8)));
    let cheap = TurnCost { typical: 1, whole: 1 };
    assert_eq!(store.lower_ceiling(room.id, cheap).await.unwrap(), Some(lowered));
    assert_eq!(ceiling(store, room.id).await, Some(8));
    let free = a_conversation(7, None);
    store.start(&free).await.unwrap();
    assert_eq!(store.lower_ceiling(free.id, TURN_COST).await.unwrap(), None);
    assert_eq!(store.funds(free.id).await.unwrap(), None);
}

/// Raising the allowance clears the ceilings of the conversations it pays for; lowering it does not.
pub async fn a_raised_allowance_empties_the_ceilings(store: &dyn Stores) {
    let by = line(person(9), AuditAction::PresetSaved(Change::default()), 1);
    let allow = async |tokens| {
        let id = QuotaPreset::ALLOWANCE;
        let allowance = QuotaPreset { id, label: "Allowance".into(), tokens };
        store.save_preset(&allowance, by).await.unwrap();
    };
    allow(1_000).await;
    let invited = TestRoom::with_quota(store, 1_000).await;
    invited.take_turn(1).await;
    let mut talk = a_conversation(5, None);
    talk.allowance = true;
    store.start(&talk).await.unwrap();
    let room = TestRoom { id: talk.id, ..invited };
    let reservations = TurnReservations::Turn { partner: CALL, coach: CoachReservation::Spoken };
    let kept = opened(room.accept(Accept { reservations, ..room.message(20) }).await);
    room.kept(room.answer(&kept, "No.", NextStep::Close)).await;
    assert_eq!(ceiling(store, room.id).await, Some(8));
    allow(900).await;
    assert_eq!(ceiling(store, room.id).await, Some(8));
    allow(901).await;
    assert_eq!(ceiling(store, room.id).await, None);
    assert_eq!(ceiling(store, invited.id).await, Some(8));
}
