//! Converts axum's socket messages and errors from and to those of `coach_core::wire`.

use axum::extract::ws::{CloseFrame, Message};
use coach_core::wire::{Ws, WsError};
use tungstenite::{Error, error::ProtocolError};

/// Converts an outgoing message.
pub(crate) fn written(ws: Ws) -> Message {
    match ws {
        Ws::Text(text) => Message::text(&*text),
        Ws::Ping | Ws::Pong | Ws::Binary => Message::Ping(Vec::new().into()),
        Ws::Close(code, why) => Message::Close(Some(CloseFrame { code, reason: why.into() })),
    }
}

/// Converts an incoming message.
pub(crate) fn read(message: Message) -> Ws {
    match message {
        Message::Text(text) => Ws::Text(text.as_str().into()),
        Message::Binary(_) => Ws::Binary,
        Message::Ping(_) => Ws::Ping,
        Message::Pong(_) => Ws::Pong,
        Message::Close(frame) => Ws::Close(frame.map_or(1005, |frame| frame.code), ""),
    }
}

/// Classifies a read error.
pub(crate) fn broken(error: axum::Error) -> WsError {
    match error.into_inner().downcast_ref() {
        Some(Error::Capacity(_)) => WsError::TooLarge,
        Some(Error::Utf8(_)) => WsError::NotUtf8,
        Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => WsError::Gone,
        Some(Error::Protocol(_)) => WsError::Protocol,
        _ => WsError::Gone,
    }
}
