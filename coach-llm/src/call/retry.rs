//! When to retry: what the provider requests, or exponential backoff.
//!
//! Reads no clock (an HTTP date is measured against the response's own `Date`) and never waits.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

use reqwest::header::{DATE, HeaderMap};
use serde_json::Value;

/// The longest requested wait that is honored; beyond it the call fails at once, because the participant is
/// waiting.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The longest wait that is reported; longer headers are treated as mistakes.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The longest backoff.
const LONGEST_OWN: Duration = Duration::from_secs(8);

/// Returns the waits between attempts: doubling, with up to half as much again at random, so that callers that
/// failed together do not retry together.
pub(crate) fn waits(
    first: Duration,
    retries: u32,
) -> impl Iterator<Item = Duration> + Send + use<> {
    (0..retries).map(move |n| {
        let wait = first.saturating_mul(2_u32.saturating_pow(n)).min(LONGEST_OWN);
        wait + wait.mul_f64(chance() / 2.0)
    })
}

/// Returns a random number from 0 to 1; only the time of a retry depends on it.
fn chance() -> f64 {
    let hash = RandomState::new().build_hasher().finish();
    f64::from((hash >> 32) as u32) / f64::from(u32::MAX)
}

/// Returns the requested wait: `retry-after-ms`, else `retry-after` as seconds or date, else Google's `RetryInfo`.
pub(crate) fn requested(headers: &HeaderMap, error: &Value) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let millis = || seconds(header("retry-after-ms")?.parse::<f64>().ok()? / 1000.0);
    let plain = || seconds(header("retry-after")?.parse().ok()?);
    let date = || {
        let until = httpdate::parse_http_date(header("retry-after")?).ok()?;
        let now = httpdate::parse_http_date(header(DATE.as_str())?).ok()?;
        Some(until.duration_since(now).unwrap_or_default().min(LONGEST))
    };
    millis().or_else(plain).or_else(date).or_else(|| delay(error))
}

fn delay(error: &Value) -> Option<Duration> {
    error["details"]
        .as_array()?
        .iter()
        .find_map(|detail| seconds(detail["retryDelay"].as_str()?.strip_suffix('s')?.parse().ok()?))
}

/// Ignores invalid numbers: negative, infinite, not a number.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok().map(|wait| wait.min(LONGEST))
}

/// Returns whether the provider says not to retry.
pub(crate) fn forbidden(headers: &HeaderMap) -> bool {
    headers.get("x-should-retry").is_some_and(|value| value.as_bytes() == b"false")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked_by(headers: &[(&'static str, &'static str)], error: &Value) -> Option<f64> {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        requested(&headers.collect(), error).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn the_most_precise_header_wins() {
        let body = json!({"details": [{}, {"retryDelay": "7.5s"}]});
        let ms = [("retry-after-ms", "1500"), ("retry-after", "9")];
        assert_eq!(asked_by(&ms, &body), Some(1.5));
        assert_eq!(asked_by(&[("retry-after", "9")], &body), Some(9.0));
        assert_eq!(asked_by(&[], &body), Some(7.5));
        assert_eq!(asked_by(&[], &Value::Null), None);
    }

    #[test]
    fn a_date_is_measured_by_the_servers_own_clock() {
        let until = ("retry-after", "Wed, 01 Jan 2031 00:00:09 GMT");
        let now = ("date", "Wed, 01 Jan 2031 00:00:00 GMT");
        let later = ("date", "Wed, 01 Jan 2031 00:00:30 GMT");
        assert_eq!(asked_by(&[until, now], &Value::Null), Some(9.0));
        assert_eq!(asked_by(&[until, later], &Value::Null), Some(0.0));
        assert_eq!(asked_by(&[until], &Value::Null), None);
    }

    #[test]
    fn hostile_waits_neither_panic_nor_last_forever() {
        for hostile in ["-5", "1e400", "NaN", "soon", ""] {
            assert_eq!(asked_by(&[("retry-after-ms", hostile)], &Value::Null), None, "{hostile}");
            assert_eq!(asked_by(&[("retry-after", hostile)], &Value::Null), None, "{hostile}");
        }
        assert_eq!(asked_by(&[("retry-after", "9e12")], &Value::Null), Some(86_400.0));
    }

    #[test]
    fn waits_double_with_jitter_and_end() {
        let waits: Vec<_> = waits(Duration::from_millis(500), 6).map(|w| w.as_millis()).collect();
        assert_eq!(waits.len(), 6);
        for (wait, least) in waits.into_iter().zip([500, 1000, 2000, 4000, 8000, 8000]) {
            assert!((least..=least * 3 / 2).contains(&wait), "{wait}");
        }
        assert_ne!(chance(), chance());
    }
}
