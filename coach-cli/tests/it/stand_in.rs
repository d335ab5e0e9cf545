//! A scripted provider on a socket.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
};

use crate::harness::{Harness, scripted};

/// The head of a streamed response.
const STREAM: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// Returns `coach run` with the provider at `address` as the partner.
pub(crate) fn against(harness: &Harness, address: &str) -> Command {
    command(harness, "run", address)
}

/// Returns a command with the provider at `address` as the partner.
pub(crate) fn command(harness: &Harness, name: &str, address: &str) -> Command {
    harness.write("s.toml", &scripted("[stop]\nmax_turns = 2\n"));
    let mut command = harness.command(&[
        name,
        "s.toml",
        "-o",
        "r",
        "--model",
        "partner=compatible:m",
        "--model",
        "coach=demo:demo",
    ]);
    command.env("OPENAI_COMPATIBLE_URL", address).env("NO_PROXY", "*");
    command
}

/// Answers every request with `answer`; returns the address.
pub(crate) fn answering(answer: String) -> String {
    serve(move |mut socket| {
        let _written = socket.write_all(answer.as_bytes());
    })
}

/// Never answers, but reports each request; returns the address.
pub(crate) fn silent() -> (String, Receiver<()>) {
    let (sender, asked) = channel();
    let address = serve(move |mut socket| {
        let _sent = sender.send(());
        let _left = socket.read(&mut [0]);
    });
    (address, asked)
}

/// Streams what the test sends, one request after the other; cuts the stream when the sender is dropped.
pub(crate) fn streaming() -> (String, Sender<String>) {
    let (send, pieces) = channel();
    let pieces: Arc<Mutex<Receiver<String>>> = Arc::new(Mutex::new(pieces));
    let address = serve(move |mut socket| {
        let pieces = pieces.lock().unwrap();
        let mut wrote = socket.write_all(STREAM.as_bytes());
        while let (Ok(()), Ok(piece)) = (&wrote, pieces.recv()) {
            wrote = socket.write_all(piece.as_bytes());
            if piece.ends_with("[DONE]\n\n") {
                return;
            }
        }
    });
    (address, send)
}

/// Returns a complete streamed answer with a finish reason.
pub(crate) fn streamed(text: &str, reason: &str) -> String {
    format!("{STREAM}{}{}", piece(text), end(reason))
}

/// Returns a streamed answer that is cut after `text`.
pub(crate) fn cut(text: &str) -> String {
    format!("{STREAM}{}", piece(text))
}

/// Returns an error response with `message`.
pub(crate) fn error(status: &str, message: &str) -> String {
    json(status, &format!("{{\"error\":{{\"message\":\"{message}\"}}}}"))
}

/// Returns a JSON response.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Returns a piece of a stream.
pub(crate) fn piece(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// Returns the end of a stream.
pub(crate) fn end(reason: &str) -> String {
    format!(
        "data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{reason}\"}}],\
         \"usage\":{{\"prompt_tokens\":10,\"completion_tokens\":5}}}}\n\ndata: [DONE]\n\n"
    )
}

fn serve(answer: impl Fn(TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(socket) = socket else { continue };
            let answer = answer.clone();
            std::thread::spawn(move || {
                read_request(&socket);
                answer(socket);
            });
        }
    });
    address
}

/// Reads a whole request: closing the socket earlier would reset it and lose the response.
fn read_request(socket: &TcpStream) {
    let mut reader = BufReader::new(socket);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((_, value)) = line.to_lowercase().split_once("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    let _read = reader.read_exact(&mut body);
}
