//! `cargo run --example watch_live`: a researcher invites someone and watches the conversation as it happens. A watcher
//! cannot speak: the type has no method for it, and each look is in the audit log with its end.

#![expect(clippy::print_stdout, reason = "this example prints to the terminal")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, Event, MemoryStore, NewInvitation, Principal, Start, StartAt, UserId, UserRole,
    invitation::link::LinkKeys, uuid::Uuid,
};
use coach_llm::DemoModel;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let researcher = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Admin);
    let coach = Coach::builder(MemoryStore::new())
        .models(Arc::new(DemoModel::new(Duration::from_millis(5))))
        // A real host keeps 32 random bytes: anyone who knows them can make links.
        .link_keys(LinkKeys::new([7; 32], None))
        .build()?;

    let new = NewInvitation::new("Group A", 100_000);
    let invitation = coach.invitations(&researcher).create(new).await?.remove(0);
    let token = coach.link_token(&invitation).unwrap_or_default();
    let version = &invitation.consent.version;
    let claimed = coach.visitor(None, None).claim(&token, version, None).await?;
    let guest = Principal::new(claimed.user, UserRole::Guest);
    let id = coach.start(&guest, Start::scenario("raise")).await?.id;

    let mut watching = coach.conversation(&researcher, id).observe(StartAt::Nothing).await?;
    let practices = coach.conversation(&guest, id);
    let practicing = tokio::spawn(async move { practices.exchange("May I have a raise?").await });
    while let Some(entry) = watching.next().await {
        match &entry.event {
            Event::Said(message) => println!("Participant: {}", message.content),
            Event::Done(message) => println!("{:?}: {}", message.role, message.content),
            event if event.ends_turn(1) => break,
            _ => {}
        }
    }
    watching.end().await?;
    let turn = practicing.await??;
    println!("Turn {} used {} tokens.", turn.number, turn.usage.total());

    println!("\nThe audit log:");
    for (_, entry) in coach.users(&researcher).audit(None, None, 10).await?.iter().rev() {
        println!("  {:?}", entry.action);
    }
    Ok(())
}
