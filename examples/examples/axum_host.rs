//! `cargo run --example axum_host`: a web host that keeps everything in memory. It listens on
//! `127.0.0.1:8081`, or on the address given as an argument.
//!
//! `curl -X POST localhost:8081/conversations/raise` returns an id; open a WebSocket on
//! `/ws/conversation/<id>` and send `{"type":"message","content":"Hello"}`.

#![expect(clippy::print_stdout, reason = "the address is for the person who started it")]

use std::{sync::Arc, time::Duration};

use axum::serve::ListenerExt as _;
use coach_core::{
    Coach,
    ids::UserId,
    memory::MemoryStore,
    people::{Principal, UserRole},
    wire::Signals,
};
use coach_llm::DemoModel;
use tokio::net::TcpListener;
use uuid::Uuid;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let model = Arc::new(DemoModel::new(Duration::from_millis(40)));
    let coach = Coach::builder(MemoryStore::new()).models(model).build()?;
    let everybody = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Staff);
    let signals = Signals::default();
    let app = coach_examples::app(coach.clone(), everybody, signals.clone());
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    // Send small frames at once instead of waiting for more data.
    let listener = TcpListener::bind(&address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    println!("listening on http://{address}");
    let going_down = async move {
        let _ = tokio::signal::ctrl_c().await;
        coach.drain(Duration::from_secs(10)).await;
        signals.shutdown.cancel();
    };
    Ok(axum::serve(listener, app).with_graceful_shutdown(going_down).await?)
}
