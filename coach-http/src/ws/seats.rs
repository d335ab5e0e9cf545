//! How many sockets are open, whose, and where: limits, and whether somebody is there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use coach_core::{
    ids::{ConversationId, InvitationId, UserId},
    wire::Seat,
};

use crate::problem::Failure;

/// Sockets of one person in one conversation.
const A_PERSON: usize = 5;

/// Sockets of one person in all their own conversations together: nobody takes the whole house.
const EVERYWHERE: usize = 50;

/// Observers of one conversation.
const OBSERVERS: usize = 250;

/// Every open socket.
#[derive(Clone, Debug)]
pub(crate) struct Seats(Arc<Mutex<Taken>>, usize);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    people: HashMap<(ConversationId, UserId), usize>,
    everywhere: HashMap<UserId, usize>,
    observers: HashMap<ConversationId, usize>,
    participants: HashMap<InvitationId, usize>,
}

/// Who sits where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sitter {
    pub(crate) conversation: ConversationId,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) person: UserId,
    pub(crate) seat: Seat,
}

/// A taken seat, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Ticket(Seats, Sitter);

impl Seats {
    /// Seats for `most` sockets of everybody together.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::default(), most)
    }

    /// Takes a seat, if there is one.
    pub(crate) fn take(&self, sitter: Sitter) -> Result<Ticket, Failure> {
        let mut taken = self.lock();
        if taken.all >= self.1 {
            let words = "Too many people are here; please try again soon.";
            return Err(Failure::new(503, "draining", words));
        }
        let person = (sitter.conversation, sitter.person);
        let many = |count: Option<&usize>, most| count.is_some_and(|count| *count >= most);
        let observes = sitter.seat == Seat::Observer;
        if many(taken.people.get(&person), A_PERSON)
            || (observes && many(taken.observers.get(&sitter.conversation), OBSERVERS))
            || (!observes && many(taken.everywhere.get(&sitter.person), EVERYWHERE))
        {
            let words = "This conversation is open in too many places; close one of them.";
            return Err(Failure::new(429, "rate_limited", words).retry_after(5));
        }
        taken.all += 1;
        *taken.people.entry(person).or_default() += 1;
        if !observes {
            *taken.everywhere.entry(sitter.person).or_default() += 1;
        }
        match (sitter.seat, sitter.invitation) {
            (Seat::Observer, _) => *taken.observers.entry(sitter.conversation).or_default() += 1,
            (Seat::Participant, Some(id)) => *taken.participants.entry(id).or_default() += 1,
            (Seat::Participant, None) => {}
        }
        metrics::gauge!("sockets_open").set(taken.all as f64);
        Ok(Ticket(self.clone(), sitter))
    }

    /// Somebody has a conversation of the invitation open.
    pub(crate) fn is_live(&self, invitation: InvitationId) -> bool {
        self.lock().participants.contains_key(&invitation)
    }

    /// Every invitation whose participant has a conversation open.
    pub(crate) fn live(&self) -> Vec<InvitationId> {
        self.lock().participants.keys().copied().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let sitter = self.1;
        let mut taken = self.0.lock();
        taken.all -= 1;
        leave(&mut taken.people, &(sitter.conversation, sitter.person));
        if sitter.seat == Seat::Participant {
            leave(&mut taken.everywhere, &sitter.person);
        }
        match (sitter.seat, sitter.invitation) {
            (Seat::Observer, _) => leave(&mut taken.observers, &sitter.conversation),
            (Seat::Participant, Some(id)) => leave(&mut taken.participants, &id),
            (Seat::Participant, None) => {}
        }
        metrics::gauge!("sockets_open").set(taken.all as f64);
    }
}

fn leave<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, usize>, key: &K) {
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

    fn sitter(person: u128, seat: Seat) -> Sitter {
        Sitter {
            conversation: ConversationId(Uuid::nil()),
            invitation: Some(InvitationId(Uuid::nil())),
            person: UserId(Uuid::from_u128(person)),
            seat,
        }
    }

    #[test]
    fn a_person_has_five_seats_and_a_conversation_250_observers() {
        let seats = Seats::new(1000);
        let mut tickets: Vec<_> =
            (0..5).map(|_| seats.take(sitter(1, Seat::Participant)).unwrap()).collect();
        assert!(seats.take(sitter(1, Seat::Participant)).is_err());
        tickets.pop();
        assert!(seats.take(sitter(1, Seat::Participant)).is_ok());
        let watching: Vec<_> =
            (0..250).map(|n| seats.take(sitter(100 + n, Seat::Observer)).unwrap()).collect();
        assert!(seats.take(sitter(999, Seat::Observer)).is_err());
        drop((tickets, watching));
        assert!(!seats.is_live(InvitationId(Uuid::nil())));
        assert_eq!(seats.lock().all, 0);
    }

    #[test]
    fn nobody_takes_the_whole_house() {
        let seats = Seats::new(1000);
        let talk = |n| ConversationId(Uuid::from_u128(n));
        let seat = |n| Sitter { conversation: talk(n), ..sitter(1, Seat::Participant) };
        let tickets: Vec<_> = (0..50).map(|n| seats.take(seat(n)).unwrap()).collect();
        assert!(seats.take(seat(50)).is_err());
        assert!(seats.take(sitter(2, Seat::Participant)).is_ok());
        drop(tickets);
        assert!(seats.take(seat(50)).is_ok());
    }

    #[test]
    fn the_house_has_so_many_seats_and_no_more() {
        let seats = Seats::new(1);
        let _one = seats.take(sitter(1, Seat::Participant)).unwrap();
        assert!(seats.is_live(InvitationId(Uuid::nil())));
        assert!(seats.take(sitter(2, Seat::Participant)).is_err());
    }
}
