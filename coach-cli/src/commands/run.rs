//! `coach run`: the scenario's own participant talks with the partner.

use std::io;

use anyhow::Result;
use coach_core::{CoachError, ports::Refusal};

use crate::{
    args::{RunArgs, RunFormat, When},
    exit::Exit,
    interrupt::Interrupt,
    learner::{Next, Player},
    report::{Human, JsonLines, Style, width},
    stage::{Cast, Stage, nobody},
    stop::{self, End, Reason},
    talk::Talk,
};

pub(crate) async fn run(args: &RunArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut stage = Stage::set(&args.talk, style, Cast::Scenario).await?;
    let interrupt = Interrupt::listen(stage.talk.coach.clone());
    stage.talk.interrupt = interrupt.clone();
    let (run, conversation) = stage.names();
    let out = io::stdout();
    match args.format {
        RunFormat::Text => {
            let style = Style::of(&out, color);
            let human = Human::new(out, width(), style, true);
            stage.talk.listeners.audience = Some(Box::new(human));
        }
        RunFormat::Jsonl => {
            let lines = JsonLines::new(out, run, conversation);
            stage.talk.listeners.audience = Some(Box::new(lines));
        }
    }
    not_done(&stage);
    let min_turns = stage.file.stop.min_turns.unwrap_or(0);
    let learner = stage.file.user.clone().ok_or_else(nobody)?;
    let player = Player::new(learner, stage.file.scenario(), &stage.values, min_turns);
    let end = match player {
        Ok(mut player) => converse(&mut stage, &mut player, &interrupt).await,
        Err(error) => Err(error),
    };
    stage.end(end, &interrupt).await
}

/// Says what of the file this command leaves undone.
fn not_done(stage: &Stage) {
    let file = &stage.file;
    if file.design.is_some() {
        stage.tell("[design] is left aside: this runs one conversation as the file says it");
    }
    let (asserts, judges) = (file.asserts.len(), file.judges.len());
    if asserts + judges > 0 {
        stage.tell(&format!("not evaluated here: {asserts} [[assert]], {judges} [[judge]]"));
    }
}

async fn converse(stage: &mut Stage, player: &mut Player, interrupt: &Interrupt) -> Result<End> {
    let stop_rules = stage.file.stop.clone();
    stage.talk.open().await?;
    loop {
        let next = tokio::select! {
            () = interrupt.first.cancelled() => return Ok(Reason::Interrupted.into()),
            next = player.next(&mut stage.talk) => next?,
        };
        let (words, source, leaves) = match next {
            Next::Leave(reason) => return Ok(reason.into()),
            Next::Fail(error) => return Ok(Reason::of_failure(error.kind).into()),
            Next::Say { words, source, leaves } => (words, source, leaves),
        };
        // The words themselves may have been the last that the budget had.
        if let Some(reason) = stop::spent_up(&stop_rules, &stage.talk.account) {
            return Ok(reason.into());
        }
        match stage.talk.say(&words, source).await {
            Ok(()) => {}
            Err(error) => return refused(&error, interrupt).ok_or(error),
        }
        if let Some(end) = over(&stage.talk, interrupt, &stop_rules) {
            return Ok(end);
        }
        if leaves {
            return Ok(Reason::LearnerEnd.into());
        }
    }
}

/// Whether a turn was the last one, and why.
fn over(
    talk: &Talk,
    interrupt: &Interrupt,
    rules: &coach_core::scenario::file::Stop,
) -> Option<End> {
    if interrupt.is_wanted() {
        return Some(Reason::Interrupted.into());
    }
    if let Some(reason) = stop::failed(&talk.failed) {
        return Some(reason.into());
    }
    if let Some(end) = stop::matched(rules, &talk.newest) {
        return Some(end);
    }
    if let Some(reason) = talk.ended {
        return Some(Reason::of_end(reason).into());
    }
    stop::spent_up(rules, &talk.account).map(End::from)
}

/// The end that a refused message means, if it means one.
fn refused(error: &anyhow::Error, interrupt: &Interrupt) -> Option<End> {
    match error.downcast_ref::<CoachError>()? {
        CoachError::Refused(Refusal::Draining) if interrupt.is_wanted() => {
            Some(Reason::Interrupted.into())
        }
        CoachError::Refused(Refusal::Ended(reason)) => Some(Reason::of_end(*reason).into()),
        CoachError::Empty => Some(Reason::EmptyReply.into()),
        _ => None,
    }
}
