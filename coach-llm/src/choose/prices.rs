//! Prices of the default models, as their providers published them.
//!
//! A small dated table. The price of any other model is unknown: `None`, never 0.

use coach_core::{timestamp::Timestamp, turn::ledger::Usage};

/// A price in millionths of a US dollar per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Prompt tokens.
    pub input: u64,
    /// Prompt tokens read from the provider's cache.
    pub cached_input: u64,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: u64,
    /// Answer tokens, thinking included.
    pub output: u64,
}

/// The day on which the table was copied from the providers' pages.
pub(crate) const AS_OF: &str = "2026-11-22";

/// One row: the price of a model until a day, for prompts below a length.
struct PriceRow {
    model: &'static str,
    until: i64,
    below: u64,
    price: Price,
}

const EVER: i64 = i64::MAX;
const ANY: u64 = u64::MAX;
/// 2026-12-01 and 2027-01-01 as days since 1970.
const DECEMBER: i64 = 20_788;
const NEW_YEAR: i64 = 20_819;

#[rustfmt::skip]
const TABLE: &[PriceRow] = &[
    row("anthropic:claude-haiku-5-5", EVER, 100_000, [100_000, 10_000, 125_000, 500_000]),
    row("anthropic:claude-haiku-5-5", EVER, ANY, [500_000, 50_000, 625_000, 2_500_000]),
    row("anthropic:claude-sonnet-5-5", EVER, ANY, [2_000_000, 100_000, 2_500_000, 10_000_000]),
    row("anthropic:claude-opus-5-5", EVER, ANY, [4_000_000, 200_000, 5_000_000, 20_000_000]),
    row("openai:gpt-6-luna", EVER, 272_000, [100_000, 10_000, 125_000, 500_000]),
    row("openai:gpt-6-luna", EVER, ANY, [200_000, 20_000, 250_000, 750_000]),
    row("openai:gpt-6.1-terra", EVER, 272_000, [1_000_000, 50_000, 1_250_000, 5_000_000]),
    row("openai:gpt-6.1-terra", EVER, ANY, [2_000_000, 100_000, 2_500_000, 7_500_000]),
    row("openai:gpt-6.1-sol", EVER, 272_000, [2_000_000, 100_000, 2_500_000, 10_000_000]),
    row("openai:gpt-6.1-sol", EVER, ANY, [4_000_000, 200_000, 5_000_000, 15_000_000]),
    row("google:gemini-3.5-flash-lite", EVER, ANY, [300_000, 30_000, 300_000, 2_500_000]),
    row("google:gemini-3.8-flash", NEW_YEAR, ANY, [750_000, 75_000, 750_000, 3_750_000]),
    row("google:gemini-3.8-flash", EVER, ANY, [1_500_000, 150_000, 1_500_000, 7_500_000]),
    row("google:gemini-4-argon", DECEMBER, ANY, [2_000_000, 100_000, 2_000_000, 10_000_000]),
    row("google:gemini-4-argon", EVER, ANY, [4_000_000, 200_000, 4_000_000, 20_000_000]),
    row("demo:demo", EVER, ANY, [0, 0, 0, 0]),
];

const fn row(model: &'static str, until: i64, below: u64, price: [u64; 4]) -> PriceRow {
    let [input, cached_input, cache_write, output] = price;
    PriceRow { model, until, below, price: Price { input, cached_input, cache_write, output } }
}

/// Returns the price of `model` (`provider:id`, with the id that answered) on the day of `at`, for a prompt of
/// `input` tokens. `None` if unknown.
pub fn price(model: &str, at: Timestamp, input: u64) -> Option<Price> {
    let model = without_date(model);
    TABLE
        .iter()
        .find(|row| row.model == model && at.day() < row.until && input < row.below)
        .map(|row| row.price)
}

