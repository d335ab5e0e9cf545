//! `coach chat`: a person at the terminal practices with the partner.

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
Each line you type goes to the partner, except these commands:
  /ask QUESTION   ask the coach privately; the partner never sees it
  /stop           stop the current answer and keep what was said so far
  /retry          retry the last answer if it was stopped or failed
  /end            end the conversation (so does Ctrl-D)
  /help           show this list
  //...           send a message that starts with a slash";

/// What to do after a line.
enum AfterLine {
    /// Wait for the answer.
    Listen,
    /// Read the next line.
    GoOn,
    Leave(StopReason),
}

pub(crate) async fn run(args: &TalkArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut session = Session::prepare(args, style, ParticipantKind::Person).await?;
    let interrupt = signals::listen(session.conversation.coach.clone());
    session.conversation.interrupt = interrupt.clone();
    let out = io::stdout();
    let style = Style::of(&out, color);
    let terminal = io::stdin().is_terminal() && out.is_terminal();
    let human = TranscriptWriter::new(out, width(), style, !terminal);
    session.conversation.listeners.audience = Some(Box::new(human));
    session.status("Type your message and press Enter. /ask asks the coach privately; /help lists all commands.\n");
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
        // Checked first: a turn cut by an interruption does not end the scenario.
        if interrupt.is_wanted() {
            return Ok(StopReason::Interrupted);
        }
        if let Some(reason) = conversation.ended {
            return Ok(StopReason::of_end(reason));
        }
        let line = tokio::select! {
            biased;
            () = interrupt.first.cancelled() => {
                input.end_prompt()?;
                return Ok(StopReason::Interrupted);
            }
            line = input.next() => line?,
        };
        let Some(line) = line else { return Ok(StopReason::Participant) };
        match execute(conversation, line).await {
            AfterLine::Listen => answer(conversation, input).await?,
            AfterLine::GoOn => {}
            AfterLine::Leave(reason) => return Ok(reason),
        }
    }
}

async fn execute(conversation: &mut ConversationRun, line: InputLine) -> AfterLine {
    let me = conversation.me;
    let begun = match line {
        InputLine::Say(words) => {
            conversation.begin_turn(MessageSource::Human);
            conversation
                .coach
                .conversation(&me, conversation.id)
                .say(words.as_str())
                .await
                .map(|_| ())
        }
        InputLine::Ask(words) => {
            conversation.begin_turn(MessageSource::Human);
            conversation
                .coach
                .conversation(&me, conversation.id)
                .aside(words.as_str())
                .await
                .map(|_| ())
        }
        InputLine::Retry => {
            conversation.coach.conversation(&me, conversation.id).retry().await.map(|_| ())
        }
        InputLine::Stop => Err(CoachError::Refused(Refusal::NoSuchTurn)),
        InputLine::End => return AfterLine::Leave(StopReason::Participant),
        InputLine::Help => return notice(HELP),
        InputLine::Nothing => return AfterLine::GoOn,
        InputLine::Unknown(name) => {
            return notice(&format!("Unknown command /{name}. Type /help for a list."));
        }
        InputLine::TooMuch(name) => return notice(&format!("/{name} takes no arguments.")),
        InputLine::Unreadable => return notice("That line is not valid UTF-8 and was not sent."),
    };
    match begun {
        Ok(()) => AfterLine::Listen,
        Err(CoachError::Forbidden) => notice("The coach is turned off in this conversation."),
        Err(CoachError::Refused(Refusal::Ended(reason))) => {
            AfterLine::Leave(StopReason::of_end(reason))
        }
        Err(CoachError::Refused(Refusal::Draining)) => AfterLine::Leave(StopReason::Interrupted),
        Err(error) => notice(&refusal_text(&error)),
    }
}

fn notice(line: &str) -> AfterLine {
    // A closed standard error does not end the conversation.
    let _unread = writeln!(io::stderr(), "{line}\n");
    AfterLine::GoOn
}

/// Waits for an answer to end; meanwhile only `/stop` is executed.
async fn answer(conversation: &mut ConversationRun, input: &mut Input) -> Result<()> {
    let _muted = input.mute();
    loop {
        tokio::select! {
            event = conversation.next() => {
                let Some(event) = event else { return Ok(()) };
                if conversation.handle(&event).await? {
                    return Ok(());
                }
            }
            () = input.stopped() => {
                // The answer may have just ended.
                let _stopped = conversation.coach.conversation(&conversation.me, conversation.id).stop().await;
            }
        }
    }
}
