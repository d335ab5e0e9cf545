//! The record of a conversation.

use crate::{
    ids::{ConversationId, InvitationId, MessageId, TurnId, UserId},
    scenario::Script,
    timestamp::Timestamp,
    turn::ledger::Payer,
};

/// One practice session of one participant with one partner and one coach.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The participant.
    pub owner: UserId,
    /// The invitation that pays for it, if any.
    pub invitation: Option<InvitationId>,
    /// Its owner's allowance pays for it. Without invitation or allowance it is metered but not limited.
    pub allowance: bool,
    /// The slug and version of the scenario it was started from.
    pub scenario: Option<(String, String)>,
    /// The script it is played from; later changes to the scenario do not affect it.
    pub script: Script,
    /// Whether the invitation allows the coach's comments.
    pub coach: bool,
    /// Whether the invitation allows asides.
    pub aside: bool,
    /// When it was started.
    pub created_at: Timestamp,
    /// The last turn begun; 0 before the first.
    pub turn: u32,
    /// Why and when it ended; the time stays even if the text was erased later.
    pub ended: Option<(EndReason, Timestamp)>,
    /// When its text was erased.
    pub erased_at: Option<Timestamp>,
}

/// Why a conversation ended.
///
/// Exhaustive, so that a host decides what to do about a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The participant ended it.
    Participant,
    /// A researcher ended it.
    Staff,
    /// A stop rule of a batch run was met.
    GoalReached,
    /// The scenario's maximum number of turns was reached.
    MaxTurns,
    /// The scenario's time limit was reached.
    MaxTime,
    /// Its text was erased.
    Erased,
}

impl EndReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Participant,
        Self::Staff,
        Self::GoalReached,
        Self::MaxTurns,
        Self::MaxTime,
        Self::Erased,
    ];

    /// Returns the reason's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Staff => "staff",
            Self::GoalReached => "goal_reached",
            Self::MaxTurns => "max_turns",
            Self::MaxTime => "max_time",
            Self::Erased => "erased",
        }
    }

    /// Parses the output of [`EndReason::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// A turn or an aside that is not closed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTurn {
    /// Its id.
    pub id: TurnId,
    /// The turn's number; an aside names the last turn begun.
    pub turn: u32,
    /// Whether it is an aside.
    pub aside: bool,
    /// The growing message.
    pub reply: MessageId,
}

impl Conversation {
    /// Returns a conversation that begins now and that nobody limits, with comments and asides.
    pub fn new(id: ConversationId, owner: UserId, script: Script, created_at: Timestamp) -> Self {
        Self {
            id,
            owner,
            invitation: None,
            allowance: false,
            scenario: None,
            script,
            coach: true,
            aside: true,
            created_at,
            turn: 0,
            ended: None,
            erased_at: None,
        }
    }

    /// Returns the payer of its calls.
    pub fn payer(&self) -> Payer {
        match self.invitation {
            Some(id) => Payer::Invitation(id),
            None if self.allowance => Payer::Allowance(self.owner),
            None => Payer::Unlimited,
        }
    }

    /// Returns when the scenario's time limit is reached.
    pub fn closes_at(&self) -> Option<Timestamp> {
        let seconds = self.script.max_seconds?;
        Some(self.created_at.after(std::time::Duration::from_secs(seconds.into())))
    }
}
