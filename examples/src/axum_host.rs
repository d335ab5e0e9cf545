//! A whole web host on axum: the socket's frames, cursor and pump are `coach_core::wire`'s.
//!
//! Leaves out what a real host must add: who is asking (here everybody is the same person), the check of
//! `Origin`, and how many sockets one person may open.

use std::{collections::HashMap, future::ready};

use axum::{
    Router,
    extract::{
        Path, Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message},
    },
    http::StatusCode,
    response::Response,
    routing::{any, post},
};
use coach_core::{
    Coach, CoachError, Start,
    account::Principal,
    wire::{PumpConfig, Seat, Signals, Ws, WsError, cursor, pump},
};
use futures::{SinkExt as _, StreamExt as _};
use tungstenite::{Error, error::ProtocolError};

type Answer<T> = Result<T, StatusCode>;
type Host = State<(Coach, Principal, Signals)>;

/// The routes. `signals` end every socket.
pub fn app(coach: Coach, who: Principal, signals: Signals) -> Router {
    Router::new()
        .route("/conversations/{scenario}", post(start))
        .route("/ws/conversation/{id}", any(socket))
        .with_state((coach, who, signals))
}

async fn start(State((coach, who, _)): Host, Path(slug): Path<String>) -> Answer<String> {
    let begun = coach.start(&who, Start::scenario(slug)).await.map_err(|error| status(&error))?;
    Ok(begun.id.to_string())
}

async fn socket(
    State((coach, who, signals)): Host,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Answer<Response> {
    let id = id.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let from = cursor(query.get("after").map(String::as_str));
    let follower = coach.follow(&who, id, from).await.map_err(|error| status(&error))?;
    let config = PumpConfig::default();
    let upgrade = upgrade.read_buffer_size(4096).max_message_size(config.max_text);
    Ok(upgrade.max_frame_size(config.max_text).on_upgrade(async move |socket| {
        let (sink, source) = socket.split();
        let sink = sink.with(|ws| ready(Ok::<_, axum::Error>(written(ws))));
        let source = source.map(|came| came.map(read).map_err(broken));
        pump(&coach, (who, id, Seat::Participant), follower, sink, source, config, signals).await;
    }))
}

fn written(ws: Ws) -> Message {
    match ws {
        Ws::Text(text) => Message::text(&*text),
        Ws::Ping | Ws::Pong | Ws::Binary => Message::Ping(Vec::new().into()),
        Ws::Close(code, why) => Message::Close(Some(CloseFrame { code, reason: why.into() })),
    }
}

fn read(message: Message) -> Ws {
    match message {
        Message::Text(text) => Ws::Text(text.as_str().into()),
        Message::Binary(_) => Ws::Binary,
        Message::Ping(_) => Ws::Ping,
        Message::Pong(_) => Ws::Pong,
        Message::Close(frame) => Ws::Close(frame.map_or(1005, |frame| frame.code), ""),
    }
}

fn broken(error: axum::Error) -> WsError {
    match error.into_inner().downcast_ref() {
        Some(Error::Capacity(_)) => WsError::TooLarge,
        Some(Error::Utf8(_)) => WsError::NotUtf8,
        Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => WsError::Gone,
        Some(Error::Protocol(_)) => WsError::Protocol,
        _ => WsError::Gone,
    }
}

fn status(error: &CoachError) -> StatusCode {
    let hidden = matches!(error, CoachError::NotFound | CoachError::Forbidden);
    if hidden { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR }
}
