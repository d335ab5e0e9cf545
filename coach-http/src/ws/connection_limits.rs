//! Limits on open sockets, per user, conversation and host, and whether a participant is connected.
//!
//! A user's newest socket is always accepted. It replaces one of theirs that did not answer the last ping, or else
//! their oldest: a connection that died silently never keeps its participant out.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use coach_core::{
    ids::{ConversationId, InvitationId, UserId},
    wire::close,
};
use tokio::sync::watch;

use crate::problem::Failure;

/// A participant may have this many times the sockets of one conversation across all their conversations.
const EVERYWHERE: usize = 10;

/// The maximum number of observers of one conversation.
const OBSERVERS: usize = 250;

/// Every open socket.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimits {
    open: Arc<Mutex<OpenSockets>>,
    /// The maximum for the whole host.
    most: usize,
    /// The maximum for one user in one conversation.
    per_user: usize,
}

#[derive(Debug, Default)]
struct OpenSockets {
    /// All sockets, including those that were closed for newer ones and have not ended yet.
    all: usize,
    opened: u64,
    /// Each user's sockets, oldest first.
    users: HashMap<UserId, Vec<OpenSocket>>,
    /// How many of each user's sockets were closed for newer ones and have not ended yet.
    leaving: HashMap<UserId, usize>,
    observers: HashMap<ConversationId, usize>,
    participants: HashMap<InvitationId, usize>,
}

/// Who uses a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SocketRole {
    Participant,
    /// A researcher who observes and cannot speak.
    Observer,
}

/// Whose socket it is, in which conversation, and in which role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionKey {
    pub(crate) conversation: ConversationId,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) user: UserId,
    pub(crate) role: SocketRole,
}

/// The host's handle on a socket while the pump runs.
#[derive(Clone, Debug)]
pub(crate) struct SocketHandle {
    /// Closes the socket, with a close code.
    pub(crate) over: watch::Sender<Option<u16>>,
    /// Whether the last ping is still unanswered.
    pub(crate) unanswered: Arc<AtomicBool>,
}

impl SocketHandle {
    pub(crate) fn new() -> Self {
        Self { over: watch::channel(None).0, unanswered: Arc::default() }
    }
}

#[derive(Debug)]
struct OpenSocket {
    number: u64,
    key: ConnectionKey,
    handle: SocketHandle,
}

/// The permission for one open socket, released on drop.
#[derive(Debug)]
pub(crate) struct Permit {
    limits: ConnectionLimits,
    key: ConnectionKey,
    number: u64,
}

impl ConnectionLimits {
    /// Allows `most` sockets for the whole host, and `per_user` for one user in one conversation.
    pub(crate) fn new(most: usize, per_user: usize) -> Self {
        Self { open: Arc::default(), most, per_user }
    }

    /// Admits the socket `handle`; closes an earlier one of the same user if there are too many.
    ///
    /// # Errors
    ///
    /// 503 if the host is full; 429 if the conversation has 250 other observers, or if the user opens sockets
    /// faster than they close.
    pub(crate) fn take(&self, key: ConnectionKey, handle: SocketHandle) -> Result<Permit, Failure> {
        let mut open = self.lock();
        if open.all >= self.most {
            let words =
                "Too many people are connected. Your conversation is saved; please try again soon.";
            return Err(Failure::new(503, "draining", words));
        }
        let outdated = self.outdated(&open, key);
        let watches = |key: ConnectionKey| key.role == SocketRole::Observer;
        let leaves = outdated.is_some_and(|(_, left)| watches(left));
        let observers = open.observers.get(&key.conversation).copied().unwrap_or(0);
        let leaving = open.leaving.get(&key.user).copied().unwrap_or(0);
        if (watches(key) && observers - usize::from(leaves) >= OBSERVERS)
            || (outdated.is_some() && leaving >= self.per_user * EVERYWHERE)
        {
            let words = "This conversation is open in too many places. Please close one of them.";
            return Err(Failure::new(429, "rate_limited", words).retry_after(5));
        }
        if let Some((number, _)) = outdated
            && let Some(socket) = open.remove(key.user, number)
        {
            socket.handle.over.send_replace(Some(close::TOO_MANY));
            *open.leaving.entry(key.user).or_default() += 1;
        }
        let number = open.add(key, handle);
        Ok(Permit { limits: self.clone(), key, number })
    }

