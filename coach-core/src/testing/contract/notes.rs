//! Contract tests of `NoteStore`.

use super::fixture::{
    TestRoom as Room, a_conversation, an_invitation, at, line, made, person, uuid,
};
use crate::{
    conversation::EndReason,
    ids::{MessageId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, SavedTag, Tag, TagList},
    people::audit::{AuditAction, AuditEntry, TagChange},
    ports::{
        AddingNote, Claim, EditNote, EditingNote, NoteFilter, NoteTarget, SavingTags, Stores,
        Unread,
    },
};

/// Returns note `number` on the room's invitation by researcher 9, written `number` seconds after the start.
fn note(room: &Room<'_>, number: u64) -> Note {
    Note {
        id: NoteId(uuid(0x0600_0000 + u128::from(number))),
        invitation: room.invitation,
        conversation: None,
        message: None,
        author: person(9),
        client_id: None,
        body: format!("Note {number}: she hesitates. 🤔"),
        tags: Vec::new(),
        started_at: at(number - 1),
        created_at: at(number),
        version: 1,
        edited_at: None,
        deleted_at: None,
        erased_at: None,
    }
}

fn tag(number: u128, name: &str, key: char) -> Tag {
    Tag { id: TagId(uuid(0x0700_0000 + number)), name: name.to_owned(), key }
}

fn tags_saved(seconds: u64) -> AuditEntry {
    let nothing = TagChange { added: 0, changed: 0, removed: 0 };
    line(person(9), AuditAction::TagsSaved(nothing), seconds)
}

fn edit<'a>(note: &Note, body: &'a str, seconds: u64) -> EditNote<'a> {
    let (id, by, version) = (note.id, note.author, note.version);
    EditNote { id, by, version, body: Some(body), tags: None, at: at(seconds) }
}

fn all(room: &Room<'_>) -> NoteFilter {
    NoteFilter { invitation: room.invitation, conversation: None, tag: None }
}

async fn added(store: &dyn Stores, note: &Note) -> Note {
    match store.add_note(note).await.unwrap() {
        AddingNote::Added(note) => *note,
        refused => panic!("not added: {refused:?}"),
    }
}

async fn edited(store: &dyn Stores, edit: EditNote<'_>) -> Note {
    match store.edit_note(edit).await.unwrap() {
        EditingNote::Edited(note) => note,
        refused => panic!("not edited: {refused:?}"),
    }
}

/// Returns the bodies in a list of notes.
async fn listed(store: &dyn Stores, filter: NoteFilter) -> Vec<String> {
    let notes = store.notes(&filter, person(9), None, 100).await.unwrap();
    notes.into_iter().map(|(note, _)| note.body).collect()
}

/// Everything about a note comes back, alone and in its list.
pub async fn a_note_comes_back_as_it_was_written(store: &dyn Stores) {
    let room = Room::new(store).await;
    room.take_turn(1).await;
    let message = room.messages().await[0].id;
    let hesitates = tag(1, "😬 hesitates", 'h');
    store.save_tags(1, std::slice::from_ref(&hesitates), tags_saved(1)).await.unwrap();
    let new = Note {
        conversation: Some(room.id),
        message: Some(message),
        client_id: Some("a1".into()),
        tags: vec![hesitates.id],
        ..note(&room, 2)
    };
    assert_eq!(added(store, &new).await, new);
    assert_eq!(store.note_by_id(new.id).await.unwrap(), Some(new.clone()));
    assert_eq!(store.notes(&all(&room), person(9), None, 9).await.unwrap(), [(new.clone(), false)]);
    assert_eq!(store.note_versions(new.id).await.unwrap(), []);
    assert_eq!(store.note_by_id(NoteId(uuid(1))).await.unwrap(), None);
}

/// The same note again, or another one under the same client id, adds nothing; other content is refused.
pub async fn writing_a_note_twice_is_writing_it_once(store: &dyn Stores) {
    let room = Room::new(store).await;
    let first = Note { client_id: Some("a1".into()), ..note(&room, 1) };
    let same = Note { body: first.body.clone(), client_id: Some("a1".into()), ..note(&room, 2) };
    let (one, two) = tokio::join!(store.add_note(&first), store.add_note(&same));
    let AddingNote::Added(kept) = one.unwrap() else { panic!("not added") };
    assert_eq!(two.unwrap(), AddingNote::Added(kept.clone()), "at once");
    assert_eq!(added(store, &first).await, *kept);
    assert_eq!(listed(store, all(&room)).await.len(), 1);
    let other = Note { client_id: Some("a1".into()), ..note(&room, 3) };
    assert_eq!(store.add_note(&other).await.unwrap(), AddingNote::Taken);
    let later = edited(store, edit(&kept, "Better words.", 4)).await;
    assert_eq!(added(store, &first).await, later, "it was changed since");
    let of_another = Note { author: person(8), ..other };
    assert_eq!(added(store, &of_another).await, of_another);
}

