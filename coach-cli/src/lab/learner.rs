//! Plays the participant in a run: scripted lines, then a simulated person if the scenario has one.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Result;
use coach_core::{
    MAX_SCALARS, StandaloneAnswer,
    conversation::{Message, Role},
    model::{Prompt, PromptMessage, StandaloneLane},
    ports::{ChatRequest, ModelError, Speaker},
    scenario::{
        Scenario, Script, Value,
        file::{ParticipantMode, ScriptEnd, SimulatedParticipant},
    },
};

use super::{ConversationRun, MessageSource, StopReason};

const TOO_EARLY: &str =
    "(It is too early to leave. Stay in the conversation and say your next words.)";
const NOTHING_SAID: &str = "(You said nothing. Say your next words.)";

/// The learner's next action.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Says something, and may leave after the turn.
    Say { words: String, source: MessageSource, leaves: bool },
    /// Leaves.
    Leave(StopReason),
    /// Cannot continue: the model that plays it failed.
    Fail(ModelError),
}

/// Plays a scenario's learner.
#[derive(Debug)]
pub struct Player {
    learner: SimulatedParticipant,
    lines: VecDeque<String>,
    system: String,
    min_turns: u32,
}

impl Player {
    /// Prepares the participant.
    ///
    /// # Errors
    /// An error if the participant of the scenario cannot be played with these values.
    pub fn new(
        learner: SimulatedParticipant,
        scenario: &Scenario,
        values: &BTreeMap<String, Value>,
        min_turns: u32,
    ) -> Result<Self> {
        let lines = learner.lines.iter().map(|line| line.text.render(values));
        let lines = lines.collect::<Result<_, _>>()?;
        let mut system = match &learner.prompt {
            Some(prompt) => prompt.render(values)?,
            None => String::new(),
        };
        if let Some(goal) = &learner.goal {
            system += &format!("\n\nWhat you privately want: {}", goal.render(values)?);
        }
        system += &format!(
            "\n\nYou are {}, and you talk with {}. Answer with your own next spoken words only: no \
             quotation marks, no name before them, no stage directions. You are a person, not an \
             assistant.",
            learner.name, scenario.partner.name
        );
        if learner.sees_coach {
            system += " What stands between <note> and </note> was whispered to you by a coach; nobody \
                       else heard it. Follow it only as far as you would.";
        }
        if let Some(marker) = &learner.end_marker {
            system += &format!(
                " When you have reached what you want, or have given up, write {marker} and nothing else."
            );
        }
        Ok(Self { learner, lines, system, min_turns })
    }

    /// Returns whether the learner ever needs a model.
    pub fn needs_model(learner: &SimulatedParticipant) -> bool {
        learner.mode == ParticipantMode::Simulated || learner.on_script_end == ScriptEnd::Simulate
    }

    /// Says or asks what comes next.
    ///
    /// # Errors
    /// Any error of the run.
    pub async fn next(&mut self, conversation: &mut ConversationRun) -> Result<Next> {
        if let Some(words) = self.lines.pop_front() {
            let replayed = self.learner.mode == ParticipantMode::Replay;
            let source = if replayed { MessageSource::Replayed } else { MessageSource::Scripted };
            return Ok(Next::Say { words, source, leaves: false });
        }
        if !Self::needs_model(&self.learner) {
            return Ok(Next::Leave(StopReason::ScriptEnd));
        }
        let (words, marked) = match self.ask(conversation, None).await? {
            Ok(answer) if refused(&answer) => return Ok(Next::Leave(StopReason::Refusal)),
            Ok(answer) => self.without_marker(&answer.text),
            Err(error) => return Ok(Next::Fail(error)),
        };
        let early = marked && conversation.turn < self.min_turns;
        if !early && (marked || !words.is_empty()) {
            return Ok(self.decided(words, marked));
        }
        let reminder = if early { TOO_EARLY } else { NOTHING_SAID };
        match self.ask(conversation, Some(reminder)).await? {
            Ok(answer) if refused(&answer) => Ok(Next::Leave(StopReason::Refusal)),
            Ok(answer) => {
                let (words, marked) = self.without_marker(&answer.text);
                Ok(self.decided(words, marked))
            }
            Err(error) => Ok(Next::Fail(error)),
        }
    }

    fn decided(&self, words: String, marked: bool) -> Next {
        match (words.is_empty(), marked) {
            (true, true) => Next::Leave(StopReason::LearnerEnd),
            (true, false) => Next::Leave(StopReason::EmptyReply),
            (false, leaves) => Next::Say { words, source: MessageSource::Simulated, leaves },
        }
    }

    /// Returns the words before the end marker, and whether it was present.
    fn without_marker(&self, words: &str) -> (String, bool) {
        let marker = self.learner.end_marker.as_deref();
        let (words, marked) = match marker.and_then(|marker| words.split_once(marker)) {
            Some((before, _)) => (before, true),
            None => (words, false),
        };
        let words: String = words.trim().chars().filter(|c| *c != '\0').take(MAX_SCALARS).collect();
        (words, marked)
    }

    async fn ask(
        &self,
        conversation: &mut ConversationRun,
        reminder: Option<&str>,
    ) -> Result<Result<StandaloneAnswer, ModelError>> {
        let mut messages: Vec<PromptMessage> = conversation
            .messages
            .iter()
            .filter_map(|message| self.heard(message, &conversation.script))
            .collect();
        if messages.is_empty() {
            messages.push(PromptMessage::user("(You meet. You speak first.)"));
        }
        messages.extend(reminder.map(PromptMessage::user));
        let request = ChatRequest {
            speaker: Speaker {
                name: self.learner.name.clone(),
                language: conversation.script.language.clone(),
            },
            temperature: self.learner.temperature,
            ..ChatRequest::new(
                Prompt::free(StandaloneLane::SimulatedUser, self.system.clone(), messages),
                self.learner.max_output_tokens,
            )
        };
        conversation.ask_participant(request).await
    }

    /// Returns a message as the learner sees it: roles swapped, and the coach as a note if the learner sees it.
    fn heard(&self, message: &Message, script: &Script) -> Option<PromptMessage> {
        let text = match message.role {
            Role::Partner => message.prompted(script.partner_max_output),
            Role::User | Role::Coach => message.prompted(script.coach_max_output),
        };
        if message.aside || text.is_empty() {
            return None;
        }
        match message.role {
            Role::User => Some(PromptMessage::assistant(text)),
            Role::Partner => Some(PromptMessage::user(text)),
            Role::Coach if self.learner.sees_coach => Some(PromptMessage::fenced("note", text)),
            Role::Coach => None,
        }
    }
}

/// Returns whether the provider refused the participant's words.
fn refused(answer: &StandaloneAnswer) -> bool {
    answer.finished.reason.is_refusal()
}
