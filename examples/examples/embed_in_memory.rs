//! `cargo run --example embed_in_memory`: the engine inside a program, without a host, a database or a provider. Prints
//! both voices as they stream.

#![expect(clippy::print_stdout, reason = "this example prints to the terminal")]

use std::{
    io::{Write as _, stdout},
    sync::Arc,
    time::Duration,
};

use coach_core::{
    Coach, Event, MemoryStore, Principal, Start, StartAt, UserId, UserRole, conversation::Role,
    live::Voice, uuid::Uuid,
};
use coach_llm::DemoModel;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let participant = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Staff);
    let model = Arc::new(DemoModel::new(Duration::from_millis(40)));
    let coach = Coach::builder(MemoryStore::new()).models(model).build()?;
    let started = coach.start(&participant, Start::scenario("raise")).await?;
    let conversation = coach.conversation(&participant, started.id);
    let said = conversation.say("Can we talk about my pay?").await?;
    let mut follower = conversation.follow(StartAt::Nothing).await?;
    while let Some(entry) = follower.next().await {
        show(&entry.event, &started.script.partner_name)?;
        if entry.event.ends_turn(said.turn) {
            break;
        }
    }
    Ok(())
}

/// Prints what each side says. The other events are for programs.
fn show(event: &Event, partner: &str) -> std::io::Result<()> {
    match event {
        Event::History { messages, .. } => {
            for message in messages {
                let name = match message.role {
                    Role::User => "You",
                    Role::Partner => partner,
                    Role::Coach => "Your coach, aside",
                };
                print!("\n{name}:\n  {}\n", message.content);
            }
        }
        Event::Delta(delta) => {
            let name = match delta.voice {
                Voice::Partner => partner,
                Voice::Coach | Voice::Aside => "Your coach, aside",
            };
            if delta.off == 0 {
                print!("\n{name}:\n  ");
            }
            print!("{}", delta.text);
        }
        Event::Done(_) => println!(),
        _ => {}
    }
    stdout().flush()
}
