//! What a conversation is, on record.

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
    /// The invitation that pays for it.
    pub invitation: Option<InvitationId>,
    /// Its owner's allowance pays for it. Without one or the other it is metered, not limited.
    pub allowance: bool,
    /// The scenario it was started from, and that scenario's version then.
    pub scenario: Option<(String, String)>,
    /// Everything it is played from; later changes of the scenario do not touch it.
    pub script: Script,
    /// The invitation allows the coach's comments.
    pub coach: bool,
    /// The invitation allows private questions.
    pub aside: bool,
    /// When it was started.
    pub created_at: Timestamp,
    /// The last turn begun; 0 before the first.
    pub turn: u32,
    /// How and when it ended; if its words were erased later, it still says when.
    pub ended: Option<(EndReason, Timestamp)>,
    /// When its words were erased.
    pub erased_at: Option<Timestamp>,
}

/// Why a conversation is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The participant ended it.
    Participant,
    /// A researcher ended it.
    Staff,
    /// A stop rule of a batch run was met.
    GoalReached,
    /// The scenario's number of turns is used up.
    MaxTurns,
    /// The scenario's time is up.
    MaxTime,
    /// Its words were erased.
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

    /// The reason's name in SQL and JSON.
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

    /// Reads what [`EndReason::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// A turn or an aside that is not closed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTurn {
    /// Its row.
    pub id: TurnId,
    /// The turn's number; an aside names the last turn begun.
    pub turn: u32,
    /// It is an aside.
    pub aside: bool,
    /// The message whose text grows.
    pub reply: MessageId,
}

impl Conversation {
    /// Who pays for its calls.
    pub fn payer(&self) -> Payer {
        match self.invitation {
            Some(id) => Payer::Invitation(id),
            None if self.allowance => Payer::Allowance(self.owner),
            None => Payer::Unlimited,
        }
    }

    /// When the scenario's time is up.
    pub fn closes_at(&self) -> Option<Timestamp> {
        let seconds = self.script.max_seconds?;
        Some(self.created_at.after(std::time::Duration::from_secs(seconds.into())))
    }
}
