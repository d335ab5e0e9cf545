//! The front door: what an invitation's link shows, and claiming it.

use std::net::IpAddr;

use super::{
    consent::Coaching,
    record::{Invitation, InvitationState},
};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::{InvitationId, UserId},
    invitation::link,
    people::{
        AccountRole, Principal,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{Claim, Claiming, Refusal},
    scenario::Scenario,
    timestamp::Timestamp,
};

/// What opening an invitation's link shows.
#[derive(Clone, Debug)]
pub struct Landing {
    /// How it stands for whoever opens it.
    pub state: LandingState,
    /// Whom it is from.
    pub inviter: String,
    /// The invitation.
    pub invitation: Invitation,
    /// The one scenario it fixes.
    pub scenario: Option<Scenario>,
    /// What its participant has of the coach.
    pub coaching: Coaching,
}

/// How an invitation stands for whoever opens its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandingState {
    /// It can be claimed.
    Open,
    /// Somebody else has it.
    Claimed,
    /// It is the caller's.
    Yours,
    /// A researcher looks at it, and cannot claim it.
    Preview,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
    /// Its participant may not go on: their account was erased or disabled.
    Closed,
    /// The link opens nothing any more: a newer one took its place.
    Replaced,
}

impl LandingState {
    /// Checks that who opened the link may claim the invitation.
    ///
    /// # Errors
    ///
    /// What claiming answers instead: `Refused`, `Forbidden`, `Claimed` or `Conflict`.
    pub fn may_claim(self) -> Result<(), CoachError> {
        match self {
            Self::Open | Self::Yours => Ok(()),
            Self::Revoked => Err(CoachError::Refused(Refusal::InvitationRevoked)),
            Self::Expired => Err(CoachError::Refused(Refusal::InvitationExpired)),
            Self::Preview => Err(CoachError::Forbidden),
            Self::Claimed | Self::Closed => Err(CoachError::Claimed),
            Self::Replaced => Err(CoachError::Conflict("this link was replaced by a newer one")),
        }
    }
}

/// What claiming led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The person who talks.
    pub user: UserId,
    /// The invitation.
    pub invitation: InvitationId,
    /// It was theirs before.
    pub resumed: bool,
    /// It resumes at least until then, if it expires.
    pub expires_at: Option<Timestamp>,
    /// What the browser is to remember; nothing of an account, which signs in by itself.
    pub resume: Option<Resume>,
}

/// What a browser that claimed an invitation remembers of it, sealed by its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// As whom.
    pub person: UserId,
    /// With which version of the link: a browser left behind by a fresh link resumes nothing.
    pub link: u32,
}

impl Coach {
    /// What opening a link shows; changes nothing. `resuming` is who this browser once claimed it as.
    pub async fn landing(
        &self,
        token: &str,
        viewer: Option<&Principal>,
        resuming: Option<Resume>,
    ) -> Result<Landing, CoachError> {
        let hash = link::hash(token);
        let Some(invitation) = self.0.stores.invitation_by_token(hash).await? else {
            let replaced = self.0.stores.invitation_by_replaced_token(hash).await?;
            let invitation = replaced.ok_or(CoachError::NotFound)?;
            return self.landing_of(LandingState::Replaced, invitation, None).await;
        };
        let scenario = match &invitation.scenario {
            Some(slug) => self.scenario(slug).await?,
            None => None,
        };
        let owner = match invitation.claimed {
            Some((person, _)) => self.0.stores.user(person).await?,
            None => None,
        };
        // Only a guest is nothing but what a link and a browser say: an account signs in by itself. And
        // a browser in which somebody is signed in is theirs, not the guest's who had it before.
        let closed = owner.as_ref().is_some_and(|user| user.disabled);
        let guest = owner.filter(|user| user.role == AccountRole::Guest && !user.disabled);
        let alone = viewer.is_none_or(|viewer| viewer.role == AccountRole::Guest);
        let mine = |person: UserId| {
            let signed_in = viewer.is_some_and(|viewer| viewer.user == person);
            let resume = Resume { person, link: invitation.claimed_link };
            signed_in || (alone && guest.is_some() && resuming == Some(resume))
        };
        let state = match (invitation.state(self.now()), invitation.claimed) {
            (InvitationState::Revoked, _) => LandingState::Revoked,
            (InvitationState::Expired, _) => LandingState::Expired,
            _ if viewer.is_some_and(|viewer| viewer.as_staff().is_some()) => LandingState::Preview,
            (_, None) => LandingState::Open,
            (_, Some((person, _))) if mine(person) => LandingState::Yours,
            (_, Some(_)) if invitation.has_fresh_link() && guest.is_some() && alone => {
                LandingState::Open
            }
            (_, Some(_)) if closed => LandingState::Closed,
            (_, Some(_)) => LandingState::Claimed,
        };
        self.landing_of(state, invitation, scenario).await
    }

