//! The floor: a bare relay from the provider to sockets, in one thread. It stores nothing, checks no cookie, parses no
//! JSON and sends no conversation so far: what is above its cost is what the host does for its users.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
};

use super::{
    http::{Chunks, Connection},
    socket::{Socket, put_text},
};

/// The observers of one conversation.
type Room = Arc<tokio::sync::Mutex<Vec<TcpStream>>>;

#[derive(Debug, Default)]
struct Rooms(Mutex<BTreeMap<u32, Room>>);

impl Rooms {
    fn room(&self, conversation: u32) -> Room {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(conversation).or_default().clone()
    }
}

/// Serves until the process is killed.
pub(crate) fn serve(port: &str, provider: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
        let rooms = Arc::new(Rooms::default());
        loop {
            let (stream, _) = listener.accept().await?;
            let (rooms, provider) = (rooms.clone(), provider.to_owned());
            tokio::spawn(async move {
                // A reader that is done drops its connection.
                let _ended = connected(stream, &rooms, &provider).await;
            });
        }
    })
}

async fn connected(stream: TcpStream, rooms: &Rooms, provider: &str) -> anyhow::Result<()> {
    let mut connection = Connection::new(stream)?;
    let head = connection.head().await?.context("no request")?;
    let path = head.split(' ').nth(1).context("no path")?;
    let (kind, number) = path.rsplit_once('/').context("no number")?;
    let room = rooms.room(number.parse()?);
    // Its readers do not ask for proof that it speaks WebSocket.
    let mut out = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: \
                    Upgrade\r\n\r\n"
        .to_vec();
    put_text(&mut out, &[br#"{"type":"history","messages":[],"more":false}"#]);
    connection.stream.write_all(&out).await?;
    if kind.ends_with("observe") {
        room.lock().await.push(connection.stream);
        return Ok(());
    }
    let mut socket = Socket::over(connection);
    let mut upstream = None;
    while let Some(text) = socket.next().await? {
        let message = content(text.as_bytes()).unwrap_or_default().to_vec();
        let mut relay = Relay { socket: &mut socket, room: &room };
        let asked = [&br#"{"role":"user","content":""#[..], &message, br#""}"#].concat();
        let partner = relay.answer(&mut upstream, provider, "partner", &asked).await?;
        let heard = [&asked[..], br#",{"role":"user","content":""#, &partner, br#""}"#].concat();
        relay.answer(&mut upstream, provider, "coach", &heard).await?;
    }
    Ok(())
}

struct Relay<'a> {
    socket: &'a mut Socket,
    room: &'a Room,
}

impl Relay<'_> {
    /// Relays one answer, and returns its text as it stands in JSON.
    async fn answer(
        &mut self,
        upstream: &mut Option<Connection>,
        provider: &str,
        voice: &str,
        messages: &[u8],
    ) -> anyhow::Result<Vec<u8>> {
        let upstream = match upstream {
            Some(open) => open,
            None => upstream.insert(Connection::connect(provider).await?),
        };
        let body = [
            format!(
                r#"{{"model":"bench","stream":true,"messages":[{{"role":"system","content":"You are the {voice}."}},"#
            )
            .as_bytes(),
            messages,
            b"]}",
        ]
        .concat();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: {provider}\r\ncontent-type: \
             application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        upstream.stream.write_all(&[head.as_bytes(), &body].concat()).await?;
        upstream.head().await?.context("the provider closed the connection")?;
        let delta = format!(r#"{{"type":"{voice}:delta","content":""#);
        let (mut chunks, mut events) = (Chunks::default(), Vec::new());
        let (mut answer, mut out) = (Vec::new(), Vec::new());
        loop {
            chunks.take(&mut upstream.read, &mut events)?;
            let whole = events.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            for line in events[..whole].split(|byte| *byte == b'\n') {
                if let Some(content) = content(line) {
                    put_text(&mut out, &[delta.as_bytes(), content, b"\"}"]);
                    answer.extend_from_slice(content);
                }
            }
            events.drain(..whole);
            if chunks.ended {
                put_text(&mut out, &[format!(r#"{{"type":"{voice}:done"}}"#).as_bytes()]);
            }
            self.send(&out).await?;
            out.clear();
            if chunks.ended {
                return Ok(answer);
            }
            upstream.more().await?.then_some(()).context("the provider's answer was cut")?;
        }
    }

    async fn send(&mut self, frames: &[u8]) -> anyhow::Result<()> {
        if frames.is_empty() {
            return Ok(());
        }
        self.socket.connection.stream.write_all(frames).await?;
        for observer in self.room.lock().await.iter_mut() {
            observer.write_all(frames).await?;
        }
        Ok(())
    }
}

/// Returns the string of the field `content` as it stands in JSON.
fn content(json: &[u8]) -> Option<&[u8]> {
    const FIELD: &[u8] = br#""content":""#;
    let from = json.windows(FIELD.len()).position(|bytes| bytes == FIELD)? + FIELD.len();
    let mut at = from;
    while *json.get(at)? != b'"' {
        at += if json[at] == b'\\' { 2 } else { 1 };
    }
    Some(&json[from..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_of_an_event_is_found() {
        let event = br#"data: {"choices":[{"delta":{"content":"a \"b\" \\"},"x":"y"}]}"#;
        assert_eq!(content(event), Some(&br#"a \"b\" \\"#[..]));
        assert_eq!(content(br#"data: {"delta":{}}"#), None);
    }
}
