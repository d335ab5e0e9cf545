//! A database that an earlier version made opens, and what it says is true for today's pages.
//!
//! `databases/0006.sql` is what a host of that version wrote, asked over HTTP.

use coach_core::{
    Coaching,
    conversation::{EndReason, SeenHow},
    invitation::{Consent, Invitation, TurnMinimums},
    people::audit::Subject,
    ports::{ConversationFilter, InvitationFilter, InvitationOrder, Stores},
    timestamp::Timestamp,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, sqlite::SqliteConnectOptions};

use crate::folder::{Folder, Fresh};

/// The version of the consent text that was built in then.
const THEN: &str = "c7daa01502616570";

async fn upgraded() -> Fresh {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.database())
        .create_if_missing(true)
        // Tables come in the order of their names.
        .foreign_keys(false);
    let mut db = options.connect().await.unwrap();
    let dump = include_str!("databases/0006.sql");
    sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut db).await.unwrap();
    drop(db);
    let store = Folder::open(&folder.url()).await;
    folder.check().await;
    Fresh { store, folder }
}

fn searching(text: &str) -> InvitationFilter {
    InvitationFilter {
        by: None,
        batch: None,
        search: Some(text.to_owned()),
        status: None,
        live: Vec::new(),
        not_live: false,
        minimums: TurnMinimums::default(),
        at: Timestamp(0),
    }
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
async fn what_was_agreed_to_and_what_was_written_here_stay() {
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
async fn invitations_from_before_are_found_and_stand_alone() {
    let store = upgraded().await;
    let all = found(&*store, "").await;
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|row| row.batch == row.id && row.title.is_none()));
    let labels = |rows: Vec<Invitation>| rows.into_iter().map(|row| row.label).collect::<Vec<_>>();
    assert_eq!(labels(found(&*store, "ärzte").await), ["Ärzte, arm A"]);
    assert_eq!(labels(found(&*store, "control").await), ["Control", "Control, claimed"]);
}

#[tokio::test]
async fn erased_and_seen_are_told_as_far_as_they_were_known() {
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
async fn presets_that_nobody_touched_have_their_new_names() {
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
