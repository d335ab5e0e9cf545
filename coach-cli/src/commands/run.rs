//! `coach run`: the scenario's participant talks to the partner.

use std::io;

use anyhow::Result;
use coach_cli::lab::{
    self, ConversationRun, Exit, Interrupt, JsonLines, Next, Player, RunEnd, StopReason,
};
use coach_core::{CoachError, ports::Refusal};

use crate::{
    args::{RunArgs, RunFormat, When},
    report::{Style, TranscriptWriter, width},
    session::{ParticipantKind, Session, no_participant},
    signals,
};

pub(crate) async fn run(args: &RunArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut session = Session::prepare(&args.talk, style, ParticipantKind::Scenario).await?;
    let interrupt = signals::listen(session.conversation.coach.clone());
    session.conversation.interrupt = interrupt.clone();
    let (run, conversation) = session.names();
    let out = io::stdout();
    match args.format {
        RunFormat::Text => {
            let style = Style::of(&out, color);
            let human = TranscriptWriter::new(out, width(), style, true);
            session.conversation.listeners.audience = Some(Box::new(human));
        }
        RunFormat::Jsonl => {
            let lines = JsonLines::new(out, run, conversation);
            session.conversation.listeners.audience = Some(Box::new(lines));
        }
    }
    note_ignored_parts(&session);
    let min_turns = session.file.stop.min_turns.unwrap_or(0);
    let participant = session.file.user.clone().ok_or_else(no_participant)?;
    let player = Player::new(participant, session.file.scenario(), &session.values, min_turns);
    let end = match player {
        Ok(mut player) => converse(&mut session, &mut player, &interrupt).await,
        Err(error) => Err(error),
    };
    session.end(end, &interrupt).await
}

/// Prints which parts of the file this command ignores.
fn note_ignored_parts(session: &Session) {
    let file = &session.file;
    if file.design.is_some() {
        session.status(
            "Ignoring [design]: this command runs one conversation as the file describes it.",
        );
    }
    let (asserts, judges) = (file.asserts.len(), file.judges.len());
    if asserts + judges > 0 {
        session.status(&format!(
            "Not evaluated by this command: {asserts} [[assert]], {judges} [[judge]]."
        ));
    }
}

async fn converse(
    session: &mut Session,
    player: &mut Player,
    interrupt: &Interrupt,
) -> Result<RunEnd> {
    let stop_rules = session.file.stop.clone();
    session.conversation.open().await?;
    loop {
        let next = tokio::select! {
            () = interrupt.first.cancelled() => return Ok(StopReason::Interrupted.into()),
            next = player.next(&mut session.conversation) => next?,
        };
        let (words, source, leaves) = match next {
            Next::Leave(reason) => return Ok(reason.into()),
            Next::Fail(error) => return Ok(StopReason::of_failure(error.kind).into()),
            Next::Say { words, source, leaves } => (words, source, leaves),
        };
        // The participant's own call may have reached the budget.
        if let Some(reason) = lab::stop_for_limit(&stop_rules, &session.conversation.calls.usage) {
            return Ok(reason.into());
        }
        match session.conversation.say(&words, source).await {
            Ok(()) => {}
            Err(error) => return refused(&error, interrupt).ok_or(error),
        }
        if let Some(end) = stop_after_turn(&session.conversation, interrupt, &stop_rules) {
            return Ok(end);
        }
        if leaves {
            return Ok(StopReason::LearnerEnd.into());
        }
    }
}

/// Returns why the conversation ends after this turn, if it does.
fn stop_after_turn(
    conversation: &ConversationRun,
    interrupt: &Interrupt,
    rules: &coach_core::scenario::file::Stop,
) -> Option<RunEnd> {
    if interrupt.is_wanted() {
        return Some(StopReason::Interrupted.into());
    }
    if let Some(reason) = lab::stop_for_failure(&conversation.failed) {
        return Some(reason.into());
    }
    if let Some(end) = lab::stop_for_rule(rules, &conversation.newest) {
        return Some(end);
    }
    if let Some(reason) = conversation.ended {
        return Some(StopReason::of_end(reason).into());
    }
    lab::stop_for_limit(rules, &conversation.calls.usage).map(RunEnd::from)
}

/// Returns the end that a refused message means, if any.
fn refused(error: &anyhow::Error, interrupt: &Interrupt) -> Option<RunEnd> {
    match error.downcast_ref::<CoachError>()? {
        CoachError::Refused(Refusal::Draining) if interrupt.is_wanted() => {
            Some(StopReason::Interrupted.into())
        }
        CoachError::Refused(Refusal::Ended(reason)) => Some(StopReason::of_end(*reason).into()),
        CoachError::Empty => Some(StopReason::EmptyReply.into()),
        _ => None,
    }
}
