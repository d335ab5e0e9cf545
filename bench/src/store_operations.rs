//! The operations on a store: what every heartbeat, every turn and every call pays there.

use std::time::Instant;

use anyhow::ensure;
use coach_core::{
    ids::ReservationId,
    model::{StandaloneLane, TurnLane},
    ports::{Heartbeat, NextStep, StandaloneCall, Stores},
    testing::contract::fixture::{
        CALL, LEASE, REPORTED, TestRoom, an_invitation, at, made, opened, report, turn, uuid,
    },
    turn::ledger::Payer,
};

use super::{
    disk::{Database, Disk},
    operations::{PIECE, Took},
};

/// Saves 100 growing answers and renews their leases.
pub(crate) async fn heartbeat(times: u32, compares: bool) -> anyhow::Result<Took> {
    const LEGS: u32 = 100;
    let database = Database::new()?;
    let store = database.connect().await?;
    let mut disk = compares.then(|| Disk::new(false)).transpose()?;
    let invitation = an_invitation(1, u64::MAX / 8);
    store.invite(std::slice::from_ref(&invitation), made()).await?;
    let mut legs = Vec::new();
    for number in 0..LEGS {
        let room = TestRoom::under(&*store, u128::from(number), invitation.id).await;
        let mut message = room.message(1);
        message.turn = turn(u128::from(number));
        legs.push((room, opened(room.accept(message).await)));
    }
    let text = PIECE.repeat(200);
    let mut took = Took::default();
    for beat in 0..times as usize {
        // Every answer has grown since the last one.
        let text = &text[..2000 + PIECE.len() * (beat % 100)];
        // One in four renews the leases, as with a lease of 10 seconds.
        let renews = beat % 4 == 0;
        let beats: Vec<Heartbeat<'_>> = legs
            .iter()
            .map(|(room, opened)| Heartbeat { renews, ..room.heartbeat(opened, Some(text)) })
            .collect();
        let began = Instant::now();
        let statuses = store.beat(&beats, LEASE).await?;
        took.time += began.elapsed();
        ensure!(statuses.len() == LEGS as usize, "{} statuses", statuses.len());
        took.compare(&mut disk, &text.repeat(LEGS as usize))?;
    }
    Ok(took)
}

/// Takes turns: a message, the partner's answer and the coach's.
pub(crate) async fn take_turns(times: u32, compares: bool) -> anyhow::Result<Took> {
    let database = Database::new()?;
    let store = database.connect().await?;
    let mut disk = compares.then(|| Disk::new(true)).transpose()?;
    let room = TestRoom::with_quota(&*store, u64::MAX / 8).await;
    let text = PIECE.repeat(20);
    let mut took = Took::default();
    for number in 0..times {
        let mut message = room.message(1);
        message.turn = turn(u128::from(number));
        let began = Instant::now();
        let open = opened(room.accept(message).await);
        let next = room.kept(room.answer(&open, &text, NextStep::Speak(TurnLane::Coach))).await;
        room.kept(room.comment(&open, next, PIECE)).await;
        took.time += began.elapsed();
        for _ in 0..3 {
            took.compare(&mut disk, &text)?;
        }
    }
    Ok(took)
}

/// Reserves and settles calls.
pub(crate) async fn settle(
    store: &dyn Stores,
    times: u32,
    mut disk: Option<Disk>,
) -> anyhow::Result<Took> {
    let room = TestRoom::with_quota(store, u64::MAX / 8).await;
    let mut took = Took::default();
    for number in 0..times {
        let id = ReservationId(uuid(0x0500_0000 + u128::from(number)));
        let call = StandaloneCall {
            conversation: Some(room.id),
            ..StandaloneCall::new(
                id,
                Payer::Invitation(room.invitation),
                StandaloneLane::Elaboration,
                CALL,
                at(1),
            )
        };
        let began = Instant::now();
        let refused = store.reserve(call).await?;
        store.settle(id, REPORTED, report("demo-1"), None, at(2)).await?;
        took.time += began.elapsed();
        ensure!(refused.is_none(), "the reservation was refused");
        took.compare(&mut disk, PIECE)?;
        took.compare(&mut disk, PIECE)?;
    }
    Ok(took)
}

/// Does the same in a new SQLite file.
pub(crate) async fn settle_in_sqlite(times: u32, compares: bool) -> anyhow::Result<Took> {
    let database = Database::new()?;
    let store = database.connect().await?;
    let disk = compares.then(|| Disk::new(true)).transpose()?;
    settle(&*store, times, disk).await
}

impl Took {
    /// Writes `text` to the disk, if anything is compared.
    fn compare(&mut self, disk: &mut Option<Disk>, text: &str) -> anyhow::Result<()> {
        let Some(disk) = disk else { return Ok(()) };
        let took = disk.write(text)?;
        *self.reference.get_or_insert_default() += took;
        Ok(())
    }
}
