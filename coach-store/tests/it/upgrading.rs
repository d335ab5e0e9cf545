//! A database that an earlier version made opens, its conversations continue, and its data is correct on
//! today's pages.
//!
//! `databases/0006.sql` and `databases/0008.sql` are dumps of what hosts of those versions wrote while they
//! were used over HTTP. The host of the second one was killed while a partner's answer was streaming.

use coach_core::{
    Coach, Coaching,
    conversation::{EndReason, Message, SeenHow, Status},
    ids::{ConversationId, InvitationId},
    invitation::{Consent, Invitation},
    live::{Event, StartAt, TurnState, Voice},
    model::Lane,
    people::{Principal, UserRole, audit::Subject},
    ports::{ConversationFilter, FinishReason, InvitationFilter, InvitationOrder, Stores},
    testing::{ScriptedModel, Step},
    timestamp::Timestamp,
    turn::ledger::{Payer, Settlement, Usage},
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, sqlite::SqliteConnectOptions};

use crate::folder::{Fresh, Place};

/// The version of the consent text that was built in then.
const THEN: &str = "c7daa01502616570";

async fn upgraded() -> Fresh {
    upgraded_from(include_str!("databases/0006.sql")).await
}

async fn upgraded_from(dump: &'static str) -> Fresh {
    let place = Place::file();
    let folder = place.folder();
    std::fs::create_dir_all(folder.path()).unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.database())
        .create_if_missing(true)
        // Tables come in the order of their names.
        .foreign_keys(false);
    let mut db = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut db).await.unwrap();
    drop(db);
    let store = Place::open(&place.url()).await;
    place.check().await;
    Fresh { store, place }
}

fn searching(text: &str) -> InvitationFilter {
    InvitationFilter { search: Some(text.to_owned()), ..InvitationFilter::all(Timestamp(0)) }
}

async fn found(store: &dyn Stores, text: &str) -> Vec<Invitation> {
    let order = InvitationOrder::Oldest(None);
    store.invitations(&searching(text), &order, 99).await.unwrap()
}

async fn labeled(store: &dyn Stores, label: &str) -> Invitation {
    let rows = found(store, &label.to_lowercase()).await;
    rows.into_iter().find(|row| row.label == label).unwrap()
}

#[tokio::test]
async fn an_unclaimed_invitation_gets_the_consent_text_that_is_true_for_it() {
    let store = upgraded().await;
    for (label, comments, asides) in [
        ("Ärzte, arm A", true, true),
        ("Comments only", true, false),
        ("Asides only", false, true),
        ("Control", false, false),
        ("Withdrawn", true, true),
    ] {
        let row = labeled(&*store, label).await;
        assert_eq!((row.coach, row.aside), (comments, asides));
        assert_eq!(row.consent, Consent::built_in(Coaching { comments, asides }), "{label}");
    }
}

#[tokio::test]
async fn consent_given_and_custom_texts_survive_a_migration() {
    let store = upgraded().await;
    for label in ["Control, claimed", "Erased", "Fresh"] {
        let row = labeled(&*store, label).await;
        assert_eq!((row.consent.version.as_str(), row.claimed.is_some()), (THEN, true), "{label}");
        assert_eq!(Consent::new(row.consent.text.clone()), row.consent);
    }
    let own = labeled(&*store, "Own text").await;
    assert_eq!(own.consent, Consent::new("A coach reads along."));
}

#[tokio::test]
async fn invitations_of_old_databases_are_found_and_are_batches_of_one() {
    let store = upgraded().await;
    let all = found(&*store, "").await;
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|row| row.batch == row.id && row.title.is_none()));
    let labels = |rows: Vec<Invitation>| rows.into_iter().map(|row| row.label).collect::<Vec<_>>();
    assert_eq!(labels(found(&*store, "ärzte").await), ["Ärzte, arm A"]);
    assert_eq!(labels(found(&*store, "control").await), ["Control", "Control, claimed"]);
}

#[tokio::test]
async fn erasures_and_displayed_comments_of_old_databases_are_shown() {
    let store = upgraded().await;
    let erased = labeled(&*store, "Erased").await;
    let talks =
        store.conversations(ConversationFilter::Invitation(erased.id), None, 9).await.unwrap();
    assert_eq!(talks.len(), 2);
    for talk in talks {
        let (reason, at) = talk.ended.unwrap();
        assert_eq!((reason, talk.erased_at), (EndReason::Erased, Some(at)));
    }
    let kept = labeled(&*store, "Control, claimed").await;
    let talks =
        store.conversations(ConversationFilter::Invitation(kept.id), None, 9).await.unwrap();
    let ended = talks.iter().find(|talk| talk.ended.is_some()).unwrap();
    assert_eq!(ended.erased_at, None);
    for record in store.seen(ended.id).await.unwrap() {
        assert_eq!((record.how, record.share, record.ms), (SeenHow::Shown, None, None));
    }
    let seen = store.seen(ended.id).await.unwrap();
    assert!(!seen.is_empty(), "a comment was on screen");
}

#[tokio::test]
async fn unchanged_presets_have_their_new_names() {
    let store = upgraded().await;
    let presets = store.presets().await.unwrap();
    let presets: Vec<_> = presets.iter().map(|one| (one.label.as_str(), one.tokens)).collect();
    let shipped = [("Three conversations", 120_000), ("Ten conversations", 370_000)];
    assert_eq!(presets, [&[("Allowance", 0), ("Pilot", 60_000)][..], &shipped].concat());
    let lines = store.audit(None, None, 99).await.unwrap();
    let subjects: Vec<Subject> = lines.iter().filter_map(|(_, line)| line.subject).collect();
    let names = store.names(&subjects).await.unwrap();
    assert!(names.iter().any(|(_, name)| name == "Ärzte, arm A"));
    assert!(names.iter().any(|(_, name)| name == "Pilot"));
}

