//! `coach chat`: a person at the terminal talks with the partner.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
};

use anyhow::Result;
use coach_core::{CoachError, event::Event, ports::Refusal};
use tokio::sync::mpsc;

use super::run::width;
use crate::{
    args::{TalkArgs, When},
    exit::Exit,
    failure::told,
    interrupt::Interrupt,
    report::{Human, Style},
    spoken::Source,
    stage::Stage,
    stop::{End, Reason},
};

const HELP: &str = "\
What you type goes to the partner. A line may also be:
  /ask QUESTION   ask the coach privately; the partner never hears it
  /stop           end the answer that is being spoken; what was said is kept
  /retry          let the last answer that was stopped or failed be spoken again
  /end            end the conversation (Ctrl-D does too)
  /help           this list
  //...           a message that begins with a slash";

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Say(String),
    Ask(String),
    Stop,
    Retry,
    End,
    Help,
    Nothing,
    Unknown(String),
}

pub(crate) async fn run(args: &TalkArgs, color: When) -> Result<Exit> {
    let style = Style::of(&io::stderr(), color);
    let mut stage = Stage::set(args, style, |_| Ok(("You".to_owned(), false))).await?;
    let interrupt = Interrupt::listen(stage.talk.coach.clone());
    let out = io::stdout();
    let style = Style::of(&out, color);
    let typed = io::stdin().is_terminal() && out.is_terminal();
    let human = Human::new(out, width(), style, !typed);
    stage.talk.listeners.audience = Some(Box::new(human));
    stage.tell("Type what you say. /ask asks the coach privately, /help shows the rest.\n");
    let end = converse(&mut stage, &interrupt, typed).await;
    stage.end(end.map(End::from), &interrupt).await
}

async fn converse(stage: &mut Stage, interrupt: &Interrupt, typed: bool) -> Result<Reason> {
    let mut lines = lines();
    let mut waiting: VecDeque<Line> = VecDeque::new();
    let mut input_ended = false;
    stage.talk.open().await?;
    loop {
        if let Some(reason) = stage.talk.ended {
            return Ok(Reason::of_end(reason));
        }
        if interrupt.is_wanted() {
            return Ok(Reason::Interrupted);
        }
        let line = match waiting.pop_front() {
            Some(line) => line,
            None if input_ended => return Ok(Reason::Participant),
            None => {
                prompt(typed)?;
                tokio::select! {
                    () = interrupt.first.cancelled() => return Ok(Reason::Interrupted),
                    line = lines.recv() => match line {
                        Some(line) => line,
                        None => { input_ended = true; continue }
                    },
                }
            }
        };
        let me = stage.talk.me;
        let talk = &mut stage.talk;
        let begun = match line {
            Line::Say(words) => {
                talk.begin_turn(Source::Human);
                talk.coach.say(&me, talk.id, words.as_str()).await.map(|_| true)
            }
            Line::Ask(words) => {
                talk.begin_turn(Source::Human);
                talk.coach.ask(&me, talk.id, words.as_str()).await.map(|_| true)
            }
            Line::Retry => talk.coach.retry(&me, talk.id).await.map(|_| true),
            Line::Stop => Err(CoachError::Refused(Refusal::NoSuchTurn)),
            Line::End => return Ok(Reason::Participant),
            Line::Help => {
                writeln!(io::stderr(), "{HELP}\n")?;
                Ok(false)
            }
            Line::Nothing => Ok(false),
            Line::Unknown(name) => {
                writeln!(io::stderr(), "there is no /{name}; /help shows what there is\n")?;
                Ok(false)
            }
        };
        match begun {
            Ok(true) => answer(stage, &mut lines, &mut waiting, &mut input_ended).await?,
            Ok(false) => {}
            Err(CoachError::Forbidden) => {
                writeln!(io::stderr(), "nobody coaches here: the coach is left out\n")?;
            }
            Err(CoachError::Refused(Refusal::Ended(reason))) => return Ok(Reason::of_end(reason)),
            Err(CoachError::Refused(Refusal::Draining)) => return Ok(Reason::Interrupted),
            Err(error) => writeln!(io::stderr(), "{}\n", told(&error))?,
        }
    }
}

/// Hears an answer out; only `/stop` is obeyed meanwhile, everything else waits its turn.
async fn answer(
    stage: &mut Stage,
    lines: &mut mpsc::UnboundedReceiver<Line>,
    waiting: &mut VecDeque<Line>,
    input_ended: &mut bool,
) -> Result<()> {
    loop {
        let event: Event = tokio::select! {
            event = stage.talk.next() => match event {
                Some(event) => event,
                None => return Ok(()),
            },
            line = lines.recv(), if !*input_ended => {
                match line {
                    None => *input_ended = true,
                    Some(Line::Stop) => {
                        let (talk, me) = (&stage.talk, stage.talk.me);
                        // It may have ended in this very moment.
                        let _stopped = talk.coach.stop(&me, talk.id).await;
                    }
                    Some(line) => waiting.push_back(line),
                }
                continue;
            }
        };
        if stage.talk.hear(&event).await? {
            return Ok(());
        }
    }
}

fn prompt(typed: bool) -> io::Result<()> {
    if typed {
        let mut out = io::stdout();
        write!(out, "> ")?;
        out.flush()?;
    }
    Ok(())
}

/// Lines of standard input, read by a thread that nobody has to wait for.
fn lines() -> mpsc::UnboundedReceiver<Line> {
    let (send, receive) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if send.send(understood(&line)).is_err() {
                return;
            }
        }
    });
    receive
}

fn understood(line: &str) -> Line {
    if line.trim().is_empty() {
        return Line::Nothing;
    }
    let Some(command) = line.strip_prefix('/') else { return Line::Say(line.to_owned()) };
    if command.starts_with('/') {
        return Line::Say(command.to_owned());
    }
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match (name, rest.trim()) {
        ("ask", "") => Line::Help,
        ("ask", question) => Line::Ask(question.to_owned()),
        ("stop", "") => Line::Stop,
        ("retry", "") => Line::Retry,
        ("end" | "quit" | "exit", "") => Line::End,
        ("help" | "?", _) => Line::Help,
        _ => Line::Unknown(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_commands_and_two_do_not() {
        assert_eq!(understood("Hello."), Line::Say("Hello.".to_owned()));
        assert_eq!(understood("//etc"), Line::Say("/etc".to_owned()));
        assert_eq!(understood("/ask  why? "), Line::Ask("why?".to_owned()));
        assert_eq!(understood("/stop"), Line::Stop);
        assert_eq!(understood("/stp"), Line::Unknown("stp".to_owned()));
        assert_eq!(understood("  "), Line::Nothing);
    }
}
