//! Contract tests of `ConversationStore`: admission and reservations.

use futures::future::join_all;

use super::fixture::{
    ASIDE, CALL, NO_HOST_LIMITS, TURN, TestRoom, a_conversation, an_invitation, at, made, opened,
    refusal, revoked_by, turn,
};
use crate::{
    conversation::{EndReason, Role, SkipReason, Status},
    ids::MessageId,
    model::TurnLane,
    ports::{
        Accept, Admission, CoachReservation, HostLimits, NextStep, Refusal, Stores,
        TurnReservations,
    },
    turn::ledger::ReservedTokens,
};

/// An admitted message is on record, its tokens are reserved, and the first answer has begun.
pub async fn a_message_its_tokens_and_its_first_answer_appear_together(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let opening = room.accept(Accept { client_id: Some("c-1"), ..room.message(1) }).await;
    let opened = opened(opening);
    assert_eq!((opened.id, opened.turn, opened.fence), (turn(1), 1, 1));
    assert_eq!((opened.lane, opened.before), (TurnLane::Partner, None));
    assert_eq!((opened.coach_left_out, opened.skipped), (false, None));
    assert!(opened.message < opened.reply);
    let present = store.present(room.id).await.unwrap().unwrap();
    let open = present.open.unwrap();
    assert_eq!((open.id, open.turn, open.aside), (turn(1), 1, false));
    assert_eq!(open.reply, opened.reply);
    assert_eq!(present.newest, Some(opened.message));
    assert_eq!(present.conversation.turn, 1);
    let funds = present.funds.unwrap();
    assert_eq!((funds.balance, funds.ceiling), (room.balance().await, None));
    assert_eq!(opened.balance, Some(funds.balance));
    let messages = room.messages().await;
    assert_eq!(messages.len(), 1, "a growing answer is not finished");
    let said = &messages[0];
    assert_eq!((said.role, said.status, said.turn), (Role::User, Status::Complete, 1));
    assert_eq!(
        (said.content.as_str(), said.client_id.as_deref()),
        ("May I have a raise?", Some("c-1"))
    );
    assert_eq!((said.created_at, said.id), (opened.created_at, opened.message));
    room.balanced(&[CALL, CALL]).await;
}

/// A known client id with the same text is acknowledged again; nothing is sent twice.
pub async fn a_known_client_id_is_acknowledged_again(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let first = Accept { client_id: Some("c-1"), ..room.message(1) };
    let kept = opened(room.accept(first.clone()).await);
    let before = room.record().await;
    let known = Admission::Known { message: kept.message, turn: 1 };
    let again = Accept { turn: turn(2), ..first.clone() };
    assert_eq!(room.accept(again.clone()).await, known, "while it is open");
    assert_eq!(room.record().await, before);
    room.play(&kept).await;
    room.end(EndReason::Participant).await;
    assert_eq!(room.accept(again).await, known, "after the end");
    let aside = Accept { turn: turn(3), reservations: ASIDE, ..first };
    assert_eq!(room.accept(aside).await, known, "messages and asides share one space");
}

/// Fifty concurrent messages with one client id create one turn.
pub async fn parallel_sends_of_one_client_id_make_one_turn(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let sends = (1..=50).map(|n| room.accept(Accept { client_id: Some("c-1"), ..room.message(n) }));
    let admissions = join_all(sends).await;
    let opened: Vec<_> =
        admissions.iter().filter(|one| matches!(one, Admission::Admitted(_))).collect();
    let known = admissions.iter().filter(|one| matches!(one, Admission::Known { .. })).count();
    assert_eq!((opened.len(), known), (1, 49));
    assert_eq!(room.messages().await.len(), 1);
    room.balanced(&[CALL, CALL]).await;
}

