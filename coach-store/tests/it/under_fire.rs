//! The ledger while an engine talks, is stopped, fails and is killed: another connection must find counters
//! and sums equal at every instant, and nothing overspent.
//!
//! Takes some seconds in the normal run; `COACH_TEST_SECONDS` makes it longer.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use coach_core::{
    Coach, CoachError, Settings,
    ids::{ConversationId, InvitationId},
    invitation::QuotaPreset,
    live::StartAt,
    model::Lane,
    people::{
        Principal, UserRole,
        audit::{AuditAction, Change},
    },
    ports::{RecoveryScope, Refusal, Stores},
    testing::{
        ScriptedModel, Step,
        contract::fixture::{a_conversation, an_invitation, line, made, person},
    },
    turn::ledger::Usage,
};
use futures::future::join_all;

use crate::folder::{Look, Place, on_both};

const CHILD: &str = "COACH_STORE_TEST_TALKER";
/// What a talker prints when a message was accepted, and when it has no tokens left.
const ACCEPTED: &str = "accepted";
const REFUSED: &str = "quota exhausted";
const TALKS: u8 = 64;
const SMALL: u64 = 20_000;

/// Counters and sums of every balance, of invitations and allowances, in one snapshot.
const BOTH_SIDES: &str = "
    SELECT
        b.quota, b.used, b.reserved,
        (
            SELECT CAST(coalesce(sum(input_tokens + output_tokens), 0) AS BIGINT) FROM usage_entries AS e
            WHERE e.invitation_id = b.invitation_id
        ),
        (
            SELECT CAST(coalesce(sum(reserved_input + reserved_output), 0) AS BIGINT) FROM reservations AS c
            WHERE c.invitation_id = b.invitation_id AND c.is_open
        )
    FROM balances AS b
    UNION ALL
    SELECT
        (SELECT tokens FROM quota_presets WHERE is_allowance), a.used, a.reserved,
        (
            SELECT CAST(coalesce(sum(e.input_tokens + e.output_tokens), 0) AS BIGINT)
            FROM usage_entries AS e JOIN reservations AS c ON c.id = e.reservation_id
            WHERE c.allowance_of = a.user_id
        ),
        (
            SELECT CAST(coalesce(sum(reserved_input + reserved_output), 0) AS BIGINT) FROM reservations AS c
            WHERE c.allowance_of = a.user_id AND c.is_open
        )
    FROM allowances AS a";

/// Returns the payer of a conversation: seven small invitations that run dry, a large one, and an allowance.
fn payer(talk: u8) -> Option<(InvitationId, u64)> {
    match talk % 9 {
        0 => None,
        8 => Some((an_invitation(8, 0).id, u64::MAX / 8)),
        small => Some((an_invitation(small, 0).id, SMALL)),
    }
}

fn talker(talk: u8) -> Principal {
    let role = if payer(talk).is_some() { UserRole::Guest } else { UserRole::User };
    Principal::new(person(1), role)
}

fn id(talk: u8) -> ConversationId {
    a_conversation(u128::from(talk), None).id
}

/// Answers of every kind: with usage, without usage, cut off, refused, or never ending.
fn voice(name: &str) -> Arc<ScriptedModel> {
    let used = Some(Usage { input: 200, output: 60, ..Usage::default() });
    let piece = || [Step::Say("Well, ".into()), Step::Wait(Duration::from_millis(7))];
    let take = |end: Vec<Step>| {
        let words = std::iter::repeat_with(piece).take(5).flatten();
        std::iter::once(Step::Accept).chain(words).chain(end).collect::<Vec<_>>()
    };
    let kinds = [
        take(vec![Step::Done(used)]),
        take(vec![Step::Done(None)]),
        take(vec![]),
        vec![Step::Fail(coach_core::ports::ModelErrorKind::Overloaded(None))],
        take(vec![Step::Done(used)]),
        take(vec![Step::Hang]),
    ];
    ScriptedModel::playing(name, kinds.into_iter().cycle().take(60_000))
}

/// Does nothing, unless the test below starts it in its own process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_talker_talks_until_it_is_killed() {
    let Some(url) = std::env::var_os(CHILD) else { return };
    let store = Place::open(&url.into_string().unwrap()).await;
    // No other process owns a turn here, whatever the kind of the database.
    store
        .recover(
            RecoveryScope::Everything,
            &[],
            coach_core::ports::Clock::now(&coach_core::ports::SystemClock),
        )
        .await
        .unwrap();
    if store.invitation(an_invitation(1, 0).id).await.unwrap().is_none() {
        prepare(&*store).await;
    }
    let settings = Settings { messages_per_minute: None, ..Settings::default() };
    let coach = Coach::builder_over(store)
        .model(Lane::Partner, voice("test:partner"))
        .model(Lane::Coach, voice("test:coach"))
        .settings(settings)
        .build()
        .unwrap();
    coach.recover(true).await.unwrap();
    let talks = (1..=TALKS).map(|talk| go_on(&coach, talk));
    // Ends by itself in case the test is gone and cannot kill it.
    drop(tokio::time::timeout(Duration::from_secs(30), join_all(talks)).await);
}

