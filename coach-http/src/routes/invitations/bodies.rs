//! Request bodies about invitations, and their conversion to the core's values.

use coach_core::{NewInvitation as Wanted, ports::Amend, timestamp::Timestamp};
use poem_openapi::{Object, types::MaybeUndefined};
use uuid::Uuid;

use crate::{
    problem::Failure,
    wire::bounds::{ConsentText, Contact, Copies, Label, Moment, Quota, Title, Tokens},
};

/// Settings of new invitations.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct NewInvitation {
    /// A name for researchers; participants never see it. Copies get a number: `-01` to `-30`.
    pub(super) label: Label,
    /// The preset whose quota is copied, instead of `tokenQuota`.
    pub(super) preset_id: Option<Uuid>,
    /// Tokens that the invitation can spend.
    pub(super) token_quota: Option<Quota>,
    #[oai(flatten)]
    pub(super) settings: InvitationSettings,
    /// How many invitations to create: 1 to 200; 1 if absent.
    pub(super) copies: Option<Copies>,
}

/// Settings of an invitation to preview, as far as its participant sees them.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct PreviewInvitation {
    /// Tokens that the invitation can spend.
    pub(super) token_quota: Option<Tokens>,
    #[oai(flatten)]
    pub(super) settings: InvitationSettings,
}

/// The settings that a new invitation and a preview share.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct InvitationSettings {
    /// A name for participants.
    title: Option<Title>,
    /// The slug of the only scenario to practice; if absent, the participant chooses.
    scenario: Option<String>,
    /// Whether the participant may describe their own scenario; false if absent.
    allow_custom_scenario: Option<bool>,
    /// Whether the coach comments after every turn; true if absent.
    coach: Option<bool>,
    /// Whether the participant can send asides to the coach; the value of `coach` if absent.
    aside: Option<bool>,
    /// The consent text, in Markdown; the server's own if absent.
    consent: Option<ConsentText>,
    /// Whom the participant can turn to.
    contact: Option<Contact>,
    /// When the invitation expires, in RFC 3339; no turn starts after that.
    expires_at: Option<Moment>,
}

impl InvitationSettings {
    /// Returns the invitation to create; `consent` is the server's own text.
    ///
    /// # Errors
    ///
    /// 422 if the expiry is not in RFC 3339.
    pub(super) fn wanted(
        self,
        label: String,
        quota: u64,
        consent: Option<&String>,
    ) -> Result<Wanted, Failure> {
        Ok(Wanted {
            title: self.title.map(|title| title.0),
            scenario: self.scenario,
            allow_custom_scenario: self.allow_custom_scenario.unwrap_or(false),
            coach: self.coach.unwrap_or(true),
            aside: self.aside,
            consent: self.consent.map(|text| text.0).or_else(|| consent.cloned()),
            contact: self.contact.map(|contact| contact.0),
            expires_at: self.expires_at.as_ref().map(expiry).transpose()?,
            ..Wanted::new(label, quota)
        })
    }
}

/// Changes to an invitation; an absent field stays as it is.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub(super) struct AmendInvitation {
    /// A name for researchers; participants never see it.
    pub(super) label: Option<Label>,
    /// A name for the participant; `null` removes it.
    pub(super) title: MaybeUndefined<Title>,
    /// Whom the participant can turn to; `null` removes it.
    pub(super) contact: MaybeUndefined<Contact>,
    /// When the invitation expires, in RFC 3339; `null` for no expiry.
    pub(super) expires_at: MaybeUndefined<Moment>,
    /// Tokens to add to the quota.
    pub(super) add_tokens: Option<Tokens>,
}

impl TryFrom<AmendInvitation> for Amend {
    type Error = Failure;

    fn try_from(body: AmendInvitation) -> Result<Self, Failure> {
        let expires_at = changed(body.expires_at)
            .map(|moment| moment.as_ref().map(expiry).transpose())
            .transpose()?;
        Ok(Self {
            label: body.label.map(|label| label.0),
            title: changed(body.title).map(|title| title.map(|title| title.0)),
            contact: changed(body.contact).map(|contact| contact.map(|contact| contact.0)),
            expires_at,
            add_tokens: body.add_tokens.map_or(0, |tokens| tokens.0),
        })
    }
}

/// Reads a time.
///
/// # Errors
///
/// 422 if it is not in RFC 3339.
pub(super) fn expiry(moment: &Moment) -> Result<Timestamp, Failure> {
    let wrong = || Failure::invalid("expiresAt", "must be a time such as 2026-11-30T18:00:00Z");
    Timestamp::parse(&moment.0).ok_or_else(wrong)
}

/// Returns the new value of a field that was sent; an inner `None` removes it.
pub(super) fn changed<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}
