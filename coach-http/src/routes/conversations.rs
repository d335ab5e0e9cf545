//! Conversations: starting, reading and, without a socket, talking.

use std::collections::BTreeMap;

use coach_core::{
    Say, Start,
    ids::{ConversationId, InvitationId, MessageId},
    wire::Audience,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;

use super::pages::{page, page_size};
use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::{
        bounds::{Before, ClientId, PageSize, Words},
        conversation::{Accepted, Conversation, ConversationPage, ConversationState, MessagePage},
        frames::Message,
        sent::{Late, Sent, after},
    },
};

pub(super) struct Conversations;

/// What to start.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewConversation {
    /// A scenario's slug.
    scenario: String,
    /// Values for its variables.
    vars: Option<BTreeMap<String, String>>,
    /// The invitation that pays; without it, the newest of the caller's that still can.
    invitation_id: Option<Uuid>,
}

/// A message, or a private question.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewMessage {
    /// The words, at most 8,000 characters, kept as sent.
    content: Words,
    /// What the sender calls it: sending it again under this name says it once.
    client_id: Option<ClientId>,
}

impl From<NewMessage> for Say {
    fn from(new: NewMessage) -> Self {
        Self { content: new.content.0, client_id: new.client_id.map(|id| id.0) }
    }
}

#[derive(ApiResponse)]
enum Started {
    /// It was started.
    #[oai(status = 201)]
    Started(Json<Conversation>),
}

#[derive(ApiResponse)]
enum Taken {
    /// It is kept, and goes on by itself.
    #[oai(status = 202)]
    Taken(Json<Accepted>),
}

fn of(id: &Path<Uuid>) -> ConversationId {
    ConversationId(id.0)
}

/// Which messages to read: those below an id, and how many.
fn asked(
    before: Option<Late<Before>>,
    limit: Option<Late<PageSize>>,
) -> Result<(Option<MessageId>, u32), Failure> {
    let before = Late::read(before, "before")?.map(|before| before.0);
    if before.is_some_and(|before| before < 0) {
        return Err(Failure::invalid("before", "must be 0 or more"));
    }
    let limit = page_size(Late::read(limit, "limit")?)?;
    Ok((before.map(MessageId), limit))
}

#[OpenApi(prefix_path = "/api/conversations")]
impl Conversations {
    /// Starts a conversation of the caller.
    #[oai(path = "/", method = "post")]
    async fn start(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        body: Sent<NewConversation>,
    ) -> Result<Started, Failure> {
        let body = body.read()?;
        let start = Start::scenario(body.scenario)
            .vars(body.vars.unwrap_or_default())
            .under(body.invitation_id.map(InvitationId));
        let conversation = app.coach.start(&viewer.0.principal(), start).await?;
        Ok(Started::Started(Json(Conversation::idle(&conversation))))
    }

    /// The caller's own conversations, newest first; with `state`, only those.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        state: Query<Option<ConversationState>>,
        limit: Query<Option<PageSize>>,
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<ConversationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let before = cursor.0.map(ConversationId);
        let by = viewer.0.principal();
        let ended = state.0.map(|state| matches!(state, ConversationState::Ended));
        let found = app.coach.conversations(&by, ended, before, limit + 1).await?;
        let (found, next) = page(found, limit, |conversation| conversation.id);
        Ok(Json(ConversationPage::new(&app, &found, next)))
    }

    /// One conversation, its participant's or under an invitation in the researcher's scope.
    #[oai(path = "/:id", method = "get")]
    async fn one(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
    ) -> Result<Json<Conversation>, Failure> {
        let (conversation, state) = app.coach.conversation(&viewer.0.principal(), of(&id)).await?;
        Ok(Json(Conversation::new(&conversation, state)))
    }

    /// Finished messages, ascending, with ids below `before`.
    #[oai(path = "/:id/messages", method = "get")]
    async fn messages(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
        before: Query<Option<Late<Before>>>,
        limit: Query<Option<Late<PageSize>>>,
    ) -> Result<Json<MessagePage>, Failure> {
        let (by, id) = (viewer.0.principal(), of(&id));
        let asked = asked(before.0, limit.0);
        let (before, limit) = after(app.coach.may_read(&by, id), asked).await?;
        let (messages, more) = app.coach.messages(&by, id, before, limit).await?;
        let own = app.coach.conversation(&by, id).await?.0.owner == by.user;
        let audience = if own { Audience::Participant } else { Audience::Observer };
        let items = messages
            .iter()
            .map(|message| Message::from(coach_core::wire::Message::new(message, audience)))
            .collect();
        Ok(Json(MessagePage { items, more }))
    }

    /// Says something to the partner.
    #[oai(path = "/:id/messages", method = "post")]
    async fn say(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
        body: Sent<NewMessage>,
    ) -> Result<Taken, Failure> {
        let (by, id) = (viewer.0.principal(), of(&id));
        let say = Say::from(body.after(app.coach.may_converse(&by, id)).await?);
        let kept = app.coach.say(&by, id, say).await;
        let kept = kept.map_err(|error| Failure::of(&error, app.coach.now()))?;
        Ok(Taken::Taken(Json(Accepted { turn: kept.turn, message_id: Some(kept.message.0) })))
    }

    /// Asks the coach privately.
    #[oai(path = "/:id/asides", method = "post")]
    async fn ask(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
        body: Sent<NewMessage>,
    ) -> Result<Taken, Failure> {
        let (by, id) = (viewer.0.principal(), of(&id));
        let say = Say::from(body.after(app.coach.may_converse(&by, id)).await?);
        let kept = app.coach.ask(&by, id, say).await;
        let kept = kept.map_err(|error| Failure::of(&error, app.coach.now()))?;
        Ok(Taken::Taken(Json(Accepted { turn: kept.turn, message_id: Some(kept.message.0) })))
    }

    /// Ends the running answer; what was said is kept.
    #[oai(path = "/:id/stop", method = "post")]
    async fn stop(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
    ) -> Result<Taken, Failure> {
        let turn = app.coach.stop(&viewer.0.principal(), of(&id)).await?;
        Ok(Taken::Taken(Json(Accepted { turn, message_id: None })))
    }

    /// Runs the last answer again that was stopped, interrupted or failed.
    #[oai(path = "/:id/retry", method = "post")]
    async fn retry(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
    ) -> Result<Taken, Failure> {
        let turn = app.coach.retry(&viewer.0.principal(), of(&id)).await;
        let turn = turn.map_err(|error| Failure::of(&error, app.coach.now()))?;
        Ok(Taken::Taken(Json(Accepted { turn, message_id: None })))
    }

    /// Ends the conversation; what was said is kept. The second time answers the same.
    #[oai(path = "/:id/end", method = "post")]
    async fn end(
        &self,
        app: Data<&App>,
        viewer: SignedIn,
        id: Path<Uuid>,
    ) -> Result<Json<Conversation>, Failure> {
        let conversation = app.coach.end(&viewer.0.principal(), of(&id)).await?;
        Ok(Json(Conversation::idle(&conversation)))
    }
}
