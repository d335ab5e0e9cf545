//! `LocalBroadcaster`: carries what is live between the coaches of one process.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::Notify;

use super::Position;
use crate::{
    ids::{ConversationId, MessageId},
    ports::{BroadcastError, Broadcaster, LiveText, TextEnd, TextPiece, Wake},
};

/// How many conversations without text are remembered, so that late pieces of a closed message are refused.
const REMEMBERED: usize = 4_096;

/// A broadcaster within this process. Holds the text of each growing message until it is closed, and of the
/// closed one while someone follows it.
#[derive(Clone, Debug, Default)]
pub struct LocalBroadcaster(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    texts: Mutex<BTreeMap<ConversationId, Arc<Texts>>>,
    listeners: Mutex<Vec<Arc<Listener>>>,
}

/// The text of one conversation: the newest message, and the closed one before it.
#[derive(Debug, Default)]
struct Texts {
    entries: Mutex<Entries>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    held: VecDeque<LiveText>,
    /// The number of entries that were dropped before the held ones.
    dropped: u64,
    /// The place of the newest entry: its message, and its end or `u64::MAX`.
    top: Option<(MessageId, u64)>,
    followers: usize,
}

#[derive(Debug, Default)]
struct Listener {
    pending: Mutex<BTreeSet<Wake>>,
    woken: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(entry: &LiveText) -> (MessageId, u64) {
    match entry {
        LiveText::Piece(piece) => (piece.message, piece.end()),
        LiveText::End(end) => (end.message, u64::MAX),
    }
}

fn fence(entry: &LiveText) -> u64 {
    match entry {
        LiveText::Piece(piece) => piece.fence,
        LiveText::End(end) => end.fence,
    }
}

impl Entries {
    fn append(&mut self, entry: LiveText) -> bool {
        let (message, end) = place(&entry);
        if self.top.is_some_and(|top| (message, end) <= top) {
            return false;
        }
        if self.top.is_none_or(|(newest, _)| newest != message) {
            let before = self.top.map(|(newest, _)| newest);
            while self.held.front().is_some_and(|held| Some(place(held).0) != before) {
                self.held.pop_front();
                self.dropped += 1;
            }
        }
        self.top = Some((message, end));
        self.held.push_back(entry);
        true
    }

    fn is_needed(&self) -> bool {
        self.followers > 0 || self.top.is_some_and(|(_, end)| end != u64::MAX)
    }

    fn free(&mut self) {
        self.dropped += self.held.len() as u64;
        self.held = VecDeque::new();
    }
}

impl Inner {
    fn append(&self, conversation: ConversationId, entry: LiveText) -> bool {
        let mut texts = lock(&self.texts);
        let text = texts.entry(conversation).or_default().clone();
        let mut entries = lock(&text.entries);
        let appended = entries.append(entry);
        if !entries.is_needed() {
            entries.free();
        }
        drop(entries);
        if texts.len() > REMEMBERED {
            texts.retain(|_, text| lock(&text.entries).is_needed());
        }
        text.grown.notify_waiters();
        appended
    }
}

/// One follower of a conversation's text.
#[derive(Debug)]
struct TextReader {
    all: Arc<Inner>,
    texts: Arc<Texts>,
    conversation: ConversationId,
    after: Option<(MessageId, u64)>,
    /// The number of the next entry.
    next: u64,
    /// The highest fence seen of a message.
    fence: Option<(MessageId, u64)>,
}

impl TextReader {
    fn take(&mut self) -> Option<LiveText> {
        let entries = lock(&self.texts.entries);
        self.next = self.next.max(entries.dropped);
        loop {
            let nth = usize::try_from(self.next - entries.dropped).ok()?;
            let entry = entries.held.get(nth)?;
            self.next += 1;
            let (message, fence) = (place(entry).0, fence(entry));
            let stale = self.fence.is_some_and(|(of, seen)| of == message && fence < seen);
            if stale || self.after.is_some_and(|after| place(entry) <= after) {
                continue;
            }
            self.fence = Some((message, fence));
            return Some(entry.clone());
        }
    }

