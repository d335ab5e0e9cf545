//! The upper bounds of a turn's model calls.
//!
//! A lane's input is bounded by the usage that the provider reported for the lane's last call in this
//! conversation, plus the bytes added since: a token is at least one byte. Without such a report, by the
//! bytes of the whole prompt.

use crate::{
    coach::Coach,
    conversation::{
        Conversation, Line, Message, PromptWeights, Prospect, Role, SkipReason, Transcript,
    },
    model::{Prompt, TurnLane},
    ports::{CoachReservation, TurnReservations},
    scenario::{CoachSees, CoachWhen, Script},
    turn::ledger::ReservedTokens,
};

/// The bytes that an adapter adds to a partner message in a coach prompt: labels and tags.
const LABEL: u64 = 64;

impl Coach {
    /// Returns the prompt of a lane after `transcript`.
    pub(crate) fn prompt(lane: TurnLane, script: &Script, transcript: &Transcript) -> Prompt {
        match PromptKind::of(lane, script) {
            PromptKind::Partner => {
                Prompt::partner(&script.partner_prompt, &transcript.partner_view())
            }
            PromptKind::CoachOfBoth if lane == TurnLane::Aside => {
                Prompt::aside(&script.coach_prompt, transcript)
            }
            PromptKind::CoachOfBoth => Prompt::coach(&script.coach_prompt, transcript),
            PromptKind::CoachOfPartnerStream => {
                Prompt::coach_of_partner_stream(&script.coach_prompt, &transcript.partner_view())
            }
        }
    }

    /// Returns the most that a call in `lane` after `said` may use if `more` bytes are added to its prompt.
    pub(crate) fn reserved(
        &self,
        lane: TurnLane,
        script: &Script,
        said: &Prospect<'_>,
        more: u64,
    ) -> ReservedTokens {
        let kind = PromptKind::of(lane, script);
        let listens = lane != TurnLane::Partner;
        let system = if listens { &script.coach_prompt } else { &script.partner_prompt };
        let whole = Prompt::weight_of_system(listens, system) + kind.weight(said.weights());
        let input = self
            .last_call(lane, said)
            .filter(|last| said.only_grew_since(last.id))
            .and_then(|last| {
                let since = kind.weight(said.weights_since(last.id));
                Some(last.usage?.total().saturating_add(since))
            })
            .map_or(whole, |built_upon| built_upon.min(whole));
        ReservedTokens {
            input: input.saturating_add(more),
            output: u64::from(self.max_output(lane, script)),
        }
    }

    /// Returns the limit of output tokens that is sent to the provider.
    fn max_output(&self, lane: TurnLane, script: &Script) -> u32 {
        let wanted = Self::wanted_output(lane, script);
        self.0.models.get(lane.into()).map_or(wanted, |model| model.max_output(wanted))
    }

    /// Returns the maximum tokens of text in one answer.
    pub(crate) fn wanted_output(lane: TurnLane, script: &Script) -> u32 {
        match lane {
            TurnLane::Partner => script.partner_max_output,
            TurnLane::Coach | TurnLane::Aside => script.coach_max_output,
        }
    }

    fn last_call<'a>(&self, lane: TurnLane, said: &'a Prospect<'_>) -> Option<&'a Message> {
        said.lines().rev().map(Line::message).find(|message| {
            let this_lane = match lane {
                TurnLane::Partner => message.role == Role::Partner,
                TurnLane::Aside => message.role == Role::Coach && message.aside,
                TurnLane::Coach => message.role == Role::Coach && !message.aside,
            };
            let model = message.model.as_deref();
            this_lane
                && message.usage.is_some()
                && model.is_some_and(|model| self.0.models.still_answers(lane.into(), model))
        })
    }

    /// Returns the calls of the next turn, after `said` with the participant's new message in it.
    pub(crate) fn turn_reservations(
        &self,
        record: &Conversation,
        said: &Prospect<'_>,
    ) -> TurnReservations {
        let script = &record.script;
        let partner = self.reserved(TurnLane::Partner, script, said, 0);
        TurnReservations::Turn { partner, coach: self.coach_reservation(record, said) }
    }

    /// Returns when the coach speaks in the next turn, and the most that its call may use.
    pub(crate) fn coach_reservation(
        &self,
        record: &Conversation,
        said: &Prospect<'_>,
    ) -> CoachReservation {
        let script = &record.script;
        match script.coach_when {
            CoachWhen::Never | CoachWhen::OnRequest => {
                CoachReservation::Skipped(SkipReason::Scenario)
            }
            CoachWhen::AfterPartner | CoachWhen::AfterUser if !record.coach => {
                CoachReservation::Skipped(SkipReason::Off)
            }
            CoachWhen::AfterPartner => {
                let reply = u64::from(self.max_output(TurnLane::Partner, script));
                let label = LABEL + crate::model::attribute(&script.partner_name).len() as u64;
                CoachReservation::After(self.reserved(TurnLane::Coach, script, said, reply + label))
            }
            CoachWhen::AfterUser => {
                CoachReservation::Before(self.reserved(TurnLane::Coach, script, said, 0))
            }
        }
    }
}

/// What a lane's prompt shows of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PromptKind {
    Partner,
    CoachOfBoth,
    CoachOfPartnerStream,
}

impl PromptKind {
    fn of(lane: TurnLane, script: &Script) -> Self {
        match (lane, script.coach_sees) {
            (TurnLane::Partner, _) => Self::Partner,
            (TurnLane::Aside, _) => Self::CoachOfBoth,
            (TurnLane::Coach, CoachSees::Both) => Self::CoachOfBoth,
            (TurnLane::Coach, CoachSees::PartnerStream) => Self::CoachOfPartnerStream,
        }
    }

    fn weight(self, weights: PromptWeights) -> u64 {
        match self {
            Self::Partner => weights.partner,
            Self::CoachOfBoth => weights.both,
            Self::CoachOfPartnerStream => weights.partner_stream,
        }
    }
}
