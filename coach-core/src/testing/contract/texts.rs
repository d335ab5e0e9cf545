//! Contract tests of every store: text is kept exactly, to the last blank.

use super::fixture::{
    TestRoom, a_conversation, an_invitation, at, line, made, opened, person, turn,
};
use crate::{
    invitation::{Consent, Invitation},
    people::{
        Identity,
        audit::{AuditAction, Change},
    },
    ports::{
        Accept, Admission, Amend, Finish, LeaseStatus, NextStep, RecoveryScope, Refusal, SignIn,
        Stores,
    },
    turn::MAX_SCALARS,
};

/// Returns short texts that a careless store changes, each with its name.
fn short_texts() -> impl Iterator<Item = (&'static str, String)> {
    let texts = [
        ("leading blanks", "  \t May I?"),
        ("trailing blanks", "May I? \t \n"),
        ("blanks and newlines around", "\n\n  May I?\n\n"),
        ("CRLF", "First.\r\nSecond.\r\n"),
        ("a lone CR", "First.\rSecond."),
        ("line separators", "First.\u{2028}Second.\u{2029}Third.\u{85}Fourth."),
        ("a byte order mark", "\u{feff}May I?"),
        ("quotes", "'May' \"I\"? \\' \\\" ''; -- /* ` $1 ?1 :a %s {} \\u0041 \\0"),
        ("emoji", "\u{1f642}\u{1f44d}\u{1f3fd} \u{1f469}\u{200d}\u{1f680} \u{1f1e8}\u{1f1ed}"),
        ("astral characters", "\u{10348}\u{1d11e}\u{2f800}\u{10ffff}"),
        (
            "right to left",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}abc\u{202c} \u{645}\u{631}\u{62d}\u{628}\u{627}\u{61f}\u{200f}",
        ),
        ("combining marks", "e\u{301} \u{e9} o\u{308}\u{304} \u{1112}\u{1161}\u{11ab} \u{d55c}"),
        ("invisible characters", "a\u{200b}b\u{ad}c\u{2060}d\u{fe0f}"),
        ("control characters", "\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}[0m\u{7f}\u{9f}"),
        ("replacement and noncharacters", "\u{fffd}\u{fffe}\u{ffff}\u{e000}"),
        ("upper and lower case", "İI ıi ſs ßẞ Ǆǅǆ"),
        ("what looks like a number", "007"),
        ("what looks like nothing", "NULL"),
    ];
    texts.into_iter().map(|(name, text)| (name, text.to_owned()))
}

/// Returns the same texts and the longest message.
pub(super) fn texts() -> impl Iterator<Item = (&'static str, String)> {
    short_texts().chain([("the longest message", "\u{1f642}".repeat(MAX_SCALARS))])
}

/// An answer may be longer than any message: longer than what 16 bits count.
fn long_answer() -> String {
    let line = "Not this quarter, and not before we have talked about the numbers.\r\n";
    line.repeat(70_000 / line.len() + 1) + " \u{1f642} "
}

/// Messages are read back exactly as they were sent, byte for byte.
pub async fn messages_are_kept_exactly(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    for (n, (name, text)) in (1..).zip(texts()) {
        let id = format!("c-{n}");
        let accept = Accept { content: &text, client_id: Some(&id), ..room.message(n) };
        let open = opened(room.accept(accept.clone()).await);
        let said = store.messages_from(room.id, open.message, open.message, 1).await.unwrap();
        assert!(said[0].content == text, "{name}: {:?}", said[0].content);
        room.play(&open).await;
        let again = Accept { turn: turn(1_000 + u128::from(n)), ..accept };
        let known = Admission::Known { message: open.message, turn: open.turn };
        assert_eq!(room.accept(again).await, known, "{name}: the same text");
    }
}

/// Answers are read back exactly as they were finished, however long.
pub async fn answers_are_kept_exactly(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let long = [("a long answer", long_answer()), ("an empty answer", String::new())];
    for (n, (name, text)) in (1..).zip(texts().chain(long)) {
        let open = room.open(n).await;
        room.kept(room.answer(&open, &text, NextStep::Close)).await;
        let all = store.messages(room.id, None, 1).await.unwrap();
        assert!(all[0].content == text, "{name}: {:?}", all[0].content);
    }
}

