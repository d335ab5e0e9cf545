//! Measures ordinary turns in a new database: `turns sqlite|postgres [turns] [conversations at once]`.
//!
//! Reports numbers without judging them: they depend on the machine, its disk and the build. The statements of
//! PostgreSQL are counted by its own extension `pg_stat_statements`, in a server that writes to the disk before it
//! acknowledges a commit.

use std::{error::Error, time::Instant};

use coach_core::{
    ids::InvitationId,
    model::TurnLane,
    ports::{NextStep, Stores},
    testing::contract::fixture::{TestRoom, an_invitation, made, opened, turn},
};
use coach_store::{Options, testing::Cluster};
use futures::future::join_all;
use sqlx::{Connection as _, PgConnection};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the program prints a report")]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let database = args.next().unwrap_or_default();
    let turns: u64 = args.next().map_or(Ok(500), |turns| turns.parse())?;
    let most: u8 = args.next().map_or(Ok(64), |most| most.parse())?;
    let (url, server) = match database.as_str() {
        "sqlite" => (format!("sqlite://target/measured/turns-{}.db", std::process::id()), None),
        "postgres" => {
            let server =
                Cluster::start_with(true, &["shared_preload_libraries=pg_stat_statements"]);
            (server.url("postgres"), Some(server))
        }
        _ => return Err("usage: turns sqlite|postgres [turns] [conversations at once]".into()),
    };
    let store = coach_store::connect(&url, Options::default()).await?;
    let invitations: Vec<_> = (1..=most).map(|n| an_invitation(n, u64::MAX / 8)).collect();
    store.invite(&invitations, made()).await?;
    let mut count = match server {
        Some(_) => Some(Count::start(&url).await?),
        None => None,
    };
    let mut row = 0;
    let mut at_once = 1;
    while at_once <= u64::from(most) {
        let began = Instant::now();
        let each = turns / at_once;
        let talks = (0..at_once).map(|n| {
            let first = row + n * each;
            let invitation = invitations[n as usize].id;
            talk(&*store, u128::from(at_once * 1000 + n), invitation, first, each)
        });
        join_all(talks).await;
        row += each * at_once;
        let took = began.elapsed();
        let done = (each * at_once) as f64;
        println!(
            "{at_once:4} at once: {:7.0} turns/s, {:7.0} us a turn, {:6.0} us a write",
            done / took.as_secs_f64(),
            took.as_micros() as f64 / done,
            took.as_micros() as f64 / done / 3.0,
        );
        if let Some(count) = &mut count {
            let (statements, commits, milliseconds) = count.take().await?;
            println!(
                "              {:.1} statements, {:.2} commits, {:.2} ms of the server's time a turn",
                statements as f64 / done,
                commits as f64 / done,
                milliseconds / done,
            );
        }
        at_once *= 4;
    }
    Ok(())
}

/// Counts what the server did.
struct Count(PgConnection);

impl Count {
    async fn start(url: &str) -> Outcome<Self> {
        let mut admin = PgConnection::connect(url).await?;
        sqlx::raw_sql("CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset()")
            .execute(&mut admin)
            .await?;
        Ok(Self(admin))
    }

    /// Returns the statements and commits since the last call, and the time they took in milliseconds.
    async fn take(&mut self) -> Outcome<(i64, i64, f64)> {
        let taken = sqlx::query_as(
            "SELECT
                coalesce(sum(calls), 0)::bigint,
                coalesce(sum(calls) FILTER (WHERE query = 'COMMIT'), 0)::bigint,
                coalesce(sum(total_exec_time), 0)
            FROM pg_stat_statements
            WHERE query NOT LIKE '%pg_stat_statements%'",
        )
        .fetch_one(&mut self.0)
        .await?;
        sqlx::raw_sql("SELECT pg_stat_statements_reset()").execute(&mut self.0).await?;
        Ok(taken)
    }
}

async fn talk(
    store: &dyn Stores,
    conversation: u128,
    invitation: InvitationId,
    first: u64,
    turns: u64,
) {
    let room = TestRoom::under(store, conversation, invitation).await;
    for n in first..first + turns {
        let mut message = room.message(1);
        message.turn = turn(u128::from(n));
        let open = opened(room.accept(message).await);
        let text = "Well, that depends on what you have in mind, and on the budget. ".repeat(12);
        let next = room.kept(room.answer(&open, &text, NextStep::Speak(TurnLane::Coach))).await;
        room.kept(room.comment(&open, next, "Ask what the budget depends on.")).await;
    }
}