/// Refusals are checked in a fixed order; the first one that applies is returned.
pub async fn refusals_come_in_order(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 800).await;
    let kept = opened(room.accept(Accept { client_id: Some("c-1"), ..room.message(1) }).await);
    let huge = ReservedTokens { input: 10_000, output: 0 };
    let host_limits = HostLimits { draining: true, per_minute: Some(1), tokens_per_day: None };
    let reservations = TurnReservations::Turn { partner: huge, coach: CoachReservation::Spoken };
    let mut next = Accept { host_limits, reservations, ..room.message(2) };
    assert_eq!(room.refused(next.clone()).await, Refusal::Draining, "before busy");
    next.host_limits.draining = false;
    assert_eq!(room.refused(next.clone()).await, Refusal::Busy, "before the rate");
    room.play(&kept).await;
    let wait = at(61).since(next.at);
    assert_eq!(room.refused(next.clone()).await, Refusal::RateLimited { wait });
    next.at = at(61);
    let left = room.balance().await.left();
    let spent = Refusal::QuotaExhausted { left, for_now: false };
    assert_eq!(room.refused(next.clone()).await, spent);
    next.host_limits.draining = true;
    next.reservations = ASIDE;
    assert_eq!(room.refused(next.clone()).await, Refusal::Draining, "asides as well");
    store.revoke(room.invitation, revoked_by(3)).await.unwrap();
    assert_eq!(room.refused(next.clone()).await, Refusal::InvitationRevoked);
    room.end(EndReason::Staff).await;
    assert_eq!(room.refused(next.clone()).await, Refusal::Ended(EndReason::Staff));
    next.client_id = Some("c-1");
    next.content = "Something else";
    assert_eq!(room.refused(next).await, Refusal::IdempotencyConflict, "before all");
}

/// An invitation refuses new turns from its expiry on, and reports the expiry rather than a revocation.
pub async fn an_expired_invitation_admits_nothing(store: &dyn Stores) {
    let mut invitation = an_invitation(1, 1000);
    invitation.expires_at = Some(at(10));
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let room = TestRoom::under(store, 1, invitation.id).await;
    store.revoke(invitation.id, revoked_by(10)).await.unwrap();
    assert_eq!(room.refused(room.message(9)).await, Refusal::InvitationRevoked);
    assert_eq!(room.refused(room.message(10)).await, Refusal::InvitationExpired);
}

/// Only messages of the last minute count toward the rate limit, and refused ones do not.
pub async fn the_rate_counts_the_last_minute(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    room.take_turn(1).await;
    room.take_turn(20).await;
    let host_limits = HostLimits { per_minute: Some(2), ..NO_HOST_LIMITS };
    for n in 21..25 {
        let refusal = room.refused(Accept { host_limits, ..room.message(n) }).await;
        assert_eq!(refusal, Refusal::RateLimited { wait: at(61).since(at(n)) });
    }
    opened(room.accept(Accept { host_limits, ..room.message(61) }).await);
}

/// Of two concurrent messages, one opens a turn and the other is refused as busy.
pub async fn of_two_messages_at_once_one_wins(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let (one, other) = futures::join!(room.accept(room.message(1)), room.accept(room.message(2)));
    let (won, lost) = match one {
        Admission::Admitted(won) => (won, other),
        Admission::Refused(_) | Admission::Known { .. } => (opened(other), one),
    };
    assert_eq!(refusal(&lost), Refusal::Busy);
    assert_eq!(won.turn, 1);
    assert_eq!(room.messages().await.len(), 1);
    room.balanced(&[CALL, CALL]).await;
}

/// An aside is refused while a turn is open, and vice versa.
pub async fn asides_and_turns_wait_for_each_other(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let aside = Accept { reservations: ASIDE, ..room.message(2) };
    assert_eq!(room.refused(aside.clone()).await, Refusal::Busy);
    room.play(&kept).await;
    let asked = opened(room.accept(aside).await);
    assert_eq!((asked.turn, asked.lane), (1, TurnLane::Aside));
    let open = store.present(room.id).await.unwrap().unwrap().open.unwrap();
    assert_eq!((open.turn, open.aside), (1, true));
    assert_eq!(room.refused(room.message(3)).await, Refusal::Busy);
    room.balanced(&[CALL]).await;
    room.kept(room.answer(&asked, "Slow down.", NextStep::Close)).await;
    assert_eq!(room.open(4).await.turn, 2);
    let asides: Vec<_> = room.messages().await.into_iter().filter(|said| said.aside).collect();
    let roles: Vec<_> = asides.iter().map(|said| (said.role, said.turn)).collect();
    assert_eq!(roles, [(Role::User, 1), (Role::Coach, 1)]);
}

/// A partner call that does not fit is refused, and nothing is reserved for the coach either.
pub async fn a_partner_that_does_not_fit_is_refused(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 69).await;
    let spent = Refusal::QuotaExhausted { left: 69, for_now: false };
    assert_eq!(room.refused(room.message(1)).await, spent);
    let aside = Accept { reservations: ASIDE, ..room.message(2) };
    assert_eq!(room.refused(aside).await, spent);
    room.balanced(&[]).await;
}

