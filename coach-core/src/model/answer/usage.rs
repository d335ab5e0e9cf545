//! Which of a provider's token counts are plausible, judged one by one. The others are estimated.

use crate::turn::ledger::{ReservedTokens, Settlement, Usage, VoidReason};

/// The maximum average bytes per token in a long text, in any script.
const LONGEST_TOKEN: u64 = 16;

/// Tokens that a server may add to a prompt by itself: a template, a default system message.
const ADDED: u64 = 4_096;

/// Upper bounds: on the output of one answer, and on how often all tries together read one prompt.
const MOST_OUTPUT: u64 = 131_072;
const MOST_READINGS: u64 = 4;

/// Returns the charge for a try that the provider accepted, from its report and the bytes of text received,
/// thinking included. It counts as reported only if every count is plausible.
pub(crate) fn charged(reported: Option<Usage>, bound: ReservedTokens, bytes: usize) -> Settlement {
    let estimate = bound.estimate(bytes);
    let Some(usage) = reported else { return Settlement::Estimated(estimate) };
    let most_input = bound.input.saturating_mul(MOST_READINGS).saturating_add(ADDED);
    let input = (1..=most_input).contains(&usage.input);
    let least_output = (bytes as u64).div_ceil(LONGEST_TOKEN);
    let most_output = MOST_OUTPUT.max(bound.output.saturating_mul(MOST_READINGS));
    let output = (least_output..=most_output).contains(&usage.output);
    let believed = Usage {
        input: if input { usage.input } else { estimate.input },
        output: if output { usage.output } else { estimate.output },
        ..usage
    };
    let cached_input = usage.cached_input.min(believed.input);
    let believed = Usage {
        cached_input,
        cache_write: usage.cache_write.min(believed.input - cached_input),
        reasoning: usage.reasoning.min(believed.output),
        ..believed
    };
    if input && output { Settlement::Reported(believed) } else { Settlement::Estimated(believed) }
}

/// Returns the charge for a try that the provider never accepted.
pub(crate) fn not_accepted(sent: bool) -> Settlement {
    Settlement::Voided(if sent { VoidReason::NotAccepted } else { VoidReason::NotBegun })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: ReservedTokens = ReservedTokens { input: 1_000, output: 200 };

    fn usage(input: u64, output: u64) -> Option<Usage> {
        Some(Usage { input, output, ..Usage::default() })
    }

    #[test]
    fn each_token_count_is_validated_by_itself() {
        let reported = |input, output| Settlement::Reported(usage(input, output).unwrap());
        let estimated = |input, output| Settlement::Estimated(usage(input, output).unwrap());
        // The report, the bytes received, the charge.
        let rows = [
            (usage(300, 40), 160, reported(300, 40)),
            (usage(300, 0), 0, reported(300, 0)),
            (None, 160, estimated(1_000, 160)),
            (None, 0, estimated(1_000, 0)),
            (usage(0, 0), 160, estimated(1_000, 160)),
            (usage(0, 40), 160, estimated(1_000, 40)),
            (usage(300, 0), 160, estimated(300, 160)),
            // One token cannot be 160 bytes of speech.
            (usage(300, 1), 160, estimated(300, 160)),
            (usage(1 << 53, 40), 160, estimated(1_000, 40)),
            (usage(300, 1 << 53), 160, estimated(300, 160)),
            (usage(u64::MAX, u64::MAX), 160, estimated(1_000, 160)),
            // A template and two tries of one prompt, and a model that thinks for longer than its limit.
            (usage(6_000, 9_000), 160, reported(6_000, 9_000)),
        ];
        for (report, bytes, charge) in rows {
            assert_eq!(charged(report, BOUND, bytes), charge, "{report:?}, {bytes} bytes");
        }
    }

    #[test]
    fn parts_never_exceed_their_whole() {
        let usage =
            Usage { input: 100, cached_input: 90, cache_write: 50, output: 20, reasoning: 1 << 53 };
        let expected = Usage { cache_write: 10, reasoning: 20, ..usage };
        assert_eq!(charged(Some(usage), BOUND, 40), Settlement::Reported(expected));
    }

    #[test]
    fn output_beyond_the_limit_is_charged_for_what_was_generated() {
        assert_eq!(charged(None, BOUND, 3_200).usage().output, 800);
    }
}
