//! The sockets' frames as the document describes them. `coach_core::wire` writes what is sent; a test
//! checks both against the same golden frames.

use coach_core::{conversation, live, turn, wire};
use poem_openapi::{Enum, Object, Union};

/// A word of the document; with `of`, one for each of the core's.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub(crate) enum $name {
            $(#[oai(rename = $text)] $variant),+
        }
    };
    ($(#[$doc:meta])* $name:ident of $core:path { $($variant:ident = $text:literal),+ $(,)? }) => {
        word!($(#[$doc])* $name { $($variant = $text),+ });

        impl From<$core> for $name {
            fn from(word: $core) -> Self {
                use $core as Core;
                match word {
                    $(Core::$variant => Self::$variant),+
                }
            }
        }
    };
}

word!(/// Who wrote a message.
    Role of conversation::Role { User = "user", Partner = "partner", Coach = "coach" });
word!(/// How a message ended.
    MessageStatus { Complete = "complete", Stopped = "stopped", Interrupted = "interrupted",
        Failed = "failed", Skipped = "skipped" });
word!(/// How an answer ended.
    DoneStatus { Complete = "complete", Stopped = "stopped", Interrupted = "interrupted",
        Failed = "failed" });
word!(/// Why a comment was skipped.
    SkipReason of conversation::SkipReason { Off = "off", Scenario = "scenario", Quota = "quota",
        Stopped = "stopped", Failed = "failed", Draining = "draining" });
word!(/// Why a complete answer was cut short.
    Cut of conversation::Cut { Length = "length", Filter = "filter", Refusal = "refusal" });
word!(/// What is running in a conversation.
    TurnState of live::TurnState { Accepted = "accepted", Partner = "partner", Coach = "coach",
        Aside = "aside", Idle = "idle" });
word!(/// How a comment came on screen: by itself, or because the participant opened it.
    SeenHow of conversation::SeenHow { Shown = "shown", Opened = "opened" });
word!(/// Which limit the number of remaining turns comes from.
    TurnLimit of turn::TurnLimit { Quota = "quota", Conversation = "conversation" });
word!(/// Why a conversation ended.
    EndReason { Participant = "participant", Staff = "staff", GoalReached = "goal_reached",
        MaxTurns = "max_turns", MaxTime = "max_time", Erased = "erased" });

impl From<conversation::Status> for MessageStatus {
    fn from(status: conversation::Status) -> Self {
        use conversation::Status;
        match status {
            Status::Complete => Self::Complete,
            Status::Stopped => Self::Stopped,
            // A page lists finished messages only; of one that still grew, the text would be unfinished.
            Status::Interrupted | Status::Streaming => Self::Interrupted,
            Status::Failed => Self::Failed,
            Status::Skipped => Self::Skipped,
        }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(rename = "Message", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct MessageSchema {
    /// The message's id; later messages have larger ones.
    id: i64,
    /// The number of its turn; 0 for the scenario's opening.
    turn: u32,
    /// Who wrote it.
    role: Role,
    /// Whether it belongs to an aside; absent if not.
    aside: Option<bool>,
    /// The text.
    content: String,
    /// How it ended.
    status: MessageStatus,
    /// Why it was skipped.
    reason: Option<SkipReason>,
    /// The id of the message that this retry replaces.
    replaces: Option<i64>,
    /// Why a complete answer was cut short.
    cut: Option<Cut>,
    /// When it began, in RFC 3339.
    created_at: String,
    /// When its first text arrived, in RFC 3339.
    first_delta_at: Option<String>,
    /// When it was final, in RFC 3339.
    done_at: Option<String>,
    /// The sender's name for it.
    client_id: Option<String>,
}

impl From<wire::WireMessage> for MessageSchema {
    fn from(message: wire::WireMessage) -> Self {
        Self {
            id: message.id,
            turn: message.turn,
            role: message.role.into(),
            aside: message.aside,
            content: message.content,
            status: message.status.into(),
            reason: message.reason.map(Into::into),
            replaces: message.replaces,
            cut: message.cut.map(Into::into),
            created_at: message.created_at,
            first_delta_at: message.first_delta_at,
            done_at: message.done_at,
            client_id: message.client_id,
        }
    }
}

macro_rules! frames {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $type:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Object)]
        #[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
        pub(crate) struct $name { $($field: $type),* }
    )+};
}

frames! {
    /// The newest finished messages. `reset`: the client's position was unknown and its messages are outdated.
    HistoryFrame { messages: Vec<MessageSchema>, more: bool, reset: Option<bool> }
    /// The client's position is known; what follows it comes next.
    ResumedFrame {}
    /// A stored message of the participant.
    MessageFrame { message: MessageSchema }
    /// The sender's message is stored.
    AckFrame { client_id: String, message_id: i64, turn: u32 }
    /// A piece of the partner's reply; `off` is its offset in bytes.
    PartnerDelta { content: String, message_id: i64, off: u64, turn: u32, replaces: Option<i64> }
    /// The partner's reply is final.
    PartnerDone { message_id: i64, turn: u32, status: DoneStatus, replaces: Option<i64>,
        cut: Option<Cut> }
    /// A piece of the coach's comment; `off` is its offset in bytes.
    CoachDelta { content: String, message_id: i64, off: u64, turn: u32, replaces: Option<i64> }
    /// The coach's comment is final.
    CoachDone { message_id: i64, turn: u32, status: DoneStatus, replaces: Option<i64>,
        cut: Option<Cut> }
    /// The coach's comment was skipped.
    CoachSkipped { message_id: i64, turn: u32, reason: SkipReason }
    /// A stored aside of the participant.
    AsideQuestion { message: MessageSchema }
    /// A piece of the answer to an aside; `off` is its offset in bytes.
    AsideDelta { content: String, message_id: i64, off: u64, turn: u32, replaces: Option<i64> }
    /// The answer to an aside is final.
    AsideDone { message_id: i64, turn: u32, status: DoneStatus, replaces: Option<i64>,
        cut: Option<Cut> }
    /// What is running in the conversation.
    TurnFrame { turn: u32, state: TurnState }
    /// The remaining turns and tokens.
    QuotaFrame { turns_left: Option<u32>, limit: Option<TurnLimit>, tokens_used: Option<u64>, tokens_left: Option<u64> }
    /// The conversation has ended.
    EndedFrame { reason: EndReason }
    /// An error; `code` as in problem documents.
    ErrorFrame { error: String, code: String, retryable: bool, turn: Option<u32>, lane: Option<String>,
        client_id: Option<String>, retry_after_ms: Option<u64> }
    /// The answer to a ping.
    PongFrame {}
    /// Sends a message to the partner.
    SayFrame { content: String, client_id: Option<String> }
    /// Stops the running answer.
    StopFrame {}
    /// Retries the last answer.
    RetryFrame {}
    /// Sends an aside to the coach.
    AsideFrame { content: String, client_id: Option<String> }
    /// A comment was on screen for a second. `how` is `shown` if absent; `share` is the visible part of its
    /// text in percent, `ms` the time on screen so far in milliseconds.
    SeenFrame { message_id: i64, how: Option<SeenHow>, share: Option<u32>, ms: Option<u64> }
    /// Asks for a pong.
    PingFrame {}
}

/// A frame that the server sends.
#[derive(Clone, Debug, PartialEq, Union)]
#[oai(discriminator_name = "type", one_of = true)]
pub(crate) enum ServerFrame {
    #[oai(mapping = "history")]
    History(HistoryFrame),
    #[oai(mapping = "resumed")]
    Resumed(ResumedFrame),
    #[oai(mapping = "message")]
    Message(MessageFrame),
    #[oai(mapping = "ack")]
    Ack(AckFrame),
    #[oai(mapping = "partner:delta")]
    PartnerDelta(PartnerDelta),
    #[oai(mapping = "partner:done")]
    PartnerDone(PartnerDone),
    #[oai(mapping = "coach:delta")]
    CoachDelta(CoachDelta),
    #[oai(mapping = "coach:done")]
    CoachDone(CoachDone),
    #[oai(mapping = "coach:skipped")]
    CoachSkipped(CoachSkipped),
    #[oai(mapping = "aside:question")]
    AsideQuestion(AsideQuestion),
    #[oai(mapping = "aside:delta")]
    AsideDelta(AsideDelta),
    #[oai(mapping = "aside:done")]
    AsideDone(AsideDone),
    #[oai(mapping = "turn")]
    Turn(TurnFrame),
    #[oai(mapping = "quota")]
    Quota(QuotaFrame),
    #[oai(mapping = "ended")]
    Ended(EndedFrame),
    #[oai(mapping = "error")]
    Error(ErrorFrame),
    #[oai(mapping = "pong")]
    Pong(PongFrame),
}

/// A frame that a client sends.
#[derive(Clone, Debug, PartialEq, Union)]
#[oai(discriminator_name = "type", one_of = true)]
pub(crate) enum ClientFrame {
    #[oai(mapping = "message")]
    Say(SayFrame),
    #[oai(mapping = "stop")]
    Stop(StopFrame),
    #[oai(mapping = "retry")]
    Retry(RetryFrame),
    #[oai(mapping = "aside")]
    Aside(AsideFrame),
    #[oai(mapping = "seen")]
    Seen(SeenFrame),
    #[oai(mapping = "ping")]
    Ping(PingFrame),
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromJSON as _, ToJSON as _};
    use serde_json::Value;

    use super::*;

    fn golden() -> Value {
        serde_json::from_str(include_str!("../../frames.json")).unwrap()
    }

    fn document() -> Value {
        serde_json::from_str(&crate::document()).unwrap()
    }

    fn mapping(union: &str) -> Vec<(String, String)> {
        let document = document();
        let mapping = &document["components"]["schemas"][union]["discriminator"]["mapping"];
        let mapping = mapping.as_object().unwrap();
        mapping.iter().map(|(name, to)| (name.clone(), to.as_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn golden_frames_read_the_same_on_both_sides() {
        for frame in golden()["server"].as_array().unwrap() {
            let sent: wire::ServerFrame = serde_json::from_value(frame.clone()).unwrap();
            assert_eq!(serde_json::to_value(&sent).unwrap(), *frame);
            let described = ServerFrame::parse_from_json(Some(frame.clone())).unwrap();
            assert_eq!(described.to_json().unwrap(), *frame);
        }
        for frame in golden()["client"].as_array().unwrap() {
            wire::ClientFrame::parse(&frame.to_string()).unwrap();
            let described = ClientFrame::parse_from_json(Some(frame.clone())).unwrap();
            assert_eq!(described.to_json().unwrap(), *frame);
        }
    }

    #[test]
    fn every_frame_has_a_golden_example() {
        for (union, side) in [("ServerFrame", "server"), ("ClientFrame", "client")] {
            let golden = golden();
            let shown: Vec<&str> = golden[side]
                .as_array()
                .unwrap()
                .iter()
                .map(|frame| frame["type"].as_str().unwrap())
                .collect();
            for (name, _) in mapping(union) {
                assert!(shown.contains(&name.as_str()), "no golden frame of type {name}");
            }
        }
    }

    #[test]
    fn every_type_names_a_schema_of_its_own() {
        for union in ["ServerFrame", "ClientFrame"] {
            let mut schemas: Vec<String> = mapping(union).into_iter().map(|(_, to)| to).collect();
            let all = schemas.len();
            schemas.sort();
            schemas.dedup();
            assert_eq!(schemas.len(), all, "two types of {union} share a schema");
        }
    }
}
