//! Measures ordinary turns in a new database: `turns [folder] [turns] [conversations at once]`.
//!
//! Reports numbers without judging them: they depend on the machine, its disk and the build.

use std::{error::Error, time::Instant};

use coach_core::{
    model::Lane,
    ports::{NextStep, Stores},
    testing::contract::fixture::{TestRoom as Room, an_invitation, made, opened, turn},
};
use futures::future::join_all;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the program prints a report")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or_else(|| "target/measured".into());
    let turns: u64 = args.next().map_or(Ok(500), |turns| turns.parse())?;
    let most: u64 = args.next().map_or(Ok(64), |most| most.parse())?;
    let url = format!("sqlite://{folder}/turns-{}.db", std::process::id());
    let store = coach_store::connect(&url, coach_store::Options::default()).await?;
    let invitation = an_invitation(1, u64::MAX / 8);
    store.invite(std::slice::from_ref(&invitation), made()).await?;
    let mut row = 0;
    let mut at_once = 1;
    while at_once <= most {
        let began = Instant::now();
        let each = turns / at_once;
        let talks = (0..at_once).map(|n| {
            let first = row + n * each;
            talk(&*store, u128::from(at_once * 1000 + n), invitation.id, first, each)
        });
        join_all(talks).await;
        row += each * at_once;
        let took = began.elapsed();
        let done = each * at_once;
        println!(
            "{at_once:4} at once: {:7.0} turns/s, {:7.0} us a turn, {:6.0} us a write",
            done as f64 / took.as_secs_f64(),
            took.as_micros() as f64 / done as f64,
            took.as_micros() as f64 / done as f64 / 3.0,
        );
        at_once *= 4;
    }
    Ok(())
}

async fn talk(
    store: &dyn Stores,
    conversation: u128,
    invitation: coach_core::ids::InvitationId,
    first: u64,
    turns: u64,
) {
    let room = Room::under(store, conversation, invitation).await;
    for n in first..first + turns {
        let mut message = room.message(1);
        message.turn = turn(u128::from(n));
        let open = opened(room.accept(message).await);
        let text = "Well, that depends on what you have in mind, and on the budget. ".repeat(12);
        let next = room.kept(room.answer(&open, &text, NextStep::Speak(Lane::Coach))).await;
        room.kept(room.comment(&open, next, "Ask what the budget depends on.")).await;
    }
}
