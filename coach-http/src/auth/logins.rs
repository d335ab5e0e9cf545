//! Checks the logins behind open sockets: one query every few seconds finds those that have ended.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use coach_core::{
    Coach,
    ids::UserId,
    people::{User, UserRole},
    wire::close,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often logins are checked: the sockets of a login that has ended close well within five seconds.
const EVERY: Duration = Duration::from_secs(3);

/// The open sockets, by user.
#[derive(Debug, Default)]
pub(crate) struct Logins(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    users: HashMap<UserId, Vec<WatchedSocket>>,
    /// How many times the store was queried.
    rounds: u64,
}

#[derive(Debug)]
struct WatchedSocket {
    epoch: u32,
    role: UserRole,
    /// How many queries there had been when the socket opened.
    since: u64,
    over: watch::Sender<Option<u16>>,
}

/// A query of the store. Its result says nothing about sockets that opened after it.
struct Round {
    number: u64,
    users: Vec<UserId>,
}

impl Logins {
    /// Registers a socket of `user`'s login with this epoch; `over` closes the socket.
    pub(crate) fn watch(&self, user: &User, epoch: u32, over: watch::Sender<Option<u16>>) {
        let mut open = self.lock();
        let socket = WatchedSocket { epoch, role: user.role, since: open.rounds, over };
        // Almost all have one.
        open.users.entry(user.id).or_insert_with(|| Vec::with_capacity(1)).push(socket);
    }

    /// Starts a query about all users with an open socket.
    fn begin(&self) -> Round {
        let mut open = self.lock();
        open.users.retain(|_, sockets| {
            sockets.retain(|socket| !socket.over.is_closed());
            !sockets.is_empty()
        });
        let users = open.users.keys().copied().collect();
        open.rounds += 1;
        Round { number: open.rounds, users }
    }

    /// Closes the sockets of the round whose login has ended.
    fn judge(&self, round: &Round, users: Vec<User>) {
        let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let open = self.lock();
        for user_id in &round.users {
            let asked = open.users.get(user_id).into_iter().flatten();
            for socket in asked.filter(|socket| socket.since < round.number) {
                let over = match users.get(user_id) {
                    Some(user) if user.disabled || user.epoch != socket.epoch => close::LOGIN_OVER,
                    Some(user) if user.role < socket.role => close::NOT_ALLOWED,
                    Some(_) => continue,
                    None => close::LOGIN_OVER,
                };
                socket.over.send_replace(Some(over));
            }
        }
    }

    /// Checks the logins of open sockets until `stop`.
    pub(crate) async fn check_regularly(&self, coach: &Coach, stop: &CancellationToken) {
        let mut every = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = every.tick() => {}
            }
            let round = self.begin();
            if round.users.is_empty() {
                continue;
            }
            // If the store fails, no login ends.
            if let Ok(users) = coach.logins().users(&round.users).await {
                self.judge(&round, users);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