/// If only the comment after the partner does not fit, the turn runs without it.
pub async fn a_coach_after_that_does_not_fit_is_left_out(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 139).await;
    let kept = room.open(1).await;
    assert_eq!((kept.coach_left_out, kept.skipped, kept.lane), (true, None, TurnLane::Partner));
    room.balanced(&[CALL]).await;
    let next =
        room.kept(room.answer(&kept, "No.", NextStep::Skip(SkipReason::Quota))).await.unwrap();
    let last = room.messages().await.pop().unwrap();
    assert_eq!((last.id, last.role, last.status), (next.id, Role::Coach, Status::Skipped));
    assert_eq!((last.skipped, last.content.as_str()), (Some(SkipReason::Quota), ""));
    room.balanced(&[]).await;
}

/// If only the comment before the partner does not fit, a skipped comment takes its place.
pub async fn a_coach_before_that_does_not_fit_is_left_out(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 139).await;
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::Before(CALL) };
    let kept = opened(room.accept(Accept { reservations, ..room.message(1) }).await);
    assert_eq!((kept.coach_left_out, kept.lane), (true, TurnLane::Partner));
    let skipped = kept.skipped.unwrap();
    assert!(kept.message < skipped && skipped < kept.reply);
    let last = room.messages().await.pop().unwrap();
    assert_eq!((last.id, last.skipped), (skipped, Some(SkipReason::Quota)));
    room.balanced(&[CALL]).await;
}

/// A coach that comments before the partner makes the first answer of the turn.
pub async fn a_coach_before_the_partner_speaks_first(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::Before(CALL) };
    let kept = opened(room.accept(Accept { reservations, ..room.message(1) }).await);
    assert_eq!((kept.lane, kept.skipped), (TurnLane::Coach, None));
    room.balanced(&[CALL, CALL]).await;
    let next =
        room.kept(room.answer(&kept, "Wait.", NextStep::Speak(TurnLane::Partner))).await.unwrap();
    let partner = room.answer(&kept, "No.", NextStep::Close);
    room.kept(crate::ports::Finish { lane: TurnLane::Partner, reply: next.id, ..partner }).await;
    let roles: Vec<_> = room.messages().await.iter().map(|said| said.role).collect();
    assert_eq!(roles, [Role::User, Role::Coach, Role::Partner]);
    room.balanced(&[]).await;
}

/// Repeating a turn id returns the same response, even if a new request would be refused.
pub async fn the_same_turn_again_gives_the_same_answer(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 140).await;
    let message = Accept { client_id: Some("c-1"), ..room.message(1) };
    let first = room.accept(message.clone()).await;
    let before = room.record().await;
    assert_eq!(room.accept(message).await, first);
    assert_eq!(room.record().await, before);
}

/// Every conversation numbers its own turns; message ids ascend across all conversations.
pub async fn message_ids_grow(store: &dyn Stores) {
    let one = TestRoom::new(store).await;
    let other = TestRoom::under(store, 2, one.invitation).await;
    let mut last = MessageId(0);
    for n in 1..4 {
        for (room, row) in [(one, n), (other, n + 10)] {
            let kept = room.take_turn(row).await;
            assert_eq!(u64::from(kept.turn), n);
            assert!(kept.message > last && kept.reply > kept.message);
            last = room.messages().await.pop().unwrap().id;
        }
    }
}

/// A user without an invitation or allowance is metered but not limited.
pub async fn without_an_invitation_nothing_is_limited(store: &dyn Stores) {
    let conversation = a_conversation(1, None);
    store.start(&conversation).await.unwrap();
    let room = TestRoom { store, id: conversation.id, invitation: an_invitation(1, 0).id };
    let kept = room.open(1).await;
    assert_eq!((kept.balance, kept.coach_left_out), (None, false));
    room.play(&kept).await;
    assert_eq!(store.entries(room.id).await.unwrap().len(), 2);
    assert_eq!(room.messages().await.len(), 3);
}

/// A message to an unknown conversation is an error, and nothing is saved.
pub async fn an_unknown_conversation_admits_nothing(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let nowhere = a_conversation(5, None).id;
    assert!(store.accept(Accept { conversation: nowhere, ..room.message(1) }).await.is_err());
    assert_eq!(store.present(nowhere).await.unwrap(), None);
    opened(room.accept(Accept { reservations: TURN, ..room.message(1) }).await);
}
