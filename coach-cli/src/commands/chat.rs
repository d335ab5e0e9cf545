//! `coach chat`: a person at the terminal talks with the partner.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Result;
use coach_cli::lab::{ConversationRun, Exit, Interrupt, MessageSource, RunEnd, StopReason};
use coach_core::{CoachError, ports::Refusal};

use crate::{
    args::{TalkArgs, When},
    input::{Input, InputLine},
    report::{Style, TranscriptWriter, refusal_text, width},
    session::{ParticipantKind, Session},
    signals,
};

const HELP: &str = "\
What you type goes to the partner. A line may also be:
  /ask QUESTION   ask the coach privately; the partner never hears it
  /stop           end the answer that is being spoken; what was said is kept
  /retry          let the last answer that was stopped or failed be spoken again
  /end            end the conversation (Ctrl-D does too)
  /help           this list
  //...           a message that begins with a slash";

/// What follows from a line.
enum AfterLine {
    /// Somebody answers.
    Listen,
    /// Nobody does; the next line.
    GoOn,
    Leave(StopReason),
}

pub(crate) async fn run(args: &TalkArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut session = Session::set(args, style, ParticipantKind::Person).await?;
    let interrupt = signals::listen(session.conversation.coach.clone());
    session.conversation.interrupt = interrupt.clone();
    let out = io::stdout();
    let style = Style::of(&out, color);
    let terminal = io::stdin().is_terminal() && out.is_terminal();
    let human = TranscriptWriter::new(out, width(), style, !terminal);
    session.conversation.listeners.audience = Some(Box::new(human));
    session.tell("Type what you say. /ask asks the coach privately, /help shows the rest.\n");
    let mut input = Input::open(terminal);
    let end = converse(&mut session.conversation, &interrupt, &mut input).await;
    session.end(end.map(RunEnd::from), &interrupt).await
}

async fn converse(
    conversation: &mut ConversationRun,
    interrupt: &Interrupt,
    input: &mut Input,
) -> Result<StopReason> {
    conversation.open().await?;
    loop {
        // First: what was cut in the last turn is no end of the scenario's.
        if interrupt.is_wanted() {
            return Ok(StopReason::Interrupted);
        }
        if let Some(reason) = conversation.ended {
            return Ok(StopReason::of_end(reason));
        }
        let line = tokio::select! {
            biased;
            () = interrupt.first.cancelled() => {
                input.leave()?;
                return Ok(StopReason::Interrupted);
            }
            line = input.next() => line?,
        };
        let Some(line) = line else { return Ok(StopReason::Participant) };
        match obey(conversation, line).await {
            AfterLine::Listen => answer(conversation, input).await?,
            AfterLine::GoOn => {}
            AfterLine::Leave(reason) => return Ok(reason),
        }
    }
}

async fn obey(conversation: &mut ConversationRun, line: InputLine) -> AfterLine {
    let me = conversation.me;
    let begun = match line {
        InputLine::Say(words) => {
            conversation.begin_turn(MessageSource::Human);
            conversation.coach.say(&me, conversation.id, words.as_str()).await.map(|_| ())
        }
        InputLine::Ask(words) => {
            conversation.begin_turn(MessageSource::Human);
            conversation.coach.ask(&me, conversation.id, words.as_str()).await.map(|_| ())
        }
        InputLine::Retry => conversation.coach.retry(&me, conversation.id).await.map(|_| ()),
        InputLine::Stop => Err(CoachError::Refused(Refusal::NoSuchTurn)),
        InputLine::End => return AfterLine::Leave(StopReason::Participant),
        InputLine::Help => return tell(HELP),
        InputLine::Nothing => return AfterLine::GoOn,
        InputLine::Unknown(name) => {
            return tell(&format!("there is no /{name}; /help shows what there is"));
        }
        InputLine::TooMuch(name) => return tell(&format!("/{name} stands alone on its line")),
        InputLine::Unreadable => return tell("that line was not UTF-8, and was not sent"),
    };
    match begun {
        Ok(()) => AfterLine::Listen,
        Err(CoachError::Forbidden) => tell("nobody coaches here: the coach is left out"),
        Err(CoachError::Refused(Refusal::Ended(reason))) => {
            AfterLine::Leave(StopReason::of_end(reason))
        }
        Err(CoachError::Refused(Refusal::Draining)) => AfterLine::Leave(StopReason::Interrupted),
        Err(error) => tell(&refusal_text(&error)),
    }
}

fn tell(line: &str) -> AfterLine {
    // Nobody may be reading; that is no reason to stop.
    let _unread = writeln!(io::stderr(), "{line}\n");
    AfterLine::GoOn
}

/// Hears an answer out; only `/stop` is obeyed meanwhile.
async fn answer(conversation: &mut ConversationRun, input: &mut Input) -> Result<()> {
    let _hush = input.hush();
    loop {
        tokio::select! {
            event = conversation.next() => {
                let Some(event) = event else { return Ok(()) };
                if conversation.hear(&event).await? {
                    return Ok(());
                }
            }
            () = input.stopped() => {
                // It may have ended in this very moment.
                let _stopped = conversation.coach.stop(&conversation.me, conversation.id).await;
            }
        }
    }
}
