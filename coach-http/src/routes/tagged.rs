//! Answers with an `ETag`, for clients that ask again and again whether anything has changed.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use poem_openapi::{ApiResponse, payload::Json, types::ToJSON};
use sha2::{Digest as _, Sha256};

/// An answer that the client may already have.
#[derive(ApiResponse)]
pub(super) enum Tagged<T: ToJSON> {
    #[oai(status = 200)]
    Changed(
        Json<T>,
        /// Identifies this answer to this caller. Sent back as `If-None-Match`, it asks whether there is another one.
        #[oai(header = "etag")]
        String,
    ),
    /// The answer is still the one that `If-None-Match` identifies.
    #[oai(status = 304)]
    Same(
        /// The same as of the answer that the client has.
        #[oai(header = "etag")]
        String,
    ),
}

impl<T: ToJSON> Tagged<T> {
    /// Returns `answer`, unless it is one of those that the client's `If-None-Match` identifies.
    pub(super) fn new(answer: T, known: Option<&str>) -> Self {
        let digest = Sha256::digest(answer.to_json_string());
        // Weak, because the same answer may be sent compressed or not.
        let tag = format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..16]));
        match known.is_some_and(|known| is_known(known, &tag)) {
            true => Self::Same(tag),
            false => Self::Changed(Json(answer), tag),
        }
    }
}

/// Returns whether the value of `If-None-Match` names a tag.
fn is_known(known: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.split(',').any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_recognized() {
        let tag = "W/\"abc-_1\"";
        for known in ["W/\"abc-_1\"", "\"abc-_1\"", "\"x\", W/\"abc-_1\"", "*"] {
            assert!(is_known(known, tag), "{known}");
        }
        for other in ["", "W/\"abc\"", "abc-_1", "\"x\",\"y\""] {
            assert!(!is_known(other, tag), "{other}");
        }
    }
}
