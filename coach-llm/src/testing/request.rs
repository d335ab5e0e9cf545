//! Reads HTTP requests from a socket, just enough for a test server.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// One request.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Reads the next request, whose beginning may be in `stash`; `None` at the end of the connection.
pub(super) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    stash: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    let head = loop {
        if let Some(end) = stash.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if from.read_buf(stash).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&stash[..head]).into_owned();
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let mut request = Request {
        method: first.next().unwrap_or_default(),
        path: first.next().unwrap_or_default(),
        ..Request::default()
    };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = request.headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or(0);
    while stash.len() < head + length {
        if from.read_buf(stash).await? == 0 {
            return Ok(None);
        }
    }
    request.body = stash[head..head + length].to_vec();
    stash.drain(..head + length);
    Ok(Some(request))
}
