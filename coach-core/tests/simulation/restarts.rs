//! The lives of a world: each is one process, which crashes or drains. The last one has no faults, and in it
//! everything must settle.

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError, Settings,
    live::Event,
    memory::MemoryStore,
    model::Lane,
    people::audit::{AuditAction, AuditEntry},
    ports::{ConversationStore as _, InvitationStore as _, RecoveryScope, Refusal},
    testing::{FaultyStore, TokioClock, contract::fixture::line},
};
use tokio::time::Instant;

use crate::{
    model::SimModel,
    people::Person,
    rng::Rng,
    tokens::tokens,
    world::{World, WorldClock, done, pause, staff},
};

/// How much longer than its limit draining may take: last attempts to reach an unresponsive store.
const SLACK: Duration = Duration::from_secs(1);

/// Everything that happened in a world.
#[derive(PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) trace: Vec<String>,
    pub(crate) dump: String,
    pub(crate) tally: crate::tally::Tally,
    pub(crate) broken: Option<String>,
}

/// Runs a seed to its end.
pub(crate) fn run(seed: u64) -> Report {
    let world = World::new(seed);
    let mut rng = Rng::of(seed, 4);
    let lives = rng.range(2, 4);
    for life in 0..lives {
        if world.state().broken.is_some() {
            break;
        }
        // Each life has its own runtime: dropping it aborts every task, as a kill would.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let now = runtime.block_on(async {
            one(&world, &mut rng, life, life + 1 == lives).await;
            world.state().now()
        });
        drop(runtime);
        let mut state = world.state();
        state.life = (now, None);
        state.crashed_at = now;
    }
    let mut state = world.state();
    Report {
        trace: std::mem::take(&mut state.trace),
        dump: world.store.dump(),
        tally: state.tally.clone(),
        broken: state.broken.clone(),
    }
}

fn coach(world: &Arc<World>) -> Coach {
    let faults = world.clone();
    let store: FaultyStore<MemoryStore> =
        FaultyStore::new(world.store.clone(), move |method| faults.fault(method));
    let store = if world.other_owners { store.with_other_owners() } else { store };
    let talker = SimModel::new(world.clone(), "sim:partner");
    let listener = SimModel::new(world.clone(), "sim:coach");
    Coach::builder(store)
        .model(Lane::Partner, talker)
        .model(Lane::Coach, listener)
        .clock(Arc::new(WorldClock(world.clone())))
        .ids(Arc::new(world.ids.clone()))
        .settings(Settings {
            messages_per_minute: world.per_minute,
            tokens_per_day: world.tokens_per_day,
            // The hosts of a simulation recover when it says so.
            sweep: None,
            ..Settings::default()
        })
        .build()
        .unwrap()
}

async fn one(world: &Arc<World>, rng: &mut Rng, life: u64, last: bool) {
    {
        let mut state = world.state();
        state.life.1 = Some(Instant::now());
        state.calm = last;
        state.over = false;
        state.ended.clear();
    }
    let now = world.state().now();
    world.store.measure_leases_by(Arc::new(TokioClock::showing(now)));
    world.note(format!("--- life {life}"));
    let coach = coach(world);
    if world.other_owners {
        // Only an expired lease says that no other process runs a turn.
        pause(Settings::default().lease * 2).await;
    }
    while let Err(error) = coach.recover(true).await {
        world.note(format!("recover: {error}"));
        pause(Duration::from_millis(200)).await;
    }
    if world.talks.iter().any(|talk| world.store.open_turns(talk.id) > 0) {
        world.broke("a restart recovers every turn", "a turn is open");
    }
    world.count("host: recovery at start");
    tokio::spawn(recover_often(world.clone(), coach.clone()));
    if world.other_owners && !last {
        tokio::spawn(take_over_often(world.clone()));
    }
    if last {
        rest(world, &coach).await;
        return;
    }
    for (talk, of) in world.talks.iter().enumerate() {
        for listener in 0..of.books.len() {
            let rng = Rng::of(world.seed, 1000 + life * 100 + talk as u64 * 10 + listener as u64);
            let person = Person { world: world.clone(), coach: coach.clone(), talk, listener, rng };
            tokio::spawn(person.live());
        }
    }
    let mut left = rng.range(20, 150) * 10;
    while left > 0 && world.state().broken.is_none() {
        left -= 1;
        pause(Duration::from_millis(97)).await;
        if left.is_multiple_of(16) {
            tokens(world);
        }
        mishap(world, rng);
        stand_still(world, rng).await;
    }
    if rng.chance(500) {
        goes_down(world, &coach, rng).await;
    } else {
        world.count("host: crash");
        world.note("crash");
    }
    world.state().over = true;
    tokens(world);
}

