//! The filter, order and count of an invitation list.

use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, InvitationStatus, TurnMinimums},
    timestamp::Timestamp,
};

/// Which invitations a list includes.
#[derive(Clone, Debug)]
pub struct InvitationFilter {
    /// Only those created by this researcher.
    pub by: Option<UserId>,
    /// Only those created in the same batch as this one.
    pub batch: Option<InvitationId>,
    /// Only those whose [`Invitation::search_text`] contains this, in lower case; every character is literal.
    pub search: Option<String>,
    /// Only those with this status.
    pub status: Option<InvitationStatus>,
    /// The invitations whose participant has a conversation open.
    pub live: Vec<InvitationId>,
    /// Exclude the invitations in `live`.
    pub not_live: bool,
    /// The balances below which an invitation counts as used up.
    pub minimums: TurnMinimums,
    /// The current time.
    pub at: Timestamp,
}

/// The order of a list and the row to continue after. Rows added meanwhile cause no repeats or gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationOrder {
    /// Newest first, after this one.
    Newest(Option<InvitationId>),
    /// Oldest first, after this one.
    Oldest(Option<InvitationId>),
    /// By [`Invitation::search_text`], byte by byte, then by age; after this one.
    Label(Option<(String, InvitationId)>),
}

/// The number of invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationCount {
    /// Those that match the filter.
    pub found: u64,
    /// All that the researcher may see.
    pub in_scope: u64,
}

impl InvitationFilter {
    /// Returns the filter that shows all invitations.
    pub fn all(at: Timestamp) -> Self {
        Self {
            by: None,
            batch: None,
            search: None,
            status: None,
            live: Vec::new(),
            not_live: false,
            minimums: TurnMinimums::default(),
            at,
        }
    }

    /// Returns whether the filter excludes nothing that the researcher may see.
    pub fn shows_all(&self) -> bool {
        let Self { batch, search, status, not_live, .. } = self;
        batch.is_none() && search.is_none() && status.is_none() && !not_live
    }

    /// Returns whether an invitation matches the filter.
    pub fn shows(&self, invitation: &Invitation) -> bool {
        let live = self.live.contains(&invitation.id);
        let status = || invitation.status(self.at, live, &self.minimums);
        self.by.is_none_or(|by| invitation.created_by == by)
            && self.batch.is_none_or(|batch| invitation.batch == batch)
            && self.search.as_ref().is_none_or(|text| invitation.search_text().contains(text))
            && self.status.is_none_or(|wanted| status() == wanted)
            && !(self.not_live && live)
    }
}
