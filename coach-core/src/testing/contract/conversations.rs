//! Contract tests of `ConversationStore`: records.

use super::fixture::{START, TestRoom, a_conversation, an_invitation, at, line, made, person};
use crate::{
    conversation::{Conversation, EndReason, Role, Seen, SeenHow, SeenRecord, Status},
    ids::{ConversationId, MessageId},
    invitation::Invitation,
    people::audit::AuditAction,
    ports::{ConversationFilter, ConversationHead, ConversationSnapshot, Ending, Stores},
    scenario::{CoachSees, CoachWhen},
};

/// A conversation is read as it was started.
pub async fn a_conversation_comes_back_as_it_was_started(store: &dyn Stores) {
    let mut full = a_conversation(1, None);
    full.script.partner_temperature = Some(0.1);
    full.script.coach_temperature = Some(1.3);
    full.script.max_seconds = Some(900);
    full.script.coach_when = CoachWhen::AfterUser;
    full.script.coach_sees = CoachSees::PartnerStream;
    let mut bare = a_conversation(2, None);
    bare.scenario = None;
    bare.coach = false;
    bare.aside = false;
    bare.script.partner_temperature = None;
    bare.script.max_turns = None;
    for conversation in [full, bare] {
        store.start(&conversation).await.unwrap();
        let present = store.present(conversation.id).await.unwrap();
        let expected = ConversationSnapshot { conversation, open: None, newest: None, funds: None };
        assert_eq!(present, Some(expected));
    }
    assert_eq!(store.present(a_conversation(3, None).id).await.unwrap(), None);
}