    async fn next(&mut self) -> LiveText {
        let texts = self.texts.clone();
        loop {
            // Registered before looking, so that no entry is missed in between.
            let grown = texts.grown.notified();
            if let Some(entry) = self.take() {
                return entry;
            }
            grown.await;
        }
    }
}

impl Drop for TextReader {
    fn drop(&mut self) {
        let mut texts = lock(&self.all.texts);
        let mut entries = lock(&self.texts.entries);
        entries.followers -= 1;
        if !entries.is_needed() {
            entries.free();
        }
        if entries.top.is_none() && entries.followers == 0 {
            texts.remove(&self.conversation);
        }
    }
}

struct WakeReader {
    all: Arc<Inner>,
    listener: Arc<Listener>,
}

impl WakeReader {
    async fn next(&mut self) -> Wake {
        loop {
            let woken = self.listener.woken.notified();
            match self.listener.take() {
                Some(wake) => return wake,
                None => woken.await,
            }
        }
    }
}

impl Listener {
    fn take(&self) -> Option<Wake> {
        let mut pending = lock(&self.pending);
        let first = pending.iter().next().copied()?;
        pending.take(&first)
    }
}

impl Drop for WakeReader {
    fn drop(&mut self) {
        lock(&self.all.listeners).retain(|other| !Arc::ptr_eq(other, &self.listener));
    }
}

impl LocalBroadcaster {
    /// Returns how many conversations have text that is held, and how many listeners there are.
    #[cfg(test)]
    fn held(&self) -> (usize, usize) {
        let texts = lock(&self.0.texts);
        let held = texts.values().filter(|text| !lock(&text.entries).held.is_empty());
        (held.count(), lock(&self.0.listeners).len())
    }
}

#[async_trait]
impl Broadcaster for LocalBroadcaster {
    async fn publish(&self, piece: TextPiece) -> Result<bool, BroadcastError> {
        Ok(self.0.append(piece.conversation, LiveText::Piece(piece)))
    }

    async fn close(&self, end: TextEnd) -> Result<bool, BroadcastError> {
        Ok(self.0.append(end.conversation, LiveText::End(end)))
    }

    fn follow(
        &self,
        conversation: ConversationId,
        from: Option<Position>,
    ) -> BoxStream<'static, LiveText> {
        let texts = {
            let mut texts = lock(&self.0.texts);
            let text = texts.entry(conversation).or_default().clone();
            lock(&text.entries).followers += 1;
            text
        };
        let after = from.map(|from| (from.message, from.bytes));
        let all = self.0.clone();
        let reader = TextReader { all, texts, conversation, after, next: 0, fence: None };
        futures::stream::unfold(
            reader,
            |mut reader| async move { Some((reader.next().await, reader)) },
        )
        .boxed()
    }

    async fn wake(&self, wake: Wake) -> Result<(), BroadcastError> {
        for listener in lock(&self.0.listeners).iter() {
            lock(&listener.pending).insert(wake);
            listener.woken.notify_one();
        }
        Ok(())
    }

    async fn wakes(&self) -> Result<BoxStream<'static, Wake>, BroadcastError> {
        let listener = Arc::<Listener>::default();
        lock(&self.0.listeners).push(listener.clone());
        let reader = WakeReader { all: self.0.clone(), listener };
        let wakes = futures::stream::unfold(reader, |mut reader| async move {
            Some((reader.next().await, reader))
        });
        Ok(wakes.boxed())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;
    use crate::live::Voice;

    const TALK: ConversationId = ConversationId(Uuid::nil());

    fn piece() -> TextPiece {
        let text = Arc::from("No");
        TextPiece {
            conversation: TALK,
            message: MessageId(1),
            voice: Voice::Partner,
            replaces: None,
            fence: 1,
            off: 0,
            text,
        }
    }

    #[tokio::test]
    async fn a_closed_message_and_followers_that_leave_are_freed() {
        let local = LocalBroadcaster::default();
        let end = TextEnd { conversation: TALK, message: MessageId(1), fence: 1, bytes: 2 };
        let follower = local.follow(TALK, None);
        let wakes = local.wakes().await.unwrap();
        assert!(local.publish(piece()).await.unwrap());
        assert!(local.close(end).await.unwrap());
        assert_eq!(local.held(), (1, 1));
        drop((follower, wakes));
        assert_eq!(local.held(), (0, 0));
        // Without a follower, what is closed is freed at once.
        let next = TextPiece { message: MessageId(2), ..piece() };
        assert!(local.publish(next).await.unwrap());
        assert_eq!(local.held(), (1, 0));
        assert!(local.close(TextEnd { message: MessageId(2), ..end }).await.unwrap());
        assert_eq!(local.held(), (0, 0));
    }
}
