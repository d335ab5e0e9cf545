//! Validation of the fields of an invitation or a preset.

use crate::{error::CoachError, text::says_nothing};

/// The longest label, in characters.
pub(super) const MAX_LABEL: usize = 200;

/// The largest quota, in tokens.
pub(super) const MAX_QUOTA: u64 = 1_000_000_000_000;

/// Refuses a number of tokens that does not pay for one whole turn; the message names the minimum.
pub(super) fn too_few(field: &'static str, tokens: u64, whole: u64) -> Result<(), CoachError> {
    if tokens >= whole {
        return Ok(());
    }
    Err(invalid(field, &format!("too few tokens for one whole turn; at least {whole} are needed")))
}

pub(super) fn changed_text(
    field: &'static str,
    text: Option<Option<String>>,
) -> Result<Option<Option<String>>, CoachError> {
    let Some(text) = text else { return Ok(None) };
    check_text(field, text.as_deref().unwrap_or_default(), MAX_LABEL)?;
    Ok(Some(said(text.as_deref())))
}

/// Returns a text without surrounding blanks; `None` if it is empty.
pub(super) fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.chars().all(says_nothing)).map(|text| text.trim().to_owned())
}

pub(super) fn check_label(label: &str, most: usize) -> Result<(), CoachError> {
    check_text("label", label, most)?;
    if label.chars().all(says_nothing) {
        Err(invalid("label", "must not be empty"))
    } else {
        Ok(())
    }
}

/// Checks that every database can store a text, and that it has at most `most` characters.
pub(super) fn check_text(field: &'static str, text: &str, most: usize) -> Result<(), CoachError> {
    if text.contains('\0') {
        return Err(invalid(field, "must not contain the NUL character"));
    }
    if text.chars().take(most + 1).count() > most {
        return Err(invalid(field, &format!("must have at most {most} characters")));
    }
    Ok(())
}

pub(super) fn invalid(field: &'static str, message: &str) -> CoachError {
    CoachError::Invalid { field: field.into(), message: message.to_owned() }
}
