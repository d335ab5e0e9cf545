//! Slow sockets: pieces merge meanwhile, and a socket that accepts nothing is closed.

use std::{sync::Arc, time::Duration};

use coach_core::{
    live::StartAt,
    testing::{Step, Take, answer},
    wire::{Ended, PumpConfig, ServerFrame, Signals, Ws, close, pump},
};
use futures::channel::mpsc;
use tokio::time::{Instant, sleep};

use super::line::{Line, Setup, SocketRole};

const PIECES: usize = 500;

/// Returns this many pieces, ten milliseconds apart.
fn a_long_answer() -> Take {
    let piece = |n| [Step::Wait(Duration::from_millis(10)), Step::Say(format!("«{n}» "))];
    let mut take = vec![Step::Accept];
    take.extend((0..PIECES).flat_map(piece));
    take.push(Step::Done(None));
    take
}

async fn setup() -> Setup {
    Setup::with(vec![a_long_answer()], vec![answer("Hm.")], |store| Arc::new(store)).await
}

fn whole() -> String {
    (0..PIECES).map(|n| format!("«{n}» ")).collect()
}

/// Reads the partner's answer; returns the number of pieces and the text.
async fn read(line: &mut Line) -> (usize, String) {
    let (mut pieces, mut text) = (0, String::new());
    loop {
        match line.frame().await {
            ServerFrame::PartnerDelta(piece) => {
                assert_eq!(piece.off, text.len() as u64, "no gap and nothing twice");
                text.push_str(&piece.content);
                pieces += 1;
            }
            ServerFrame::PartnerDone(_) => return (pieces, text),
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn fast_followers_get_pieces_at_once_and_slow_ones_get_them_merged() {
    let setup = setup().await;
    let mut quick = setup.line().await.greeted().await;
    let mut slow =
        setup.line_of(SocketRole::Participant, StartAt::Nothing, 1).await.greeted().await;
    quick.say("Hello", "c-1");
    let (pieces, text) = read(&mut quick).await;
    assert_eq!((pieces, text), (PIECES, whole()));
    // The other client has read nothing meanwhile.
    let (pieces, text) = read(&mut slow).await;
    assert!(pieces < 5, "{pieces} pieces");
    assert_eq!(text, whole());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_keeps_reading_stays_connected_without_a_pong() {
    let setup = setup().await;
    let mut slow = setup.line_of(SocketRole::Participant, StartAt::Nothing, 1).await;
    slow.say("Hello", "c-1");
    let mut taken = 0;
    loop {
        sleep(Duration::from_secs(59)).await;
        let ServerFrame::PartnerDone(_) = slow.frame().await else {
            taken += 1;
            continue;
        };
        break;
    }
    assert!(taken > 4, "history, turn and quota, ack and message");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_for_a_minute_is_closed_and_resumes_with_a_cursor() {
    let setup = setup().await;
    let mut stuck =
        setup.line_of(SocketRole::Participant, StartAt::Nothing, 8).await.greeted().await;
    stuck.say("Hello", "c-1");
    let mut text = String::new();
    let mut cursor = None;
    while text.len() < 20 {
        if let ServerFrame::PartnerDelta(piece) = stuck.frame().await {
            text.push_str(&piece.content);
            cursor = Some(format!("{}.{}", piece.message_id, text.len()));
        }
    }
    let began = Instant::now();
    // While it accepts no output, its input is still read.
    sleep(Duration::from_secs(30)).await;
    stuck.say("Still here", "c-2");
    sleep(Duration::from_secs(33)).await;
    let mut rest = Vec::new();
    while let Some(ws) = stuck.next().await {
        rest.push(ws);
    }
    assert!(began.elapsed() < Duration::from_secs(65));
    // Frames in flight arrive; the close frame did not fit.
    assert!(rest.len() <= 8 && !rest.contains(&Ws::Ping), "{rest:?}");
    assert_eq!(stuck.ended().await.0, Ended::Closed(close::TOO_SLOW));

    let from = coach_core::wire::cursor(cursor.as_deref());
    let mut again = setup.line_of(SocketRole::Participant, from, 1_000).await;
    assert_eq!(again.text().await, r#"{"type":"resumed"}"#);
    let ServerFrame::PartnerDelta(piece) = again.frame().await else { panic!("no text") };
    assert_eq!(piece.off, text.len() as u64);
    assert_eq!(text + &piece.content, whole());
}

/// A host may have ten thousand idle sockets.
#[tokio::test]
async fn an_idle_socket_is_small() {
    let setup = Setup::open().await;
    let by = setup.participant();
    let participation =
        setup.coach.conversation(&by, setup.id).participate(StartAt::Nothing).await.unwrap();
    let (sink, _from) = mpsc::channel(1);
    let (_to, source) = mpsc::unbounded();
    let running = pump(participation, sink, source, PumpConfig::default(), Signals::default());
    let size = size_of_val(&running);
    assert!(size <= 2_048, "{size} bytes");
}
