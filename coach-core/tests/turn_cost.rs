//! What a turn costs the engine, counted in allocations: the same in a long conversation as in a short one.

#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use allocation_counter::AllocationInfo;
use coach_core::{
    Coach, Settings,
    ids::ConversationId,
    live::{Follower, StartAt},
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::{ConversationStore as _, InvitationStore as _},
    testing::{
        ScriptedModel, SerialIds, Step, Take, TokioClock,
        contract::fixture::{a_conversation, an_invitation, made, person},
    },
    turn::ledger::Usage,
};
use tokio::runtime::{Builder, Runtime};

/// The turns of the long conversation.
const TURNS: usize = 152;

/// How many turns are measured together, so that the growth of a buffer does not decide.
const TOGETHER: usize = 5;

/// Returns an answer of about a kilobyte in twenty pieces, with its usage.
fn answer() -> Take {
    let pieces =
        (0..20).map(|n| Step::Say(format!("Piece {n:02} of an answer <b>with</b> words. ")));
    let usage = Usage { input: 500, output: 250, ..Usage::default() };
    [Step::Accept].into_iter().chain(pieces).chain([Step::Done(Some(usage))]).collect()
}

struct Talk {
    runtime: Runtime,
    coach: Coach,
    id: ConversationId,
    follower: Follower,
}

impl Talk {
    fn begin() -> Self {
        let runtime =
            Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (coach, id, follower) = runtime.block_on(async {
            let store = MemoryStore::new();
            let invitation = an_invitation(1, 1_000_000_000);
            store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
            let mut conversation = a_conversation(1, Some(invitation.id));
            conversation.script.max_turns = None;
            store.start(&conversation).await.unwrap();
            let takes = || (0..TURNS).map(|_| answer()).collect::<Vec<_>>();
            let coach = Coach::builder(store)
                .model(Lane::Partner, ScriptedModel::playing("test:partner", takes()))
                .model(Lane::Coach, ScriptedModel::playing("test:coach", takes()))
                .clock(Arc::new(TokioClock::default()))
                .ids(Arc::new(SerialIds::default()))
                .settings(Settings { messages_per_minute: None, ..Settings::default() })
                .build()
                .unwrap();
            let id = conversation.id;
            let mut follower =
                coach.conversation(&participant(), id).follow(StartAt::Nothing).await.unwrap();
            until_idle(&mut follower).await;
            (coach, id, follower)
        });
        Self { runtime, coach, id, follower }
    }

    fn turns(&mut self, turns: usize) -> AllocationInfo {
        allocation_counter::measure(|| {
            self.runtime.block_on(async {
                for _ in 0..turns {
                    self.coach
                        .conversation(&participant(), self.id)
                        .say("And what else?")
                        .await
                        .unwrap();
                    until_idle(&mut self.follower).await;
                }
            });
        })
    }
}

fn participant() -> Principal {
    Principal::new(person(1), UserRole::Guest)
}

async fn until_idle(follower: &mut Follower) {
    while !follower.next().await.unwrap().event.is_idle() {}
}

#[test]
fn a_turn_costs_the_same_at_the_150th_as_at_the_5th() {
    let mut talk = Talk::begin();
    talk.turns(2);
    let early = talk.turns(TOGETHER);
    talk.turns(TURNS - 2 - 2 * TOGETHER);
    let late = talk.turns(TOGETHER);
    for (what, early, late) in [
        ("allocations", early.count_total, late.count_total),
        ("bytes", early.bytes_total, late.bytes_total),
    ] {
        assert!(
            late * 10 <= early * 13,
            "{what}: {early} in five early turns, {late} in five late ones"
        );
    }
}
