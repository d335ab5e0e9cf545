//! Which invitations a list shows, in which order, and what a store finds.

use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, InvitationStatus, TurnMinimums},
    timestamp::Timestamp,
};

/// Which invitations a list shows.
#[derive(Clone, Debug)]
pub struct InvitationFilter {
    /// Only those that this researcher made.
    pub by: Option<UserId>,
    /// Only those that were made together with this one.
    pub batch: Option<InvitationId>,
    /// Only those whose [`Invitation::search_text`] contains this, in lower case; every character stands
    /// for itself.
    pub search: Option<String>,
    /// Only those of this status.
    pub status: Option<InvitationStatus>,
    /// Those whose participant has a conversation open.
    pub live: Vec<InvitationId>,
    /// None of those.
    pub not_live: bool,
    /// How few tokens are too few.
    pub minimums: TurnMinimums,
    /// Now.
    pub at: Timestamp,
}

/// In which order, and after which row. Rows that are made meanwhile neither repeat nor hide one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationOrder {
    /// Newest first, older than this one.
    Newest(Option<InvitationId>),
    /// Oldest first, newer than this one.
    Oldest(Option<InvitationId>),
    /// By [`Invitation::search_text`], byte by byte, then by age; after this one.
    Label(Option<(String, InvitationId)>),
}

/// How many invitations there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationCount {
    /// Those that the filter shows.
    pub found: u64,
    /// Those that the researcher may see at all.
    pub in_scope: u64,
}

impl InvitationFilter {
    /// Returns whether the list leaves out nothing of what the researcher may see.
    pub fn shows_all(&self) -> bool {
        let Self { batch, search, status, not_live, .. } = self;
        batch.is_none() && search.is_none() && status.is_none() && !not_live
    }

    /// Returns whether the list shows an invitation.
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
