//! The models of a world: mostly successful, often failing, with honest usage unless they lie on purpose.

use std::{sync::Arc, time::Duration};

use coach_core::{
    model::{Lane, Prompt},
    ports::{ChatModel, ChatRequest, ChatStream, ModelErrorKind, Phase},
    testing::{Step, Take, play},
    turn::ledger::Usage,
};
use futures::{StreamExt as _, stream};

use crate::{
    rng::Rng,
    world::{ASKED, COACH_SAYS, World},
};

/// Marks a false usage report: an honest one has no reasoning.
const LIE: u64 = 666;

const WORDS: &[&str] = &["No. ", "Grüezi, ", "why ", "👩‍🚀 ", "next quarter ", "\n", "<b>", "漢字 "];

const KINDS: &[ModelErrorKind] = &[
    ModelErrorKind::Network,
    ModelErrorKind::Provider,
    ModelErrorKind::ContentFiltered,
    ModelErrorKind::ContextTooLong,
    ModelErrorKind::BadRequest,
    ModelErrorKind::Malformed,
    ModelErrorKind::Timeout(Phase::First),
    ModelErrorKind::ModelNotFound,
    ModelErrorKind::RateLimited(Some(Duration::from_secs(1))),
];

/// A model of a world.
#[derive(Debug)]
pub(crate) struct SimModel {
    world: Arc<World>,
    name: &'static str,
}

impl SimModel {
    pub(crate) fn new(world: Arc<World>, name: &'static str) -> Arc<Self> {
        Arc::new(Self { world, name })
    }

    fn take(&self, request: &ChatRequest) -> Take {
        let mut state = self.world.state();
        let calm = state.calm;
        let down = !calm && state.now() < state.models_down_until;
        let faulty = !calm && state.model_rng.chance(self.world.model_faults);
        let rng = &mut state.model_rng;
        let says = if request.prompt.lane() == Lane::Partner { "" } else { COACH_SAYS };
        let text = text(rng, says, request.max_output_tokens > 2_000);
        let fault = if down {
            *rng.pick(&["auth", "busy"])
        } else if faulty {
            *rng.pick(FAULTS)
        } else {
            "good"
        };
        let take = take(rng, fault, &text, request);
        state.tally.count(format!("model: {fault}"));
        drop(state);
        self.world.note(format!("{} is asked: {fault}", self.name));
        take
    }

    fn check(&self, prompt: &Prompt) {
        let heard = prompt.messages().iter().map(|message| &*message.text);
        let mut heard = heard.chain([prompt.system()]);
        let secret = |text: &str| text.contains(COACH_SAYS) || text.contains(ASKED);
        if prompt.lane() == Lane::Partner && heard.any(secret) {
            self.world.broke("the partner never receives the coach", format!("{prompt:?}"));
        }
    }
}

impl ChatModel for SimModel {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        self.check(&request.prompt);
        let asked = Self { world: self.world.clone(), name: self.name };
        stream::once(async move { play(asked.name, asked.take(&request)) }).flatten().boxed()
    }

    fn name(&self) -> &str {
        self.name
    }
}

fn text(rng: &mut Rng, says: &str, long: bool) -> Vec<String> {
    let mut text: Vec<_> =
        (0..rng.range(1, 9)).map(|_| format!("{says}{}", rng.pick(WORDS))).collect();
    if long && rng.chance(300) {
        text.push("long ".repeat(1000));
    }
    text
}

const FAULTS: &[&str] = &[
    "auth",
    "busy",
    "fails at once",
    "fails accepted",
    "fails in the middle",
    "hangs at once",
    "hangs in the middle",
    "cut",
    "no end mark",
    "tenfold usage",
    "no usage",
    "empty pieces",
    "used, then cut",
];

fn take(rng: &mut Rng, fault: &str, text: &[String], request: &ChatRequest) -> Take {
    let kind = match fault {
        "auth" => ModelErrorKind::Auth,
        "busy" => ModelErrorKind::Overloaded(None),
        "cut" => ModelErrorKind::CutMidStream,
        _ => *rng.pick(KINDS),
    };
    let mut take = vec![Step::Wait(rng.millis(1, 400))];
    match fault {
        "auth" | "busy" | "fails at once" => {
            take.push(Step::Fail(kind));
            return take;
        }
        "hangs at once" => {
            take.push(Step::Hang);
            return take;
        }
        _ => take.push(Step::Accept),
    }
    if fault == "fails accepted" {
        take.push(Step::Fail(kind));
        return take;
    }
    let said = match fault {
        "fails in the middle" | "cut" | "hangs in the middle" => text.len().div_ceil(2),
        _ => text.len(),
    };
    let slow = rng.chance(150);
    for piece in &text[..said] {
        if rng.chance(700) {
            take.push(Step::Wait(rng.millis(1, if slow { 6_000 } else { 400 })));
        }
        if rng.chance(100) {
            take.push(Step::Think);
        }
        if fault == "empty pieces" {
            take.push(Step::Say(String::new()));
        }
        take.push(Step::Say(piece.clone()));
    }
    let honest = usage(request, text);
    if fault == "used, then cut" {
        take.push(Step::Use(honest));
    }
    take.push(match fault {
        "fails in the middle" | "cut" => Step::Fail(kind),
        "hangs in the middle" => Step::Hang,
        "no end mark" => Step::Think,
        "no usage" => Step::Done(None),
        "used, then cut" => Step::Fail(ModelErrorKind::CutMidStream),
        "tenfold usage" => Step::Done(Some(Usage {
            input: honest.input * 10,
            output: honest.output * 10,
            reasoning: LIE,
            ..honest
        })),
        _ => Step::Done(Some(honest)),
    });
    take
}

/// Returns plausible usage: about three bytes per token, plus overhead for every message.
fn usage(request: &ChatRequest, text: &[String]) -> Usage {
    let prompt = &request.prompt;
    let messages = prompt.messages().iter().map(|message| tokens(message.text.len() + 12));
    let output = tokens(text.iter().map(String::len).sum());
    Usage {
        input: tokens(prompt.system().len()) + messages.sum::<u64>(),
        output: output.min(u64::from(request.max_output_tokens)),
        ..Usage::default()
    }
}

fn tokens(bytes: usize) -> u64 {
    bytes as u64 / 3
}
