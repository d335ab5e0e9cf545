//! One change to many invitations, each by itself.

use std::collections::BTreeSet;

use super::{fields::invalid, list::InvitationLink, record::Invitation};
use crate::{
    error::CoachError,
    handles::Invitations,
    ids::InvitationId,
    people::{audit::AuditAction, policy::Act},
    ports::Amend,
};

/// The most invitations of one change.
const MOST: usize = 200;

/// A change to many invitations.
#[derive(Clone, Debug)]
pub enum BulkChange {
    /// Changes the expiry, or adds tokens.
    Extend(Amend),
    /// Revokes them.
    Revoke,
}

/// The outcome for one invitation.
pub type BulkResult = (InvitationId, Result<Invitation, CoachError>);

impl Invitations {
    /// Changes invitations, each by itself: one that is refused does not affect the others.
    /// Returns the outcomes in the given order, each invitation once.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if there are none or more than 200, or if an extension changes nothing or is
    /// invalid for all of them.
    pub async fn change_all(
        &self,
        ids: &[InvitationId],
        change: &BulkChange,
    ) -> Result<Vec<BulkResult>, CoachError> {
        self.coach.ask_own(&self.by, Act::Research)?;
        let ids = each_once(ids)?;
        if let BulkChange::Extend(amend) = change {
            if amend.expires_at.is_none() && amend.add_tokens == 0 {
                return Err(invalid("expiresAt", "choose an expiry, or a number of tokens to add"));
            }
            if amend.expires_at.flatten().is_some_and(|at| at <= self.coach.now()) {
                return Err(invalid("expiresAt", "must be in the future"));
            }
        }
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            let changed = match change {
                BulkChange::Extend(amend) => match self.get(id).await {
                    Ok(found) if found.revoked_at.is_some() => Err(CoachError::Conflict(
                        "this invitation was revoked, so there is nothing to extend; nothing was changed",
                    )),
                    Ok(_) => self.amend(id, amend.clone()).await,
                    Err(error) => Err(error),
                },
                BulkChange::Revoke => self.revoke(id).await,
            };
            results.push((id, changed));
        }
        Ok(results)
    }

    /// Returns the links of these invitations in the researcher's scope, in the given order. Adds an audit entry
    /// first, because a link lets its holder spend the invitation's tokens.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if there are none or more than 200, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn links_of(
        &self,
        ids: &[InvitationId],
    ) -> Result<Vec<(InvitationId, Option<InvitationLink>)>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let minimums = coach.turn_minimums().await?;
        let mut links = Vec::new();
        for id in each_once(ids)? {
            let link = match self.get(id).await {
                Ok(invitation) => Some(InvitationLink {
                    status: invitation.status(coach.now(), false, &minimums),
                    token: coach.link_token(&invitation),
                    invitation,
                }),
                Err(CoachError::NotFound) => None,
                Err(error) => return Err(error),
            };
            links.push((id, link));
        }
        let found = links.iter().filter(|(_, link)| link.is_some()).count();
        let action = AuditAction::LinksDownloaded(found as u64);
        coach.0.audit_log()?.note(by.did(action, None, coach.now())).await?;
        Ok(links)
    }
}

fn each_once(ids: &[InvitationId]) -> Result<Vec<InvitationId>, CoachError> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(invalid("ids", "must be 1 to 200 ids"));
    }
    let mut known = BTreeSet::new();
    Ok(ids.iter().copied().filter(|id| known.insert(*id)).collect())
}
