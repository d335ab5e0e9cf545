//! Model calls that no turn makes: a simulated participant, a judge, an elaboration. Metered like all.

use futures::StreamExt as _;

use crate::{
    account::Principal,
    coach::Coach,
    error::CoachError,
    ids::{ConversationId, ReservationId},
    ledger::{Bound, Settlement, VoidReason},
    ports::{ChatEvent, ChatRequest, Finished, FreeCall, Refusal},
};

/// An answer to a call outside of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeAnswer {
    /// All of its text.
    pub text: String,
    /// How it ended.
    pub finished: Finished,
}

impl Coach {
    /// Asks the model of the prompt's lane and waits for all of its answer, for the caller's own
    /// `conversation`, whose invitation pays. Dropping the future stops the model; the call is then
    /// settled by its estimate.
    pub async fn call(
        &self,
        by: &Principal,
        conversation: ConversationId,
        request: ChatRequest,
    ) -> Result<FreeAnswer, CoachError> {
        let room = self.as_participant(by, conversation).await?;
        let lane = request.prompt.lane();
        let model = self.0.models.get(lane).ok_or(CoachError::NotFound)?.clone();
        let output = model.max_output(request.max_output_tokens);
        let bound = Bound { input: request.prompt.weight(), output: u64::from(output) };
        let call = FreeCall {
            id: ReservationId(self.0.ids.next()),
            conversation: Some(conversation),
            invitation: room.record().invitation,
            lane,
            bound,
            house: self.house(),
            at: self.now(),
        };
        if !self.persist(|| self.0.stores.reserve(call)).await? {
            return Err(CoachError::Refused(Refusal::QuotaExhausted { left: 0 }));
        }
        let held = Held { coach: self.clone(), call, settled: false };
        let mut answer = model.stream(request);
        let mut text = String::new();
        let (mut used, mut accepted) = (None, false);
        let end = loop {
            match answer.next().await {
                Some(Ok(ChatEvent::Accepted)) => accepted = true,
                Some(Ok(ChatEvent::Delta(piece))) => text.push_str(&piece),
                Some(Ok(ChatEvent::Used(usage))) => used = Some(usage),
                Some(Ok(ChatEvent::Activity)) => {}
                Some(Ok(ChatEvent::Done(finished))) => break Ok(finished),
                Some(Err(error)) => break Err(error),
                None => {
                    break Err(crate::ports::ModelError::new(
                        crate::ports::ModelErrorKind::Malformed,
                        model.name(),
                        "ended without an end",
                    ));
                }
            }
        };
        let usage = end.as_ref().ok().and_then(|finished| finished.usage).or(used);
        let settlement = match usage {
            Some(usage) => Settlement::Reported(usage),
            None if accepted => Settlement::Estimated(bound.estimate(text.len())),
            None => Settlement::Voided(VoidReason::NotAccepted),
        };
        let answered = end.as_ref().ok().and_then(|finished| finished.model.clone());
        let answered = answered.unwrap_or_else(|| model.name().to_owned());
        let cost = model.cost(&answered, settlement.usage());
        held.settle(settlement, Some(&answered), cost).await?;
        Ok(FreeAnswer { text, finished: end? })
    }
}

/// A held call: settled by its estimate if the caller goes away.
struct Held {
    coach: Coach,
    call: FreeCall,
    settled: bool,
}

impl Held {
    async fn settle(
        mut self,
        settlement: Settlement,
        model: Option<&str>,
        cost: Option<u64>,
    ) -> Result<(), CoachError> {
        self.settled = true;
        let (id, at) = (self.call.id, self.coach.now());
        let coach = self.coach.clone();
        coach.persist(|| coach.0.stores.settle(id, settlement, model, cost, at)).await?;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (coach, call) = (self.coach.clone(), self.call);
        let settlement = Settlement::Estimated(call.bound.estimate(0));
        tokio::spawn(async move {
            let at = coach.now();
            let settled =
                coach.persist(|| coach.0.stores.settle(call.id, settlement, None, None, at)).await;
            if let Err(error) = settled {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "settling a dropped call"
                );
            }
        });
    }
}
