//! What the core promises, each file one noun.
#![cfg(feature = "testing")]

mod stores;
