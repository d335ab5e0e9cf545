//! What a browser shows when a sign-in led nowhere: a page of our own words, without a script or a style.

use super::Refused;

/// The page that says what happened and where to go on.
pub(crate) fn page(refused: Refused) -> String {
    let (title, words) = match refused {
        Refused::Denied => (
            "You were not signed in",
            "You told the sign-in provider no, so nothing was shared with us. You can try again at any time.",
        ),
        Refused::Failed => (
            "You were not signed in",
            "What the sign-in provider sent does not prove who you are. Please try again; if it happens \
             again, tell whoever runs this site.",
        ),
        Refused::Expired => (
            "This sign-in is over",
            "It took longer than ten minutes, was finished already, or began in another tab or browser. \
             Please begin again.",
        ),
        Refused::Disabled => (
            "This account may not sign in",
            "An administrator of this site has closed the account. Only they can open it again.",
        ),
        Refused::Provider => (
            "The sign-in provider does not answer",
            "Nothing of yours is lost. Please try again in a minute.",
        ),
        Refused::Taken => (
            "This sign-in belongs to another account",
            "It was not added to the account that you are signed in with. To use the other account, sign \
             out first and then sign in with it.",
        ),
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} · Conversation Coach</title></head><body><main><h1>{title}</h1><p>{words}</p>\
         <p><a href=\"/login\">Back to signing in</a></p></main></body></html>"
    )
}
