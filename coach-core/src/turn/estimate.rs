//! Roughly how much practice a number of tokens pays for.
//!
//! Each turn sends the whole conversation so far, so turns cost more as a conversation grows. The estimate is
//! therefore of whole conversations, not of first turns.

use std::collections::BTreeMap;

use crate::{
    coach::Coach,
    conversation::{Prospect, Transcript},
    error::CoachError,
    invitation::Coaching,
    model::TurnLane,
    scenario::{CoachSees, Scenario, Script},
};

/// The assumed length of a conversation whose scenario sets no limit, in turns.
const USUAL_TURNS: u32 = 12;

/// Tokens in a message of typical length.
const USUAL_MESSAGE: u64 = 100;

/// The cost of one conversation, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationCost {
    /// The cost of its first turn.
    pub first_turn: u64,
    /// How much more each turn costs than the one before.
    pub growth: u64,
    /// The number of its turns.
    pub turns: u32,
}

/// Roughly how much practice a number of tokens pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// Number of complete conversations.
    pub conversations: u32,
    /// Turns in each of them.
    pub turns_each: u32,
    /// Total turns, including those of a last, incomplete conversation.
    pub turns: u32,
}

impl ConversationCost {
    /// Returns the cost of the first `turns` turns together.
    pub(crate) fn of_turns(self, turns: u32) -> u64 {
        let turns = u64::from(turns);
        let grown = turns * turns.saturating_sub(1) / 2;
        self.first_turn.saturating_mul(turns).saturating_add(self.growth.saturating_mul(grown))
    }

    /// Returns the cost of a complete conversation.
    pub fn whole(self) -> u64 {
        self.of_turns(self.turns)
    }

    /// Returns roughly how much practice `tokens` pay for.
    pub fn estimate(self, tokens: u64) -> Estimate {
        let whole = self.whole().max(1);
        let conversations = u32::try_from(tokens / whole).unwrap_or(u32::MAX);
        let rest = tokens % whole;
        // Finds the largest number of turns that fits; the remainder is less than a complete conversation.
        let (mut fits, mut too_many) = (0, self.turns.max(1));
        while too_many - fits > 1 {
            let middle = fits + (too_many - fits) / 2;
            if self.of_turns(middle) <= rest { fits = middle } else { too_many = middle }
        }
        let turns = conversations.saturating_mul(self.turns).saturating_add(fits);
        Estimate { conversations, turns_each: self.turns, turns }
    }
}

impl Coach {
    /// Returns the cost of a conversation under an invitation with these settings, for the most expensive
    /// scenario that its participant may choose. `None` if no scenario is available.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn conversation_cost(
        &self,
        scenario: Option<&str>,
        coach: bool,
    ) -> Result<Option<ConversationCost>, CoachError> {
        let offered = self.offered(scenario).await?;
        let costs = offered.iter().filter_map(|one| self.cost_of(one, coach));
        Ok(costs.max_by_key(|cost| cost.whole()))
    }

    fn cost_of(&self, scenario: &Scenario, coach: bool) -> Option<ConversationCost> {
        let script = scenario.cast(&BTreeMap::new()).ok()?;
        let coaching = Coaching::new(coach, coach, Some(scenario));
        let partner = usual_answer(script.partner_max_output);
        let mut first_turn = self.prompt_cost(TurnLane::Partner, &script) + USUAL_MESSAGE + partner;
        let mut growth = USUAL_MESSAGE + partner;
        if coaching.comments {
            let comment = usual_answer(script.coach_max_output);
            first_turn += self.prompt_cost(TurnLane::Coach, &script) + growth + comment;
            growth += USUAL_MESSAGE + partner;
            if script.coach_sees == CoachSees::Both {
                growth += comment;
            }
        }
        let turns = script.max_turns.unwrap_or(USUAL_TURNS);
        Some(ConversationCost { first_turn, growth, turns })
    }

    /// Returns the cost of a lane's instructions, at about four bytes per token.
    fn prompt_cost(&self, lane: TurnLane, script: &Script) -> u64 {
        self.reserved(lane, script, &Prospect::of(&Transcript::default()), 0).input / 4
    }
}

/// Returns the cost of a typical answer: few answers reach their maximum length.
fn usual_answer(most: u32) -> u64 {
    u64::from(most) / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_counts_whole_conversations_as_they_grow() {
        // 10 turns of 100, 110, … 190: 1,450 in all.
        let cost = ConversationCost { first_turn: 100, growth: 10, turns: 10 };
        assert_eq!(cost.whole(), 1_450);
        for (tokens, conversations, turns) in [
            (0, 0, 0),
            (99, 0, 0),
            (100, 0, 1),
            (209, 0, 1),
            (210, 0, 2),
            (1_449, 0, 9),
            (1_450, 1, 10),
            (1_550, 1, 11),
            (4_350, 3, 30),
            (14_500, 10, 100),
            (u64::MAX, u32::MAX, u32::MAX),
        ] {
            let estimate = cost.estimate(tokens);
            assert_eq!(estimate, Estimate { conversations, turns_each: 10, turns }, "{tokens}");
        }
    }

    #[test]
    fn conversations_of_one_turn_and_of_no_tokens_have_an_estimate() {
        let one = ConversationCost { first_turn: 100, growth: 10, turns: 1 };
        assert_eq!(one.estimate(250), Estimate { conversations: 2, turns_each: 1, turns: 2 });
        let nothing = ConversationCost { first_turn: 0, growth: 0, turns: 3 };
        assert_eq!(nothing.estimate(5).conversations, 5);
        let endless = ConversationCost { first_turn: u64::MAX, growth: u64::MAX, turns: u32::MAX };
        assert_eq!(endless.estimate(u64::MAX - 1).conversations, 0);
    }
}
