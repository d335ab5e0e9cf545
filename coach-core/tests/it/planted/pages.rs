//! `Planted`: how it reads messages wrongly.

use coach_core::{
    conversation::{Message, MessageDetails},
    ids::{ConversationId, MessageId},
    ports::{ConversationStore as _, StoreError},
    timestamp::Timestamp,
};

use super::{fault::Fault, stores::Planted};

/// Reads the newest messages.
pub(super) async fn messages(
    store: &Planted,
    id: ConversationId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let inclusive = store.has(Fault::BeforeIsInclusive);
    let before = before.map(|before| MessageId(before.0 + i64::from(inclusive)));
    let limit = limit + u32::from(store.has(Fault::ReadsOneMore));
    let found = store.store.messages(id, before, limit).await?;
    if store.has(Fault::CachesErasedText) {
        let mut remembered = store.remembered();
        let cached = remembered.messages.entry(id).or_default();
        if !found.is_empty() {
            cached.clone_from(&found);
        }
        return Ok(cached.clone());
    }
    Ok(found.into_iter().map(|message| read(store, message)).collect())
}

/// Reads messages with everything that is kept about them.
pub(super) async fn details(
    store: &Planted,
    id: ConversationId,
    after: Option<MessageId>,
    limit: u32,
) -> Result<Vec<MessageDetails>, StoreError> {
    let inclusive = store.has(Fault::AfterIsInclusive);
    let after = after.map(|after| MessageId(after.0 - i64::from(inclusive)));
    let mut found = store.store.message_details(id, after, limit).await?;
    for one in &mut found {
        one.message = read(store, one.message.clone());
        match store.fault {
            Some(Fault::ForgetsTheTiming) => one.timing.clear(),
            Some(Fault::ForgetsWhatWasSeen) => one.seen.clear(),
            _ => {}
        }
    }
    Ok(found)
}

/// Returns a message as it is read back.
fn read(store: &Planted, message: Message) -> Message {
    let coarse = |at: Timestamp| Timestamp(at.0 / 1_000 * 1_000);
    match store.fault {
        Some(Fault::ForgetsTheFinishReason) => Message { finish_reason: None, ..message },
        Some(Fault::ForgetsTheFirstDelta) => Message { first_delta_at: None, ..message },
        Some(Fault::ReadsAbsentAsEmpty) => {
            let finish_reason = Some(message.finish_reason.unwrap_or_default());
            Message { finish_reason, ..message }
        }
        Some(Fault::KeepsMilliseconds) => Message {
            created_at: coarse(message.created_at),
            first_delta_at: message.first_delta_at.map(coarse),
            done_at: message.done_at.map(coarse),
            ..message
        },
        _ => message,
    }
}
