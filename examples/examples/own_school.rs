//! `cargo run --example own_school`: scenarios, users and a policy of one's own. A school keeps its scenarios with its
//! courses, its pupils in its own directory, and lets a teacher read what the pupils of her class practice.

#![expect(clippy::print_stdout, reason = "this example prints to the terminal")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, MemoryStore, PaidBy, Policy, PolicyTable, Principal, Start, UserId, UserRole,
    async_trait,
    people::policy::{Act, Target, Verdict},
    ports::{ScenarioStore, StoreError, StoredScenario},
    timestamp::Timestamp,
    uuid::Uuid,
};
use coach_llm::DemoModel;

const COURSE: &str = r#"
schema = "coach.scenario/1"
id = "late-homework"
version = "1.0.0"
title = "Late homework"
partner = { name = "Ms. Ito", prompt = "You are Ms. Ito, a teacher. You are strict but fair." }
coach = { prompt = "Comment in one sentence on how the pupil asks." }
"#;

/// The scenarios of a course.
struct Course;

#[async_trait]
impl ScenarioStore for Course {
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        Ok(self.scenario("late-homework").await?.into_iter().collect())
    }

    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        let found = slug == "late-homework";
        Ok(found.then(|| StoredScenario::new(slug, "1.0.0", COURSE)))
    }

    async fn keep_scenario(&self, _: &StoredScenario, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::new("courses are changed in the school's own system"))
    }
}

/// A teacher and her class. She may read and watch them; otherwise the default table decides.
#[derive(Debug)]
struct School(UserId, [UserId; 1]);

impl Policy for School {
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict {
        let teaches = by.is_some_and(|by| by.user == self.0)
            && target.participant.is_some_and(|pupil| self.1.contains(&pupil));
        match act {
            Act::ReadConversation | Act::Observe if teaches => Verdict::Allow,
            _ => PolicyTable.verdict(act, by, target),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let [teacher, pupil, other] =
        [1, 2, 3].map(|n| Principal::new(UserId(Uuid::from_u128(n)), UserRole::User));
    let coach = Coach::builder(MemoryStore::new())
        .models(Arc::new(DemoModel::new(Duration::from_millis(5))))
        .scenarios(Course)
        .policy(School(teacher.user, [pupil.user]))
        .payer(|_| PaidBy::Nobody)
        .build()?;
    let id = coach.start(&pupil, Start::scenario("late-homework")).await?.id;
    coach.conversation(&pupil, id).exchange("May I hand it in on Monday?").await?;
    let read = coach.conversation(&teacher, id).messages(None, 10).await?;
    println!("The teacher reads {} messages.", read.messages.len());
    let refused = coach.conversation(&other, id).messages(None, 10).await.map(drop);
    println!("Another pupil: {refused:?}.");
    Ok(())
}
