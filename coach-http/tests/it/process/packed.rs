//! A host with few file descriptors, and clients that open as many connections as they can.

use coach_llm::testing::{FaultServer, Speech};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

use super::{Running, limited, partner_at};
use crate::{app::Folder, socket::is_idle};

/// Lets this process open as many files as the system allows: it holds the client side of a thousand connections.
fn open_many() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

#[tokio::test]
async fn a_thousand_idle_connections_do_not_slow_a_turn() {
    idle_strangers_take_nothing(1024, 1000, 630).await;
}

#[tokio::test]
async fn idle_connections_do_not_block_a_turn_when_file_descriptors_are_scarce() {
    idle_strangers_take_nothing(64, 200, 21).await;
}

/// Asserts that `idle` connections take nothing from a turn, where the descriptors allow this many sockets.
async fn idle_strangers_take_nothing(descriptors: u32, idle: usize, sockets: usize) {
    open_many();
    let folder = Folder::new();
    let server = FaultServer::start().await;
    for _ in 0..2 {
        server.push(Speech::OpenAi.answer(["Partner words."]));
        server.push(Speech::OpenAi.answer(["Coach words."]));
    }
    let model = server.url();
    let settings = [
        ("OPENAI_COMPATIBLE_URL", &*model),
        ("COACH_MODEL_PARTNER", "compatible:m"),
        ("COACH_MODEL_COACH", "compatible:m"),
        ("COACH_MODEL_ASIDE", "demo:demo"),
        ("COACH_MODEL_ELABORATION", "demo:demo"),
        ("COACH_MODEL_JUDGE", "demo:demo"),
    ];
    let mut running =
        Running::start_as(&folder, &settings, |settings| limited(descriptors, settings)).await;
    let admin = running.admin().await;
    let guest = running.guest_of(&admin).await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    let mut strangers = Vec::new();
    for _ in 0..idle {
        let address = running.url.trim_start_matches("http://");
        strangers.push(TcpStream::connect(address).await.unwrap());
    }
    for _ in 0..2 {
        socket.say("Hello.").await;
        let turn = socket.until(is_idle).await;
        let done = |kind: &str| {
            let done = turn.iter().find(|frame| frame["type"] == format!("{kind}:done")).unwrap();
            done["status"].as_str().unwrap().to_owned()
        };
        assert_eq!((done("partner"), done("coach")), ("complete".into(), "complete".into()));
    }
    // A new guest can connect.
    let newcomer = running.guest_of(&admin).await;
    newcomer.talk(&newcomer.start().await).await.is_open().await;
    socket.is_open().await;
    drop(strangers);
    let mut errors = running.child.stderr.take().unwrap();
    running.stops().await;
    let mut log = String::new();
    errors.read_to_string(&mut log).await.unwrap();
    let shortages: Vec<&str> = log.lines().filter(|line| line.contains("descriptors")).collect();
    assert_eq!(shortages.len(), 1, "{log}");
    let fitting = format!("set COACH_MAX_SOCKETS={sockets}\"");
    assert!(shortages[0].contains(&fitting), "{}", shortages[0]);
}

#[tokio::test]
async fn newcomers_over_the_limit_are_refused_and_open_sockets_continue() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    server.always(Speech::OpenAi.answer(["Partner words."]));
    let model = server.url();
    let settings = [partner_at(&model), vec![("COACH_SOCKETS_PER_PERSON", "100")]].concat();
    let few = |settings: &[(&str, &str)]| limited(64, settings);
    let running = Running::start_as(&folder, &settings, few).await;
    let guest = running.guest().await;
    let id = guest.start().await;
    let path = format!("/ws/conversation/{id}");
    let mut sitting = Vec::new();
    let refused = loop {
        match guest.socket(&path, None).await {
            Ok(socket) => sitting.push(socket),
            Err(status) => break status,
        }
    };
    assert_eq!((refused, sitting.len()), (503, 21));
    sitting[0].say("Hello.").await;
    for socket in &mut sitting {
        let turn = socket.until(|frame| frame["type"] == "partner:done").await;
        assert_eq!(turn.last().unwrap()["status"], "complete");
        socket.until(is_idle).await;
    }
    running.stops().await;
}
