//! Contract tests of `ConversationStore`: everything that is kept about a message is read back.

use super::fixture::{START, TestRoom, a_conversation, at, line, person};
use crate::{
    conversation::{
        EndReason, Message, MessageDetails, Role, Seen, SeenHow, SeenRecord, SkipReason, Status,
    },
    ids::MessageId,
    model::TurnLane,
    people::audit::AuditAction,
    ports::{Accept, Finish, NextStep, RecoveryScope, Stores},
    timestamp::Timestamp,
    turn::ledger::Settlement,
};

/// Returns the instant `seconds` after the start, with microseconds that a coarser column would lose.
fn precisely(seconds: u64) -> Timestamp {
    Timestamp(at(seconds).0 + 123_457)
}

async fn details(room: &TestRoom<'_>) -> Vec<MessageDetails> {
    room.store.message_details(room.id, None, 1_000).await.unwrap()
}

/// Every field of a message is read back as it was written: the text, the status, the finish reason, the model that
/// answered, the times, the timing of its pieces and the display records.
pub async fn everything_about_a_message_is_read_back(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let accept = Accept { client_id: Some("c-1"), at: precisely(1), ..room.message(1) };
    let open = super::fixture::opened(room.accept(accept).await);
    let cut = Finish {
        finish_reason: Some("length"),
        model: Some("demo-2"),
        first_delta_at: Some(precisely(3)),
        timing: "412+4;60+1503;1+12",
        at: precisely(4),
        ..room.answer(&open, "No. Not", NextStep::Speak(TurnLane::Coach))
    };
    let Settlement::Reported(usage) = cut.settlement else { panic!("{cut:?}") };
    let next = room.kept(cut).await.unwrap();
    let comment = Finish {
        finish_reason: Some("in the provider's words"),
        model: Some("demo-3"),
        first_delta_at: Some(precisely(6)),
        timing: "9+8",
        at: precisely(7),
        ..room.comment(&open, Some(next), "Ask why.")
    };
    room.kept(comment).await;
    store
        .note_seen(room.id, next.id, Seen::new(SeenHow::Opened, None, None), precisely(9))
        .await
        .unwrap();
    let shown = Seen::new(SeenHow::Shown, Some(80), Some(4_000));
    store.note_seen(room.id, next.id, shown, precisely(8)).await.unwrap();

    let said = Message {
        client_id: Some("c-1".into()),
        ..Message::new(open.message, 1, Role::User, "May I have a raise?", precisely(1))
    };
    let reply = Message {
        id: open.reply,
        role: Role::Partner,
        content: "No. Not".into(),
        client_id: None,
        first_delta_at: Some(precisely(3)),
        done_at: Some(precisely(4)),
        finish_reason: Some("length".into()),
        model: Some("demo-2".into()),
        usage: Some(usage),
        ..said.clone()
    };
    let note = Message {
        id: next.id,
        role: Role::Coach,
        content: "Ask why.".into(),
        created_at: precisely(4),
        first_delta_at: Some(precisely(6)),
        done_at: Some(precisely(7)),
        finish_reason: Some("in the provider's words".into()),
        model: Some("demo-3".into()),
        ..reply.clone()
    };
    let record = |how, first, share, ms| SeenRecord {
        message: next.id,
        how,
        first_at: precisely(first),
        share,
        ms,
    };
    let seen = vec![
        record(SeenHow::Shown, 8, Some(80), Some(4_000)),
        record(SeenHow::Opened, 9, None, None),
    ];
    let expected = [
        MessageDetails { message: said.clone(), timing: String::new(), seen: Vec::new() },
        MessageDetails {
            message: reply.clone(),
            timing: "412+4;60+1503;1+12".into(),
            seen: Vec::new(),
        },
        MessageDetails { message: note.clone(), timing: "9+8".into(), seen },
    ];
    assert_eq!(details(&room).await, expected);
    assert_eq!(room.messages().await, [said.clone(), reply.clone(), note.clone()]);
    let stretch = store.messages_from(room.id, said.id, note.id, 10).await.unwrap();
    assert_eq!(stretch, [said, reply, note]);
}

/// Whatever way an answer ends, its status and its reason are read back; what never arrived is absent.
pub async fn every_end_of_an_answer_is_read_back(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let mut ends = Vec::new();
    for (n, status, reason) in [
        (1, Status::Complete, Some("content_filter")),
        (2, Status::Stopped, None),
        (3, Status::Interrupted, Some("draining")),
        (4, Status::Failed, Some("model_overloaded")),
    ] {
        let open = room.open(n).await;
        let finish = Finish {
            status,
            finish_reason: reason,
            model: None,
            first_delta_at: None,
            timing: "",
            ..room.answer(&open, "", NextStep::Skip(SkipReason::Stopped))
        };
        room.kept(finish).await;
        ends.push((status, reason.map(ToOwned::to_owned)));
    }
    let lost = room.open(5).await;
    store.recover(RecoveryScope::Everything, &[], at(50)).await.unwrap();
    ends.push((Status::Interrupted, None));
    let all = details(&room).await;
    let partner: Vec<_> = all.iter().filter(|one| one.message.role == Role::Partner).collect();
    let found: Vec<_> =
        partner.iter().map(|one| (one.message.status, one.message.finish_reason.clone())).collect();
    assert_eq!(found, ends);
    for one in &partner {
        let Message { model, first_delta_at, .. } = &one.message;
        assert_eq!((model, first_delta_at, &*one.timing), (&None, &None, ""));
    }
    assert_eq!(partner[4].message.id, lost.reply);
    let skipped = all.iter().filter(|one| one.message.status == Status::Skipped);
    let reasons: Vec<_> = skipped.map(|one| one.message.skipped.unwrap()).collect();
    let stopped = SkipReason::Stopped;
    assert_eq!(reasons, [stopped, stopped, stopped, stopped, SkipReason::Failed]);
}

/// Details are read in pages that continue after an id, of one conversation, without its growing message; erased
/// messages have none.
pub async fn details_are_read_in_pages(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let other = TestRoom::under(store, 2, room.invitation).await;
    for n in 1..=3 {
        room.take_turn(n).await;
        other.take_turn(n + 10).await;
    }
    room.open(4).await;
    let all = details(&room).await;
    let messages: Vec<_> = all.iter().map(|one| one.message.clone()).collect();
    assert_eq!(messages, room.messages().await);
    assert_eq!(messages.len(), 10, "the growing message is left out");
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = store.message_details(room.id, after, 4).await.unwrap();
        assert!(page.len() <= 4, "{} instead of 4", page.len());
        let follows = page.iter().all(|one| after.is_none_or(|after| one.message.id > after));
        assert!(follows, "a page begins again");
        let Some(last) = page.last() else { break };
        after = Some(last.message.id);
        read.extend(page);
    }
    assert_eq!(read, all);
    let end = Some(MessageId(i64::MAX));
    assert_eq!(store.message_details(room.id, end, 4).await.unwrap(), []);
    assert_eq!(store.message_details(a_conversation(9, None).id, None, 4).await.unwrap(), []);

    let owner = store.local_admin(person(1), None, START).await.unwrap().id;
    store.erase(owner, line(owner, AuditAction::Erased, 300)).await.unwrap();
    let present = store.present(room.id).await.unwrap().unwrap();
    assert_eq!(present.conversation.ended.unwrap().0, EndReason::Erased);
    assert_eq!(details(&room).await, []);
    assert_eq!(room.messages().await, [], "read before it was erased");
}
