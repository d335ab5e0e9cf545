//! A host with few file descriptors, and strangers who take as many as they get.

use coach_llm::testing::{FaultServer, Speech};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

use super::{Running, limited};
use crate::{app::Folder, socket::is_idle};

/// Lets this process open as many files as the system allows: a thousand strangers have their ends here.
fn open_many() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

#[tokio::test]
async fn a_thousand_idle_strangers_take_nothing_from_a_turn() {
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
        Running::start_as(&folder, &settings, |settings| limited(1024, settings)).await;
    let admin = running.admin().await;
    let guest = running.guest_of(&admin).await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    let mut strangers = Vec::new();
    for _ in 0..1000 {
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
    // And somebody new gets in.
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
    assert!(shortages[0].contains("set COACH_MAX_SOCKETS=630"), "{}", shortages[0]);
}
