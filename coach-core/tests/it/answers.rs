//! Which model output counts as an answer, in every lane: what is published, saved, charged and prompted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use coach_core::{
    Coach,
    conversation::{Cut, Message, Role, SkipReason, Status},
    live::{Event, Follower, StartAt, Voice},
    model::{Lane, TurnLane},
    ports::{FinishReason, Ledger as _, ModelErrorKind},
    testing::{Fault, ScriptedModel, Step, Take, contract::fixture::an_invitation},
    turn::ledger::{Settlement, Usage},
};

use crate::talk::{Talk, until};

pub(crate) const USED: Usage =
    Usage { input: 20, output: 5, cached_input: 0, cache_write: 0, reasoning: 0 };

fn said(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// Sends pieces and ends with a reason.
pub(crate) fn ends(pieces: &[&str], reason: FinishReason) -> Take {
    let pieces = pieces.iter().map(|piece| said(piece));
    [Step::Accept].into_iter().chain(pieces).chain([Step::Finish(reason, Some(USED))]).collect()
}

pub(crate) fn stops(pieces: &[&str]) -> Take {
    ends(pieces, FinishReason::Stop)
}

async fn turn(talk: &Talk, follower: &mut Follower) -> Vec<Event> {
    talk.say("May I have a raise?").await;
    until(follower, Event::is_idle).await
}

async fn begun(talk: &Talk) -> Follower {
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    follower
}

/// Returns the newest message of a role.
async fn newest(talk: &Talk, role: Role) -> Message {
    let record = talk.record().await;
    record.into_iter().rev().find(|message| message.role == role).unwrap()
}

fn failures(received: &[Event]) -> Vec<(TurnLane, ModelErrorKind)> {
    let failed = received.iter().filter_map(|event| match event {
        Event::Failed { lane, kind, .. } => Some((*lane, *kind)),
        _ => None,
    });
    failed.collect()
}

fn text(received: &[Event], wanted: Voice) -> String {
    let pieces = received.iter().filter_map(|event| match event {
        Event::Delta(delta) if delta.voice == wanted => Some(delta.text.as_str()),
        _ => None,
    });
    pieces.collect()
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_requested_once_more() {
    let talk = Talk::with(vec![stops(&[" \n"]), stops(&["No."])], vec![]).await;
    let mut follower = begun(&talk).await;
    let received = turn(&talk, &mut follower).await;
    assert_eq!((failures(&received), text(&received, Voice::Partner)), (vec![], "No.".to_owned()));
    assert_eq!(newest(&talk, Role::Partner).await.status, Status::Complete);
    let heard = talk.partner.heard();
    assert_eq!(heard.iter().map(|asked| asked.limits.retries).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(heard[0].prompt, heard[1].prompt);
    // One entry with the sum of both tries, under a bound raised by the first one's usage.
    let entries = talk.store.entries(talk.id).await.unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.lane).collect::<Vec<_>>(),
        [Lane::Partner, Lane::Coach]
    );
    assert_eq!(entries[0].settlement, Settlement::Reported(USED + USED));
    assert_eq!(entries[0].reserved.output, 400 + USED.output);
    let sums = talk.store.sums(an_invitation(1, 0).id);
    assert_eq!((sums.reserved, sums.used), (0, sums.entries_total));
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_never_complete() {
    let empty: &[Take] = &[
        stops(&[]),
        stops(&[" \n", "\u{200b}"]),
        ends(&[], FinishReason::Length),
        ends(&[], FinishReason::ToolCalls),
        stops(&["<think>My limit ", "is 5%.</think>"]),
        stops(&["<|im_end|>"]),
        stops(&["Participant: please!"]),
    ];
    for take in empty {
        let talk = Talk::with(vec![take.clone(), take.clone()], vec![]).await;
        let mut follower = begun(&talk).await;
        let received = turn(&talk, &mut follower).await;
        assert_eq!(failures(&received), [(TurnLane::Partner, ModelErrorKind::Empty)], "{take:?}");
        assert_eq!(text(&received, Voice::Partner), "", "{take:?}");
        let reply = newest(&talk, Role::Partner).await;
        assert_eq!((reply.status, reply.content.as_str()), (Status::Failed, ""), "{take:?}");
        assert_eq!(newest(&talk, Role::Coach).await.skipped, Some(SkipReason::Failed));
        assert_eq!((talk.partner.heard().len(), talk.listener.heard().len()), (2, 0), "{take:?}");
        talk.retry().await;
        until(&mut follower, Event::is_idle).await;
        assert_eq!(newest(&talk, Role::Partner).await.content, "Go on.", "{take:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_second_try_is_made_if_the_transport_retried() {
    let retried = vec![Step::Accept, Step::FinishAfter(FinishReason::Stop, 2)];
    let talk = Talk::with(vec![retried], vec![]).await;
    let received = turn(&talk, &mut begun(&talk).await).await;
    assert_eq!(failures(&received), [(TurnLane::Partner, ModelErrorKind::Empty)]);
    assert_eq!(talk.partner.heard().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_retried() {
    for reason in [FinishReason::Refusal, FinishReason::ContentFilter] {
        let talk = Talk::with(vec![ends(&[], reason)], vec![]).await;
        let received = turn(&talk, &mut begun(&talk).await).await;
        assert_eq!(failures(&received), [(TurnLane::Partner, ModelErrorKind::ContentFiltered)]);
        assert_eq!(newest(&talk, Role::Partner).await.status, Status::Failed);
        assert_eq!(talk.partner.heard().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_try_without_enough_tokens_is_not_made() {
    let refuse = |method: &'static str| match method {
        "raise" => Fault::Before,
        _ => Fault::None,
    };
    let talk = Talk::of(|_| {}, vec![stops(&[])], vec![], refuse).await;
    let received = turn(&talk, &mut begun(&talk).await).await;
    assert_eq!(failures(&received), [(TurnLane::Partner, ModelErrorKind::Empty)]);
    assert_eq!(talk.partner.heard().len(), 1);
    let entries = talk.store.entries(talk.id).await.unwrap();
    assert_eq!(entries[0].settlement, Settlement::Reported(USED));
}

#[tokio::test(start_paused = true)]
async fn comments_and_asides_are_held_to_the_same_limits() {
    let comments = vec![stops(&[]), stops(&[]), stops(&["\n"]), stops(&["Ask why."])];
    let talk = Talk::with(vec![], comments).await;
    let mut follower = begun(&talk).await;
    let received = turn(&talk, &mut follower).await;
    assert_eq!(failures(&received), [(TurnLane::Coach, ModelErrorKind::Empty)]);
    assert_eq!(newest(&talk, Role::Coach).await.status, Status::Failed);
    talk.ask("Was that rude?").await;
    let received = until(&mut follower, Event::is_idle).await;
    assert_eq!(
        (failures(&received), text(&received, Voice::Aside)),
        (vec![], "Ask why.".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn thinking_reaches_no_follower() {
    let thinks =
        stops(&["<th", "ink>My secret", " limit is 5%.</thi", "nk>\n\nNot this ", "year."]);
    let talk = Talk::with(vec![thinks], vec![]).await;
    let mut follower = begun(&talk).await;
    let received = turn(&talk, &mut follower).await;
    assert_eq!(text(&received, Voice::Partner), "Not this year.");
    turn(&talk, &mut follower).await;
    assert_eq!(newest(&talk, Role::Partner).await.content, "Go on.");
    for asked in talk.partner.heard().iter().chain(&talk.listener.heard()) {
        assert!(!format!("{:?}", asked.prompt).contains("secret"), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn thinking_without_an_opening_tag_fails_the_leg_and_enters_no_prompt() {
    let leaks = || stops(&["My secret limit ", "is 5%.", "</think>", "Not this year."]);
    let talk = Talk::with(vec![leaks(), leaks(), stops(&["Well, ", "no."])], vec![]).await;
    let mut follower = begun(&talk).await;
    let received = turn(&talk, &mut follower).await;
    assert_eq!(failures(&received), [(TurnLane::Partner, ModelErrorKind::Malformed)]);
    let reply = newest(&talk, Role::Partner).await;
    assert_eq!((reply.status, reply.content.as_str()), (Status::Failed, "My secret limit is 5%."));
    // From now on, text of this model is buffered until a closing tag or the end.
    let received = turn(&talk, &mut follower).await;
    assert_eq!(
        (failures(&received), text(&received, Voice::Partner)),
        (vec![], "Not this year.".to_owned())
    );
    let received = turn(&talk, &mut follower).await;
    let pieces = received
        .iter()
        .filter(|event| matches!(event, Event::Delta(delta) if delta.voice == Voice::Partner));
    assert_eq!((pieces.count(), text(&received, Voice::Partner)), (1, "Well, no.".to_owned()));
    // Another process recognizes the failed answer from the record.
    let partner = ScriptedModel::playing("test:partner", []);
    let restarted = Coach::builder(talk.store.clone())
        .model(Lane::Partner, partner.clone())
        .model(Lane::Coach, talk.listener.clone())
        .build()
        .unwrap();
    let mut follower = restarted
        .conversation(&Talk::participant(), talk.id)
        .follow(StartAt::Nothing)
        .await
        .unwrap();
    until(&mut follower, Event::is_idle).await;
    restarted.conversation(&Talk::participant(), talk.id).say("Why?").await.unwrap();
    until(&mut follower, Event::is_idle).await;
    let heard: Vec<_> = [talk.partner.heard(), talk.listener.heard(), partner.heard()].concat();
    assert_eq!(heard.len(), 4 + 3);
    for asked in heard {
        assert!(!format!("{:?}", asked.prompt).contains("secret"), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_partner_stops_at_another_voice_and_a_coach_may_quote_one() {
    let both =
        &["Ms Keller: Not this year.\nPart", "icipant: please!\nMs Keller: No.", "<|im_end|>"];
    let talk = Talk::with(vec![stops(both)], vec![stops(both)]).await;
    let received = turn(&talk, &mut begun(&talk).await).await;
    assert_eq!(text(&received, Voice::Partner), "Not this year.\n");
    let reply = newest(&talk, Role::Partner).await;
    assert_eq!((reply.status, reply.cut()), (Status::Complete, None));
    let quoted = "Ms Keller: Not this year.\nParticipant: please!\nMs Keller: No.";
    assert_eq!(text(&received, Voice::Coach), quoted);
    let stop = |model: &ScriptedModel| model.heard()[0].stop.clone();
    let expected = ["\nParticipant:", "\nUser:", "<|im_end|>", "<|eot_id|>"];
    assert_eq!(stop(&talk.partner), expected);
    assert!(stop(&talk.listener).is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_report_after_a_control_word_still_counts() {
    let reports = stops(&["No.", "<|im_end|>"]);
    let goes_on = vec![Step::Accept, said("No.<|im_end|>"), said("more"), Step::Hang];
    let hangs = vec![Step::Accept, said("No.<|im_end|>"), Step::Hang];
    let talk = Talk::with(vec![reports, goes_on, hangs], vec![]).await;
    let mut follower = begun(&talk).await;
    for _ in 0..3 {
        let received = turn(&talk, &mut follower).await;
        assert_eq!(
            (failures(&received), text(&received, Voice::Partner)),
            (vec![], "No.".to_owned())
        );
    }
    let entries = talk.store.entries(talk.id).await.unwrap();
    let partner = entries.iter().filter(|entry| entry.lane == Lane::Partner);
    let sources: Vec<_> = partner.map(|entry| entry.settlement.source()).collect();
    assert_eq!(sources, ["reported", "estimated", "estimated"]);
}

#[tokio::test(start_paused = true)]
async fn a_complete_message_with_a_cut_answer_says_so() {
    for (reason, cut) in [
        (FinishReason::Length, Some(Cut::Length)),
        (FinishReason::ContentFilter, Some(Cut::Filter)),
        (FinishReason::Refusal, Some(Cut::Refusal)),
        (FinishReason::Stop, None),
    ] {
        let talk = Talk::with(vec![ends(&["Not this"], reason)], vec![]).await;
        let received = turn(&talk, &mut begun(&talk).await).await;
        let done = received.iter().find_map(|event| match event {
            Event::Done(done) if Voice::of(done) == Voice::Partner => {
                Some((done.status, done.cut()))
            }
            _ => None,
        });
        assert_eq!(done, Some((Status::Complete, cut)));
        assert_eq!(newest(&talk, Role::Partner).await.cut(), cut);
        // The coach still comments.
        assert_eq!(newest(&talk, Role::Coach).await.status, Status::Complete);
    }
}

#[tokio::test(start_paused = true)]
async fn control_characters_are_removed_before_anything_is_published() {
    let talk = Talk::with(vec![stops(&["N\0o", "\u{1b}[1m.\r\n"])], vec![]).await;
    let received = turn(&talk, &mut begun(&talk).await).await;
    assert_eq!(text(&received, Voice::Partner), "No[1m.\n");
    assert_eq!(newest(&talk, Role::Partner).await.content, "No[1m.\n");
}

#[tokio::test(start_paused = true)]
async fn a_reply_beyond_its_limit_is_ended_and_charged_for_what_was_generated() {
    // 400 tokens are wanted: four times their typical 1,600 bytes are accepted.
    let endless =
        [Step::Accept].into_iter().chain(std::iter::repeat_n(said(&"on ".repeat(300)), 300));
    let talk = Talk::with(vec![endless.collect()], vec![]).await;
    let mut follower = begun(&talk).await;
    let received = turn(&talk, &mut follower).await;
    assert_eq!(failures(&received), []);
    let reply = newest(&talk, Role::Partner).await;
    assert_eq!((reply.content.len(), reply.cut()), (6_400, Some(Cut::Length)));
    let entries = talk.store.entries(talk.id).await.unwrap();
    let Settlement::Estimated(made) = entries[0].settlement else { panic!("{entries:?}") };
    assert!((1_600..1_900).contains(&made.output), "{made:?}");
    turn(&talk, &mut follower).await;
    assert_eq!(newest(&talk, Role::Partner).await.content, "Go on.");
}

#[tokio::test(start_paused = true)]
async fn a_failed_replys_prompt_text_is_limited_to_its_requested_length() {
    let broken =
        vec![Step::Accept, said(&"on ".repeat(2_000)), Step::Fail(ModelErrorKind::Malformed)];
    let talk = Talk::with(vec![broken], vec![]).await;
    let mut follower = begun(&talk).await;
    turn(&talk, &mut follower).await;
    assert_eq!(newest(&talk, Role::Partner).await.content.len(), 6_000);
    turn(&talk, &mut follower).await;
    let heard = talk.partner.heard().remove(1);
    let longest = heard.prompt.messages().iter().map(|message| message.text.len()).max();
    assert_eq!(longest, Some(1_600));
}

#[tokio::test(start_paused = true)]
async fn a_report_that_cannot_be_true_is_estimated() {
    let lies = Usage { input: 1 << 53, output: 1 << 53, ..Usage::default() };
    let reports = [Some(lies), Some(Usage::default()), None];
    let takes = reports
        .map(|report| vec![Step::Accept, said("No."), Step::Finish(FinishReason::Stop, report)]);
    let talk = Talk::with(takes.to_vec(), vec![]).await;
    let mut follower = begun(&talk).await;
    for _ in 0..3 {
        turn(&talk, &mut follower).await;
        assert_eq!(newest(&talk, Role::Partner).await.usage, None);
    }
    for entry in talk.store.entries(talk.id).await.unwrap() {
        let used = entry.settlement.usage();
        if entry.lane == Lane::Partner {
            assert_eq!((entry.settlement.source(), used.output), ("estimated", 3));
            assert_eq!(used.input, entry.reserved.input);
        }
    }
}

/// A 200 response without content or with invalid content is a published failure.
#[tokio::test(start_paused = true)]
async fn only_what_was_cut_after_text_is_interrupted() {
    use ModelErrorKind::{CutMidStream, Malformed, Network};
    let fails = |text: Option<&str>, kind| {
        let text = text.map(said);
        [Step::Accept].into_iter().chain(text).chain([Step::Fail(kind)]).collect::<Take>()
    };
    let rows: [(Take, Status, &[ModelErrorKind]); 7] = [
        (fails(None, Network), Status::Failed, &[Network]),
        (fails(None, Malformed), Status::Failed, &[Malformed]),
        (fails(Some("<think>hm</think>"), CutMidStream), Status::Failed, &[CutMidStream]),
        (vec![Step::Accept], Status::Failed, &[Malformed]),
        (fails(Some("No"), CutMidStream), Status::Interrupted, &[]),
        (fails(Some("No"), Network), Status::Interrupted, &[]),
        (vec![Step::Accept, said("No")], Status::Interrupted, &[]),
    ];
    for (take, status, kinds) in rows {
        let shown = format!("{take:?}");
        let talk = Talk::with(vec![take], vec![]).await;
        let received = turn(&talk, &mut begun(&talk).await).await;
        let kinds_told: Vec<_> = failures(&received).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(
            (newest(&talk, Role::Partner).await.status, kinds_told.as_slice()),
            (status, kinds),
            "{shown}"
        );
    }
}
