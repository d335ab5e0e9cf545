//! The core's own models pass the contract tests of `ChatModel`: the scripted one, and one behind a breaker.

use std::sync::Arc;

use async_trait::async_trait;
use coach_core::{
    ports::{ChatModel, ModelErrorKind, SystemClock},
    testing::{
        Breaker, ScriptedModel, Step, answer,
        contract::chat_model::{ModelUnderTest, Prepared},
        refusal,
    },
};

/// A scripted model, which is its own provider.
struct Scripted {
    script: Arc<ScriptedModel>,
    model: Arc<dyn ChatModel>,
}

impl Scripted {
    fn behind(model: impl FnOnce(Arc<dyn ChatModel>) -> Arc<dyn ChatModel>) -> Self {
        let script = ScriptedModel::playing("scripted", []);
        Self { model: model(script.clone()), script }
    }
}

#[async_trait]
impl ModelUnderTest for Scripted {
    fn prepare(&self, prepared: Prepared<'_>) -> Option<Arc<dyn ChatModel>> {
        self.script.then(match prepared {
            Prepared::Anything => answer("Not this Friday."),
            Prepared::Text(text) => answer(text),
            Prepared::Endless => vec![Step::Accept, Step::Say("Not ".into()), Step::Hang],
            Prepared::Failure => refusal(ModelErrorKind::Provider),
        });
        Some(Arc::clone(&self.model))
    }

    fn requests(&self) -> usize {
        self.script.heard().len()
    }

    async fn hung_up(&self) {}
}

mod scripted {
    async fn alone() -> super::Scripted {
        super::Scripted::behind(|model| model)
    }

    coach_core::chat_model_contract!(alone);
}

mod behind_a_breaker {
    async fn breaker() -> super::Scripted {
        use super::{Arc, Breaker, SystemClock};
        super::Scripted::behind(|model| Arc::new(Breaker::new(model, Arc::new(SystemClock))))
    }

    coach_core::chat_model_contract!(breaker);
}
