//! Wake-ups between processes: what one has committed, the others read from the store at once.
//!
//! Only where other processes use the same database. The polls of [`remote`](super::remote) and
//! [`idle_rooms`](super::idle_rooms) are the fallback.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use futures::StreamExt as _;

use crate::{
    coach::{Coach, Inner},
    ids::ConversationId,
    ports::{Wake, WakeTopic},
    turn::ledger::Payer,
};

/// How long to wait before a broadcaster that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

impl Coach {
    /// Tells other processes that a fact of this conversation was published.
    pub(crate) fn wake_followers(&self, id: ConversationId) {
        self.wake(WakeTopic::Conversation(id));
    }

    /// Tells other processes that a payer's tokens have changed.
    pub(super) fn wake_payer(&self, payer: Payer) {
        if payer != Payer::Unlimited {
            self.wake(WakeTopic::Payer(payer));
        }
    }

    /// Publishes the new quota to everyone whose allowance pays, here and in other processes.
    pub(crate) fn allowances_moved(&self) {
        self.count_allowances_again();
        self.wake(WakeTopic::Allowances);
    }

    fn wake(&self, about: WakeTopic) {
        if !self.0.stores.has_other_owners() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (broadcaster, wake) = (self.0.broadcaster.clone(), Wake { about, by: self.0.process });
        runtime.spawn(async move {
            if let Err(error) = broadcaster.wake(wake).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "other processes were not woken and will find out by themselves"
                );
            }
        });
    }

    /// Acts on the wake-ups of other processes from now on.
    pub(crate) fn listen(&self) {
        if !self.0.stores.has_other_owners() || self.0.listens.swap(true, Ordering::Relaxed) {
            return;
        }
        let (coach, gone) = (Arc::downgrade(&self.0), self.0.gone.token().clone());
        tokio::spawn(async move {
            tokio::select! {
                () = gone.cancelled() => {}
                () = listen(coach) => {}
            }
        });
    }

    fn woken(&self, about: WakeTopic) {
        match about {
            WakeTopic::Conversation(id) => {
                if let Some(room) = self.0.rooms.get(id) {
                    self.watch_remote_turn(&room);
                }
            }
            WakeTopic::Payer(payer) => self.count_payer_again(payer),
            WakeTopic::Allowances => self.count_allowances_again(),
        }
    }

    fn count_allowances_again(&self) {
        let payers = self.0.rooms.payers().into_iter();
        payers
            .filter(|payer| payer.allowance().is_some())
            .for_each(|payer| self.count_payer_again(payer));
    }
}

async fn listen(coach: Weak<Inner>) {
    while let Some(broadcaster) = coach.upgrade().map(|inner| inner.broadcaster.clone()) {
        match broadcaster.wakes().await {
            Ok(mut wakes) => {
                let Some(inner) = coach.upgrade() else { return };
                // Before this, anything may have happened.
                for room in inner.rooms.all() {
                    Coach(inner.clone()).watch_remote_turn(&room);
                    Coach(inner.clone()).count_again(&room);
                }
                drop(inner);
                while let Some(wake) = wakes.next().await {
                    let Some(inner) = coach.upgrade() else { return };
                    if wake.by != inner.process {
                        Coach(inner).woken(wake.about);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "listening to other processes failed, retrying"
                );
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
