//! What becomes of turns and calls whose owner is lost.

use coach_core::{
    conversation::{Role, SkipReason, Status},
    ids::{MessageId, TurnId},
    model::Lane,
    rules::{
        finish::TurnFacts,
        messages::NewestAnswers,
        recovery::{LostTurn, lost, recover, settle_abandoned},
    },
    testing::contract::fixture::{at, call, turn},
};

use super::{open_turn, reservation, settled};

#[test]
fn lost_turns_are_closed_oldest_first_but_not_those_the_caller_runs() {
    let row = |id, message, attempt| TurnFacts {
        id: turn(id),
        message: MessageId(message),
        attempt: turn(attempt),
        ..open_turn()
    };
    let rows = vec![row(1, 30, 1), row(2, 10, 2), row(3, 20, 33), row(4, 40, 4)];
    let found = |running: &[TurnId]| -> Vec<_> {
        lost(rows.clone(), running).into_iter().map(|turn| turn.id).collect()
    };
    assert_eq!(found(&[]), [2, 3, 1, 4].map(turn));
    assert_eq!(found(&[turn(2), turn(4)]), [3, 1].map(turn));
    assert_eq!(found(&[turn(3)]), [2, 3, 1, 4].map(turn), "attempts are compared, not turns");
    assert_eq!(found(&[turn(33)]), [2, 1, 4].map(turn));
    let closed = TurnFacts { open: false, ..open_turn() };
    assert_eq!(lost(vec![closed], &[]), []);
}

#[test]
fn the_growing_answer_is_interrupted_and_charged_by_what_arrived() {
    let reservations = vec![reservation(Lane::Partner, Some(12)), reservation(Lane::Coach, None)];
    let plan = recover(&LostTurn { turn: open_turn(), bytes: 7, reservations }, at(30));
    assert_eq!((plan.fence, plan.reply), (6, MessageId(12)));
    assert_eq!((plan.status, plan.done_at), (Status::Interrupted, at(30)));
    // The prompt of 50 tokens, and one token for each of 7 bytes.
    assert_eq!(
        settled(&plan.settled),
        [
            (call(1, Lane::Partner), "estimated", 70, 57),
            (call(1, Lane::Coach), "void_not_begun", 70, 0),
        ]
    );
    assert_eq!((plan.settled[0].entry.cost, plan.settled[1].entry.cost), (None, Some(0)));
    let skipped = plan.skipped.unwrap();
    assert_eq!((skipped.role, skipped.status, skipped.fence), (Role::Coach, Status::Skipped, 6));
    assert_eq!((skipped.skipped, skipped.done_at), (Some(SkipReason::Failed), Some(at(30))));
    assert_eq!(skipped.replaces, None);
    let newest = NewestAnswers { coach: Some(MessageId(9)), ..open_turn().newest };
    let turn = TurnFacts { newest, ..open_turn() };
    let again = recover(&LostTurn { turn, bytes: 7, reservations: vec![] }, at(30));
    assert_eq!(again.skipped.unwrap().replaces, Some(MessageId(9)));
}

#[test]
fn the_comment_that_never_began_keeps_its_reason() {
    for owed in SkipReason::ALL.map(Some).into_iter().chain([None]) {
        let turn = TurnFacts { owed, ..open_turn() };
        let plan = recover(&LostTurn { turn, bytes: 0, reservations: vec![] }, at(30));
        assert_eq!(plan.skipped.map(|one| one.skipped), owed.map(Some), "{owed:?}");
        assert_eq!(plan.settled, []);
    }
}

#[test]
fn a_comment_that_had_begun_is_the_answer_that_is_interrupted() {
    let turn = TurnFacts { owed: None, reply: MessageId(13), ..open_turn() };
    let reservations = vec![reservation(Lane::Coach, Some(13))];
    let plan = recover(&LostTurn { turn, bytes: 100, reservations }, at(30));
    // 100 bytes are more than the limit of 20 tokens, and make 25 typical ones.
    assert_eq!(settled(&plan.settled), [(call(1, Lane::Coach), "estimated", 70, 75)]);
    assert_eq!((plan.reply, plan.skipped), (MessageId(13), None));
}

#[test]
fn an_abandoned_standalone_call_is_charged_with_its_whole_prompt() {
    let plan = settle_abandoned(&reservation(Lane::Elaboration, None), at(700));
    let row = (call(1, Lane::Elaboration), "estimated", 70, 50);
    assert_eq!(settled(&[plan]), [row]);
}
