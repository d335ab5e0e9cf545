//! What may be spent, what is held and what was spent.
//!
//! Pure arithmetic: no clock, no storage.

/// What a provider says a call used. All fields count tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of the prompt.
    pub input: u64,
    /// The part of `input` that came from the provider's cache.
    pub cached_input: u64,
    /// The part of `input` that was written to the provider's cache.
    pub cache_write: u64,
    /// Everything the model wrote, thinking included.
    pub output: u64,
    /// The part of `output` that was thinking.
    pub reasoning: u64,
}

impl Usage {
    /// What counts against a quota: input and output, cached input in full.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}
