//! The sockets: who may open one, and the mapping of messages. The core's pump does everything else.

mod connection_limits;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use coach_core::{
    conversation::Attendance,
    ids::ConversationId,
    wire::{self, PumpConfig, Signals, Ws, WsError},
};
use futures::{SinkExt as _, StreamExt as _};
use poem::{
    IntoResponse, Request, Response, Result,
    web::{
        Data,
        websocket::{CloseCode, Message, WebSocket, WebSocketConfig},
    },
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type as _,
};
use uuid::Uuid;

use crate::{
    auth::{Caller, SocketCaller},
    edge::address,
    host::App,
    measurements::CountedFollower,
    problem::Failure,
    routes::Tag,
    wire::frames::{ClientFrame, ServerFrame},
};

/// The largest frame, in bytes.
const MAX_FRAME: usize = 128 * 1024;

pub(crate) use connection_limits::{ConnectionKey, ConnectionLimits};
use connection_limits::{Permit, SocketHandle, SocketRole};

pub(crate) struct Sockets;

/// Both directions of a socket. Never sent: it puts the frames into the OpenAPI document.
#[derive(Object)]
struct Frames {
    server: ServerFrame,
    client: ClientFrame,
}

/// A connection that became a socket.
struct Upgraded(Response);

impl IntoResponse for Upgraded {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Upgraded {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A WebSocket of text frames: the server sends `server` and accepts `client`.",
                status: Some(101),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/json",
                    schema: Frames::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Frames::register(registry);
    }
}

#[OpenApi(prefix_path = "/ws", tag = "Tag::Conversations")]
impl Sockets {
    /// Opens the participant's socket: follow a conversation live and talk in it.
    ///
    /// A new socket is always admitted. If the user already has as many in this conversation as the server
    /// allows (five by default), one of them is closed with 4429: one that missed the last ping, or else the
    /// oldest. A client closed this way must not reconnect by itself.
    #[oai(path = "/conversation/:id", method = "get", operation_id = "followConversation")]
    async fn conversation(
        &self,
        app: Data<&App>,
        request: &Request,
        caller: SocketCaller,
        /// The conversation's id.
        id: Path<Uuid>,
        /// The last position the client has, as `messageId.bytes`; if absent, the newest messages come first.
        after: Query<Option<String>>,
        socket: Result<WebSocket>,
    ) -> Result<Upgraded, Failure> {
        let caller = caller.signed_in(&app, address(request, &app))?;
        let id = ConversationId(id.0);
        let from = wire::cursor(after.0.as_deref());
        let participation =
            app.coach.conversation(&caller.principal(), id).participate(from).await?;
        let socket = handshake(request, socket)?;
        let handle = SocketHandle::new();
        let key = ConnectionKey {
            conversation: id,
            invitation: participation.invitation(),
            user: caller.user.id,
            role: SocketRole::Participant,
        };
        let permit = (app.connections.take(key, handle.clone())?, handle);
        open(&app, &caller, participation.into(), socket, permit)
    }

    /// Opens a researcher's socket: watch a conversation live without being able to speak.
    ///
    /// The audit log notes when watching begins and ends.
    #[oai(path = "/observe/:id", method = "get", operation_id = "observeConversation")]
    async fn observe(
        &self,
        app: Data<&App>,
        request: &Request,
        caller: SocketCaller,
        /// The conversation's id.
        id: Path<Uuid>,
        /// The last position the client has, as `messageId.bytes`; if absent, the newest messages come first.
        after: Query<Option<String>>,
        socket: Result<WebSocket>,
    ) -> Result<Upgraded, Failure> {
        let caller = caller.signed_in(&app, address(request, &app))?;
        let id = ConversationId(id.0);
        let from = wire::cursor(after.0.as_deref());
        // The audit log records only what was observed, so everything that may be refused comes first.
        app.coach.conversation(&caller.principal(), id).may_observe().await?;
        let socket = handshake(request, socket)?;
        let handle = SocketHandle::new();
        let key = ConnectionKey {
            conversation: id,
            invitation: None,
            user: caller.user.id,
            role: SocketRole::Observer,
        };
        let permit = (app.connections.take(key, handle.clone())?, handle);
        let observation = app.coach.conversation(&caller.principal(), id).observe(from).await?;
        open(&app, &caller, observation.into(), socket, permit)
    }
}

