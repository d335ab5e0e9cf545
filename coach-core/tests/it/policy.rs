//! The policy: asked about everything, and replaceable.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use coach_core::{
    BulkChange, Coach, CoachError, ListInvitations, NewInvitation, PaidBy, Start,
    conversation::{EndReason, Seen, SeenHow},
    desk::LiveNow,
    ids::{ConversationId, InvitationId, MessageId, NoteId, PresetId, UserId},
    invitation::{QuotaPreset, link::LinkKeys},
    live::StartAt,
    memory::MemoryStore,
    note::{NewNote, NoteEdit},
    people::{
        Identity, Policy, PolicyTable, Principal, UserRole,
        policy::{Act, Target, Verdict},
    },
    ports::{Amend, NoteFilter, UserFilter},
    testing::{ScriptedModel, answer, contract::fixture::person},
};
use uuid::Uuid;

/// Refuses everything, and remembers what it was asked.
#[derive(Clone, Debug, Default)]
struct Never(Arc<Mutex<BTreeSet<String>>>);

impl Policy for Never {
    fn verdict(&self, act: Act, _: Option<&Principal>, _: &Target) -> Verdict {
        self.0.lock().unwrap().insert(format!("{act:?}"));
        Verdict::Forbid
    }
}

/// Handles' methods that ask nobody: a host calls them before there is a caller.
const BEFORE_A_CALLER: [&str; 3] = ["Logins::user", "Logins::users", "Logins::refused"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Returns the public methods of the handles, from the source.
fn methods() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let handles = fs::read_to_string(source.join("handles.rs")).unwrap();
    let handles: BTreeSet<&str> = handles
        .lines()
        .filter_map(|line| line.strip_prefix("pub struct ")?.split([' ', '(', ';']).next())
        .collect();
    let mut found = BTreeSet::new();
    for file in files(&source) {
        let mut handle = None;
        for line in fs::read_to_string(file).unwrap().lines() {
            if let Some(named) = line.strip_prefix("impl ").and_then(|it| it.strip_suffix(" {")) {
                handle = handles.get(named).copied();
            }
            let method = line.strip_prefix("    pub async fn ");
            if let (Some(handle), Some(method)) = (handle, method) {
                found.insert(format!("{handle}::{}", method.split(['(', '<']).next().unwrap()));
            }
        }
    }
    found
}

fn identity() -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: "someone".into(),
        name: None,
        email: None,
        email_verified: false,
    }
}

fn a_coach(store: MemoryStore, policy: impl Policy + 'static) -> Coach {
    Coach::builder(store)
        .models(ScriptedModel::playing("test:both", [answer("No."), answer("Ask why.")]))
        .policy(policy)
        .link_keys(LinkKeys::new([7; 32], None))
        .build()
        .unwrap()
}