/// A note's conversation is under its invitation, its message in its conversation, its tags in the list.
pub async fn a_note_is_about_what_exists(store: &dyn Stores) {
    let room = Room::new(store).await;
    room.take_turn(1).await;
    let message = room.messages().await[0].id;
    let elsewhere = a_conversation(7, None);
    store.start(&elsewhere).await.unwrap();
    let here = Note { conversation: Some(room.id), message: Some(message), ..note(&room, 1) };
    for (wrong, expected) in [
        (
            Note { conversation: Some(elsewhere.id), message: None, ..here.clone() },
            AddingNote::Elsewhere(NoteTarget::Conversation),
        ),
        (
            Note { message: Some(MessageId(message.0 + 1000)), ..here.clone() },
            AddingNote::Elsewhere(NoteTarget::Message),
        ),
        (Note { tags: vec![tag(1, "x", 'x').id], ..here.clone() }, AddingNote::UnknownTag),
    ] {
        assert_eq!(store.add_note(&wrong).await.unwrap(), expected);
    }
    assert_eq!(listed(store, all(&room)).await, [""; 0]);
    added(store, &here).await;
}

/// Each change keeps the version before it; one that is based on an old version returns the current one.
pub async fn the_history_of_a_note_is_kept(store: &dyn Stores) {
    let room = Room::new(store).await;
    let first = added(store, &note(&room, 1)).await;
    let second = edited(store, edit(&first, "She hesitates twice.", 2)).await;
    assert_eq!((second.version, second.edited_at), (2, Some(at(2))));
    assert_eq!(
        store.edit_note(edit(&first, "She laughs.", 3)).await.unwrap(),
        EditingNote::Stale(second.clone())
    );
    let same = edited(store, edit(&second, &second.body.clone(), 4)).await;
    assert_eq!(same, second, "the same text is no new version");
    let third = edited(store, edit(&second, "She hesitates three times.", 5)).await;
    let version = |version, body: &str, seconds| NoteVersion {
        version,
        body: body.into(),
        tags: Vec::new(),
        at: at(seconds),
    };
    let history = [version(1, &first.body, 1), version(2, "She hesitates twice.", 2)];
    assert_eq!(store.note_versions(first.id).await.unwrap(), history);
    assert_eq!(store.note_by_id(first.id).await.unwrap(), Some(third.clone()));

    assert_eq!(
        store.edit_note(EditNote { by: person(8), ..edit(&third, "x", 6) }).await.unwrap(),
        EditingNote::NotTheAuthor
    );
    assert_eq!(store.edit_note(edit(&third, " ", 6)).await.unwrap(), EditingNote::Empty);
    assert_eq!(
        store.delete_note(first.id, person(8), at(6)).await.unwrap(),
        EditingNote::NotTheAuthor
    );
    let deleted = Note { deleted_at: Some(at(6)), ..third };
    for seconds in [6, 7] {
        let answer = store.delete_note(first.id, person(9), at(seconds)).await.unwrap();
        assert_eq!(answer, EditingNote::Edited(deleted.clone()), "the first time counts");
    }
    assert_eq!(listed(store, all(&room)).await, [""; 0]);
    assert_eq!(store.note_versions(first.id).await.unwrap(), history);
    assert_eq!(store.note_by_id(first.id).await.unwrap(), Some(deleted.clone()));
    assert_eq!(store.edit_note(edit(&deleted, "x", 8)).await.unwrap(), EditingNote::Unknown);
}

