//! A provider of this test's own, on a socket: it says what the test lets it say, when the test does.

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

/// The head of an answer that streams.
const STREAM: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// `coach run` against the provider at `address`.
pub(crate) fn against(harness: &Harness, address: &str) -> Command {
    command(harness, "run", address)
}

/// A command whose partner is the provider at `address`.
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

/// Answers every request with `answer`; its address.
pub(crate) fn answering(answer: String) -> String {
    serve(move |mut socket| {
        let _written = socket.write_all(answer.as_bytes());
    })
}

/// Never answers, but says that it was asked; its address.
pub(crate) fn silent() -> (String, Receiver<()>) {
    let (tell, asked) = channel();
    let address = serve(move |mut socket| {
        let _untold = tell.send(());
        let _left = socket.read(&mut [0]);
    });
    (address, asked)
}

/// Streams what the test sends, one request after the other. When the sender is gone it cuts.
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

/// A whole answer that streams `text` and then ends for `reason`.
pub(crate) fn streamed(text: &str, reason: &str) -> String {
    format!("{STREAM}{}{}", piece(text), end(reason))
}

/// An answer that streams `text` and is cut.
pub(crate) fn cut(text: &str) -> String {
    format!("{STREAM}{}", piece(text))
}

/// A whole answer that is an error of `status` and says `message`.
pub(crate) fn error(status: &str, message: &str) -> String {
    json(status, &format!("{{\"error\":{{\"message\":\"{message}\"}}}}"))
}

/// A whole answer of `status` with a body in JSON.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A piece of a stream.
pub(crate) fn piece(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// The end of a stream.
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

/// Reads all of a request: a socket that is closed before that is reset, and the answer lost.
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