/// A new act that nothing asks, and a new method that asks nothing, both fail here.
#[tokio::test(start_paused = true)]
async fn every_method_asks_the_policy_and_every_act_is_asked() {
    let store = MemoryStore::new();
    let admin = Principal::new(person(1), UserRole::Admin);
    let open = a_coach(store.clone(), PolicyTable);
    let talk = open.start(&admin, Start::scenario("raise")).await.unwrap().id;
    let new = || NewInvitation::new("group", 1_000_000);
    let invitation = open.invitations(&admin).create(new()).await.unwrap().remove(0);
    let token = open.link_token(&invitation).unwrap();
    let preset = open.presets(&admin).create("Tiny", 100_000).await.unwrap();

    let policy = Never::default();
    let coach = a_coach(store, policy.clone());
    let mut tried = BTreeSet::new();
    macro_rules! tries {
        ($handle:expr, $type:literal, $($method:ident($($given:expr),*);)+) => {$(
            let name = format!("{}::{}", $type, stringify!($method));
            let refused = $handle.$method($($given),*).await.map(drop).expect_err(&name);
            assert!(matches!(refused, CoachError::Forbidden), "{name}: {refused}");
            tried.insert(name);
        )+};
    }
    let (id, none) = (invitation.id, None::<ConversationId>);
    tries! { coach.conversation(&admin, talk), "ConversationHandle",
        get(); messages(None, 1); may_read(); may_converse();
        seen(MessageId(1), Seen::new(SeenHow::Shown, None, None));
        participate(StartAt::Nothing); follow(StartAt::Nothing); observe(StartAt::Nothing); observers();
        may_observe(); stop(); end(); end_because(EndReason::GoalReached);
        say("Hello"); aside("Why?"); retry(); exchange("Hello");
        call(crate::standalone_calls::simulated());
    }
    tries! { coach.me(&admin), "Me",
        conversations(None, none, 1); invitations(); data(); erase(); log_out(); identities();
        link(&identity()); move_to("https://id.example.org", "someone");
    }
    tries! { coach.invitations(&admin), "Invitations",
        create(new()); preview(&new()); get(id); revoke(id); amend(id, Amend::default());
        fresh_link(id); erase_participant(id); conversations(id, none, 1);
        list(&ListInvitations::default(), 1); links(&ListInvitations::default());
        desk(&LiveNow::default()); change_all(&[id], &BulkChange::Revoke); links_of(&[id]);
    }
    let note = NoteId(Uuid::nil());
    let edit = NoteEdit { version: 1, body: None, tags: None };
    let notes = NoteFilter { invitation: id, conversation: None, tag: None };
    tries! { coach.notes(&admin), "Notes",
        add(NewNote::on(id, "Hm.")); change(note, edit); delete(note); history(note);
        list(&notes, None, 1); unread(None, 1); mark_read(&[note]); mark_read_up_to(note);
        may_take(id); may_change(note); tags(); save_tags(1, Vec::new());
    }
    let other = QuotaPreset { tokens: 200_000, ..preset.clone() };
    tries! { coach.presets(&admin), "Presets",
        list(); create("Small", 1_000_000); change(other.clone()); may_change(PresetId(Uuid::nil()));
        remove(preset.id);
    }
    tries! { coach.scenarios(&admin), "Scenarios", list(); get("raise"); }
    tries! { coach.users(&admin), "Users",
        list(UserFilter::default()); identities(admin.user); give_role(person(2), UserRole::User);
        disable(person(2), true); end_logins(person(2)); audit(None, None, 1); names(&[]);
    }
    tries! { coach.visitor(None, None), "Visitor",
        landing(&token); claim(&token, &invitation.consent.version, None);
    }
    tries! { coach.logins(), "Logins",
        sign_in(&identity(), None); sign_in_local_admin("once", coach.now(), None);
    }
    assert!(matches!(
        coach.start(&admin, Start::scenario("raise")).await,
        Err(CoachError::Forbidden)
    ));
    tried.extend(BEFORE_A_CALLER.map(str::to_owned));
    assert_eq!(tried, methods(), "a method of a handle is missing here, or is gone");

    // Acts behind the first one of a method: what a reader of scenarios may see of them, and what a visitor who may
    // open a link may do with it.
    for role in UserRole::ALL {
        let seen = Asked { asked: policy.0.clone() };
        let coach = a_coach(MemoryStore::new(), seen);
        let by = Principal::new(person(3), role);
        coach.scenarios(&by).list().await.unwrap();
    }
    let coach = a_coach(MemoryStore::new(), Asked { asked: policy.0.clone() });
    let made = coach.invitations(&admin).create(new()).await.unwrap().remove(0);
    let token = coach.link_token(&made).unwrap();
    coach.visitor(None, None).claim(&token, &made.consent.version, None).await.unwrap();
    let all: BTreeSet<_> = Act::ALL.iter().map(|act| format!("{act:?}")).collect();
    assert_eq!(*policy.0.lock().unwrap(), all);
}

