//! Opening an invitation's link and claiming the invitation.

use std::net::IpAddr;

use super::{
    consent::Coaching,
    record::{Invitation, InvitationState},
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Visitor,
    ids::{InvitationId, UserId},
    invitation::link,
    people::{
        Principal, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
        policy::{Act, Target},
    },
    ports::{Claim, Claiming, Refusal},
    scenario::Scenario,
    timestamp::Timestamp,
};

/// What an invitation's link shows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Landing {
    /// The invitation's state for this visitor.
    pub state: LandingState,
    /// The name of the researcher who created it.
    pub inviter: String,
    /// The invitation.
    pub invitation: Invitation,
    /// The one scenario it is fixed to, if any.
    pub scenario: Option<Scenario>,
    /// The coaching its participant gets.
    pub coaching: Coaching,
}

/// The state of an invitation for the visitor who opened its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandingState {
    /// It can be claimed.
    Open,
    /// Another user has claimed it.
    Claimed,
    /// The visitor has claimed it.
    Yours,
    /// The visitor is a researcher and cannot claim it.
    Preview,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
    /// Its participant was erased or disabled and cannot continue.
    Closed,
    /// A newer link has replaced this one.
    Replaced,
}

impl LandingState {
    /// Checks that the visitor may claim the invitation.
    ///
    /// # Errors
    ///
    /// [`CoachError::Refused`], [`CoachError::Forbidden`], [`CoachError::Claimed`] or
    /// [`CoachError::Conflict`], as claiming would return.
    pub fn may_claim(self) -> Result<(), CoachError> {
        match self {
            Self::Open | Self::Yours => Ok(()),
            Self::Revoked => Err(CoachError::Refused(Refusal::InvitationRevoked)),
            Self::Expired => Err(CoachError::Refused(Refusal::InvitationExpired)),
            Self::Preview => Err(CoachError::Forbidden),
            Self::Claimed | Self::Closed => Err(CoachError::Claimed),
            Self::Replaced => Err(CoachError::Conflict(
                "this link was replaced by a newer one; open the new link instead",
            )),
        }
    }
}

/// The outcome of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// The participant.
    pub user: UserId,
    /// The invitation.
    pub invitation: InvitationId,
    /// Whether the participant had claimed it before.
    pub resumed: bool,
    /// The invitation's expiry: the participant can resume at least until then.
    pub expires_at: Option<Timestamp>,
    /// What the browser must remember to resume; `None` for a user who signs in.
    pub resume: Option<Resume>,
}

/// What a browser remembers of a claimed invitation, sealed by its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The guest who claimed it.
    pub user: UserId,
    /// The version of the link: once a fresh link was opened, browsers with an older version cannot resume.
    pub link: u32,
}

impl Visitor {
    /// Returns what a link shows, without changing anything. `resuming` is the browser's memory of an earlier
    /// claim.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the token belongs to no invitation, [`CoachError::UnreadableScenario`] if
    /// its scenario cannot be read, [`CoachError::Store`] if the store does not respond.
    pub async fn landing(&self, token: &str) -> Result<Landing, CoachError> {
        let (coach, caller, resuming) = (&self.coach, self.by.as_ref(), self.resuming);
        coach.ask(caller, Act::OpenInvitation, &Target::OWN)?;
        let hash = link::hash(token);
        let Some(invitation) = coach.0.stores.invitation_by_token(hash).await? else {
            let replaced = coach.0.stores.invitation_by_replaced_token(hash).await?;
            let invitation = replaced.ok_or(CoachError::NotFound)?;
            return coach.landing_of(LandingState::Replaced, invitation, None).await;
        };
        let scenario = match &invitation.scenario {
            Some(slug) => coach.find_scenario(slug).await?,
            None => None,
        };
        let owner = match invitation.claimed {
            Some((user_id, _)) => coach.0.stores.user(user_id).await?,
            None => None,
        };
        // Only guests may resume by link and browser memory; signed-in users must sign in. A browser in
        // which a user is signed in belongs to that user, not to an earlier guest.
        let closed = owner.as_ref().is_some_and(|user| user.disabled);
        let guest = owner.filter(|user| user.role == UserRole::Guest && !user.disabled);
        let alone = caller.is_none_or(|caller| caller.role == UserRole::Guest);
        let mine = |user_id: UserId| {
            let signed_in = caller.is_some_and(|caller| caller.user == user_id);
            let resume = Resume { user: user_id, link: invitation.claimed_link };
            signed_in || (alone && guest.is_some() && resuming == Some(resume))
        };
        let state = match (invitation.state(coach.now()), invitation.claimed) {
            (InvitationState::Revoked, _) => LandingState::Revoked,
            (InvitationState::Expired, _) => LandingState::Expired,
            _ if caller.is_some_and(|caller| !coach.may(caller, Act::Claim)) => {
                LandingState::Preview
            }
            (_, None) => LandingState::Open,
            (_, Some((user_id, _))) if mine(user_id) => LandingState::Yours,
            (_, Some(_)) if invitation.has_fresh_link() && guest.is_some() && alone => {
                LandingState::Open
            }
            (_, Some(_)) if closed => LandingState::Closed,
            (_, Some(_)) => LandingState::Claimed,
        };
        coach.landing_of(state, invitation, scenario).await
    }

