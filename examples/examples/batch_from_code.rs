//! `cargo run --example batch_from_code`: many conversations at once, each with several turns, as a table. For studies
//! with factors, budgets and resuming, use the command line.

#![expect(clippy::print_stdout, reason = "this example prints a table")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, ConversationHandle, MemoryStore, Principal, Settings, Start, UserId, UserRole,
    futures::{StreamExt as _, stream},
    uuid::Uuid,
};
use coach_llm::DemoModel;

const SCENARIOS: [&str; 3] = ["raise", "refund", "sharing-care"];
const SCRIPT: [&str; 2] = ["I need to talk to you.", "That matters to me."];
const REPETITIONS: u128 = 4;

/// How many conversations run at the same time.
const AT_ONCE: usize = 6;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings { messages_per_minute: None, ..Settings::default() };
    let coach = Coach::builder(MemoryStore::new())
        .models(Arc::new(DemoModel::new(Duration::from_millis(1))))
        .settings(settings)
        .build()?;
    let cells =
        SCENARIOS.into_iter().flat_map(|scenario| (1..=REPETITIONS).map(move |n| (scenario, n)));
    let mut rows = stream::iter(cells)
        .map(|(scenario, n)| {
            let coach = &coach;
            async move {
                let participant = Principal::new(UserId(Uuid::from_u128(n)), UserRole::Staff);
                let id = coach.start(&participant, Start::scenario(scenario)).await?.id;
                run(coach.conversation(&participant, id), scenario, n).await
            }
        })
        .buffered(AT_ONCE);
    println!("scenario,repetition,turn,tokens,reply,comment");
    while let Some(row) = rows.next().await {
        print!("{}", row?);
    }
    Ok(())
}

async fn run(
    conversation: ConversationHandle,
    scenario: &str,
    repetition: u128,
) -> anyhow::Result<String> {
    let mut rows = String::new();
    for words in SCRIPT {
        let turn = conversation.exchange(words).await?;
        let (tokens, reply) = (turn.usage.total(), turn.partner.content.len());
        let comment = turn.coach.map_or(0, |comment| comment.content.len());
        let number = turn.number;
        rows += &format!("{scenario},{repetition},{number},{tokens},{reply},{comment}\n");
    }
    Ok(rows)
}