/// Removes a date, as in `claude-haiku-5-5-20261001` and `gpt-6-luna-2026-08-01`.
fn without_date(model: &str) -> &str {
    let is_date = |tail: &str, shape: &str| {
        tail.len() == shape.len()
            && tail.bytes().zip(shape.bytes()).all(|(c, s)| (s == b'-') == (c == b'-'))
            && tail.bytes().all(|c| c.is_ascii_digit() || c == b'-')
    };
    ["-00000000", "-0000-00-00"]
        .iter()
        .find_map(|shape| {
            let (name, tail) = model.split_at_checked(model.len().checked_sub(shape.len())?)?;
            is_date(tail, shape).then_some(name)
        })
        .unwrap_or(model)
}

impl Price {
    /// Returns the cost of `usage` in millionths of a US dollar, rounded up.
    pub fn cost(self, usage: Usage) -> u64 {
        let cached = usage.cached_input.min(usage.input);
        let written = usage.cache_write.min(usage.input - cached);
        let plain = usage.input - cached - written;
        let whole = [
            (plain, self.input),
            (cached, self.cached_input),
            (written, self.cache_write),
            (usage.output, self.output),
        ]
        .iter()
        .map(|&(tokens, each)| u128::from(tokens) * u128::from(each))
        .sum::<u128>();
        u64::try_from(whole.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// Returns the date of the embedded table, as `2026-11-22`.
    pub fn table_date() -> &'static str {
        AS_OF
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{choose::tiers, provider::Provider};

    fn on(day: &str) -> Timestamp {
        Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap()
    }

    #[test]
    fn every_default_model_has_a_price_and_an_unknown_one_has_none() {
        for provider in [Provider::Anthropic, Provider::OpenAi, Provider::Google, Provider::Demo] {
            for tier in tiers::Tier::ALL {
                let name = format!("{provider}:{}", tiers::default_id(provider, tier));
                assert!(price(&name, on("2026-11-22"), 1000).is_some(), "{name}");
            }
        }
        for unknown in ["openai:gpt-6.2-sol", "compatible:llama", "claude-haiku-5-5", ""] {
            assert_eq!(price(unknown, on("2026-11-22"), 1000), None, "{unknown}");
        }
    }

    #[test]
    fn introductory_prices_end_on_their_day_and_long_prompts_cost_more() {
        let flash = |day| price("google:gemini-3.8-flash", on(day), 1).unwrap().output;
        assert_eq!((flash("2026-12-31"), flash("2027-01-01")), (3_750_000, 7_500_000));
        let argon = |day| price("google:gemini-4-argon", on(day), 1).unwrap().input;
        assert_eq!((argon("2026-11-30"), argon("2026-12-01")), (2_000_000, 4_000_000));
        let haiku = |input| price("anthropic:claude-haiku-5-5", on("2026-11-22"), input).unwrap();
        assert_eq!((haiku(99_999).input, haiku(100_000).input), (100_000, 500_000));
    }

    #[test]
    fn a_dated_model_costs_what_its_undated_name_costs() {
        let now = on("2026-11-22");
        let plain = price("openai:gpt-6-luna", now, 1);
        assert_eq!(price("openai:gpt-6-luna-2026-08-01", now, 1), plain);
        assert!(price("anthropic:claude-haiku-5-5-20261001", now, 1).is_some());
        assert_eq!(price("openai:gpt-6-luna-20x6-08-01", now, 1), None);
    }

    #[test]
    fn cost_counts_each_kind_once_rounds_up_and_never_overflows() {
        let sonnet = price("anthropic:claude-sonnet-5-5", on("2026-11-22"), 1).unwrap();
        let usage =
            Usage { input: 116, cached_input: 100, cache_write: 5, output: 22, reasoning: 7 };
        // 11 × 2 + 100 × 0.1 + 5 × 2.5 + 22 × 10 = 264.5
        assert_eq!(sonnet.cost(usage), 265);
        let absurd = Usage { input: u64::MAX, cached_input: u64::MAX, output: u64::MAX, ..usage };
        assert_eq!(sonnet.cost(absurd), u64::MAX);
    }
}