    /// Returns the socket of the same user that `key` replaces, if they have too many.
    fn outdated(&self, open: &OpenSockets, key: ConnectionKey) -> Option<(u64, ConnectionKey)> {
        let theirs = open.users.get(&key.user)?;
        let here = |socket: &&OpenSocket| socket.key.conversation == key.conversation;
        let speaks = |socket: &&OpenSocket| socket.key.role == SocketRole::Participant;
        let found = if theirs.iter().filter(here).count() >= self.per_user {
            first_to_close(theirs.iter().filter(here))
        } else if key.role == SocketRole::Participant
            && theirs.iter().filter(speaks).count() >= self.per_user * EVERYWHERE
        {
            first_to_close(theirs.iter().filter(speaks))
        } else {
            None
        };
        found.map(|socket| (socket.number, socket.key))
    }

    /// Returns whether the participant has a conversation of the invitation open.
    pub(crate) fn is_live(&self, invitation: InvitationId) -> bool {
        self.lock().participants.contains_key(&invitation)
    }

    /// Returns every invitation whose participant has a conversation open.
    pub(crate) fn live(&self) -> Vec<InvitationId> {
        self.lock().participants.keys().copied().collect()
    }

    /// Returns the conversations under invitations that their participant has open, in any order; some of them
    /// twice.
    pub(crate) fn live_conversations(&self) -> Vec<ConversationId> {
        let open = self.lock();
        let keys = open.users.values().flatten().map(|socket| socket.key);
        let is_live =
            |key: &ConnectionKey| key.role == SocketRole::Participant && key.invitation.is_some();
        keys.filter(is_live).map(|key| key.conversation).collect()
    }

    fn lock(&self) -> MutexGuard<'_, OpenSockets> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the first socket that did not answer the last ping, or else the oldest.
fn first_to_close<'a>(
    mut sockets: impl Iterator<Item = &'a OpenSocket> + Clone,
) -> Option<&'a OpenSocket> {
    let silent = |socket: &&OpenSocket| socket.handle.unanswered.load(Ordering::Relaxed);
    sockets.clone().find(silent).or_else(|| sockets.next())
}

impl OpenSockets {
    fn add(&mut self, key: ConnectionKey, handle: SocketHandle) -> u64 {
        self.opened += 1;
        let number = self.opened;
        // Almost all have one.
        let theirs = self.users.entry(key.user).or_insert_with(|| Vec::with_capacity(1));
        theirs.push(OpenSocket { number, key, handle });
        match (key.role, key.invitation) {
            (SocketRole::Observer, _) => *self.observers.entry(key.conversation).or_default() += 1,
            (SocketRole::Participant, Some(id)) => *self.participants.entry(id).or_default() += 1,
            (SocketRole::Participant, None) => {}
        }
        self.count(self.all + 1);
        number
    }

    /// Removes a socket from all counts except the total.
    fn remove(&mut self, user: UserId, number: u64) -> Option<OpenSocket> {
        let sockets = self.users.get_mut(&user)?;
        let at = sockets.iter().position(|socket| socket.number == number)?;
        let socket = sockets.remove(at);
        if sockets.is_empty() {
            self.users.remove(&user);
        }
        match (socket.key.role, socket.key.invitation) {
            (SocketRole::Observer, _) => one_less(&mut self.observers, &socket.key.conversation),
            (SocketRole::Participant, Some(id)) => one_less(&mut self.participants, &id),
            (SocketRole::Participant, None) => {}
        }
        Some(socket)
    }

    fn count(&mut self, all: usize) {
        self.all = all;
        metrics::gauge!("coach_sockets").set(all as f64);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limits.lock();
        let all = open.all - 1;
        open.count(all);
        if open.remove(self.key.user, self.number).is_none() {
            one_less(&mut open.leaving, &self.key.user);
        }
    }
}