/// Checks the rest of the handshake, after it is known that the caller may see the conversation.
fn handshake(request: &Request, socket: Result<WebSocket>) -> Result<WebSocket, Failure> {
    let version = request.header("sec-websocket-version");
    if request.header("upgrade").is_none() || version.is_some_and(|version| version != "13") {
        return Err(Failure::new(
            426,
            "bad_request",
            "This endpoint requires a WebSocket upgrade (version 13).",
        ));
    }
    let nonsense = || Failure::new(400, "bad_request", "This is not a valid WebSocket handshake.");
    if !request.header("sec-websocket-key").is_some_and(is_nonce) {
        return Err(nonsense());
    }
    socket.map_err(|_| nonsense())
}

/// Returns whether the key is 16 bytes in base64: RFC 6455, 4.1.
fn is_nonce(key: &str) -> bool {
    BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}

fn open(
    app: &App,
    caller: &Caller,
    attendance: Attendance,
    socket: WebSocket,
    (permit, handle): (Permit, SocketHandle),
) -> Result<Upgraded, Failure> {
    let signals = Signals {
        shutdown: app.stop.clone(),
        over: handle.over.subscribe(),
        unanswered: handle.unanswered,
    };
    app.logins.watch(&caller.user, caller.epoch, handle.over);
    let counted = app.tasks.token();
    let config = WebSocketConfig::default()
        // Most of the memory of a silent socket, and enough for usual frames; a longer one is read in several parts.
        .read_buffer_size(512)
        // Frames that are ready together are written together; a flush follows each time. The buffer itself has no
        // limit, because a frame that exceeds one is not sent at all; the pump gives it no more than it can write.
        .write_buffer_size(4 * 1024)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    // Boxed, and moved into the pump before the task waits: a task keeps room for all that it was ever given.
    let given = Box::new((attendance, signals, permit, counted));
    let response = socket.config(config).on_upgrade(move |stream| {
        let (attendance, signals, permit, counted) = *given;
        let follower = CountedFollower::new(&attendance);
        let (sink, source) = stream.split();
        let sink = sink.with(|ws: Ws| std::future::ready(Ok::<_, std::io::Error>(to_socket(ws))));
        let source = source.map(|came| came.map(from_socket).map_err(|error| trouble(&error)));
        let pump = Box::pin(wire::pump(attendance, sink, source, PumpConfig::default(), signals));
        async move {
            // Dropped after the pump, in this order.
            let _held = (follower, permit, counted);
            let ended = pump.await;
            tracing::debug!(?ended, "socket closed");
        }
    });
    Ok(Upgraded(response.into_response()))
}

fn to_socket(ws: Ws) -> Message {
    match ws {
        Ws::Text(text) => Message::Text(text.to_string()),
        Ws::Binary => Message::Binary(Vec::new()),
        Ws::Ping => Message::Ping(Vec::new()),
        Ws::Pong => Message::Pong(Vec::new()),
        Ws::Close(code, reason) => Message::Close(Some((CloseCode::from(code), reason.to_owned()))),
    }
}

fn from_socket(message: Message) -> Ws {
    match message {
        Message::Text(text) => Ws::Text(text.into()),
        Message::Binary(_) => Ws::Binary,
        Message::Ping(_) => Ws::Ping,
        Message::Pong(_) => Ws::Pong,
        Message::Close(_) => Ws::Close(wire::close::NORMAL, ""),
    }
}

/// Classifies an error of the socket library, which reports errors only as text.
fn trouble(error: &std::io::Error) -> WsError {
    let text = error.to_string();
    if text.contains("without closing handshake") {
        WsError::Gone
    } else if text.starts_with("WebSocket protocol error") {
        WsError::Protocol
    } else if text.starts_with("Space limit exceeded") {
        WsError::TooLarge
    } else if text.starts_with("UTF-8") {
        WsError::NotUtf8
    } else {
        WsError::Gone
    }
}
