//! As much of HTTP/1.1 as the mock provider, the floor and the readers need, over plain TCP.

use anyhow::{Context as _, bail};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// A connection, and what was read from it but not used yet.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) read: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(4096) })
    }

    pub(crate) async fn connect(address: &str) -> anyhow::Result<Self> {
        Self::new(TcpStream::connect(address).await.with_context(|| address.to_owned())?)
    }

    /// Reads more; `false` at the end of the stream.
    pub(crate) async fn more(&mut self) -> anyhow::Result<bool> {
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    /// Reads the head of a request or response; `None` if the connection ends before it begins.
    pub(crate) async fn head(&mut self) -> anyhow::Result<Option<String>> {
        loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head: Vec<u8> = self.read.drain(..end + 4).collect();
                return Ok(Some(String::from_utf8(head)?));
            }
            if !self.more().await? {
                match self.read.is_empty() {
                    true => return Ok(None),
                    false => bail!("the connection ended inside a head"),
                }
            }
        }
    }

    /// Reads a body of this length.
    pub(crate) async fn body(&mut self, length: usize) -> anyhow::Result<String> {
        while self.read.len() < length {
            if !self.more().await? {
                bail!("the connection ended inside a body");
            }
        }
        Ok(String::from_utf8(self.read.drain(..length).collect())?)
    }
}

/// Returns a header's value.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Removes the framing of a chunked body.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    /// Bytes that are left of the current chunk, with its line end.
    left: usize,
    pub(crate) ended: bool,
}

impl Chunks {
    /// Moves what is complete in `raw` to `body`.
    pub(crate) fn take(&mut self, raw: &mut Vec<u8>, body: &mut Vec<u8>) -> anyhow::Result<()> {
        let mut at = 0;
        while !self.ended && at < raw.len() {
            if self.left == 0 {
                let Some(line) = raw[at..].windows(2).position(|bytes| bytes == b"\r\n") else {
                    break;
                };
                let size = std::str::from_utf8(&raw[at..at + line])?;
                let size = usize::from_str_radix(size, 16)?;
                if size == 0 {
                    if raw.len() < at + line + 4 {
                        break;
                    }
                    self.ended = true;
                    at += line + 4;
                    break;
                }
                self.left = size + 2;
                at += line + 2;
            }
            let part = self.left.min(raw.len() - at);
            // The last two bytes of a chunk end its line.
            let text = part.min(self.left.saturating_sub(2));
            body.extend_from_slice(&raw[at..at + text]);
            self.left -= part;
            at += part;
        }
        raw.drain(..at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_lose_their_framing_however_they_are_split() {
        let raw = b"3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\nnext";
        for size in 1..=raw.len() {
            let (mut chunks, mut held, mut body) = (Chunks::default(), Vec::new(), Vec::new());
            for piece in raw.chunks(size) {
                held.extend_from_slice(piece);
                chunks.take(&mut held, &mut body).unwrap();
            }
            assert_eq!(body, b"abc0123456789abcdef", "in pieces of {size}");
            assert!(chunks.ended);
            assert_eq!(held, b"next");
        }
    }
}
