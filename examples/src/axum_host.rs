//! A complete web host on axum in less than sixty lines: `coach_core::wire` provides the frames, the cursor and
//! the pump, and `axum_messages` converts between its messages and axum's.
//!
//! Omits what a real host must add: authentication (all requests come from the same user), the check of
//! `Origin`, and a limit on sockets per user.

use std::{collections::HashMap, future::ready};

use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::routing::{any, post};
use axum::{Router, http::StatusCode, response::Response};
use coach_core::wire::{PumpConfig, Signals, cursor, pump};
use coach_core::{Coach, CoachError, Start, people::Principal};
use futures::{SinkExt as _, StreamExt as _};

use crate::axum_messages::{broken, read, written};

type HttpResult<T> = Result<T, StatusCode>;
type Host = State<(Coach, Principal, Signals)>;

/// Returns the routes. `signals` close every socket.
pub fn app(coach: Coach, who: Principal, signals: Signals) -> Router {
    Router::new()
        .route("/conversations/{scenario}", post(start))
        .route("/ws/conversation/{id}", any(socket))
        .with_state((coach, who, signals))
}

async fn start(State((coach, who, _)): Host, Path(slug): Path<String>) -> HttpResult<String> {
    let begun = coach.start(&who, Start::scenario(slug)).await.map_err(|error| status(&error))?;
    Ok(begun.id.to_string())
}

async fn socket(
    State((coach, who, signals)): Host,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> HttpResult<Response> {
    let id = id.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let from = cursor(query.get("after").map(String::as_str));
    let participation = coach.conversation(&who, id).participate(from).await;
    let participation = participation.map_err(|error| status(&error))?;
    let config = PumpConfig::default();
    let upgrade = upgrade.read_buffer_size(4096).max_message_size(config.max_text);
    Ok(upgrade.max_frame_size(config.max_text).on_upgrade(async move |socket| {
        let (sink, source) = socket.split();
        let sink = sink.with(|ws| ready(Ok::<_, axum::Error>(written(ws))));
        let source = source.map(|came| came.map(read).map_err(broken));
        pump(participation, sink, source, config, signals).await;
    }))
}

fn status(error: &CoachError) -> StatusCode {
    let hidden = matches!(error, CoachError::NotFound | CoachError::Forbidden);
    if hidden { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR }
}
