//! The pages that a browser shows after a failed sign-in.

use super::Refused;
use crate::page::Page;

/// Returns the page that says what happened and what to do now.
pub(crate) fn page(refused: Refused) -> Page<'static> {
    let (title, words) = match refused {
        Refused::Denied => (
            "You were not signed in",
            "You canceled the sign-in. Nothing was shared with us. You can try again at any time.",
        ),
        Refused::Failed => (
            "You were not signed in",
            "We could not verify the sign-in provider's response. Your data is unchanged. Please try again; if \
             it happens again, contact the operator of this site.",
        ),
        Refused::Expired => (
            "This sign-in attempt has expired",
            "It took longer than ten minutes, was already used, or began in another tab or browser. Your data \
             is unchanged. Please start again.",
        ),
        Refused::Disabled => (
            "This account is disabled",
            "An administrator of this site has disabled it, so you are not signed in. Your data is \
             unchanged. Ask an administrator to enable the account again.",
        ),
        Refused::Provider => (
            "The sign-in provider is not responding",
            "You are not signed in, and your data is unchanged. Please try again in a minute.",
        ),
        Refused::Unreadable => (
            "You were not signed in",
            "The sign-in provider sent something we can't read. Your data is unchanged. Please contact the \
             operator of this site, who can find the cause in the server's log.",
        ),
        Refused::Taken => (
            "This sign-in belongs to another account",
            "It was not added to the account you are signed in with, and your data is unchanged. To use the \
             other account, sign out, then sign in with it.",
        ),
    };
    Page { title, words, onward: ("/login", "Back to sign-in") }
}