async fn prepare(store: &dyn Stores) {
    let allowance = QuotaPreset { id: QuotaPreset::ALLOWANCE, label: "a".into(), tokens: SMALL };
    store
        .save_preset(&allowance, line(person(9), AuditAction::PresetSaved(Change::default()), 0))
        .await
        .unwrap();
    for number in 1..=8 {
        let (_, quota) = payer(number).unwrap();
        store.invite(&[an_invitation(number, quota)], made()).await.unwrap();
    }
    for talk in 1..=TALKS {
        let invitation = payer(talk).map(|(id, _)| id);
        let mut new = a_conversation(u128::from(talk), invitation);
        new.allowance = invitation.is_none();
        new.script.max_turns = None;
        store.start(&new).await.unwrap();
    }
}

/// Talks without end: some turns are stopped in the middle, and a conversation without tokens tries again.
async fn go_on(coach: &Coach, talk: u8) {
    let (by, id) = (talker(talk), id(talk));
    let mut live = coach.conversation(&by, id).follow(StartAt::Nothing).await.unwrap();
    for n in u32::from(talk).. {
        match coach.conversation(&by, id).say(format!("And {n}?").as_str()).await {
            Ok(_) => say(ACCEPTED),
            Err(CoachError::Refused(
                refusal @ (Refusal::QuotaExhausted { .. } | Refusal::Busy),
            )) => {
                if refusal != Refusal::Busy {
                    say(REFUSED);
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
                continue;
            }
            Err(error) => panic!("{error:?}"),
        }
        let patience = Duration::from_millis(if n % 3 == 0 { 20 } else { 300 });
        let ended = async {
            while let Some(received) = live.next().await {
                if received.event.is_idle() {
                    break;
                }
            }
        };
        if tokio::time::timeout(patience, ended).await.is_err() {
            // It may have ended by itself meanwhile.
            drop(coach.conversation(&by, id).stop().await);
        }
    }
}

/// Prints one line in one write, so that a kill never cuts a line.
fn say(word: &str) {
    std::io::stdout().write_all(format!("{word}\n").as_bytes()).unwrap();
}

fn start(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "under_fire::a_talker_talks_until_it_is_killed", "--nocapture"])
        .env(CHILD, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The output of a talker so far.
#[derive(Debug, Default)]
struct Said {
    lines: AtomicUsize,
    refusals: AtomicUsize,
}

/// Counts a talker's output until it has exited.
fn listen(child: &mut Child) -> (Arc<Said>, JoinHandle<()>) {
    let said = Arc::new(Said::default());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let counts = said.clone();
    let listening = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            counts.lines.fetch_add(usize::from(line == ACCEPTED || line == REFUSED), Relaxed);
            counts.refusals.fetch_add(usize::from(line == REFUSED), Relaxed);
        }
    });
    (said, listening)
}

#[derive(Debug, Default)]
struct Seen {
    looks: u64,
    with_tokens_held: u64,
    refused: usize,
}

impl Seen {
    /// Returns whether the test saw its subject: sums while tokens were reserved, and an exhausted balance.
    fn enough(&self) -> bool {
        self.looks > 50 && self.with_tokens_held > 50 && self.refused > 0
    }
}

async fn look(db: &mut Look, seen: &mut Seen) {
    let accounts: Vec<(i64, i64, i64, i64, i64)> = db.rows(BOTH_SIDES).await;
    for (quota, used, reserved, entries, held) in accounts {
        assert_eq!((used, reserved), (entries, held), "at look {}", seen.looks);
        assert!(used + reserved <= quota, "{used} + {reserved} of {quota}: overspent");
        seen.with_tokens_held += u64::from(reserved > 0);
    }
    seen.looks += 1;
}

on_both!(ledger_and_balances_agree_while_everything_fails);

async fn ledger_and_balances_agree_while_everything_fails(place: Place) {
    let seconds = std::env::var_os("COACH_TEST_SECONDS");
    let seconds = seconds.map(|text| text.to_str().unwrap().parse().unwrap());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(6));
    // The database must exist before it is read.
    drop(Place::open(&place.url()).await);
    let mut db = place.look().await;
    let (mut seen, mut lives) = (Seen::default(), 0);
    // A busy machine gets the time it needs; only a hanging one fails.
    let latest = until + Duration::from_secs(180);
    while Instant::now() < until || (!seen.enough() && Instant::now() < latest) {
        let mut child = start(&place.url());
        let (said, listening) = listen(&mut child);
        // Killed after an amount of work, not of time: a busy machine hardly starts it within a second.
        let enough = 100 + lives * 37 % 60;
        lives += 1;
        while said.lines.load(Relaxed) < enough && !listening.is_finished() {
            look(&mut db, &mut seen).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        listening.join().unwrap();
        seen.refused += said.refusals.load(Relaxed);
        look(&mut db, &mut seen).await;
    }
    assert!(seen.enough(), "{seen:?}");
    let store = Place::open(&place.url()).await;
    store
        .recover(RecoveryScope::Everything, &[], coach_core::timestamp::Timestamp(i64::MAX / 2))
        .await
        .unwrap();
    look(&mut db, &mut seen).await;
    drop(store);
    place.check().await;
}
