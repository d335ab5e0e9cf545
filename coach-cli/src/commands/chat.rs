//! `coach chat`: a person at the terminal talks with the partner.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Result;
use coach_core::{CoachError, ports::Refusal};

use crate::{
    args::{TalkArgs, When},
    exit::Exit,
    failure::told,
    input::{Input, Line},
    interrupt::Interrupt,
    report::{Human, Style, width},
    spoken::Source,
    stage::{Cast, Stage},
    stop::{End, Reason},
    talk::Talk,
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
enum Then {
    /// Somebody answers.
    Listen,
    /// Nobody does; the next line.
    GoOn,
    Leave(Reason),
}

pub(crate) async fn run(args: &TalkArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut stage = Stage::set(args, style, Cast::Person).await?;
    let interrupt = Interrupt::listen(stage.talk.coach.clone());
    stage.talk.interrupt = interrupt.clone();
    let out = io::stdout();
    let style = Style::of(&out, color);
    let terminal = io::stdin().is_terminal() && out.is_terminal();
    let human = Human::new(out, width(), style, !terminal);
    stage.talk.listeners.audience = Some(Box::new(human));
    stage.tell("Type what you say. /ask asks the coach privately, /help shows the rest.\n");
    let mut input = Input::open(terminal);
    let end = converse(&mut stage.talk, &interrupt, &mut input).await;
    stage.end(end.map(End::from), &interrupt).await
}

async fn converse(talk: &mut Talk, interrupt: &Interrupt, input: &mut Input) -> Result<Reason> {
    talk.open().await?;
    loop {
        // First: what was cut in the last turn is no end of the scenario's.
        if interrupt.is_wanted() {
            return Ok(Reason::Interrupted);
        }
        if let Some(reason) = talk.ended {
            return Ok(Reason::of_end(reason));
        }
        let line = tokio::select! {
            biased;
            () = interrupt.first.cancelled() => {
                input.leave()?;
                return Ok(Reason::Interrupted);
            }
            line = input.next() => line?,
        };
        let Some(line) = line else { return Ok(Reason::Participant) };
        match obey(talk, line).await {
            Then::Listen => answer(talk, input).await?,
            Then::GoOn => {}
            Then::Leave(reason) => return Ok(reason),
        }
    }
}

async fn obey(talk: &mut Talk, line: Line) -> Then {
    let me = talk.me;
    let begun = match line {
        Line::Say(words) => {
            talk.begin_turn(Source::Human);
            talk.coach.say(&me, talk.id, words.as_str()).await.map(|_| ())
        }
        Line::Ask(words) => {
            talk.begin_turn(Source::Human);
            talk.coach.ask(&me, talk.id, words.as_str()).await.map(|_| ())
        }
        Line::Retry => talk.coach.retry(&me, talk.id).await.map(|_| ()),
        Line::Stop => Err(CoachError::Refused(Refusal::NoSuchTurn)),
        Line::End => return Then::Leave(Reason::Participant),
        Line::Help => return tell(HELP),
        Line::Nothing => return Then::GoOn,
        Line::Unknown(name) => {
            return tell(&format!("there is no /{name}; /help shows what there is"));
        }
        Line::TooMuch(name) => return tell(&format!("/{name} stands alone on its line")),
        Line::Unreadable => return tell("that line was not UTF-8, and was not sent"),
    };
    match begun {
        Ok(()) => Then::Listen,
        Err(CoachError::Forbidden) => tell("nobody coaches here: the coach is left out"),
        Err(CoachError::Refused(Refusal::Ended(reason))) => Then::Leave(Reason::of_end(reason)),
        Err(CoachError::Refused(Refusal::Draining)) => Then::Leave(Reason::Interrupted),
        Err(error) => tell(&told(&error)),
    }
}

fn tell(line: &str) -> Then {
    // Nobody may be reading; that is no reason to stop.
    let _unread = writeln!(io::stderr(), "{line}\n");
    Then::GoOn
}

/// Hears an answer out; only `/stop` is obeyed meanwhile.
async fn answer(talk: &mut Talk, input: &mut Input) -> Result<()> {
    let _hush = input.hush();
    loop {
        tokio::select! {
            event = talk.next() => {
                let Some(event) = event else { return Ok(()) };
                if talk.hear(&event).await? {
                    return Ok(());
                }
            }
            () = input.stopped() => {
                // It may have ended in this very moment.
                let _stopped = talk.coach.stop(&talk.me, talk.id).await;
            }
        }
    }
}