/// The table, remembering what it was asked.
#[derive(Debug)]
struct Asked {
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Policy for Asked {
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict {
        self.asked.lock().unwrap().insert(format!("{act:?}"));
        PolicyTable.verdict(act, by, target)
    }
}

/// A school: teachers are ordinary users who watch and read the pupils of their own class.
#[derive(Debug)]
struct School {
    teacher: UserId,
    class: Vec<UserId>,
}

impl Policy for School {
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict {
        let teaches = by.is_some_and(|by| by.user == self.teacher)
            && target.participant.is_some_and(|pupil| self.class.contains(&pupil));
        match act {
            Act::Observe | Act::ReadConversation if teaches => Verdict::Allow,
            _ => PolicyTable.verdict(act, by, target),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_plain_user_starts_without_an_invitation_and_is_watched_by_whom_the_policy_allows() {
    let user = |n| Principal::new(person(n), UserRole::User);
    let (teacher, pupil, stranger) = (user(1), user(2), user(3));
    let school = School { teacher: teacher.user, class: vec![pupil.user] };
    let coach = Coach::builder(MemoryStore::new())
        .models(ScriptedModel::playing("test:both", [answer("No."), answer("Ask why.")]))
        .policy(school)
        .payer(|_| PaidBy::Nobody)
        .build()
        .unwrap();
    let talk = coach.start(&pupil, Start::scenario("raise")).await.unwrap().id;
    let others = coach.start(&stranger, Start::scenario("raise")).await.unwrap().id;
    coach.conversation(&pupil, talk).exchange("May I have a raise?").await.unwrap();

    coach.conversation(&teacher, talk).observe(StartAt::Nothing).await.unwrap();
    assert!(
        coach.conversation(&teacher, talk).messages(None, 10).await.unwrap().messages.len() > 2
    );
    let speaks = coach.conversation(&teacher, talk).say("Hello").await;
    assert!(matches!(speaks, Err(CoachError::NotFound)), "{speaks:?}");
    for refused in [
        coach.conversation(&teacher, others).may_observe().await,
        coach.conversation(&stranger, talk).may_observe().await,
    ] {
        assert!(matches!(refused, Err(CoachError::Forbidden)), "{refused:?}");
    }
    let read = coach.conversation(&stranger, talk).messages(None, 10).await;
    assert!(matches!(read, Err(CoachError::NotFound)), "{read:?}");
    // Both looks of the teacher are on record, like those of a researcher.
    let admin = Principal::new(person(9), UserRole::Admin);
    let log = coach.users(&admin).audit(Some(teacher.user), None, 10).await.unwrap();
    assert!(log.len() >= 2, "{log:?}");
}

/// By default the table decides: a signed-in user without tokens cannot start.
#[tokio::test(start_paused = true)]
async fn without_a_choice_a_user_pays_with_an_allowance_and_a_start_may_say_otherwise() {
    let coach = a_coach(MemoryStore::new(), PolicyTable);
    let user = Principal::new(person(1), UserRole::User);
    let start = || Start::scenario("raise");
    let refused = coach.start(&user, start()).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "quota_exhausted");
    coach.start(&user, start().paid_by(PaidBy::Nobody)).await.unwrap();
    let staff = Principal::new(person(2), UserRole::Staff);
    coach.start(&staff, start()).await.unwrap();
    let refused = coach.start(&staff, start().paid_by(PaidBy::Allowance)).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "quota_exhausted");
    let unknown = PaidBy::Invitation(InvitationId(Uuid::nil()));
    let refused = coach.start(&staff, start().paid_by(unknown)).await.unwrap_err();
    assert!(matches!(refused, CoachError::NotFound), "{refused}");
}

/// Allows everything about some invitations, and hides everything else that is not the caller's own.
#[derive(Debug)]
struct OnlyThese(Vec<InvitationId>);

impl Policy for OnlyThese {
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict {
        match target.invitation {
            Some(id) if !self.0.contains(&id) => Verdict::Hide,
            _ => PolicyTable.verdict(act, by, target),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lists_leave_out_what_the_policy_hides() {
    let store = MemoryStore::new();
    let [staff, colleague] = [1, 2].map(|n| Principal::new(person(n), UserRole::Staff));
    let open = a_coach(store.clone(), PolicyTable);
    let (mut invitations, mut talks) = (Vec::new(), Vec::new());
    for label in ["mine", "theirs"] {
        let new = NewInvitation::new(label, 1_000_000);
        let made = open.invitations(&staff).create(new).await.unwrap().remove(0);
        let token = open.link_token(&made).unwrap();
        let visitor = open.visitor(None, None);
        let guest = visitor.claim(&token, &made.consent.version, None).await.unwrap().user;
        let guest = Principal::new(guest, UserRole::Guest);
        let talk = open.start(&guest, Start::scenario("raise")).await.unwrap().id;
        open.conversation(&guest, talk).end().await.unwrap();
        let note = NewNote::on(made.id, label);
        open.notes(&colleague).add(note).await.unwrap();
        invitations.push(made.id);
        talks.push((guest, talk));
    }
    let coach = a_coach(store, OnlyThese(vec![invitations[0]]));
    let handle = coach.invitations(&staff);

    let listed = handle.list(&ListInvitations::default(), 10).await.unwrap().items;
    assert_eq!(listed.iter().map(|(row, _)| row.id).collect::<Vec<_>>(), invitations[..1]);
    let links = handle.links(&ListInvitations::default()).await.unwrap();
    assert_eq!(links.iter().map(|link| link.invitation.id).collect::<Vec<_>>(), invitations[..1]);
    let unread = coach.notes(&staff).unread(None, 10).await.unwrap().notes;
    assert_eq!(unread.iter().map(|note| &*note.note.body).collect::<Vec<_>>(), ["mine"]);
    let desk = handle.desk(&LiveNow::default()).await.unwrap();
    assert_eq!(desk.ended.iter().map(|row| row.conversation.id).collect::<Vec<_>>(), [talks[0].1]);
    for ((guest, talk), found) in talks.iter().zip([1, 0]) {
        let read = coach.conversations_of(&staff, guest.user, None, 10).await.unwrap();
        assert_eq!(read.len(), found);
        assert!(read.iter().all(|one| one.id == *talk));
    }
}

/// Allows everything.
#[derive(Debug)]
struct Always;

impl Policy for Always {
    fn verdict(&self, _: Act, _: Option<&Principal>, _: &Target) -> Verdict {
        Verdict::Allow
    }
}

#[tokio::test(start_paused = true)]
async fn no_policy_lets_anyone_speak_for_a_participant() {
    let coach = a_coach(MemoryStore::new(), Always);
    let [owner, other] = [1, 2].map(|n| Principal::new(person(n), UserRole::Staff));
    let talk = coach.start(&owner, Start::scenario("raise")).await.unwrap().id;
    let refused = coach.conversation(&other, talk).say("Hello").await;
    assert!(matches!(refused, Err(CoachError::Forbidden)), "{refused:?}");
    coach.conversation(&owner, talk).say("Hello").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_reader_without_the_right_to_prompts_gets_none() {
    let coach = a_coach(MemoryStore::new(), PolicyTable);
    for (role, in_full) in [(UserRole::User, false), (UserRole::Staff, true)] {
        let handle = coach.scenarios(&Principal::new(person(1), role));
        let mut views = handle.list().await.unwrap();
        views.push(handle.get("raise").await.unwrap().unwrap());
        for view in views {
            assert_eq!(view.scenario.source.is_empty(), !in_full);
            let prompts = format!("{:?}{:?}", view.scenario.partner, view.scenario.coach);
            assert_eq!(prompts.contains("You are"), in_full, "{role:?}: {prompts}");
        }
    }
}
