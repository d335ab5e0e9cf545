//! As much of WebSocket as the readers and the floor need: whole text frames. Written by hand, so that the readers
//! take little of the machine that they measure.

use anyhow::{Context as _, bail, ensure};
use tokio::io::AsyncWriteExt as _;

use super::{http::Connection, stamp};

const TEXT: u8 = 0x81;
const PONG: u8 = 0x8a;

/// The reading side of a WebSocket, a client's or the floor's.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) connection: Connection,
    /// Where the next frame begins in what was read.
    at: usize,
    /// When the last bytes were read.
    pub(crate) read_at: u64,
}

impl Socket {
    /// Connects a client.
    pub(crate) async fn connect(
        address: &str,
        path: &str,
        headers: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut connection = Connection::connect(address).await?;
        let mut request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nconnection: \
             Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: \
             AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        connection.stream.write_all((request + "\r\n").as_bytes()).await?;
        let head = connection.head().await?.context("the server closed the connection")?;
        ensure!(head.starts_with("HTTP/1.1 101"), "no WebSocket at {path}: {head}");
        Ok(Self::over(connection))
    }

    /// Returns the socket of a connection that is upgraded already.
    pub(crate) fn over(connection: Connection) -> Self {
        Self { connection, at: 0, read_at: stamp::now() }
    }

    /// Sends a client's text frame. Its mask is zero, so the text stays as it is.
    pub(crate) async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        let mut frame = Vec::with_capacity(text.len() + 14);
        put_head(&mut frame, TEXT, text.len(), 0x80);
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        Ok(self.connection.stream.write_all(&frame).await?)
    }

    /// Returns the next text frame; `None` if the connection ended.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<&str>> {
        let (from, to) = loop {
            match head(&self.connection.read[self.at..]) {
                Some((code, mask, start, length))
                    if self.connection.read.len() >= self.at + start + length =>
                {
                    let from = self.at + start;
                    self.at = from + length;
                    let payload = &mut self.connection.read[from..from + length];
                    if let Some(mask) = mask {
                        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(b, m)| *b ^= m);
                    }
                    match code {
                        TEXT => break (from, from + length),
                        0x89 => {
                            let mut pong = Vec::new();
                            put_head(&mut pong, PONG, length, 0x80);
                            pong.extend_from_slice(&[0; 4]);
                            pong.extend_from_slice(payload);
                            self.connection.stream.write_all(&pong).await?;
                        }
                        PONG => {}
                        0x88 => return Ok(None),
                        other => bail!("an unexpected frame: {other:#x}"),
                    }
                }
                _ => {
                    self.connection.read.drain(..self.at);
                    self.at = 0;
                    if !self.connection.more().await? {
                        return Ok(None);
                    }
                    self.read_at = stamp::now();
                }
            }
        };
        Ok(Some(std::str::from_utf8(&self.connection.read[from..to])?))
    }
}

/// Appends a server's text frame to `out`.
pub(crate) fn put_text(out: &mut Vec<u8>, parts: &[&[u8]]) {
    put_head(out, TEXT, parts.iter().map(|part| part.len()).sum(), 0);
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

fn put_head(out: &mut Vec<u8>, code: u8, length: usize, mask: u8) {
    out.push(code);
    match length {
        0..126 => out.push(mask | length as u8),
        126..65_536 => {
            out.push(mask | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(mask | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// Returns a frame's first byte, its mask, where its payload begins, and its length.
fn head(bytes: &[u8]) -> Option<(u8, Option<[u8; 4]>, usize, usize)> {
    let (code, second) = (*bytes.first()?, *bytes.get(1)?);
    let (length, at) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize, 10),
        short => (usize::from(short), 2),
    };
    if second & 0x80 == 0 {
        return Some((code, None, at, length));
    }
    Some((code, Some(bytes.get(at..at + 4)?.try_into().ok()?), at + 4, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_have_a_readable_head() {
        for length in [0, 125, 126, 65_535, 65_536] {
            for mask in [0, 0x80] {
                let mut frame = Vec::new();
                put_head(&mut frame, TEXT, length, mask);
                let start = frame.len() + if mask == 0 { 0 } else { 4 };
                frame.extend_from_slice(&[0; 4]);
                let read = head(&frame).unwrap();
                assert_eq!((read.0, read.2, read.3), (TEXT, start, length));
            }
        }
    }
}
