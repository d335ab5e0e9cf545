//! What Prometheus reads from a host after two turns whose numbers are known.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use coach_llm::testing::{FaultServer, Mishap, Speech};

use super::{Running, partner_at};
use crate::{app::Folder, person::Person, socket::is_idle};

/// A scrape: the samples by name and sorted labels, and the families with their help and type.
#[derive(Debug, Default)]
struct Scrape {
    samples: BTreeMap<String, f64>,
    labels: BTreeSet<(String, String)>,
    help: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
}

impl Scrape {
    fn parse(text: &str) -> Self {
        let mut scrape = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect("a help text");
                assert!(scrape.help.insert(name.to_owned(), help.to_owned()).is_none(), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type");
                assert!(scrape.types.insert(name.to_owned(), kind.to_owned()).is_none(), "{line}");
            } else {
                scrape.sample(line);
            }
        }
        scrape
    }

    fn sample(&mut self, line: &str) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("closed labels")),
            None => (series, ""),
        };
        let mut labels: Vec<_> = labels.split(',').filter(|label| !label.is_empty()).collect();
        labels.sort_unstable();
        for label in &labels {
            let (key, value) = label.split_once('=').expect("a label's value");
            self.labels.insert((key.to_owned(), value.trim_matches('"').to_owned()));
        }
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| {
            let family = name.strip_suffix(suffix)?;
            (self.types.get(family)? == "histogram").then_some(family)
        });
        let family = family.unwrap_or(name);
        assert!(self.types.contains_key(family), "no type before {line}");
        assert!(self.help.contains_key(family), "no help before {line}");
        let series = format!("{name}{{{}}}", labels.join(","));
        let value = value.parse().expect("a number");
        assert!(self.samples.insert(series, value).is_none(), "twice: {line}");
    }

    /// Returns the sum of a family's series; 0 if there is none yet.
    fn sum(&self, family: &str) -> f64 {
        let of_family = |series: &str| series.split('{').next() == Some(family);
        self.samples.iter().filter(|(series, _)| of_family(series)).map(|(_, value)| value).sum()
    }

    /// Returns the value of a series, whose labels are sorted.
    fn value(&self, series: &str) -> f64 {
        let names = || self.samples.keys().collect::<Vec<_>>();
        *self.samples.get(series).unwrap_or_else(|| panic!("no {series} in {:#?}", names()))
    }
}

#[tokio::test]
async fn prometheus_reads_what_two_turns_did() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    let busy = Speech::OpenAi.mishap_reply(Mishap::RateLimited).header("retry-after-ms", "20");
    server.push(busy);
    server.push(Speech::OpenAi.answer(["Not ", "today."]));
    server.push(Speech::OpenAi.mishap_reply(Mishap::Auth));
    let url = server.url();
    let running = Running::start(&folder, &partner_at(&url)).await;
    let admin = running.admin().await;
    let (_, token) = admin.invite(10_000_000).await;
    let guest = Person::at(&running.url);
    guest.claim(&token).await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    for words in ["May I have a raise?", "Please?"] {
        socket.say(words).await;
        socket.until(is_idle).await;
    }
    // The calls are counted by a task of their own, a moment after the turn has ended.
    let counted = async {
        loop {
            let text = guest.get("/metrics").await.text().await.unwrap();
            let scrape = Scrape::parse(&text);
            if scrape.sum("coach_calls_total") >= 4.0 {
                return (text, scrape);
            }
        }
    };
    let counted = tokio::time::timeout(Duration::from_secs(30), counted).await;
    let (text, scrape) = counted.expect("four calls are counted within 30 seconds");
    for (series, value) in [
        (r#"coach_calls_total{lane="partner",model="compatible:m",outcome="complete"}"#, 1.0),
        (r#"coach_calls_total{lane="partner",model="compatible:m",outcome="failed"}"#, 1.0),
        (r#"coach_calls_total{lane="coach",model="demo:demo",outcome="complete"}"#, 1.0),
        (r#"coach_calls_total{lane="coach",model="unknown",outcome="voided"}"#, 1.0),
        (r#"coach_call_failures_total{kind="auth",lane="partner",model="compatible:m"}"#, 1.0),
        (r#"coach_call_retries_total{lane="partner",model="compatible:m"}"#, 1.0),
        (r#"coach_tokens_total{kind="input",lane="partner",model="compatible:m"}"#, 116.0),
        (r#"coach_tokens_total{kind="cached_input",lane="partner",model="compatible:m"}"#, 100.0),
        (r#"coach_tokens_total{kind="output",lane="partner",model="compatible:m"}"#, 22.0),
        (r#"coach_tokens_total{kind="reasoning",lane="partner",model="compatible:m"}"#, 7.0),
        (r#"coach_time_to_first_token_seconds_count{lane="partner",model="compatible:m"}"#, 1.0),
        (r#"coach_call_seconds_count{lane="partner",model="compatible:m"}"#, 2.0),
        (r#"coach_turns_total{end="complete",kind="turn"}"#, 1.0),
        (r#"coach_turns_total{end="failed",kind="turn"}"#, 1.0),
        (r#"coach_turns_total{end="stopped",kind="turn"}"#, 0.0),
        (r#"coach_turns_total{end="complete",kind="aside"}"#, 0.0),
        ("coach_rooms{}", 1.0),
        ("coach_sockets{}", 1.0),
        (r#"coach_followers{role="participant"}"#, 1.0),
        (r#"coach_breaker_state{model="compatible:m",state="closed"}"#, 1.0),
        (r#"coach_breaker_state{model="compatible:m",state="open"}"#, 0.0),
        (r#"coach_breaker_state{model="demo:demo",state="closed"}"#, 1.0),
        ("coach_store_writer_queue{}", 0.0),
    ] {
        assert_eq!(scrape.value(series), value, "{series}");
    }
    // The wait before the retry counts.
    let first = r#"coach_time_to_first_token_seconds_sum{lane="partner",model="compatible:m"}"#;
    assert!((0.02..30.0).contains(&scrape.value(first)), "{text}");
    assert!(scrape.value("coach_store_commit_seconds_count{}") > 3.0, "{text}");
    labels_are_few(&scrape, &[&id, &token]);
    drop(socket);
}

/// Labels are names, never an id or what anyone wrote.
fn labels_are_few(scrape: &Scrape, ids: &[&str]) {
    let keys: BTreeSet<&str> = scrape.labels.iter().map(|(key, _)| key.as_str()).collect();
    let known = [
        "end", "kind", "lane", "le", "method", "model", "outcome", "role", "route", "state",
        "status",
    ];
    assert!(keys.iter().all(|key| known.contains(key)), "{keys:?}");
    for (key, value) in &scrape.labels {
        assert!(!value.contains(' ') && !ids.iter().any(|id| value.contains(id)), "{key}={value}");
    }
    assert!(scrape.samples.len() < 400, "{}", scrape.samples.len());
    for (name, kind) in &scrape.types {
        let counts = name.ends_with("_total");
        assert_eq!(kind == "counter", counts, "{name} is a {kind}");
        assert!(name.starts_with("coach_"), "{name}");
        assert!(kind != "summary", "{name} has no buckets");
    }
}