    /// Returns what an invitation's participant has of the coach.
    pub async fn coaching(&self, invitation: &Invitation) -> Result<Coaching, CoachError> {
        let scenario = match &invitation.scenario {
            Some(slug) => self.scenario(slug).await?,
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

    /// Claims an invitation for whoever opened its link, after they agreed to its consent text. A guest
    /// of another invitation becomes a new guest; a signed-in person keeps the account. A fresh link goes
    /// on as the guest who claimed the invitation. `address` is where nobody who is signed in asks from.
    pub async fn claim(
        &self,
        token: &str,
        viewer: Option<&Principal>,
        resuming: Option<Resume>,
        consent_version: &str,
        address: Option<IpAddr>,
    ) -> Result<Claimed, CoachError> {
        let landing = self.landing(token, viewer, resuming).await?;
        let invitation = landing.invitation;
        let account = viewer.filter(|viewer| viewer.role >= AccountRole::User);
        let claimed = |user, resumed, link| Claimed {
            user,
            invitation: invitation.id,
            resumed,
            expires_at: invitation.expires_at,
            resume: account.is_none().then_some(Resume { person: user, link }),
        };
        let newest = invitation.link.version;
        landing.state.may_claim()?;
        if landing.state == LandingState::Yours {
            let (person, _) = invitation.claimed.ok_or(CoachError::Claimed)?;
            let user = self.0.stores.user(person).await?;
            if user.is_none_or(|user| user.disabled) {
                return Err(CoachError::Forbidden);
            }
            return Ok(claimed(person, true, invitation.claimed_link));
        }
        if consent_version != invitation.consent.version {
            return Err(CoachError::ConsentChanged);
        }
        if invitation.claimed.is_some() {
            let person = self.reclaim(&invitation, address).await?;
            return Ok(claimed(person, true, newest));
        }
        let person = account.map_or_else(|| UserId(self.0.ids.next()), |viewer| viewer.user);
        let subject = Some(Subject::Invitation(invitation.id));
        let by = Principal::new(person, AccountRole::Guest).at(address);
        let claim = Claim {
            invitation: invitation.id,
            person,
            new_guest: account.is_none(),
            consent_version,
            audit: by.did(AuditAction::Claimed, subject, self.now()),
        };
        let claiming = self.persist(|| self.0.stores.claim(claim)).await?;
        match claiming {
            Claiming::Claimed => Ok(claimed(person, false, newest)),
            Claiming::Taken(by) if by == person => Ok(claimed(person, false, newest)),
            Claiming::Taken(_) => Err(CoachError::Claimed),
            Claiming::Expired => Err(CoachError::Refused(Refusal::InvitationExpired)),
            Claiming::Revoked => Err(CoachError::Refused(Refusal::InvitationRevoked)),
            Claiming::Unknown => Err(CoachError::NotFound),
        }
    }

    /// Goes on with a fresh link as the guest who claimed the invitation.
    async fn reclaim(
        &self,
        invitation: &Invitation,
        address: Option<IpAddr>,
    ) -> Result<UserId, CoachError> {
        let (id, version) = (invitation.id, invitation.link.version);
        let (at, deed) = (self.now(), AuditAction::Claimed);
        let audit = AuditEntry { at, actor: None, deed, subject: None, address };
        let consent = &invitation.consent.version;
        // Not asked again if the answer is lost: whoever has the link would seem to be too late.
        let person = self.0.stores.reclaim(id, version, consent, audit).await?;
        person.ok_or(CoachError::Claimed)
    }
}
