//! A raw connection, for bytes that no client library sends.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::person::Person;

/// A connection, byte by byte.
pub(crate) struct Raw {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(url: &str) -> Self {
        let stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// Opens a socket as `person`; returns it right after the handshake.
    pub(crate) async fn socket(url: &str, person: &Person, id: &str) -> Self {
        let mut raw = Self::connect(url).await;
        let cookies = person.cookies().unwrap();
        let head = format!(
            "GET /ws/conversation/{id} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {cookies}\r\n\r\n"
        );
        raw.write(head.as_bytes()).await;
        let head = raw.until(b"\r\n\r\n").await.unwrap();
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        raw
    }

    /// Sends these bytes; returns everything that the host sends until the connection closes.
    pub(crate) async fn answer(url: &str, bytes: &[u8]) -> String {
        let mut raw = Self::connect(url).await;
        raw.write(bytes).await;
        let answered = tokio::time::timeout(Duration::from_secs(20), raw.rest()).await;
        let sent = String::from_utf8_lossy(bytes);
        let answer =
            answered.unwrap_or_else(|_| panic!("the connection stays open after {sent:.300}"));
        let asked: Vec<&str> = sent.split([' ', '?']).take(2).collect();
        if let ([method, path], Some(status)) = (&asked[..], answer.split(' ').nth(1)) {
            crate::contract::check_status(method, path, status.parse().unwrap());
        }
        answer
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        // The host may close the connection before everything is written.
        let _ = self.stream.write_all(bytes).await;
    }

    /// Reads until the connection closes.
    pub(crate) async fn rest(mut self) -> String {
        let _ = self.stream.read_to_end(&mut self.read).await;
        String::from_utf8_lossy(&self.read).into_owned()
    }

    /// Reads up to and including `mark`; `None` if the connection closes before.
    pub(crate) async fn until(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.read.windows(mark.len()).position(|window| window == mark) {
                return Some(self.read.drain(..at + mark.len()).collect());
            }
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn take(&mut self, bytes: usize) -> Option<Vec<u8>> {
        while self.read.len() < bytes {
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
        Some(self.read.drain(..bytes).collect())
    }

    /// Reads the server's next frame: its first byte and its payload.
    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = self.take(2).await?;
        let length = match head[1] {
            126 => usize::from(u16::from_be_bytes(self.take(2).await?.try_into().ok()?)),
            127 => {
                usize::try_from(u64::from_be_bytes(self.take(8).await?.try_into().ok()?)).ok()?
            }
            short => usize::from(short),
        };
        Some((head[0], self.take(length).await?))
    }

    /// Waits for the close frame; returns its code.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        loop {
            let (head, payload) = self.frame().await?;
            if head == 0x88 {
                return Some(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]));
            }
        }
    }

    /// Waits for a ping; `false` if the socket closes before.
    pub(crate) async fn is_pinged(&mut self) -> bool {
        while let Some((head, _)) = self.frame().await {
            if head == 0x89 {
                return true;
            }
        }
        false
    }

    /// Waits for this text; `false` if the socket closes before.
    pub(crate) async fn hears(&mut self, text: &str) -> bool {
        while let Some((_, payload)) = self.frame().await {
            if payload == text.as_bytes() {
                return true;
            }
        }
        false
    }
}

/// A client's frame with this first byte and payload, masked with zeros.
pub(crate) fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let length = match u8::try_from(length) {
        Ok(short) if short < 126 => vec![0x80 | short],
        _ => [&[0x80 | 126][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
    };
    [&[head][..], &length, &[0; 4], payload].concat()
}
