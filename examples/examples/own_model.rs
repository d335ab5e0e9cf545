//! `cargo run --example own_model`: a model of one's own. A real one would send the prompt over the network; what
//! matters is the order of its events, and that nothing happens before the stream is polled.

#![expect(clippy::print_stdout, reason = "this example prints to the terminal")]

use std::sync::Arc;

use coach_core::{
    Coach, Lane, MemoryStore, Principal, Start, UserId, UserRole,
    futures::{StreamExt as _, stream},
    ports::{ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished},
    uuid::Uuid,
};

/// Answers with a question about what it heard.
#[derive(Debug)]
struct Curious;

impl ChatModel for Curious {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let answer = async move {
            let heard = request.prompt.messages().last().map(|said| said.text.to_string());
            let words = match request.prompt.lane() {
                Lane::Coach => "Say first what you have achieved.".to_owned(),
                _ => format!("Why do you say \"{}\"?", heard.unwrap_or_default()),
            };
            stream::iter([
                Ok(ChatEvent::Accepted),
                Ok(ChatEvent::Delta(words)),
                Ok(ChatEvent::Done(Finished::new(FinishReason::Stop))),
            ])
        };
        stream::once(answer).flatten().boxed()
    }

    fn name(&self) -> &str {
        "own:curious"
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let participant = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Staff);
    let coach = Coach::builder(MemoryStore::new()).models(Arc::new(Curious)).build()?;
    let started = coach.start(&participant, Start::scenario("raise")).await?;
    let conversation = coach.conversation(&participant, started.id);
    for words in ["I would like a raise.", "Because I run the night shift alone."] {
        let turn = conversation.exchange(words).await?;
        println!("You: {words}");
        println!("{}: {}", started.script.partner_name, turn.partner.content);
        if let Some(comment) = turn.coach {
            println!("  (your coach: {})", comment.content);
        }
    }
    Ok(())
}