    /// Claims an invitation for the visitor of its link, who has agreed to its consent text. A guest of
    /// another invitation becomes a new guest; a signed-in user stays the same user. A fresh link continues
    /// as the guest who claimed the invitation. `address` is the client's address, for visitors who are not
    /// signed in.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the token belongs to no invitation; the errors of
    /// [`LandingState::may_claim`]; [`CoachError::ConsentChanged`] if the consent text has another version;
    /// [`CoachError::Forbidden`] if the participant is disabled; [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn claim(
        &self,
        token: &str,
        consent_version: &str,
        address: Option<IpAddr>,
    ) -> Result<Claimed, CoachError> {
        let (coach, caller) = (&self.coach, self.by.as_ref());
        let landing = self.landing(token).await?;
        let invitation = landing.invitation;
        let signed_in = caller.filter(|caller| caller.role >= UserRole::User);
        let claimed = |user, resumed, link| Claimed {
            user,
            invitation: invitation.id,
            resumed,
            expires_at: invitation.expires_at,
            resume: signed_in.is_none().then_some(Resume { user, link }),
        };
        let newest = invitation.link.version;
        landing.state.may_claim()?;
        coach.ask(caller, Act::Claim, &Target::OWN)?;
        if landing.state == LandingState::Yours {
            let (user_id, _) = invitation.claimed.ok_or(CoachError::Claimed)?;
            let user = coach.0.stores.user(user_id).await?;
            if user.is_none_or(|user| user.disabled) {
                return Err(CoachError::Forbidden);
            }
            return Ok(claimed(user_id, true, invitation.claimed_link));
        }
        if consent_version != invitation.consent.version {
            return Err(CoachError::ConsentChanged);
        }
        if invitation.claimed.is_some() {
            let user_id = coach.reclaim(&invitation, address).await?;
            return Ok(claimed(user_id, true, newest));
        }
        let user_id = signed_in.map_or_else(|| UserId(coach.0.ids.next()), |caller| caller.user);
        let subject = Some(Subject::Invitation(invitation.id));
        let by = Principal::new(user_id, UserRole::Guest).at(address);
        let claim = Claim {
            invitation: invitation.id,
            user: user_id,
            new_guest: signed_in.is_none(),
            consent_version,
            audit: by.did(AuditAction::Claimed, subject, coach.now()),
        };
        let claiming = coach.persist(|| coach.0.stores.claim(claim)).await?;
        match claiming {
            Claiming::Claimed => Ok(claimed(user_id, false, newest)),
            Claiming::Taken(by) if by == user_id => Ok(claimed(user_id, false, newest)),
            Claiming::Taken(_) => Err(CoachError::Claimed),
            Claiming::Expired => Err(CoachError::Refused(Refusal::InvitationExpired)),
            Claiming::Revoked => Err(CoachError::Refused(Refusal::InvitationRevoked)),
            Claiming::Unknown => Err(CoachError::NotFound),
        }
    }
}

impl Coach {
    /// Returns the coaching that an invitation's participant gets.
    ///
    /// # Errors
    /// [`CoachError::UnreadableScenario`] if the fixed scenario cannot be read, [`CoachError::Store`] if the
    /// store does not respond.
    pub async fn coaching(&self, invitation: &Invitation) -> Result<Coaching, CoachError> {
        let scenario = match &invitation.scenario {
            Some(slug) => self.find_scenario(slug).await?,
            None => None,
        };
        Ok(invitation.coaching(scenario.as_ref()))
    }

    pub(crate) async fn landing_of(
        &self,
        state: LandingState,
        invitation: Invitation,
        scenario: Option<Scenario>,
    ) -> Result<Landing, CoachError> {
        let inviter = self.0.stores.user(invitation.created_by).await?;
        let inviter = inviter.and_then(|user| user.name).unwrap_or_default();
        let coaching = invitation.coaching(scenario.as_ref());
        Ok(Landing { state, inviter, invitation, scenario, coaching })
    }

    /// Continues with a fresh link as the guest who claimed the invitation.
    async fn reclaim(
        &self,
        invitation: &Invitation,
        address: Option<IpAddr>,
    ) -> Result<UserId, CoachError> {
        let (id, version) = (invitation.id, invitation.link.version);
        let (at, action) = (self.now(), AuditAction::Claimed);
        let audit = AuditEntry { at, actor: None, action, subject: None, address };
        let consent = &invitation.consent.version;
        // Not retried if the response is lost: the link would already be used up, and the retry would be
        // refused.
        let user_id = self.0.stores.reclaim(id, version, consent, audit).await?;
        user_id.ok_or(CoachError::Claimed)
    }
}
