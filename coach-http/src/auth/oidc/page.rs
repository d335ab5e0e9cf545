//! What a browser shows when a sign-in led nowhere, in our own words.

use super::Refused;
use crate::page::Page;

/// The page that says what happened and where to go on.
pub(crate) fn page(refused: Refused) -> Page<'static> {
    let (title, words) = match refused {
        Refused::Denied => (
            "You were not signed in",
            "You canceled the sign-in. Nothing was shared with us. You can try again at any time.",
        ),
        Refused::Failed => (
            "You were not signed in",
            "What the sign-in provider sent does not prove who you are. Nothing of yours was changed. Please \
             try again; if it happens again, contact the operator of this site.",
        ),
        Refused::Expired => (
            "This sign-in attempt has expired",
            "It took longer than ten minutes, was already used, or began in another tab or browser. Nothing \
             of yours was changed. Please start again.",
        ),
        Refused::Disabled => (
            "This account may not sign in",
            "An administrator of this site has closed the account. Only they can open it again.",
        ),
        Refused::Provider => (
            "The sign-in provider does not answer",
            "Nothing of yours was changed. Please try again in a minute.",
        ),
        Refused::Unreadable => (
            "You were not signed in",
            "The sign-in provider sent something we can't read. Nothing of yours was changed. Trying again \
             will not help before the operator of this site has looked into it: the log says what it was.",
        ),
        Refused::Taken => (
            "This sign-in belongs to another account",
            "It was not added to the account that you are signed in with. To use the other account, sign \
             out first and then sign in with it.",
        ),
    };
    Page { title, words, onward: ("/login", "Back to signing in") }
}
