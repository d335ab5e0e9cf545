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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{PromptStyle, Status},
        timestamp::Timestamp,
    };

    /// Returns message `n` of a conversation: three to a turn, then an aside.
    fn message(n: i64, replaces: Option<i64>) -> Message {
        let (role, aside) = match n % 5 {
            0 => (Role::User, false),
            1 => (Role::Partner, false),
            2 => (Role::Coach, false),
            3 => (Role::User, true),
            _ => (Role::Coach, true),
        };
        Message {
            id: MessageId(n),
            turn: u32::try_from(n / 5).unwrap_or_default(),
            role,
            aside,
            content: format!("<said>{n}{}", "é".repeat(usize::try_from(n % 7).unwrap_or_default())),
            status: Status::Complete,
            skipped: None,
            replaces: replaces.map(MessageId),
            client_id: None,
            created_at: Timestamp(n),
            first_delta_at: None,
            done_at: None,
            finish_reason: None,
            model: None,
            usage: None,
        }
    }

    /// Returns the sum over the messages that no other one replaces, each weighed anew.
    fn added_up(transcript: &Transcript, record: &[Message]) -> PromptWeights {
        let mut weights = PromptWeights::default();
        for message in record {
            if !record.iter().any(|other| other.replaces == Some(message.id)) {
                weights.add(transcript.line(message.clone()).weights());
            }
        }
        weights
    }

    #[test]
    fn the_sums_are_those_of_what_is_said() {
        let mut transcript = Transcript::new(PromptStyle::named("Ruth"));
        let mut record = Vec::new();
        for n in 0..40 {
            // Some answers replace an earlier attempt, which may itself have replaced one.
            let replaces = (n % 10 == 6).then_some(n - 5).or((n == 21).then_some(16));
            let newest = message(n, replaces);
            transcript.push(newest.clone());
            record.push(newest);
            let alone = Prospect::of(&transcript);
            assert_eq!(alone.weights(), added_up(&transcript, &record), "after {n}");
            let more = [message(n + 1, Some(n - 2)), message(n + 2, Some(n + 1))];
            let [first, second] = more.clone();
            let next = alone.with(first).with(second);
            let with_more = [&record[..], &more[..]].concat();
            assert_eq!(next.weights(), added_up(&transcript, &with_more), "after {n} and two more");
            assert_eq!(next.weights_since(MessageId(0)), next.weights());
        }
        let without = transcript.without(MessageId(38));
        record.retain(|message| message.id != MessageId(38));
        assert_eq!(Prospect::of(&without).weights(), added_up(&transcript, &record));
    }
}
