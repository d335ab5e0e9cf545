//! What may be spent, as it is told: when nothing is left, for whom, and when it goes on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError, Settings,
    event::Event,
    ids::ConversationId,
    live::{Follower, From},
    memory::MemoryStore,
    ports::{ConversationStore as _, InvitationStore as _, Lane, Refusal},
    testing::{
        MORNING, ScriptedModel, SerialIds, TokioClock,
        contract::fixture::{a_conversation, an_invitation, made},
    },
};

use crate::talk::{Talk, until};

/// Conversations under one invitation.
struct Group {
    coach: Coach,
    talks: Vec<ConversationId>,
}

impl Group {
    async fn of(talks: u128, quota: u64, settings: Settings) -> Self {
        let store = MemoryStore::new();
        let invitation = an_invitation(1, quota);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let mut ids = Vec::new();
        for n in 1..=talks {
            let talk = a_conversation(n, Some(invitation.id));
            store.start(&talk).await.unwrap();
            ids.push(talk.id);
        }
        let coach = Coach::builder()
            .stores(store)
            .model(Lane::Partner, ScriptedModel::saying("test:partner", []))
            .model(Lane::Coach, ScriptedModel::saying("test:coach", []))
            .clock(Arc::new(TokioClock::default()))
            .ids(Arc::new(SerialIds::default()))
            .settings(Settings { messages_per_minute: None, ..settings })
            .build();
        Self { coach, talks: ids }
    }

    async fn follow(&self, nth: usize) -> Follower {
        let (who, talk) = (Talk::participant(), self.talks[nth]);
        let mut follower = self.coach.follow(&who, talk, From::Nothing).await.unwrap();
        until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
        follower
    }

    async fn say(&self, nth: usize) -> Result<(), CoachError> {
        self.coach.say(&Talk::participant(), self.talks[nth], ".").await.map(|_| ())
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_that_is_spent_goes_on_at_midnight() {
    let settings = Settings { tokens_per_day: Some(500), ..Settings::default() };
    let group = Group::of(1, 1_000_000, settings).await;
    let mut follower = group.follow(0).await;
    let refused = loop {
        match group.say(0).await {
            Ok(()) => until(&mut follower, Event::is_idle).await,
            Err(error) => break error,
        };
    };
    let midnight = MORNING.next_day();
    assert!(
        matches!(refused, CoachError::Refused(Refusal::DaySpent { until }) if until == midnight),
        "{refused:?}"
    );
    assert_eq!((refused.code(), refused.retryable()), ("rate_limited", true));
    tokio::time::sleep(midnight.since(group.coach.now()) - Duration::from_secs(1)).await;
    assert_eq!(group.say(0).await.unwrap_err().code(), "rate_limited");
    tokio::time::sleep(Duration::from_secs(1)).await;
    group.say(0).await.unwrap();
}
