//! Random sequences of calls, made of a store in memory, of SQLite and of PostgreSQL in lockstep: every answer is the
//! same, and so is everything on record in the end.
//!
//! A failure names its seed; `COACH_TEST_SEEDS=17..18` runs that one again.

mod actions;
mod world;

use std::{ops::Range, sync::Arc};

use coach_core::memory::MemoryStore;

use self::{actions::Chooser, world::World};
use crate::folder::Place;

const STEPS: usize = 150;

/// The seeds of the normal run.
const SEEDS: Range<u64> = 0..16;

fn seeds() -> Range<u64> {
    let Some(given) = std::env::var_os("COACH_TEST_SEEDS") else { return SEEDS };
    let (from, to) = given.to_str().unwrap().split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_store_gives_the_same_answers_and_keeps_the_same_facts() {
    for seed in seeds() {
        lockstep(seed).await;
    }
}

async fn lockstep(seed: u64) {
    let file = Place::file().fresh().await;
    let server = Place::server().await.fresh().await;
    let mut worlds = [
        World::new("memory", Arc::new(MemoryStore::new())).await,
        World::new("SQLite", file.store.clone()).await,
        World::new("PostgreSQL", server.store.clone()).await,
    ];
    let mut chooser = Chooser::of(seed);
    for step in 0..STEPS {
        let action = chooser.next(&worlds[0]);
        let mut answers = Vec::new();
        for world in &mut worlds {
            answers.push((world.name, world.act(&action).await));
        }
        same(&answers, &format!("seed {seed}, step {step}: {action:?}"));
    }
    let mut facts = Vec::new();
    for world in &mut worlds {
        facts.push((world.name, world.facts().await));
    }
    for n in 0..facts[0].1.len() {
        let facts: Vec<_> = facts.iter().map(|(name, facts)| (*name, facts[n].clone())).collect();
        same(&facts, &format!("seed {seed}, at the end"));
    }
    for fresh in [&file, &server] {
        fresh.place.check().await;
    }
}

fn same(answers: &[(&str, String)], when: &str) {
    let (_, first) = &answers[0];
    assert!(answers.iter().all(|(_, answer)| answer == first), "{when}\n{answers:#?}");
}
