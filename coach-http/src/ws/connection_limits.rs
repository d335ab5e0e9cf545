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
    wire::{SocketRole, close},
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
    taken: Arc<Mutex<Taken>>,
    /// The maximum for the whole host.
    most: usize,
    /// The maximum for one user in one conversation.
    per_user: usize,
}

#[derive(Debug, Default)]
struct Taken {
    /// All sockets, including those that were closed for newer ones and have not ended yet.
    all: usize,
    opened: u64,
    /// Each user's sockets, oldest first.
    users: HashMap<UserId, Vec<HeldSlot>>,
    /// How many of each user's sockets were closed for newer ones and have not ended yet.
    leaving: HashMap<UserId, usize>,
    observers: HashMap<ConversationId, usize>,
    participants: HashMap<InvitationId, usize>,
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
struct HeldSlot {
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
        Self { taken: Arc::default(), most, per_user }
    }

    /// Admits the socket `handle`; closes an earlier one of the same user if there are too many.
    ///
    /// # Errors
    ///
    /// 503 if the host is full; 429 if the conversation has 250 other observers, or if the user opens sockets
    /// faster than they close.
    pub(crate) fn take(&self, key: ConnectionKey, handle: SocketHandle) -> Result<Permit, Failure> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            let words =
                "Too many people are connected. Your conversation is saved; please try again soon.";
            return Err(Failure::new(503, "draining", words));
        }
        let outdated = self.outdated(&taken, key);
        let watches = |key: ConnectionKey| key.role == SocketRole::Observer;
        let leaves = outdated.is_some_and(|(_, left)| watches(left));
        let observers = taken.observers.get(&key.conversation).copied().unwrap_or(0);
        let leaving = taken.leaving.get(&key.user).copied().unwrap_or(0);
        if (watches(key) && observers - usize::from(leaves) >= OBSERVERS)
            || (outdated.is_some() && leaving >= self.per_user * EVERYWHERE)
        {
            let words = "This conversation is open in too many places. Please close one of them.";
            return Err(Failure::new(429, "rate_limited", words).retry_after(5));
        }
        if let Some((number, _)) = outdated
            && let Some(place) = taken.remove(key.user, number)
        {
            place.handle.over.send_replace(Some(close::TOO_MANY));
            *taken.leaving.entry(key.user).or_default() += 1;
        }
        let number = taken.add(key, handle);
        Ok(Permit { limits: self.clone(), key, number })
    }

    /// Returns the socket of the same user that `key` replaces, if they have too many.
    fn outdated(&self, taken: &Taken, key: ConnectionKey) -> Option<(u64, ConnectionKey)> {
        let theirs = taken.users.get(&key.user)?;
        let here = |place: &&HeldSlot| place.key.conversation == key.conversation;
        let speaks = |place: &&HeldSlot| place.key.role == SocketRole::Participant;
        let found = if theirs.iter().filter(here).count() >= self.per_user {
            first_to_go(theirs.iter().filter(here))
        } else if key.role == SocketRole::Participant
            && theirs.iter().filter(speaks).count() >= self.per_user * EVERYWHERE
        {
            first_to_go(theirs.iter().filter(speaks))
        } else {
            None
        };
        found.map(|place| (place.number, place.key))
    }

    /// Returns whether the participant has a conversation of the invitation open.
    pub(crate) fn is_live(&self, invitation: InvitationId) -> bool {
        self.lock().participants.contains_key(&invitation)
    }

    /// Returns every invitation whose participant has a conversation open.
    pub(crate) fn live(&self) -> Vec<InvitationId> {
        self.lock().participants.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the first socket that did not answer the last ping, or else the oldest.
fn first_to_go<'a>(mut places: impl Iterator<Item = &'a HeldSlot> + Clone) -> Option<&'a HeldSlot> {
    let silent = |place: &&HeldSlot| place.handle.unanswered.load(Ordering::Relaxed);
    places.clone().find(silent).or_else(|| places.next())
}

impl Taken {
    fn add(&mut self, key: ConnectionKey, handle: SocketHandle) -> u64 {
        self.opened += 1;
        let number = self.opened;
        self.users.entry(key.user).or_default().push(HeldSlot { number, key, handle });
        match (key.role, key.invitation) {
            (SocketRole::Observer, _) => *self.observers.entry(key.conversation).or_default() += 1,
            (SocketRole::Participant, Some(id)) => *self.participants.entry(id).or_default() += 1,
            (SocketRole::Participant, None) => {}
        }
        self.count(self.all + 1);
        number
    }

    /// Removes a socket from all counts except the total.
    fn remove(&mut self, user: UserId, number: u64) -> Option<HeldSlot> {
        let places = self.users.get_mut(&user)?;
        let at = places.iter().position(|place| place.number == number)?;
        let place = places.remove(at);
        if places.is_empty() {
            self.users.remove(&user);
        }
        match (place.key.role, place.key.invitation) {
            (SocketRole::Observer, _) => one_less(&mut self.observers, &place.key.conversation),
            (SocketRole::Participant, Some(id)) => one_less(&mut self.participants, &id),
            (SocketRole::Participant, None) => {}
        }
        Some(place)
    }

    fn count(&mut self, all: usize) {
        self.all = all;
        metrics::gauge!("coach_sockets").set(all as f64);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.limits.lock();
        let all = taken.all - 1;
        taken.count(all);
        if taken.remove(self.key.user, self.number).is_none() {
            one_less(&mut taken.leaving, &self.key.user);
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
    fn the_newest_gets_in_and_the_silent_go_before_the_oldest() {
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
        let taken = limits.lock();
        assert_eq!((taken.all, taken.users.len(), taken.leaving.len()), (0, 0, 0));
        assert!(taken.participants.is_empty());
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
    fn who_opens_faster_than_closing_waits() {
        let limits = ConnectionLimits::new(1000, 5);
        let one = || limits.take(key(1, SocketRole::Participant), SocketHandle::new());
        let mut tickets: Vec<_> = (0..55).map(|_| one().unwrap()).collect();
        assert!(one().is_err());
        tickets.remove(0);
        assert!(one().is_ok());
    }

    #[test]
    fn a_conversation_has_250_observers_and_one_login_as_many_as_the_setting_says() {
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
    fn the_host_has_so_many_seats_and_no_more() {
        let limits = ConnectionLimits::new(1, 5);
        let one = take(&limits, key(1, SocketRole::Participant));
        assert!(limits.is_live(InvitationId(Uuid::nil())));
        assert!(limits.take(key(2, SocketRole::Participant), SocketHandle::new()).is_err());
        drop(one);
        assert!(!limits.is_live(InvitationId(Uuid::nil())));
    }
}