/// Occasionally makes everything of a kind fail for a while, or revokes an invitation.
fn mishap(world: &World, rng: &mut Rng) {
    if world.store_faults > 0 && rng.chance(2) {
        let until = world.state().now().after(rng.millis(1_000, 30_000));
        world.state().outage_until = until;
        world.note("the store is down");
    }
    if world.store_faults > 0 && rng.chance(3) {
        let until = world.state().now().after(rng.millis(5_000, 25_000));
        world.state().owners_cut_off_until = until;
        world.note("owners are cut off");
    }
    if world.model_faults > 0 && rng.chance(2) {
        let until = world.state().now().after(rng.millis(20_000, 60_000));
        world.state().models_down_until = until;
        world.note("the models are down");
    }
    if rng.range(0, 6_000) == 0 {
        let id = *rng.pick(&world.invitations);
        let now = world.state().now();
        done(
            world
                .store
                .revoke(id, AuditEntry { at: now, ..line(staff().user, AuditAction::Revoked, 0) }),
        );
        world.count("host: revoked");
    }
}

/// Occasionally suspends the process for longer than a lease: time passes, but nothing runs.
async fn stand_still(world: &World, rng: &mut Rng) {
    if rng.chance(3) {
        let pause = rng.millis(10_500, 40_000);
        world.note(format!("stands still for {pause:?}"));
        world.count("host: standstill");
        tokio::time::advance(pause).await;
    }
}

/// Drains: running answers end in time, and if the store responds no turn stays open.
async fn goes_down(world: &World, coach: &Coach, rng: &mut Rng) {
    let within = rng.millis(100, 30_000);
    world.note(format!("draining, at most {within:?}"));
    let began = Instant::now();
    coach.drain(within).await;
    if began.elapsed() > within + SLACK {
        world.broke("draining ends in time", format!("{:?}", began.elapsed()));
    }
    world.count("host: drain");
    let settled = world.store_faults > 0
        || world.talks.iter().all(|talk| world.store.open_turns(talk.id) == 0);
    if !settled {
        world.broke("draining closes every turn", "a turn is open");
    }
    pause(rng.millis(1, 1_000)).await;
}

/// Recovers periodically, as a host does.
async fn recover_often(world: Arc<World>, coach: Coach) {
    loop {
        pause(Duration::from_secs(3)).await;
        if let Ok(closed @ 1..) = coach.recover(false).await {
            world.count("host: lease recovery");
            world.note(format!("{closed} turns recovered by lease"));
            if world.store_faults == 0 {
                world.broke("a process closes no turn that it runs", format!("{closed}"));
            }
        }
    }
}

/// Takes turns over periodically, as another process on the same database would.
async fn take_over_often(world: Arc<World>) {
    loop {
        pause(Duration::from_secs(2)).await;
        let now = world.state().now();
        let closed = done(world.store.recover(RecoveryScope::Expired, &[], now)).turns.len();
        if closed > 0 {
            world.count("host: takeover");
            world.note(format!("{closed} turns taken over"));
        }
    }
}

/// Without faults, everything settles and can continue.
async fn rest(world: &Arc<World>, coach: &Coach) {
    for talk in 0..world.talks.len() {
        for listener in (0..world.talks[talk].books.len()).rev() {
            let rng = Rng::of(world.seed, 9000 + talk as u64 * 10 + listener as u64);
            let mut person =
                Person { world: world.clone(), coach: coach.clone(), talk, listener, rng };
            let Some(mut follower) = person.attach().await else {
                return world.broke("without faults every follower can connect", "refused");
            };
            while let Some(received) = follower.try_next() {
                person.hear(&received.event);
            }
            if listener > 0 {
                person.client_model().is_whole(world, person.talk());
                continue;
            }
            let began = Instant::now();
            let words = format!("Is it over, {}?", world.seed);
            let said = loop {
                match coach
                    .conversation(&person.talk().owner, person.talk().id)
                    .say(words.as_str())
                    .await
                {
                    Err(CoachError::Refused(Refusal::RateLimited { wait })) => {
                        pause(wait).await;
                    }
                    said => break said,
                }
                if began.elapsed() > Duration::from_secs(70) {
                    return world.broke("the rate limit ends", "it does not end");
                }
            };
            person.heard_back(
                "last say",
                &said.as_ref().map(|_| ()).map_err(|error| match error {
                    CoachError::Refused(refusal) => CoachError::Refused(*refusal),
                    _ => CoachError::Empty,
                }),
            );
            if matches!(said, Err(CoachError::Refused(Refusal::Busy | Refusal::Draining))) {
                world.broke("after a restart nothing is busy", format!("{said:?}"));
            }
            let mut idle = said.is_err();
            while !idle {
                match tokio::time::timeout(Duration::from_secs(300), follower.next()).await {
                    Ok(Some(received)) => {
                        person.hear(&received.event);
                        idle = received.event.is_idle();
                    }
                    Ok(None) | Err(_) => {
                        return world.broke("everything settles", "it does not");
                    }
                }
            }
            // Events that end with the turn are published with it.
            while let Some(received) = follower.try_next() {
                if let Event::Ended(_) = received.event {
                    person.hear(&received.event);
                }
            }
            person.client_model().is_whole(world, person.talk());
        }
    }
    tokens(world);
    for id in &world.invitations {
        let sums = world.store.sums(*id);
        if sums.reserved != 0 {
            world.broke("no reservation is left at the end", format!("{sums:?}"));
        }
    }
    if world.talks.iter().any(|talk| world.store.open_turns(talk.id) > 0) {
        world.broke("no turn is open at the end", world.store.dump());
    }
}
