//! Stored scenarios: unreadable ones are errors, and rules added later only warn.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use coach_core::{
    Coach, CoachError,
    ids::UserId,
    memory::MemoryStore,
    people::{Principal, UserRole},
    ports::{ScenarioStore as _, StoredScenario},
    scenario::ScenarioFile,
    testing::{MORNING, ScriptedModel},
};

fn caller(role: UserRole) -> Principal {
    Principal::new(UserId(uuid::Uuid::nil()), role)
}

/// Returns a scenario with this slug, with `more` appended to its prompt.
fn source(slug: &str, more: &str) -> String {
    format!(
        "schema = \"coach.scenario/1\"\nid = \"{slug}\"\nversion = \"9.0.0\"\ntitle = \"Ours\"\n\
         [vars]\ntone = {{ default = \"cold\", values = [\"cold\", \"warm\"] }}\n\
         [partner]\nname = \"P\"\nprompt = \"Be {{{{ tone }}}}.{more}\"\n"
    )
}

async fn keeping(slug: &str, source: &str) -> Coach {
    let store = MemoryStore::new();
    let stored =
        StoredScenario { slug: slug.into(), version: "9.0.0".into(), source: source.into() };
    store.keep_scenario(&stored, MORNING).await.unwrap();
    Coach::builder(store).models(ScriptedModel::playing("test:silent", [])).build().unwrap()
}

#[tokio::test]
async fn an_unreadable_stored_scenario_is_an_error_and_never_replaced_by_the_built_in_one() {
    let coach = keeping("raise", "schema = \"coach.scenario/9\"").await;
    let scenarios = coach.scenarios(&caller(UserRole::User));
    let refused = scenarios.get("raise").await.unwrap_err();
    assert!(matches!(&refused, CoachError::UnreadableScenario(slug) if slug == "raise"));
    assert_eq!((refused.code().as_str(), refused.retryable()), ("internal", false));
    let listed = scenarios.list().await.unwrap();
    assert_eq!(listed.len(), 4, "only the other built-in ones");
    assert!(listed.iter().all(|view| view.scenario.slug != "raise"));
    assert_eq!(scenarios.get("refund").await.unwrap().unwrap().scenario.slug, "refund");
}

#[tokio::test]
async fn a_stored_scenario_stays_usable_under_rules_added_later() {
    let dead = source("ours", "{% if tone == 'hot' %} Shout.{% endif %}");
    let refused = ScenarioFile::parse(&dead).unwrap_err().to_string();
    assert!(refused.contains("`tone` is never `\"hot\"`"), "{refused}");
    assert!(ScenarioFile::parse_stored(&dead).unwrap().warnings[0].to_string().contains("hot"));
    let coach = keeping("ours", &dead).await;
    let kept =
        coach.scenarios(&caller(UserRole::Staff)).get("ours").await.unwrap().unwrap().scenario;
    assert_eq!(kept.cast(&[].into()).unwrap().partner_prompt, "Be cold.");
    let broken = source("ours", "{% if tone %}");
    assert!(ScenarioFile::parse_stored(&broken).is_err(), "a syntax error is never tolerated");
}

#[tokio::test]
async fn only_callers_who_may_read_prompts_are_shown_unlisted_scenarios_and_prompts() {
    let unlisted = format!("{}[web]\nlisted = false\n", source("ours", ""));
    let coach = keeping("ours", &unlisted).await;
    for (role, in_full) in [
        (UserRole::Guest, false),
        (UserRole::User, false),
        (UserRole::Staff, true),
        (UserRole::Admin, true),
    ] {
        let by = caller(role);
        let listed = coach.scenarios(&by).list().await.unwrap();
        assert_eq!(listed.iter().any(|view| view.scenario.slug == "ours"), in_full, "{role:?}");
        assert!(listed.iter().any(|view| view.scenario.slug == "raise"), "{role:?}");
        assert!(listed.iter().all(|view| view.in_full == in_full), "{role:?}");
        // Its participant must be able to read what an invitation is for.
        let view = coach.scenarios(&by).get("ours").await.unwrap().unwrap();
        assert_eq!(view.in_full, in_full, "{role:?}");
    }
}
