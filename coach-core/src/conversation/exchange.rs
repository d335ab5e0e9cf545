//! An exchange: say something, and wait for the whole turn. For programs that need no live text.

use std::sync::Arc;

use super::{
    record::EndReason,
    transcript::{Message, Role},
};
use crate::{
    error::CoachError,
    handles::ConversationHandle,
    live::{Event, Follower, StartAt},
    model::TurnLane,
    ports::ModelErrorKind,
    turn::{Say, ledger::Usage},
};

/// A turn that is over.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Turn {
    /// Its number; the first is 1.
    pub number: u32,
    /// The partner's reply. Its status says whether it is complete; it has no text if it was skipped.
    pub partner: Arc<Message>,
    /// The coach's comment, or the message that says why there is none; `None` if the conversation has no coach.
    pub coach: Option<Arc<Message>>,
    /// The tokens that the providers reported for both.
    pub usage: Usage,
    /// The model call that failed, if one did, and how.
    pub failed: Option<(TurnLane, ModelErrorKind)>,
    /// Why the conversation has ended, if it has.
    pub ended: Option<EndReason>,
}

/// What a follower has received of a turn.
#[derive(Default)]
struct Received {
    messages: Vec<Arc<Message>>,
    failed: Option<(TurnLane, ModelErrorKind)>,
    ended: Option<EndReason>,
}

impl Received {
    /// Takes an event, and returns whether it says that `turn` is over.
    fn take(&mut self, event: &Event, turn: u32) -> bool {
        match event {
            Event::History { messages, .. } => self.messages.extend(messages.iter().cloned()),
            Event::Done(message) | Event::Skipped(message) => self.messages.push(message.clone()),
            Event::Failed { lane, turn: failed, kind } if *failed == turn => {
                self.failed = Some((*lane, *kind));
            }
            Event::Ended(reason) => self.ended = Some(*reason),
            _ => {}
        }
        event.ends_turn(turn)
    }

    fn newest(&self, turn: u32, role: Role) -> Option<Arc<Message>> {
        let said = |message: &&Arc<Message>| {
            message.turn == turn && message.role == role && !message.aside
        };
        self.messages.iter().rev().find(said).cloned()
    }
}

impl ConversationHandle {
    /// Says something and waits for the whole turn: the partner's reply, and the coach's comment if there is one. If the
    /// future is dropped, the turn goes on by itself, as it does when the participant closes a tab. Saying the same
    /// `client_id` and text again returns the same turn.
    ///
    /// A model that fails is no error here: [`Turn::failed`] says so, and the message that it was to answer is saved.
    ///
    /// # Errors
    /// Those of [`ConversationHandle::say`].
    pub async fn exchange(&self, say: impl Into<Say>) -> Result<Turn, CoachError> {
        let mut follower = self.follow(StartAt::Nothing).await?;
        let number = self.say(say).await?.turn;
        let mut received = Received::default();
        while let Some(entry) = follower.next().await {
            if received.take(&entry.event, number) {
                break;
            }
        }
        rest(&mut follower, &mut received, number);
        let coach = received.newest(number, Role::Coach);
        // Each turn has a reply on record, also one that was stopped before it began; only an erased one has not.
        let partner = received.newest(number, Role::Partner).ok_or(CoachError::Erased)?;
        let usage = [Some(&partner), coach.as_ref()].into_iter().flatten();
        let usage = usage.filter_map(|message| message.usage).fold(Usage::default(), |a, b| a + b);
        let Received { failed, ended, .. } = received;
        Ok(Turn { number, partner, coach, usage, failed, ended })
    }
}

/// Takes what was published together with the end of the turn, such as the end of the conversation.
fn rest(follower: &mut Follower, received: &mut Received, turn: u32) {
    while let Some(entry) = follower.try_next() {
        received.take(&entry.event, turn);
    }
}
