//! A transcript as it will be once messages that are not on record yet are.

use std::sync::Arc;

use super::{
    line::{Line, PromptWeights},
    transcript::{Message, Role, Transcript},
};
use crate::ids::MessageId;

/// A transcript, and messages that will be on it. Bounds are computed on it without copying the transcript.
#[derive(Clone, Debug)]
pub(crate) struct Prospect<'a> {
    transcript: &'a Transcript,
    more: Vec<Arc<Line>>,
}

impl<'a> Prospect<'a> {
    pub(crate) fn of(transcript: &'a Transcript) -> Self {
        Self { transcript, more: Vec::new() }
    }

    /// Returns the same with a newer message.
    pub(crate) fn with(mut self, message: Message) -> Self {
        self.more.push(Arc::new(self.transcript.line(message)));
        self
    }

    /// Returns the whole record, oldest first.
    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.transcript.lines.iter().chain(&self.more).map(AsRef::as_ref)
    }

    /// Returns what is said.
    pub(crate) fn said(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines().filter(|line| !self.is_replaced(line.message().id))
    }

    fn is_replaced(&self, id: MessageId) -> bool {
        self.transcript.replaced.contains(&id)
            || self.more.iter().any(|line| line.message().replaces == Some(id))
    }

    /// Returns the newest attempt of `role` in `turn`, not counting asides.
    pub(crate) fn said_in(&self, turn: u32, role: Role) -> Option<&Message> {
        newest_in(self.said().rev(), turn, role)
    }

    /// Returns whether no message from `id` on replaces a message before `id`.
    pub(crate) fn only_grew_since(&self, id: MessageId) -> bool {
        let later = self.lines().rev().take_while(|line| line.message().id >= id);
        later.filter_map(|line| line.message().replaces).all(|replaced| replaced >= id)
    }

    /// Returns the weight of everything said.
    pub(crate) fn weights(&self) -> PromptWeights {
        let mut weights = self.transcript.weights;
        for (nth, line) in self.more.iter().enumerate() {
            weights.add(line.weights());
            let Some(replaced) = line.message().replaces else { continue };
            let mut before = self.more[..nth].iter().chain(self.transcript.lines.iter().rev());
            if !self.transcript.replaced.contains(&replaced)
                && let Some(line) = before.find(|line| line.message().id == replaced)
            {
                weights.subtract(line.weights());
            }
        }
        weights
    }

    /// Returns the weight of what was said from message `id` on.
    pub(crate) fn weights_since(&self, id: MessageId) -> PromptWeights {
        let mut weights = PromptWeights::default();
        let later = self.lines().rev().take_while(|line| line.message().id >= id);
        let said = later.filter(|line| !self.is_replaced(line.message().id));
        said.for_each(|line| weights.add(line.weights()));
        weights
    }
}

/// Returns the first message of `role` in `turn`, not counting asides. Turns never decrease along the record, so
/// older ones are not looked at.
pub(super) fn newest_in<'a>(
    newest_first: impl Iterator<Item = &'a Line>,
    turn: u32,
    role: Role,
) -> Option<&'a Message> {
    let newest = newest_first.map(Line::message).take_while(|said| said.turn >= turn);
    newest.filter(|said| said.turn == turn).find(|said| said.role == role && !said.aside)
}
