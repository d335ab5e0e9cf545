//! The logins behind open sockets: one statement every few seconds finds those that are over.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use coach_core::{account::AccountRole, ids::UserId, wire::close};
use tokio::sync::watch;

use super::Viewer;
use crate::host::Host;

/// How often logins are looked at: a login that is over ends its sockets well within five seconds.
const EVERY: Duration = Duration::from_secs(3);

/// The sockets that are open, by person.
#[derive(Debug, Default)]
pub(crate) struct Logins(Mutex<HashMap<UserId, Vec<Seat>>>);

#[derive(Debug)]
struct Seat {
    epoch: u32,
    role: AccountRole,
    over: watch::Sender<Option<u16>>,
}

impl Logins {
    /// Watches over a socket's login.
    pub(crate) fn watch(&self, viewer: &Viewer) -> watch::Receiver<Option<u16>> {
        let (over, signal) = watch::channel(None);
        let seat = Seat { epoch: viewer.epoch, role: viewer.user.role, over };
        let mut logins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logins.entry(viewer.user.id).or_default().push(seat);
        signal
    }

    fn people(&self) -> Vec<UserId> {
        let mut logins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logins.retain(|_, seats| {
            seats.retain(|seat| !seat.over.is_closed());
            !seats.is_empty()
        });
        logins.keys().copied().collect()
    }
}

impl Host {
    /// Looks at the logins of open sockets for as long as the host runs.
    pub async fn watch_logins(&self) {
        let mut every = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = every.tick() => {}
            }
            let people = self.logins.people();
            if people.is_empty() {
                continue;
            }
            // A store that does not answer ends nobody's login.
            let Ok(users) = self.coach.users(&people).await else { continue };
            let logins = self.logins.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (person, seats) in logins.iter() {
                let user = users.iter().find(|user| user.id == *person);
                for seat in seats {
                    let over = match user {
                        Some(user) if user.disabled || user.epoch != seat.epoch => {
                            Some(close::LOGIN_OVER)
                        }
                        Some(user) if user.role < seat.role => Some(close::NOT_ALLOWED),
                        Some(_) => None,
                        None => Some(close::LOGIN_OVER),
                    };
                    if over.is_some() {
                        seat.over.send_replace(over);
                    }
                }
            }
        }
    }
}
