//! Model calls that no turn makes: a simulated participant, a judge, an elaboration. Metered like all.

use std::sync::Arc;

use futures::StreamExt as _;

use crate::{
    account::Principal,
    coach::Coach,
    error::CoachError,
    ids::{ConversationId, ReservationId},
    ledger::{Bound, Payer, Settlement, VoidReason},
    ports::{ChatEvent, ChatModel, ChatRequest, Finished, FreeCall, StoreError},
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
            payer: room.record().payer(),
            lane,
            bound,
            house: self.house(),
            at: self.now(),
        };
        if let Some(refusal) = self.persist(|| self.0.stores.reserve(call)).await? {
            return Err(CoachError::Refused(refusal));
        }
        self.moved(call.payer);
        let held = Held::new(self.clone(), call, model.clone());
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
        let cost = model.cost(&answered, settlement.usage(), self.now());
        held.settle(settlement, answered, cost).await?;
        Ok(FreeAnswer { text, finished: end? })
    }
}

/// A held call: settled in any case, by its estimate if the caller goes away.
struct Held {
    coach: Coach,
    id: ReservationId,
    payer: Payer,
    model: Arc<dyn ChatModel>,
    closing: Option<Closing>,
}

#[derive(Clone)]
struct Closing {
    settlement: Settlement,
    model: Option<String>,
    cost: Option<u64>,
}

impl Held {
    fn new(coach: Coach, call: FreeCall, model: Arc<dyn ChatModel>) -> Self {
        let settlement = Settlement::Estimated(call.bound.estimate(0));
        let closing = Some(Closing { settlement, model: None, cost: None });
        Self { coach, id: call.id, payer: call.payer, model, closing }
    }

    async fn settle(
        mut self,
        settlement: Settlement,
        model: String,
        cost: Option<u64>,
    ) -> Result<(), CoachError> {
        let closing = Closing { settlement, model: Some(model), cost };
        // Until the store has answered it is not settled: a caller may go away here too.
        self.closing = Some(closing.clone());
        close(&self.coach, self.id, &closing).await?;
        self.closing = None;
        self.coach.moved(self.payer);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut closing) = self.closing.take() else { return };
        if closing.model.is_none() {
            // Nobody said which model answered: it is priced as the one that was asked for.
            let usage = closing.settlement.usage();
            closing.cost = self.model.cost(self.model.name(), usage, self.coach.now());
            closing.model = Some(self.model.name().to_owned());
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (coach, id, payer) = (self.coach.clone(), self.id, self.payer);
        runtime.spawn(async move {
            if let Err(error) = close(&coach, id, &closing).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "settling a dropped call"
                );
            }
            coach.moved(payer);
        });
    }
}

async fn close(coach: &Coach, id: ReservationId, closing: &Closing) -> Result<(), StoreError> {
    let at = coach.now();
    let Closing { settlement, model, cost } = closing;
    coach.persist(|| coach.0.stores.settle(id, *settlement, model.as_deref(), *cost, at)).await
}
