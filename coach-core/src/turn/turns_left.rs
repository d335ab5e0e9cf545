//! How many turns are left: by the payer's balance, and by the conversation's own cap.
//!
//! Pure arithmetic: no clock, no storage. The number that a participant sees never rises from turn to turn,
//! because each closed turn lowers a *ceiling* that the store keeps with the conversation. Tokens reserved
//! elsewhere lower the shown number, never the ceiling; adding tokens clears it.

use crate::turn::ledger::Balance;

/// The cost of a turn, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TurnCost {
    /// The approximate cost of a typical turn.
    pub typical: u64,
    /// The tokens a whole turn must have available: a message of typical length, the partner and the coach.
    pub whole: u64,
}

impl TurnCost {
    /// Returns roughly how many turns `tokens` pay for: 0 exactly when one whole turn does not fit.
    pub fn turns(self, tokens: u64) -> u32 {
        if tokens < self.whole {
            return 0;
        }
        u32::try_from(tokens / self.typical.max(1)).unwrap_or(u32::MAX).max(1)
    }
}

/// What a conversation may still spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funds {
    /// The balance of its payer.
    pub balance: Balance,
    /// The most turns that may be shown; `None` before the first turn, and after tokens were added.
    pub ceiling: Option<u32>,
}

impl Funds {
    /// Returns the number of turns that the balance pays for, never more than the ceiling.
    pub fn turns_left(self, cost: TurnCost) -> u32 {
        self.below_ceiling(cost.turns(self.balance.left()))
    }

    /// Returns the new ceiling after a turn has closed; tokens reserved elsewhere do not lower it.
    pub(crate) fn lowered_ceiling(self, cost: TurnCost) -> u32 {
        self.below_ceiling(cost.turns(self.balance.unspent()))
    }

    fn below_ceiling(self, turns: u32) -> u32 {
        self.ceiling.map_or(turns, |ceiling| ceiling.min(turns))
    }
}

/// What limits the number of remaining turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnLimit {
    /// The payer's tokens.
    Quota,
    /// The scenario's own maximum number of turns.
    Conversation,
}

impl TurnLimit {
    /// Returns the limit's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Conversation => "conversation",
        }
    }

    /// Parses the output of [`TurnLimit::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Quota, Self::Conversation].into_iter().find(|limit| limit.as_str() == name)
    }
}

/// Returns the smaller of the turns that the quota and the conversation's cap allow, with its limit; `None`
/// if neither limits. If they are equal the cap is named: more tokens would not help.
pub(crate) fn shown(quota: Option<u32>, cap: Option<u32>) -> Option<(u32, TurnLimit)> {
    match (quota, cap) {
        (None, None) => None,
        (Some(quota), cap) if cap.is_none_or(|cap| quota < cap) => Some((quota, TurnLimit::Quota)),
        (_, cap) => cap.map(|cap| (cap, TurnLimit::Conversation)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: TurnCost = TurnCost { typical: 100, whole: 250 };

    fn funds(quota: u64, used: u64, reserved: u64, ceiling: Option<u32>) -> Funds {
        Funds { balance: Balance { quota, used, reserved }, ceiling }
    }

    #[test]
    fn no_turns_are_left_exactly_when_a_whole_one_does_not_fit() {
        for (tokens, turns) in
            [(0, 0), (249, 0), (250, 2), (299, 2), (300, 3), (1_000, 10), (u64::MAX, u32::MAX)]
        {
            assert_eq!(COST.turns(tokens), turns, "{tokens}");
        }
        // A typical turn may cost more than a whole one reserves, or nothing at all.
        assert_eq!(TurnCost { typical: 400, whole: 250 }.turns(250), 1);
        assert_eq!(TurnCost { typical: 0, whole: 250 }.turns(250), 250);
    }

    #[test]
    fn reservations_elsewhere_lower_turns_left_and_not_the_ceiling() {
        for (quota, used, reserved, ceiling, shown, lowered) in [
            (1_000, 0, 0, None, 10, 10),
            (1_000, 200, 300, None, 5, 8),
            (1_000, 200, 700, None, 0, 8),
            (1_000, 200, 0, Some(7), 7, 7),
            (1_000, 200, 300, Some(7), 5, 7),
            (1_000, 800, 0, Some(7), 0, 0),
            (1_000, 0, 0, Some(0), 0, 0),
            // More than the quota was spent: a provider used more than was reserved.
            (1_000, 1_500, 0, Some(3), 0, 0),
        ] {
            let funds = funds(quota, used, reserved, ceiling);
            assert_eq!(funds.turns_left(COST), shown, "shown with {funds:?}");
            assert_eq!(funds.lowered_ceiling(COST), lowered, "ceiling of {funds:?}");
        }
    }

    #[test]
    fn the_smaller_limit_is_shown_with_its_name() {
        let (quota, cap) = (TurnLimit::Quota, TurnLimit::Conversation);
        for (paid, capped, expected) in [
            (None, None, None),
            (Some(4), None, Some((4, quota))),
            (None, Some(4), Some((4, cap))),
            (Some(3), Some(4), Some((3, quota))),
            (Some(4), Some(3), Some((3, cap))),
            (Some(4), Some(4), Some((4, cap))),
            (Some(0), Some(1), Some((0, quota))),
            (Some(0), Some(0), Some((0, cap))),
        ] {
            assert_eq!(shown(paid, capped), expected, "{paid:?} {capped:?}");
        }
    }
}
