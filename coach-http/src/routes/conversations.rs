//! Conversations: start, read and end one, and talk in it without a socket.

use std::collections::BTreeMap;

use coach_core::{
    PaidBy, Say, Start,
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

use super::{
    pages::{page, page_size},
    tags::Tag,
};
use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::{
        bounds::{Before, ClientId, PageSize, Words},
        conversation::{Accepted, Conversation, ConversationPage, ConversationState, MessagePage},
        frames::MessageSchema,
        sent::{Late, Sent, after},
    },
};

pub(super) struct Conversations;

/// A conversation to start.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewConversation {
    /// The scenario's slug.
    scenario: String,
    /// Values for the scenario's variables, by name.
    vars: Option<BTreeMap<String, String>>,
    /// The invitation that pays; if absent, the caller's newest usable one.
    invitation_id: Option<Uuid>,
}

/// A message to the partner, or an aside to the coach.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewMessage {
    /// The text, at most 8,000 characters; stored as sent.
    content: Words,
    /// The sender's name for the message: a repeated request with the same name is stored once.
    client_id: Option<ClientId>,
}

impl From<NewMessage> for Say {
    fn from(new: NewMessage) -> Self {
        Self { content: new.content.0, client_id: new.client_id.map(|id| id.0) }
    }
}

#[derive(ApiResponse)]
enum Started {
    /// The new conversation.
    #[oai(status = 201)]
    Started(Json<Conversation>),
}

#[derive(ApiResponse)]
enum AcceptedResponse {
    /// Stored. The answer arrives by socket, or among the messages.
    #[oai(status = 202)]
    Accepted(Json<Accepted>),
}

fn of(id: &Path<Uuid>) -> ConversationId {
    ConversationId(id.0)
}

/// Returns the id to read below and how many messages to read.
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

#[OpenApi(prefix_path = "/api/conversations", tag = "Tag::Conversations")]
impl Conversations {
    /// Starts a conversation for the caller.
    #[oai(path = "/", method = "post", operation_id = "startConversation")]
    async fn start(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        body: Sent<NewConversation>,
    ) -> Result<Started, Failure> {
        let body = body.read()?;
        let mut start = Start::scenario(body.scenario).vars(body.vars.unwrap_or_default());
        if let Some(id) = body.invitation_id {
            start = start.paid_by(PaidBy::Invitation(InvitationId(id)));
        }
        let conversation = app.coach.start(&caller.0.principal(), start).await?;
        Ok(Started::Started(Json(Conversation::idle(&conversation))))
    }

    /// Lists the caller's own conversations, newest first.
    #[oai(path = "/", method = "get", operation_id = "listConversations")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// Only conversations in this state.
        state: Query<Option<ConversationState>>,
        /// Conversations on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before.
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<ConversationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let before = cursor.0.map(ConversationId);
        let by = caller.0.principal();
        let ended = state.0.map(|state| matches!(state, ConversationState::Ended));
        let found = app.coach.me(&by).conversations(ended, before, limit + 1).await?;
        let (found, next) = page(found, limit, |conversation| conversation.id);
        Ok(Json(ConversationPage::new(&app, &found, next)))
    }

    /// Returns a conversation.
    ///
    /// Participants read their own; researchers read those under invitations in their scope.
    #[oai(path = "/:id", method = "get", operation_id = "getConversation")]
    async fn one(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
    ) -> Result<Json<Conversation>, Failure> {
        let (conversation, state) =
            app.coach.conversation(&caller.0.principal(), of(&id)).get().await?;
        Ok(Json(Conversation::new(&conversation, state)))
    }

    /// Lists the newest finished messages of a conversation, in ascending order.
    #[oai(path = "/:id/messages", method = "get", operation_id = "listMessages")]
    async fn messages(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
        /// Only messages with a smaller id.
        before: Query<Option<Late<Before>>>,
        /// Messages on a page: 1 to 200; 50 if absent.
        limit: Query<Option<Late<PageSize>>>,
    ) -> Result<Json<MessagePage>, Failure> {
        let (by, id) = (caller.0.principal(), of(&id));
        let asked = asked(before.0, limit.0);
        let (before, limit) = after(app.coach.conversation(&by, id).may_read(), asked).await?;
        let page = app.coach.conversation(&by, id).messages(before, limit).await?;
        let audience = if page.own { Audience::Participant } else { Audience::Observer };
        let items = page
            .messages
            .iter()
            .map(|message| {
                MessageSchema::from(coach_core::wire::WireMessage::new(message, audience))
            })
            .collect();
        Ok(Json(MessagePage { items, more: page.more }))
    }

    /// Sends a message to the partner.
    ///
    /// The partner's reply and the coach's comment follow by themselves.
    #[oai(path = "/:id/messages", method = "post", operation_id = "sendMessage")]
    async fn say(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
        body: Sent<NewMessage>,
    ) -> Result<AcceptedResponse, Failure> {
        let (by, id) = (caller.0.principal(), of(&id));
        let say = Say::from(body.after(app.coach.conversation(&by, id).may_converse()).await?);
        let kept = app.coach.conversation(&by, id).say(say).await?;
        Ok(AcceptedResponse::Accepted(Json(Accepted {
            turn: kept.turn,
            message_id: Some(kept.message.0),
        })))
    }

    /// Sends an aside: a private question to the coach.
    ///
    /// The partner hears neither the question nor the answer.
    #[oai(path = "/:id/asides", method = "post", operation_id = "sendAside")]
    async fn ask(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
        body: Sent<NewMessage>,
    ) -> Result<AcceptedResponse, Failure> {
        let (by, id) = (caller.0.principal(), of(&id));
        let say = Say::from(body.after(app.coach.conversation(&by, id).may_converse()).await?);
        let kept = app.coach.conversation(&by, id).aside(say).await?;
        Ok(AcceptedResponse::Accepted(Json(Accepted {
            turn: kept.turn,
            message_id: Some(kept.message.0),
        })))
    }

    /// Stops the running answer; its text so far is kept.
    #[oai(path = "/:id/stop", method = "post", operation_id = "stopAnswer")]
    async fn stop(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
    ) -> Result<AcceptedResponse, Failure> {
        let turn = app.coach.conversation(&caller.0.principal(), of(&id)).stop().await?;
        Ok(AcceptedResponse::Accepted(Json(Accepted { turn, message_id: None })))
    }

    /// Retries the last answer if it was stopped, interrupted or failed.
    #[oai(path = "/:id/retry", method = "post", operation_id = "retryAnswer")]
    async fn retry(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
    ) -> Result<AcceptedResponse, Failure> {
        let turn = app.coach.conversation(&caller.0.principal(), of(&id)).retry().await?;
        Ok(AcceptedResponse::Accepted(Json(Accepted { turn, message_id: None })))
    }

    /// Ends a conversation; its messages are kept.
    ///
    /// Ending it again returns the same answer.
    #[oai(path = "/:id/end", method = "post", operation_id = "endConversation")]
    async fn end(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
    ) -> Result<Json<Conversation>, Failure> {
        let conversation = app.coach.conversation(&caller.0.principal(), of(&id)).end().await?;
        Ok(Json(Conversation::idle(&conversation)))
    }
}
