//! The upper bounds of a turn's model calls.
//!
//! A lane's input is bounded by the usage that the provider reported for the lane's last call in this
//! conversation, plus the bytes added since: a token is at least one byte. Without such a report, by the
//! bytes of the whole prompt.

use crate::{
    coach::Coach,
    conversation::{Conversation, Message, Role, SkipReason, Transcript},
    ids::MessageId,
    model::{Lane, Prompt},
    ports::{CoachReservation, TurnReservations},
    scenario::{CoachSees, CoachWhen, Script},
    turn::ledger::ReservedTokens,
};

/// The bytes that an adapter adds to a partner message in a coach prompt: labels and tags.
const LABEL: u64 = 64;

impl Coach {
    /// Returns the prompt of a lane after `transcript`.
    pub(crate) fn prompt(lane: Lane, script: &Script, transcript: &Transcript) -> Prompt {
        let transcript = &heard(script, transcript);
        match lane {
            Lane::Partner => Prompt::partner(&script.partner_prompt, &transcript.partner_view()),
            Lane::Aside => Prompt::aside(&script.coach_prompt, transcript, &script.partner_name),
            Lane::Coach | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                match script.coach_sees {
                    CoachSees::Both => {
                        Prompt::coach(&script.coach_prompt, transcript, &script.partner_name)
                    }
                    CoachSees::PartnerStream => Prompt::coach_of_partner_stream(
                        &script.coach_prompt,
                        &transcript.partner_view(),
                        &script.partner_name,
                    ),
                }
            }
        }
    }

    /// Returns the most that a call in `lane` after `transcript` may use if `more` bytes are added to its
    /// prompt.
    pub(crate) fn reserved(
        &self,
        lane: Lane,
        script: &Script,
        transcript: &Transcript,
        more: u64,
    ) -> ReservedTokens {
        let transcript = &heard(script, transcript);
        let listens = lane != Lane::Partner;
        let weight = |from: Option<MessageId>| -> u64 {
            let heard = Self::prompted(lane, script, transcript);
            let heard = heard.filter(|said| from.is_none_or(|from| said.id >= from));
            heard.map(|said| Prompt::weight_of(listens, said, &script.partner_name)).sum()
        };
        let system = if listens { &script.coach_prompt } else { &script.partner_prompt };
        let whole = Prompt::weight_of_system(listens, system) + weight(None);
        let input = self
            .last_call(lane, transcript)
            .filter(|last| transcript.only_grew_since(last.id))
            .and_then(|last| Some(last.usage?.total().saturating_add(weight(Some(last.id)))))
            .map_or(whole, |built_upon| built_upon.min(whole));
        ReservedTokens {
            input: input.saturating_add(more),
            output: u64::from(self.max_output(lane, script)),
        }
    }

    /// Returns the messages of `transcript` that enter a lane's prompt.
    fn prompted<'a>(
        lane: Lane,
        script: &Script,
        transcript: &'a Transcript,
    ) -> Box<dyn Iterator<Item = &'a Message> + 'a> {
        let all = lane == Lane::Aside || script.coach_sees == CoachSees::Both;
        if lane != Lane::Partner && all {
            Box::new(transcript.said())
        } else {
            Box::new(transcript.partner_view().messages())
        }
    }

    /// Returns the limit of output tokens that is sent to the provider.
    fn max_output(&self, lane: Lane, script: &Script) -> u32 {
        let wanted = Self::wanted_output(lane, script);
        self.0.models.get(lane).map_or(wanted, |model| model.max_output(wanted))
    }

    /// Returns the maximum tokens of text in one answer.
    pub(crate) fn wanted_output(lane: Lane, script: &Script) -> u32 {
        match lane {
            Lane::Partner => script.partner_max_output,
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                script.coach_max_output
            }
        }
    }

    fn last_call<'a>(&self, lane: Lane, transcript: &'a Transcript) -> Option<&'a Message> {
        transcript.record().iter().rev().map(AsRef::as_ref).find(|message: &&Message| {
            let this_lane = match lane {
                Lane::Partner => message.role == Role::Partner,
                Lane::Aside => message.role == Role::Coach && message.aside,
                Lane::Coach | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                    message.role == Role::Coach && !message.aside
                }
            };
            let model = message.model.as_deref();
            this_lane
                && message.usage.is_some()
                && model.is_some_and(|model| self.0.models.still_answers(lane, model))
        })
    }

    /// Returns the calls of the next turn, after `transcript` with the participant's new message in it.
    pub(crate) fn turn_reservations(
        &self,
        record: &Conversation,
        transcript: &Transcript,
    ) -> TurnReservations {
        let script = &record.script;
        let partner = self.reserved(Lane::Partner, script, transcript, 0);
        TurnReservations::Turn { partner, coach: self.coach_reservation(record, transcript) }
    }

    /// Returns when the coach speaks in the next turn, and the most that its call may use.
    pub(crate) fn coach_reservation(
        &self,
        record: &Conversation,
        transcript: &Transcript,
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
                let reply = u64::from(self.max_output(Lane::Partner, script));
                let label = LABEL + crate::model::attribute(&script.partner_name).len() as u64;
                CoachReservation::After(self.reserved(
                    Lane::Coach,
                    script,
                    transcript,
                    reply + label,
                ))
            }
            CoachWhen::AfterUser => {
                CoachReservation::Before(self.reserved(Lane::Coach, script, transcript, 0))
            }
        }
    }
}

/// Returns the part of `transcript` that enters prompts.
fn heard(script: &Script, transcript: &Transcript) -> Transcript {
    transcript.prompted(script.partner_max_output, script.coach_max_output)
}