/// Of two changes of the same version at once, one is saved and the other one returns it.
pub async fn of_two_changes_of_a_note_one_wins(store: &dyn Stores) {
    let room = Room::new(store).await;
    let first = added(store, &note(&room, 1)).await;
    let (one, two) = tokio::join!(
        store.edit_note(edit(&first, "left", 2)),
        store.edit_note(edit(&first, "right", 2)),
    );
    let (mut saved, mut stale) = (Vec::new(), Vec::new());
    for answer in [one.unwrap(), two.unwrap()] {
        match answer {
            EditingNote::Edited(note) => saved.push(note),
            EditingNote::Stale(note) => stale.push(note),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(saved.len(), 1);
    assert_eq!(saved, stale);
    assert_eq!(store.note_versions(first.id).await.unwrap().len(), 1);
}

/// A list of notes is newest first, continues after a page, and shows what its filter says.
pub async fn notes_are_listed_newest_first(store: &dyn Stores) {
    let room = Room::new(store).await;
    let other = an_invitation(2, 1000);
    store.invite(std::slice::from_ref(&other), made()).await.unwrap();
    let (calm, loud) = (tag(1, "calm", 'c'), tag(2, "loud", 'l'));
    store.save_tags(1, &[calm.clone(), loud.clone()], tags_saved(1)).await.unwrap();
    let of = |number: u64, body: &str| Note { body: body.into(), ..note(&room, number) };
    let in_room = |note: Note| Note { conversation: Some(room.id), ..note };
    for new in [
        of(1, "a"),
        in_room(of(2, "b")),
        Note { tags: vec![calm.id], ..in_room(of(3, "c")) },
        Note { tags: vec![loud.id, calm.id], ..of(4, "d") },
        Note { invitation: other.id, ..of(5, "e") },
    ] {
        added(store, &new).await;
    }
    assert_eq!(listed(store, all(&room)).await, ["d", "c", "b", "a"]);
    let here = NoteFilter { conversation: Some(room.id), ..all(&room) };
    assert_eq!(listed(store, here).await, ["c", "b"]);
    let tagged = |tag: &Tag| NoteFilter { tag: Some(tag.id), ..all(&room) };
    assert_eq!(listed(store, tagged(&calm)).await, ["d", "c"]);
    assert_eq!(listed(store, tagged(&loud)).await, ["d"]);
    assert_eq!(listed(store, NoteFilter { tag: Some(calm.id), ..here }).await, ["c"]);
    let page = store.notes(&all(&room), person(9), None, 2).await.unwrap();
    let last = page[1].0.id;
    let next = store.notes(&all(&room), person(9), Some(last), 9).await.unwrap();
    let next: Vec<_> = next.iter().map(|(note, _)| note.body.as_str()).collect();
    assert_eq!(next, ["b", "a"]);
}

/// A colleague's note is unread until it is read; each researcher has their own marks.
pub async fn notes_are_unread_until_they_are_read(store: &dyn Stores) {
    let room = Room::new(store).await;
    let first = added(store, &note(&room, 1)).await;
    let second = added(store, &note(&room, 2)).await;
    let own = Note { author: person(8), ..note(&room, 3) };
    added(store, &own).await;
    let unread = |reader: UserId| Unread { reader, created_by: None, since: at(0) };
    let ids = async |unread: Unread| -> Vec<NoteId> {
        let notes = store.unread_notes(&unread, None, 9).await.unwrap();
        let count = store.count_unread_notes(&unread).await.unwrap();
        assert_eq!(notes.len() as u64, count);
        notes.into_iter().map(|note| note.id).collect()
    };
    assert_eq!(ids(unread(person(8))).await, [second.id, first.id]);
    assert_eq!(ids(unread(person(9))).await, [own.id], "not one's own");
    assert_eq!(ids(Unread { since: at(2), ..unread(person(8)) }).await, [second.id]);
    let by = |created_by| Unread { created_by: Some(created_by), ..unread(person(8)) };
    assert_eq!(ids(by(person(9))).await.len(), 2, "who created the invitation");
    assert_eq!(ids(by(person(7))).await, []);
    let older = store.unread_notes(&unread(person(8)), Some(second.id), 9).await.unwrap();
    assert_eq!(older, std::slice::from_ref(&first));
    for _ in 0..2 {
        let read = [first.id, NoteId(uuid(1))];
        store.mark_notes_read(person(8), &read).await.unwrap();
    }
    assert_eq!(ids(unread(person(8))).await, [second.id]);
    assert_eq!(ids(unread(person(7))).await, [own.id, second.id, first.id]);
    let marks = store.notes(&all(&room), person(8), None, 9).await.unwrap();
    let marks: Vec<_> = marks.into_iter().map(|(note, read)| (note.id, read)).collect();
    assert_eq!(marks, [(own.id, false), (second.id, false), (first.id, true)]);
    store.delete_note(second.id, person(9), at(5)).await.unwrap();
    assert_eq!(ids(unread(person(8))).await, []);
}

/// The list of tags has versions; a removed tag stays on notes, and is put on none any more.
pub async fn tags_are_saved_by_version(store: &dyn Stores) {
    let room = Room::new(store).await;
    let empty = TagList { version: 1, tags: Vec::new() };
    assert_eq!(store.tag_list().await.unwrap(), empty);
    let (calm, loud) = (tag(1, "calm", 'c'), tag(2, "👍🏽", '1'));
    let both = TagList { version: 2, tags: vec![loud.clone(), calm.clone()] };
    let saved = store.save_tags(1, &both.tags, tags_saved(1)).await.unwrap();
    assert_eq!(saved, SavingTags::Saved(both.clone()));
    assert_eq!(store.tag_list().await.unwrap(), both, "in the team's order");
    let stale = store.save_tags(1, &[], tags_saved(2)).await.unwrap();
    assert_eq!(stale, SavingTags::Stale(both.clone()));
    let same = store.save_tags(2, &both.tags, tags_saved(2)).await.unwrap();
    assert_eq!(same, SavingTags::Saved(both.clone()), "nothing changes");
    let noted = Note { tags: vec![loud.id], ..note(&room, 1) };
    added(store, &noted).await;
    let calmer = Tag { name: "calmer".into(), ..calm.clone() };
    let one = TagList { version: 3, tags: vec![calmer.clone()] };
    let saved = store.save_tags(2, &one.tags, tags_saved(3)).await.unwrap();
    assert_eq!(saved, SavingTags::Saved(one.clone()));
    assert_eq!(store.tag_list().await.unwrap(), one);
    let mut known = store.tags(&[calm.id, loud.id, tag(9, "", 'x').id]).await.unwrap();
    known.sort_by_key(|tag| tag.id);
    let saved = |tag: &Tag| SavedTag { id: tag.id, name: tag.name.clone() };
    assert_eq!(known, [saved(&calmer), saved(&loud)]);

    let kept = EditNote { tags: Some(&[loud.id, calm.id]), ..edit(&noted, "Both.", 4) };
    assert_eq!(edited(store, kept).await.tags, [loud.id, calm.id], "it was there before");
    let plain = added(store, &note(&room, 2)).await;
    let gone = EditNote { tags: Some(&[loud.id]), ..edit(&plain, "Gone.", 5) };
    assert_eq!(store.edit_note(gone).await.unwrap(), EditingNote::UnknownTag);
    let lines = store.audit(None, None, 10).await.unwrap();
    let changes = lines.iter().filter_map(|(_, line)| match line.action {
        AuditAction::TagsSaved(change) => Some((change.added, change.changed, change.removed)),
        _ => None,
    });
    assert_eq!(changes.collect::<Vec<_>>(), [(0, 1, 1), (2, 0, 0)]);
}

/// Erasing a participant removes the text and the tags of the notes on them, of all versions, and keeps the rest.
pub async fn erasing_a_participant_empties_the_notes_on_them(store: &dyn Stores) {
    let room = Room::new(store).await;
    let claim = Claim {
        invitation: room.invitation,
        user: person(1),
        new_guest: true,
        consent_version: "c1",
        audit: line(person(1), AuditAction::Claimed, 1),
    };
    store.claim(claim).await.unwrap();
    let other = an_invitation(2, 1000);
    store.invite(std::slice::from_ref(&other), made()).await.unwrap();
    let calm = tag(1, "calm", 'c');
    store.save_tags(1, std::slice::from_ref(&calm), tags_saved(1)).await.unwrap();
    let first = Note { tags: vec![calm.id], conversation: Some(room.id), ..note(&room, 2) };
    added(store, &first).await;
    let second = edited(store, edit(&first, "Something else.", 3)).await;
    let elsewhere = Note { invitation: other.id, ..note(&room, 4) };
    added(store, &elsewhere).await;

    store.erase(person(1), line(person(1), AuditAction::Erased, 5)).await.unwrap();
    let erased =
        Note { body: String::new(), tags: Vec::new(), erased_at: Some(at(5)), ..second.clone() };
    assert_eq!(store.note_by_id(first.id).await.unwrap(), Some(erased.clone()));
    let before = NoteVersion { version: 1, body: String::new(), tags: Vec::new(), at: at(2) };
    assert_eq!(store.note_versions(first.id).await.unwrap(), [before]);
    assert_eq!(store.note_by_id(elsewhere.id).await.unwrap(), Some(elsewhere.clone()));
    assert_eq!(store.edit_note(edit(&second, "Back.", 6)).await.unwrap(), EditingNote::Erased);
    let late = Note { conversation: Some(room.id), ..note(&room, 7) };
    assert_eq!(store.add_note(&late).await.unwrap(), AddingNote::Erased);
    let unread = Unread { reader: person(8), created_by: None, since: at(0) };
    assert_eq!(store.unread_notes(&unread, None, 9).await.unwrap(), [elsewhere]);
}

/// A note may be written on a conversation that has ended.
pub async fn a_note_is_written_after_the_end(store: &dyn Stores) {
    let room = Room::new(store).await;
    room.end(EndReason::Participant).await;
    added(store, &Note { conversation: Some(room.id), ..note(&room, 2) }).await;
}