fn one_less<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn key(user: u128, role: SocketRole) -> ConnectionKey {
        ConnectionKey {
            conversation: ConversationId(Uuid::nil()),
            invitation: Some(InvitationId(Uuid::nil())),
            user: UserId(Uuid::from_u128(user)),
            role,
        }
    }

    fn in_conversation(n: u128) -> ConnectionKey {
        let conversation = ConversationId(Uuid::from_u128(n));
        ConnectionKey { conversation, ..key(1, SocketRole::Participant) }
    }

    /// Admits a socket; returns its permit and its line.
    fn take(limits: &ConnectionLimits, key: ConnectionKey) -> (Permit, SocketHandle) {
        let handle = SocketHandle::new();
        (limits.take(key, handle.clone()).unwrap(), handle)
    }

    /// Returns the indices of the sockets that were closed.
    fn closed(sockets: &[(Permit, SocketHandle)]) -> Vec<usize> {
        let is_closed = |n: &usize| *sockets[*n].1.over.borrow() == Some(close::TOO_MANY);
        (0..sockets.len()).filter(is_closed).collect()
    }

    #[test]
    fn the_newest_socket_is_admitted_and_silent_ones_close_before_the_oldest() {
        let limits = ConnectionLimits::new(1000, 5);
        let mut sockets: Vec<_> =
            (0..5).map(|_| take(&limits, key(1, SocketRole::Participant))).collect();
        for silent in [3, 1] {
            sockets[silent].1.unanswered.store(true, Ordering::Relaxed);
        }
        for expected in [&[1][..], &[1, 3], &[0, 1, 3], &[0, 1, 2, 3], &[0, 1, 2, 3, 4]] {
            sockets.push(take(&limits, key(1, SocketRole::Participant)));
            assert_eq!(closed(&sockets), expected);
        }
        assert_eq!(limits.lock().users[&UserId(Uuid::from_u128(1))].len(), 5);
        assert_eq!(limits.lock().all, 10, "closed sockets count until they end");
        drop(sockets);
        let open = limits.lock();
        assert_eq!((open.all, open.users.len(), open.leaving.len()), (0, 0, 0));
        assert!(open.participants.is_empty());
    }

    #[test]
    fn participants_have_ten_times_as_many_in_all_their_conversations() {
        let limits = ConnectionLimits::new(1000, 5);
        let mut sockets: Vec<_> = (0..50).map(|n| take(&limits, in_conversation(n))).collect();
        assert!(closed(&sockets).is_empty());
        sockets.push(take(&limits, in_conversation(50)));
        assert_eq!(closed(&sockets), [0]);
        sockets.push(take(&limits, key(2, SocketRole::Participant)));
        assert_eq!(closed(&sockets), [0], "other users keep their sockets");
    }

    #[test]
    fn a_user_who_opens_sockets_faster_than_they_close_must_wait() {
        let limits = ConnectionLimits::new(1000, 5);
        let one = || limits.take(key(1, SocketRole::Participant), SocketHandle::new());
        let mut permits: Vec<_> = (0..55).map(|_| one().unwrap()).collect();
        assert!(one().is_err());
        permits.remove(0);
        assert!(one().is_ok());
    }

    #[test]
    fn a_conversation_has_250_observers_and_one_user_as_many_as_the_setting_allows() {
        let limits = ConnectionLimits::new(1000, 200);
        let mut sockets: Vec<_> =
            (0..200).map(|_| take(&limits, key(1, SocketRole::Observer))).collect();
        sockets.extend((0..50).map(|n| take(&limits, key(100 + n, SocketRole::Observer))));
        assert!(limits.take(key(999, SocketRole::Observer), SocketHandle::new()).is_err());
        sockets.push(take(&limits, key(1, SocketRole::Observer)));
        assert_eq!(closed(&sockets), [0], "the newest replaces one of the same user");
        drop(sockets);
        assert_eq!(limits.lock().observers.len(), 0);
    }

    #[test]
    fn sockets_beyond_the_hosts_limit_are_refused() {
        let limits = ConnectionLimits::new(1, 5);
        let one = take(&limits, key(1, SocketRole::Participant));
        assert!(limits.is_live(InvitationId(Uuid::nil())));
        assert!(limits.take(key(2, SocketRole::Participant), SocketHandle::new()).is_err());
        drop(one);
        assert!(!limits.is_live(InvitationId(Uuid::nil())));
    }
}