/// The text so far of an answer whose owner is lost is read back exactly as the last heartbeat saved it.
pub async fn texts_so_far_are_kept_exactly(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    for (n, (name, text)) in (1..).zip(texts().chain([("long", long_answer())])) {
        let open = room.open(n).await;
        assert_eq!(room.beat(&open, &text).await, LeaseStatus::Owner { stop: false }, "{name}");
        let lost = store.recover(RecoveryScope::Everything, &[], at(n)).await.unwrap().turns;
        assert!(lost[0].messages[0].content == text, "{name}: {:?}", lost[0].messages[0]);
        let said = store.messages_from(room.id, open.reply, open.reply, 1).await.unwrap();
        assert!(said[0].content == text, "{name}: {:?}", said[0].content);
    }
}

/// Scripts with their openings are read back exactly.
pub async fn scripts_are_kept_exactly(store: &dyn Stores) {
    for (n, (name, text)) in (1..).zip(texts()) {
        let mut talk = a_conversation(n, None);
        talk.scenario = None;
        let script = &mut talk.script;
        for field in [
            &mut script.title,
            &mut script.card,
            &mut script.partner_name,
            &mut script.partner_prompt,
            &mut script.coach_prompt,
        ] {
            field.clone_from(&text);
        }
        script.opening = Some(text.clone());
        store.start(&talk).await.unwrap();
        let kept = store.present(talk.id).await.unwrap().unwrap().conversation;
        assert!(kept == talk, "{name}: {:?}", kept.script);
        let opening = store.messages(talk.id, None, 1).await.unwrap();
        assert!(opening[0].content == text, "{name}: {:?}", opening[0].content);
    }
}

/// What participants and researchers read of an invitation, and names of users, are read back exactly.
pub async fn invitations_and_names_are_kept_exactly(store: &dyn Stores) {
    for (n, (name, text)) in (1..).zip(short_texts()) {
        let invitation = Invitation {
            label: text.clone(),
            title: Some(text.clone()),
            contact: Some(text.clone()),
            consent: Consent { version: "c1".into(), text: text.clone() },
            ..an_invitation(n, 1)
        };
        let id = invitation.id;
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let kept = store.invitation(id).await.unwrap().unwrap();
        assert!(kept == invitation, "{name}: {kept:?}");
        let amend = Amend {
            label: Some("x".into()),
            title: Some(None),
            contact: Some(None),
            ..Amend::default()
        };
        let by = line(person(9), AuditAction::InvitationChanged(Change::default()), 1);
        store.amend(id, &amend, by).await.unwrap();
        let amend = Amend {
            label: Some(text.clone()),
            title: Some(Some(text.clone())),
            contact: Some(Some(text.clone())),
            ..Amend::default()
        };
        store.amend(id, &amend, by).await.unwrap();
        let kept = store.invitation(id).await.unwrap().unwrap();
        assert!(kept == invitation, "{name}, changed: {kept:?}");

        let identity = Identity {
            issuer: "https://id.example.org".into(),
            subject: text.clone(),
            name: Some(text.clone()),
            email: Some(text.clone()),
            email_verified: false,
        };
        let new = person(100 + u128::from(n));
        let sign_in = SignIn { identity: &identity, new, promote: false, address: None, at: at(1) };
        store.sign_in(sign_in).await.unwrap();
        let owner = store.owner_of(&identity.issuer, &text).await.unwrap();
        assert_eq!(owner, Some(new), "{name}");
        assert!(store.identities(new).await.unwrap() == [identity], "{name}");
        let user = store.user(new).await.unwrap().unwrap();
        assert!(user.name == Some(text), "{name}: {:?}", user.name);
    }
}

/// Texts that differ only in their encoding or in case are different texts.
pub async fn similar_texts_stay_different(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let [composed, decomposed] = ["caf\u{e9}", "cafe\u{301}"];
    let first = Accept { content: composed, client_id: Some("c-1"), ..room.message(1) };
    let open = opened(room.accept(first.clone()).await);
    room.play(&open).await;
    for (n, other) in (2..).zip([decomposed, "CAF\u{c9}", "caf\u{e9} ", " caf\u{e9}"]) {
        let again = Accept { content: other, turn: turn(n), ..first.clone() };
        let refused = room.refused(again).await;
        assert_eq!(refused, Refusal::IdempotencyConflict, "{other:?}");
    }
    let other = Accept { client_id: Some("C-1"), ..room.message(9) };
    let open = opened(room.accept(other).await);
    let finish = Finish { model: Some("Demo-1"), ..room.answer(&open, "No.", NextStep::Close) };
    room.kept(finish).await;
    assert_eq!(room.messages().await.last().unwrap().model.as_deref(), Some("Demo-1"));
}
