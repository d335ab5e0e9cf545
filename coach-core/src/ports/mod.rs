//! What the core asks of the world: small traits, one file each, named for who answers.

mod chat_model;

pub use chat_model::{
    AnswerSchema, ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished, Lane,
    Limits, ModelError, ModelErrorKind, Phase, Speaker,
};
