//! Model calls outside of turns: a simulated participant, a judge, an elaboration. Metered like all others.

use std::sync::Arc;

use futures::StreamExt as _;

use crate::{
    coach::Coach,
    error::CoachError,
    ids::{ConversationId, ReservationId},
    model::answer::{Hearing, Outcome, REPORT, Voices},
    people::Principal,
    ports::{ChatModel, ChatRequest, Finished, StandaloneCall, StoreError},
    turn::ledger::{Payer, ReservedTokens, Settlement},
};

/// The answer to a call outside of a turn; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandaloneAnswer {
    /// The whole text: speech only, by the same rules as in turns.
    pub text: String,
    /// How the answer ended.
    pub finished: Finished,
}

impl Coach {
    /// Calls the model of the prompt's lane and waits for the whole answer, on behalf of the caller's own
    /// `conversation`, whose payer pays. An empty answer is retried once. Dropping the future stops the
    /// model; the call is then settled by estimate.
    ///
    /// # Errors
    /// [`CoachError::Model`] if the model does not answer, [`CoachError::Refused`] if the tokens do not fit,
    /// [`CoachError::NotFound`] if the lane has no model, [`CoachError::NotFound`] or
    /// [`CoachError::Forbidden`] if the conversation is not the caller's, [`CoachError::Store`] if the store
    /// does not respond.
    pub async fn call(
        &self,
        by: &Principal,
        conversation: ConversationId,
        mut request: ChatRequest,
    ) -> Result<StandaloneAnswer, CoachError> {
        let room = self.as_participant(by, conversation).await?;
        let lane = request.prompt.lane();
        let model = self.0.models.get(lane).ok_or(CoachError::NotFound)?.clone();
        let output = model.max_output(request.max_output_tokens);
        let reserved = ReservedTokens { input: request.prompt.weight(), output: u64::from(output) };
        let call = StandaloneCall {
            id: ReservationId(self.0.ids.next()),
            conversation: Some(conversation),
            payer: room.record().payer(),
            lane,
            reserved,
            host_limits: self.host_limits(),
            at: self.now(),
        };
        if let Some(refusal) = self.persist(|| self.0.stores.reserve(call)).await? {
            return Err(CoachError::Refused(refusal));
        }
        self.moved(call.payer);
        let reservation = OpenReservation::new(self.clone(), call, model.clone());
        let partner = &room.record().script.partner_name;
        request.stop = Voices::stop(lane, partner);
        request.limits = model.limits(request.limits);
        let retries = request.limits.retries;
        let (mut text, mut hearing) =
            self.hear_out(model.as_ref(), &request, partner, reserved).await;
        let mut settlement = hearing.settlement(reserved);
        let mut tries = 0;
        if hearing.may_try_again(retries)
            && self.raise_reservation(call.id, reserved.beside(settlement.usage())).await
        {
            tries = hearing.finished().map_or(1, |finished| finished.attempts);
            request.limits.retries = 0;
            (text, hearing) = self.hear_out(model.as_ref(), &request, partner, reserved).await;
            settlement = settlement.and(hearing.settlement(reserved));
        }
        if hearing.thought_aloud() {
            self.0.models.thought_aloud(model.name());
        }
        let answered = hearing.answered().unwrap_or_else(|| model.name()).to_owned();
        let cost = model.cost(&answered, settlement.usage(), self.now());
        reservation.settle(settlement, answered, cost).await?;
        match hearing.outcome(model.name()) {
            Outcome::Complete(reason) => {
                let finished = hearing.finished();
                let made = finished.map_or(1, |finished| finished.attempts);
                let finished = Finished {
                    reason,
                    usage: settlement.reported(),
                    model: finished.and_then(|finished| finished.model.clone()),
                    attempts: tries + made,
                };
                Ok(StandaloneAnswer { text, finished })
            }
            Outcome::Broken { error, .. } => Err(CoachError::Model(error)),
        }
    }

    /// Runs one try to its end.
    async fn hear_out(
        &self,
        model: &dyn ChatModel,
        request: &ChatRequest,
        partner: &str,
        reserved: ReservedTokens,
    ) -> (String, Hearing) {
        let lane = request.prompt.lane();
        let voices = Voices::of(lane, &request.speaker.name, partner);
        let withhold = self.0.models.thinks_aloud(model.name());
        let mut hearing =
            Hearing::new(voices, request.max_output_tokens, reserved.output, withhold);
        let mut answer = model.stream(request.clone());
        let mut text = String::new();
        hearing.sent_request();
        while !hearing.is_over() {
            let event = if hearing.has_ended() {
                match tokio::time::timeout(REPORT, answer.next()).await {
                    Ok(event) => event,
                    Err(_) => break,
                }
            } else {
                answer.next().await
            };
            text += &hearing.hear(event, model.name());
        }
        (text, hearing)
    }
}

/// A reserved call. Always settled: by estimate if the caller stops waiting.
struct OpenReservation {
    coach: Coach,
    id: ReservationId,
    payer: Payer,
    model: Arc<dyn ChatModel>,
    charge: Option<Charge>,
}

#[derive(Clone)]
struct Charge {
    settlement: Settlement,
    model: Option<String>,
    cost: Option<u64>,
}

impl OpenReservation {
    fn new(coach: Coach, call: StandaloneCall, model: Arc<dyn ChatModel>) -> Self {
        let settlement = Settlement::Estimated(call.reserved.estimate(0));
        let charge = Some(Charge { settlement, model: None, cost: None });
        Self { coach, id: call.id, payer: call.payer, model, charge }
    }

    async fn settle(
        mut self,
        settlement: Settlement,
        model: String,
        cost: Option<u64>,
    ) -> Result<(), CoachError> {
        let charge = Charge { settlement, model: Some(model), cost };
        // Kept until the store has responded, because the caller may stop waiting here too.
        self.charge = Some(charge.clone());
        close(&self.coach, self.id, &charge).await?;
        self.charge = None;
        self.coach.moved(self.payer);
        Ok(())
    }
}

impl Drop for OpenReservation {
    fn drop(&mut self) {
        let Some(mut charge) = self.charge.take() else { return };
        if charge.model.is_none() {
            // The answering model is unknown, so the requested model's price applies.
            let usage = charge.settlement.usage();
            charge.cost = self.model.cost(self.model.name(), usage, self.coach.now());
            charge.model = Some(self.model.name().to_owned());
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (coach, id, payer) = (self.coach.clone(), self.id, self.payer);
        runtime.spawn(async move {
            if let Err(error) = close(&coach, id, &charge).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "settling a dropped call failed"
                );
            }
            coach.moved(payer);
        });
    }
}

async fn close(coach: &Coach, id: ReservationId, charge: &Charge) -> Result<(), StoreError> {
    let at = coach.now();
    let Charge { settlement, model, cost } = charge;
    coach.persist(|| coach.0.stores.settle(id, *settlement, model.as_deref(), *cost, at)).await
}
