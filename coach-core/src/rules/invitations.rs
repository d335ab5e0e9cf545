//! What creating, claiming and changing an invitation writes.

use std::collections::BTreeSet;

use super::users::new_user;
use crate::{
    ids::InvitationId,
    invitation::{Invitation, InvitationState, LinkStamp},
    people::{
        User, UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{Amend, Claim, Claiming},
    timestamp::Timestamp,
};

fn about(id: InvitationId, audit: AuditEntry) -> AuditEntry {
    AuditEntry { subject: Some(Subject::Invitation(id)), ..audit }
}

/// An invitation with the id or the token of a new one exists: an error of the caller, and nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an invitation with this id or token exists")]
pub struct InvitationExists;

/// Decides whether new invitations are saved, and returns the audit entries to add.
///
/// `known` are the ids and token hashes of the invitations on record that share one of either with them. `None`
/// if exactly these invitations are on record: the call is repeated.
///
/// # Errors
/// [`InvitationExists`] if one of them is on record, or if two of them are the same.
pub fn invite(
    new: &[Invitation],
    known: &[(InvitationId, [u8; 32])],
    audit: AuditEntry,
) -> Result<Option<Vec<AuditEntry>>, InvitationExists> {
    let ids: BTreeSet<_> = new.iter().map(|one| one.id).collect();
    let hashes: BTreeSet<_> = new.iter().map(|one| one.link.token_hash).collect();
    if ids.len() < new.len() || hashes.len() < new.len() {
        return Err(InvitationExists);
    }
    if known.is_empty() {
        return Ok(Some(new.iter().map(|one| about(one.id, audit)).collect()));
    }
    match new.iter().all(|one| known.contains(&(one.id, one.link.token_hash))) {
        true => Ok(None),
        false => Err(InvitationExists),
    }
}

/// The decision about a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// The response; nothing is written.
    Answer(Claiming),
    /// What to write.
    Write(Box<ClaimPlan>),
}

/// What a claim writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPlan {
    /// The invitation, with who claimed it, when and with which link.
    pub invitation: Invitation,
    /// The version of the consent text that was agreed to.
    pub consent_version: String,
    /// The guest to create.
    pub guest: Option<User>,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

impl ClaimPlan {
    /// Returns the response.
    pub fn claiming(&self) -> Claiming {
        Claiming::Claimed
    }
}

/// Decides whether a claim succeeds.
pub fn claim(invitation: Option<Invitation>, claim: &Claim<'_>) -> Claims {
    let at = claim.audit.at;
    let Some(known) = invitation else { return Claims::Answer(Claiming::Unknown) };
    if let Some((by, _)) = known.claimed {
        return Claims::Answer(Claiming::Taken(by));
    }
    match known.state(at) {
        InvitationState::Revoked => return Claims::Answer(Claiming::Revoked),
        InvitationState::Expired => return Claims::Answer(Claiming::Expired),
        InvitationState::Open | InvitationState::Claimed => {}
    }
    let guest = claim.new_guest.then(|| new_user(claim.user, UserRole::Guest, at));
    Claims::Write(Box::new(ClaimPlan {
        audit: about(known.id, claim.audit),
        invitation: Invitation {
            claimed: Some((claim.user, at)),
            claimed_link: known.link.version,
            ..known
        },
        consent_version: claim.consent_version.to_owned(),
        guest,
    }))
}

/// What opening a fresh link writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReclaimPlan {
    /// The guest who claimed the invitation, whose earlier logins end.
    pub guest: User,
    /// The version of the link that is used up.
    pub claimed_link: u32,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides whether a fresh link opens its invitation: only for `claimant`, the guest who claimed it. A link
/// never signs in to an account.
pub fn reclaim(
    invitation: Option<&Invitation>,
    claimant: Option<User>,
    link_version: u32,
    consent_version: &str,
    audit: AuditEntry,
) -> Option<ReclaimPlan> {
    let known = invitation.filter(|known| {
        known.has_fresh_link()
            && known.link.version == link_version
            && known.consent.version == consent_version
            && known.state(audit.at) == InvitationState::Claimed
    })?;
    let guest = claimant.filter(|user| user.role == UserRole::Guest && !user.disabled)?;
    let audit = AuditEntry { actor: Some(guest.id), ..about(known.id, audit) };
    let guest = User { epoch: guest.epoch + 1, ..guest };
    Some(ReclaimPlan { guest, claimed_link: link_version, audit })
}

/// What changing an invitation writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendPlan {
    /// The invitation with its new fields and its new quota.
    pub invitation: Invitation,
    /// Whether tokens were added, so that the ceilings of all its conversations are cleared.
    pub clears_ceilings: bool,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides what changing an invitation writes; `None` if it does not exist.
pub fn amend(
    invitation: Option<Invitation>,
    amend: &Amend,
    audit: AuditEntry,
) -> Option<AmendPlan> {
    let before = invitation?;
    let mut after = before.clone();
    if let Some(label) = &amend.label {
        after.label.clone_from(label);
    }
    if let Some(title) = &amend.title {
        after.title.clone_from(title);
    }
    if let Some(contact) = &amend.contact {
        after.contact.clone_from(contact);
    }
    if let Some(expires_at) = amend.expires_at {
        after.expires_at = expires_at;
    }
    after.balance.quota = after.balance.quota.saturating_add(amend.add_tokens);
    let tokens = Change::of_tokens(Some(before.balance.quota), after.balance.quota);
    let change = tokens.and_expiry(before.expires_at, after.expires_at);
    Some(AmendPlan {
        clears_ceilings: amend.add_tokens > 0,
        audit: AuditEntry {
            action: AuditAction::InvitationChanged(change),
            ..about(after.id, audit)
        },
        invitation: after,
    })
}

/// What replacing a link writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    /// The hash of the replaced link's token, to remember.
    pub replaced: [u8; 32],
    /// The new link.
    pub link: LinkStamp,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides whether a link is replaced: once per version.
pub fn fresh_link(
    invitation: Option<&Invitation>,
    link: &LinkStamp,
    audit: AuditEntry,
) -> Option<LinkPlan> {
    let known = invitation.filter(|known| known.link.version + 1 == link.version)?;
    let replaced = known.link.token_hash;
    Some(LinkPlan { replaced, link: link.clone(), audit: about(known.id, audit) })
}

/// Decides whether an invitation is revoked, and returns when, and the audit entry to add: the first time
/// counts.
pub fn revoke(
    invitation: Option<&Invitation>,
    audit: AuditEntry,
) -> Option<(Timestamp, AuditEntry)> {
    let known = invitation.filter(|known| known.revoked_at.is_none())?;
    Some((audit.at, about(known.id, audit)))
}
