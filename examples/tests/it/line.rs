//! A client's connection that can break after any number of bytes from the server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use coach_core::ids::ConversationId;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

/// A WebSocket on a connection that breaks.
pub(crate) type Line = WebSocketStream<Breaking>;

/// A connection whose server falls silent after `left` bytes.
pub(crate) struct Breaking {
    stream: TcpStream,
    /// Bytes that arrived together with the answer to the handshake.
    early: Vec<u8>,
    left: usize,
}

/// Opens a socket that breaks after `left` bytes of frames, or returns the status of the refusal.
pub(crate) async fn open(
    address: SocketAddr,
    id: ConversationId,
    after: Option<&str>,
    left: usize,
) -> Result<Line, u16> {
    open_with(address, id, after, left, "").await
}

/// Opens a socket with additional header lines.
pub(crate) async fn open_with(
    address: SocketAddr,
    id: ConversationId,
    after: Option<&str>,
    left: usize,
    headers: &str,
) -> Result<Line, u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let query = after.map_or(String::new(), |after| format!("?after={after}"));
    let request = format!(
        "GET /ws/conversation/{id}{query} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut early = Vec::new();
    let head = loop {
        assert_ne!(stream.read_buf(&mut early).await.unwrap(), 0, "no answer to the handshake");
        if let Some(end) = early.windows(4).position(|four| four == b"\r\n\r\n") {
            let frames = early.split_off(end + 4);
            break String::from_utf8(std::mem::replace(&mut early, frames)).unwrap();
        }
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    if status != 101 {
        return Err(status);
    }
    let breaking = Breaking { stream, early, left };
    Ok(WebSocketStream::from_raw_socket(breaking, Role::Client, None).await)
}

/// Reads the next frame; `None` once the connection is broken or closed.
pub(crate) async fn next(line: &mut Line) -> Option<Value> {
    Some(serde_json::from_str(&next_text(line).await?).unwrap())
}

/// Reads the next frame as text.
pub(crate) async fn next_text(line: &mut Line) -> Option<String> {
    loop {
        match line.next().await? {
            Ok(Message::Text(text)) => return Some(text.to_string()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Reads until a frame of this type.
pub(crate) async fn until(line: &mut Line, kind: &str) -> Value {
    loop {
        let frame = next(line).await.unwrap_or_else(|| panic!("ended before {kind}"));
        if frame["type"] == kind {
            return frame;
        }
    }
}

/// Sends a frame.
pub(crate) async fn send(line: &mut Line, frame: &Value) {
    line.send(Message::text(frame.to_string())).await.unwrap();
}

/// Reads until the server closes the socket; returns its code.
pub(crate) async fn close_code(line: &mut Line) -> Option<u16> {
    while let Some(came) = line.next().await {
        if let Message::Close(frame) = came.ok()? {
            return frame.map(|frame| frame.code.into());
        }
    }
    None
}

impl AsyncRead for Breaking {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut bytes = [0; 512];
        let most = buffer.remaining().min(this.left).min(bytes.len());
        if most == 0 {
            return Poll::Ready(Ok(()));
        }
        let read = if this.early.is_empty() {
            let mut part = ReadBuf::new(&mut bytes[..most]);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut part))?;
            part.filled().len()
        } else {
            let early = most.min(this.early.len());
            bytes[..early].copy_from_slice(&this.early[..early]);
            this.early.drain(..early);
            early
        };
        this.left -= read;
        buffer.put_slice(&bytes[..read]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Breaking {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