const OF_0008: &str = include_str!("databases/0008.sql");

/// The participants of 0008 by the labels of their invitations, with the conversation begun first.
async fn participant(store: &dyn Stores, label: &str) -> (Principal, ConversationId, InvitationId) {
    let invitation = labeled(store, label).await;
    let (guest, _) = invitation.claimed.unwrap();
    let filter = ConversationFilter::Invitation(invitation.id);
    let conversations = store.conversations(filter, None, 9).await.unwrap();
    let first = conversations.last().unwrap().id;
    (Principal::new(guest, UserRole::Guest), first, invitation.id)
}

/// One line per message: its turn, its speaker, its status, and whether it is an aside.
async fn outline(store: &dyn Stores, id: ConversationId) -> Vec<String> {
    let messages = store.messages(id, None, 99).await.unwrap();
    let line = |message: &Message| {
        let aside = if message.aside { " aside" } else { "" };
        let (role, status) = (message.role.as_str(), message.status.as_str());
        format!("{} {role} {status}{aside}", message.turn)
    };
    messages.iter().map(line).collect()
}

fn coach_over(fresh: &Fresh) -> Coach {
    let reported = Usage { input: 40, output: 6, ..Usage::default() };
    let takes = ["Yes, go on.", "Fine."].map(|text| {
        let finish = Step::Finish(FinishReason::Stop, Some(reported));
        vec![Step::Accept, Step::Say(text.into()), finish]
    });
    Coach::builder_over(fresh.store.clone())
        .model(Lane::Partner, ScriptedModel::playing("test:partner", takes))
        .model(Lane::Coach, ScriptedModel::saying("test:coach", ["Name a number.", "Good."]))
        .build()
        .unwrap()
}

async fn exchange(coach: &Coach, who: &Principal, id: ConversationId, words: &str) {
    let mut follower = coach.conversation(who, id).follow(StartAt::Nothing).await.unwrap();
    coach.conversation(who, id).say(words).await.unwrap();
    let mut spoken = false;
    while !spoken || !matches!(coach.state_here(id), TurnState::Idle) {
        let entry = follower.next().await.unwrap();
        spoken |= matches!(&entry.event, Event::Done(done) if Voice::of(done) == Voice::Coach);
    }
}

#[tokio::test]
async fn a_finished_conversation_of_0008_reads_as_it_was_and_continues() {
    let fresh = upgraded_from(OF_0008).await;
    let (guest, id, invitation) = participant(&*fresh, "Arm B, participant 7").await;
    let was = [
        "0 partner complete",
        "1 user complete",
        "1 partner complete",
        "1 coach complete",
        "1 user complete aside",
        "1 coach complete aside",
        "2 user complete",
        "2 partner complete",
        "2 coach stopped",
        "2 coach complete",
    ];
    assert_eq!(outline(&*fresh, id).await, was);
    let messages = fresh.messages(id, None, 99).await.unwrap();
    assert_eq!(messages[1].content, "Hi Dana, do you have a minute? 🙂");
    assert_eq!(
        messages[6].content,
        "I would like to talk about my pay.\r\n  It has not changed in two years."
    );
    assert_eq!(messages[9].replaces, Some(messages[8].id));
    let balance = fresh.balance(Payer::Invitation(invitation)).await.unwrap().unwrap();
    assert_eq!((balance.quota, balance.used, balance.reserved), (205_000, 3_362, 0));
    let entries = fresh.entries(id).await.unwrap();
    assert_eq!(entries.len(), 6);
    let first = (entries[0].lane, entries[0].settlement);
    let usage = Usage { input: 384, output: 13, ..Usage::default() };
    assert_eq!(first, (Lane::Partner, Settlement::Reported(usage)));

    let coach = coach_over(&fresh);
    exchange(&coach, &guest, id, "So I would like ten percent more.").await;
    let now = ["3 user complete", "3 partner complete", "3 coach complete"];
    assert_eq!(outline(&*fresh, id).await, [&was[..], &now].concat());
    fresh.place.check().await;
}

#[tokio::test]
async fn a_turn_that_was_running_in_0008_is_interrupted_charged_and_retried() {
    let fresh = upgraded_from(OF_0008).await;
    let (guest, id, invitation) = participant(&*fresh, "Arm B, participant 8").await;
    let before = fresh.balance(Payer::Invitation(invitation)).await.unwrap().unwrap();
    assert_eq!((before.used, before.reserved), (756, 1_778));

    let coach = coach_over(&fresh);
    assert_eq!(coach.recover(true).await.unwrap(), 1);
    let messages = fresh.messages(id, None, 99).await.unwrap();
    let cut = messages.iter().find(|message| message.status == Status::Interrupted).unwrap();
    assert_eq!(cut.content, "To be honest, I didn't expect “raise” to come ");
    let after = fresh.balance(Payer::Invitation(invitation)).await.unwrap().unwrap();
    // 501 reserved tokens of prompt, and one per byte of text: it has 46 characters, two of 3 bytes.
    assert_eq!((after.used, after.reserved), (756 + 501 + 50, 0));
    let days = "SELECT sum(reserved) FROM day_parts";
    let reserved: Vec<(i64,)> = fresh.place.look().await.rows(days).await;
    assert_eq!(reserved, [(0,)]);

    exchange(&coach, &guest, id, "Are you still there?").await;
    assert_eq!(outline(&*fresh, id).await.last().unwrap(), "3 coach complete");
    fresh.place.check().await;
}
