//! Model calls outside of turns: a simulated participant, a judge, an elaboration. Metered like all others.

use std::sync::Arc;

use futures::StreamExt as _;

use crate::{
    coach::Coach,
    conversation::{Cut, Status},
    error::CoachError,
    handles::ConversationHandle,
    ids::ReservationId,
    model::{
        CallMeter, CallOutcome, CallReport,
        answer::{Hearing, Outcome, REPORT, Voices},
        while_reading_to_end,
    },
    people::policy::Act,
    ports::{ChatModel, ChatRequest, ChatStream, Finished, ModelError, StandaloneCall, StoreError},
    turn::ledger::{Payer, ReservedTokens, Settlement, VoidReason},
};

/// The answer to a call outside of a turn; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StandaloneAnswer {
    /// The whole text: speech only, by the same rules as in turns.
    pub text: String,
    /// How the answer ended.
    pub finished: Finished,
}

impl ConversationHandle {
    /// Calls the model of the prompt's lane and waits for the whole answer, on behalf of the caller's own
    /// `conversation`, whose payer pays. An empty answer is retried once. Dropping the future stops the
    /// model; the call is then settled by estimate.
    ///
    /// # Errors
    /// [`CoachError::Model`] if the model does not answer, [`CoachError::Refused`] if the tokens do not fit,
    /// [`CoachError::NotFound`] if the lane has no model, [`CoachError::NotFound`] or
    /// [`CoachError::Forbidden`] if the conversation is not the caller's, [`CoachError::Store`] if the store
    /// does not respond.
    pub async fn call(&self, mut request: ChatRequest) -> Result<StandaloneAnswer, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.sweep();
        let record = coach.look_up(by, Act::Converse, id).await?.conversation;
        let lane = request.prompt.lane();
        let model = coach.0.models.get(lane).ok_or(CoachError::NotFound)?.clone();
        let output = model.max_output(request.max_output_tokens);
        let reserved = ReservedTokens { input: request.prompt.weight(), output: u64::from(output) };
        let call = StandaloneCall {
            id: ReservationId(coach.0.ids.next()),
            conversation: Some(id),
            payer: record.payer(),
            lane,
            reserved,
            host_limits: coach.host_limits(),
            at: coach.now(),
            lease: StandaloneCall::LIFE,
        };
        let mut unused = coach.reserve(call).await?;
        let meter = CallMeter::start(model.name(), &request.prompt, coach.0.settings.build);
        let mut reservation = OpenReservation::new(coach.clone(), call, model.clone(), meter);
        unused.reserved = false;
        let partner = &record.script.partner_name;
        request.stop = Voices::stop(lane, partner);
        request.limits = model.limits(request.limits);
        let retries = request.limits.retries;
        let (mut text, mut hearing, mut stream) =
            coach.hear_out(&mut reservation, &request, partner).await;
        let mut settlement = hearing.settlement(reserved);
        let mut tries = 0;
        if hearing.may_try_again(retries)
            && coach.raise_reservation(call.id, reserved.beside(settlement.usage())).await
        {
            tries = hearing.finished().map_or(1, |finished| finished.attempts);
            request.limits.retries = 0;
            reservation.meter.try_again();
            (text, hearing, stream) = coach.hear_out(&mut reservation, &request, partner).await;
            settlement = settlement.and(hearing.settlement(reserved));
        }
        if hearing.thought_aloud() {
            coach.0.models.thought_aloud(model.name());
        }
        let answered = hearing.answered().unwrap_or_else(|| model.name()).to_owned();
        let cost = model.cost(&answered, settlement.usage(), coach.now());
        let outcome = hearing.outcome(model.name());
        let error = hearing.error().cloned();
        let settled = reservation.settle(settlement, call_outcome(&outcome), error, cost);
        while_reading_to_end(stream, settled).await?;
        match outcome {
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
}

impl Coach {
    /// Reserves the tokens of a call. A caller that stops waiting leaves nothing reserved.
    async fn reserve(&self, call: StandaloneCall) -> Result<UnusedReservation, CoachError> {
        let coach = self.clone();
        let reserve = async move {
            // Made first: if the response is lost, the tokens may be reserved all the same.
            let mut unused = UnusedReservation::new(coach, call);
            let coach = &unused.coach;
            if let Some(refusal) = coach.persist(|| coach.0.stores.reserve(call)).await? {
                unused.reserved = false;
                return Err(CoachError::Refused(refusal));
            }
            unused.coach.moved(call.payer);
            Ok(unused)
        };
        // Dropped in the middle, the store could still reserve them after they were released.
        self.to_the_end(reserve).await
    }