/// The newest ends come first: of conversations under the researcher's invitations, neither erased nor long ago.
pub async fn the_newest_ends_come_first(store: &dyn Stores) {
    let (ours, theirs) = (an_invitation(1, 1000), an_invitation(2, 1000));
    let theirs = Invitation { created_by: person(8), ..theirs };
    for invitation in [&ours, &theirs] {
        store.invite(std::slice::from_ref(invitation), made()).await.unwrap();
    }
    for (number, invitation, ended) in [
        (1, Some(ours.id), Some(70)),
        (2, Some(ours.id), Some(50)),
        (3, Some(theirs.id), Some(60)),
        (4, Some(ours.id), Some(10)),
        (5, Some(ours.id), None),
        (6, None, Some(65)),
        (7, Some(ours.id), Some(80)),
    ] {
        let ended = ended.map(|seconds| (EndReason::Participant, at(seconds)));
        let conversation = Conversation { ended, ..a_conversation(number, invitation) };
        let erased_at = (number == 7).then(|| at(90));
        store.start(&Conversation { erased_at, ..conversation }).await.unwrap();
    }
    let found = async |created_by, since, limit| -> Vec<ConversationId> {
        let rows = store.recently_ended(created_by, at(since), limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    let ids = |numbers: &[u128]| -> Vec<_> {
        numbers.iter().map(|number| a_conversation(*number, None).id).collect()
    };
    assert_eq!(found(None, 0, 9).await, ids(&[1, 3, 2, 4]));
    assert_eq!(found(None, 50, 9).await, ids(&[1, 3, 2]));
    assert_eq!(found(None, 0, 2).await, ids(&[1, 3]));
    assert_eq!(found(Some(person(8)), 0, 9).await, ids(&[3]));
}

/// An opening is a complete partner message of turn 0; starting again does not repeat it.
pub async fn an_opening_is_a_message_of_turn_0(store: &dyn Stores) {
    let mut conversation = a_conversation(1, None);
    conversation.script.opening = Some("Yes?".into());
    store.start(&conversation).await.unwrap();
    store.start(&conversation).await.unwrap();
    let messages = store.messages(conversation.id, None, 10).await.unwrap();
    let [opening] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((opening.turn, opening.role, opening.status), (0, Role::Partner, Status::Complete));
    assert_eq!((opening.content.as_str(), opening.created_at), ("Yes?", START));
    assert_eq!((opening.aside, opening.replaces, opening.usage), (false, None, None));
    let present = store.present(conversation.id).await.unwrap().unwrap();
    assert_eq!((present.newest, present.conversation.turn), (Some(opening.id), 0));
}

/// A conversation under an unknown invitation is not saved.
pub async fn an_invitation_must_exist_to_pay(store: &dyn Stores) {
    let conversation = a_conversation(1, Some(an_invitation(1, 0).id));
    assert!(store.start(&conversation).await.is_err());
    assert_eq!(store.present(conversation.id).await.unwrap(), None);
}

/// Lists are newest first, by user or by invitation, in pages.
pub async fn conversations_are_listed_newest_first(store: &dyn Stores) {
    let invitations = [an_invitation(1, 10), an_invitation(2, 10)];
    store.invite(&invitations, made()).await.unwrap();
    let mut all: Vec<Conversation> = (1..=5).map(|n| a_conversation(n, None)).collect();
    all[1].invitation = Some(invitations[0].id);
    all[2].owner = person(2);
    all[2].invitation = Some(invitations[0].id);
    for one in &all {
        store.start(one).await.unwrap();
    }
    let pick = |wanted: &[usize]| wanted.iter().map(|n| all[*n].clone()).collect::<Vec<_>>();
    let mine = ConversationFilter::User(person(1));
    assert_eq!(store.conversations(mine, None, 9).await.unwrap(), pick(&[4, 3, 1, 0]));
    assert_eq!(store.conversations(mine, None, 2).await.unwrap(), pick(&[4, 3]));
    let page = store.conversations(mine, Some(all[3].id), 2).await.unwrap();
    assert_eq!(page, pick(&[1, 0]));
    store.end(all[3].id, EndReason::Participant, at(1), None).await.unwrap();
    all[3].ended = Some((EndReason::Participant, at(1)));
    let pick = |wanted: &[usize]| wanted.iter().map(|n| all[*n].clone()).collect::<Vec<_>>();
    let [running, ended] =
        [ConversationFilter::Running(person(1)), ConversationFilter::Ended(person(1))];
    assert_eq!(store.conversations(running, None, 9).await.unwrap(), pick(&[4, 1, 0]));
    assert_eq!(store.conversations(running, Some(all[4].id), 1).await.unwrap(), pick(&[1]));
    assert_eq!(store.conversations(ended, None, 9).await.unwrap(), pick(&[3]));
    let under = ConversationFilter::Invitation(invitations[0].id);
    assert_eq!(store.conversations(under, None, 9).await.unwrap(), pick(&[2, 1]));
    let none = ConversationFilter::Invitation(invitations[1].id);
    assert_eq!(store.conversations(none, None, 9).await.unwrap(), []);
}

/// Messages are read in ascending order: the newest before an id, or a range of ids.
pub async fn messages_are_read_in_stretches(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    for n in 1..=4 {
        room.take_turn(n).await;
    }
    let growing = room.open(5).await;
    let all = room.messages().await;
    assert_eq!(all.len(), 13);
    assert!(all.is_sorted_by_key(|message| message.id));
    assert!(all.iter().all(|message| message.id != growing.reply));
    let newest = store.messages(room.id, None, 4).await.unwrap();
    assert_eq!(newest, all[9..]);
    let before = store.messages(room.id, Some(all[9].id), 4).await.unwrap();
    assert_eq!(before, all[5..9]);
    let (from, upto) = (all[2].id, all[7].id);
    assert_eq!(store.messages_from(room.id, from, upto, 50).await.unwrap(), all[2..=7]);
    assert_eq!(store.messages_from(room.id, from, upto, 2).await.unwrap(), all[2..4]);
    let rest = store.messages_from(room.id, all[11].id, MessageId(i64::MAX), 50).await.unwrap();
    assert_eq!(rest, all[11..]);
    let other = TestRoom::under(store, 2, room.invitation).await;
    assert_eq!(other.messages().await, []);
}

/// A conversation ends once, and not while a turn is open.
pub async fn a_conversation_ends_once(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let by = line(person(9), AuditAction::Ended, 3);
    let end = |reason, when| store.end(room.id, reason, at(when), Some(by));
    assert_eq!(end(EndReason::Participant, 2).await.unwrap(), Ending::Busy);
    room.play(&kept).await;
    let Ending::Ended(ended) = end(EndReason::Participant, 3).await.unwrap() else {
        panic!("no turn was open")
    };
    assert_eq!(ended.ended, Some((EndReason::Participant, at(3))));
    let again = end(EndReason::Staff, 4).await.unwrap();
    assert_eq!(again, Ending::Already(ended.clone()));
    assert_eq!(store.present(room.id).await.unwrap().unwrap().conversation, ended);
    let unknown =
        store.end(a_conversation(7, None).id, EndReason::Staff, at(5), None).await.unwrap();
    assert_eq!(unknown, Ending::Unknown);
    let lines = store.audit(Some(person(9)), None, 10).await.unwrap();
    let ended = lines.iter().filter(|(_, line)| line.action == AuditAction::Ended).count();
    assert_eq!(ended, 1, "one audit entry, by the user who ended it");
}

/// Heads name the newest finished message, the growing one and the end, of all conversations that exist.
pub async fn heads_are_the_newest_facts(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let other = TestRoom::under(store, 2, room.invitation).await;
    let unknown = a_conversation(7, None).id;
    let heads = async |ids: &[ConversationId]| {
        let mut heads = store.heads(ids).await.unwrap();
        heads.sort_by_key(|head| head.id);
        heads
    };
    let head = |id| ConversationHead { id, newest: None, growing: None, ended: None };
    assert_eq!(heads(&[]).await, []);
    let both = [room.id, unknown, other.id];
    assert_eq!(heads(&both).await, [head(room.id), head(other.id)]);

    let open = room.open(1).await;
    let speaks =
        ConversationHead { newest: Some(open.message), growing: Some(open.reply), ..head(room.id) };
    assert_eq!(heads(&both).await, [speaks, head(other.id)]);
    room.play(&open).await;
    let ended = Some(EndReason::Staff);
    store.end(room.id, EndReason::Staff, at(2), None).await.unwrap();
    let newest = room.messages().await.last().map(|message| message.id);
    assert_eq!(heads(&[room.id]).await, [ConversationHead { newest, ended, ..head(room.id) }]);

    let owner = store.local_admin(person(1), None, START).await.unwrap().id;
    store.erase(owner, line(owner, AuditAction::Erased, 3)).await.unwrap();
    let ended = Some(EndReason::Erased);
    assert_eq!(heads(&[room.id]).await, [ConversationHead { ended, ..head(room.id) }]);
}

/// For a displayed comment the first time, the largest share and the longest time are kept, separately for
/// shown and opened; reports on other messages change nothing.
pub async fn the_most_of_what_was_on_screen_is_kept(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    room.take_turn(1).await;
    let other = TestRoom::under(store, 2, room.invitation).await;
    let before = room.record().await;
    let messages = room.messages().await;
    let (user, partner, comment) = (messages[0].id, messages[1].id, messages[2].id);
    let note = async |id, message, how, share, ms, when| {
        store.note_seen(id, message, Seen::new(how, share, ms), at(when)).await.unwrap();
    };
    use SeenHow::{Opened, Shown};
    for message in [user, partner, MessageId(99)] {
        note(room.id, message, Shown, Some(50), Some(1), 5).await;
    }
    note(other.id, comment, Shown, Some(50), Some(1), 5).await;
    assert_eq!(store.seen(room.id).await.unwrap(), []);
    let kept = |how, first: u64, share, ms| SeenRecord {
        message: comment,
        how,
        first_at: at(first),
        share,
        ms,
    };
    note(room.id, comment, Shown, None, None, 6).await;
    assert_eq!(store.seen(room.id).await.unwrap(), [kept(Shown, 6, None, None)]);
    note(room.id, comment, Shown, Some(40), Some(2_000), 7).await;
    note(room.id, comment, Shown, Some(20), Some(9_000), 8).await;
    note(room.id, comment, Shown, None, None, 9).await;
    assert_eq!(store.seen(room.id).await.unwrap(), [kept(Shown, 6, Some(40), Some(9_000))]);
    note(room.id, comment, Opened, Some(500), Some(u64::MAX), 10).await;
    note(room.id, comment, Opened, Some(100), Some(86_400_000), 11).await;
    note(room.id, comment, Shown, Some(60), Some(1), 12).await;
    let both =
        [kept(Shown, 6, Some(60), Some(9_000)), kept(Opened, 10, Some(100), Some(86_400_000))];
    assert_eq!(store.seen(room.id).await.unwrap(), both);
    assert_eq!(store.seen(other.id).await.unwrap(), []);
    assert_eq!(room.record().await, before, "the record itself is unchanged");
}