    /// Runs one try to its end, and returns its stream if that yielded `Done`.
    async fn hear_out(
        &self,
        call: &mut OpenReservation,
        request: &ChatRequest,
        partner: &str,
    ) -> (String, Hearing, Option<ChatStream>) {
        let OpenReservation { model, meter, reserved, .. } = call;
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
            meter.hear(event.as_ref());
            let piece = hearing.hear(event, model.name());
            if !piece.is_empty() {
                meter.hear_text();
            }
            text += &piece;
        }
        let stream = hearing.finished().is_some().then_some(answer);
        (text, hearing, stream)
    }
}

/// Returns how a call with this outcome of its last try ended.
fn call_outcome(outcome: &Outcome) -> CallOutcome {
    match outcome {
        Outcome::Complete(reason) => Cut::of(Status::Complete, Some(reason.as_str()))
            .map_or(CallOutcome::Complete, CallOutcome::Cut),
        Outcome::Broken { error, .. } => CallOutcome::failed(error.kind),
    }
}

/// Reserved tokens of a call that has not begun; released when this is dropped.
struct UnusedReservation {
    coach: Coach,
    id: ReservationId,
    payer: Payer,
    /// Whether they are reserved and unused, as far as is known.
    reserved: bool,
}

impl UnusedReservation {
    fn new(coach: Coach, StandaloneCall { id, payer, .. }: StandaloneCall) -> Self {
        Self { coach, id, payer, reserved: true }
    }
}

impl Drop for UnusedReservation {
    fn drop(&mut self) {
        if self.reserved {
            let charge = Charge {
                settlement: Settlement::Voided(VoidReason::NotBegun),
                call: CallReport::only(CallOutcome::Voided),
                error: None,
                cost: Some(0),
            };
            close_later(&self.coach, self.id, self.payer, charge);
        }
    }
}

/// A reserved call that has begun. Always settled: by estimate if the caller stops waiting.
struct OpenReservation {
    coach: Coach,
    id: ReservationId,
    payer: Payer,
    reserved: ReservedTokens,
    model: Arc<dyn ChatModel>,
    meter: CallMeter,
    /// Known once the call has ended.
    charge: Option<Charge>,
    settled: bool,
}

#[derive(Clone)]
struct Charge {
    settlement: Settlement,
    call: CallReport,
    error: Option<ModelError>,
    cost: Option<u64>,
}

impl OpenReservation {
    fn new(
        coach: Coach,
        call: StandaloneCall,
        model: Arc<dyn ChatModel>,
        meter: CallMeter,
    ) -> Self {
        let StandaloneCall { id, payer, reserved, .. } = call;
        Self { coach, id, payer, reserved, model, meter, charge: None, settled: false }
    }

    async fn settle(
        mut self,
        settlement: Settlement,
        outcome: CallOutcome,
        error: Option<ModelError>,
        cost: Option<u64>,
    ) -> Result<(), CoachError> {
        let charge = Charge { settlement, call: self.meter.report(outcome), error, cost };
        // Kept until the store has responded, because the caller may stop waiting here too.
        self.charge = Some(charge.clone());
        close(&self.coach, self.id, charge).await?;
        self.settled = true;
        self.coach.moved(self.payer);
        Ok(())
    }

    /// Returns the charge of a call whose caller stopped waiting for its answer.
    fn abandoned(&self) -> Charge {
        let used = self.reserved.estimate(0);
        Charge {
            settlement: Settlement::Estimated(used),
            call: self.meter.report(CallOutcome::Stopped),
            error: None,
            // The answering model is unknown, so the requested model's price applies.
            cost: self.model.cost(self.model.name(), used, self.coach.now()),
        }
    }
}

impl Drop for OpenReservation {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let charge = self.charge.take().unwrap_or_else(|| self.abandoned());
        close_later(&self.coach, self.id, self.payer, charge);
    }
}

/// Settles a call whose caller is gone.
fn close_later(coach: &Coach, id: ReservationId, payer: Payer, charge: Charge) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let coach = coach.clone();
    runtime.spawn(async move {
        if let Err(error) = close(&coach, id, charge).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "settling a dropped call failed"
            );
        }
        coach.moved(payer);
    });
}

/// Settles a call, then publishes it.
async fn close(coach: &Coach, id: ReservationId, charge: Charge) -> Result<(), StoreError> {
    let at = coach.now();
    let Charge { settlement, call, error, cost } = charge;
    let settle = || coach.0.stores.settle(id, settlement, call.clone(), cost, at);
    if let Some(entry) = coach.persist(settle).await? {
        coach.publish_call(entry, error);
    }
    Ok(())
}
