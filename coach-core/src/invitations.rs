//! Invitations: made by researchers, opened by whoever has the link, claimed once.

use crate::{
    account::{AccountRole, Principal, Staff},
    coach::Coach,
    error::CoachError,
    ids::{InvitationId, UserId},
    invitation::{Consent, Invitation, InvitationState},
    ledger::Balance,
    link,
    ports::{Claim, Claiming, Refusal},
    timestamp::Timestamp,
};

/// The longest label, in characters.
const MAX_LABEL: usize = 200;

/// The largest quota, in tokens.
const MAX_QUOTA: u64 = 1_000_000_000_000;

/// The most invitations that are made at once.
const MAX_COPIES: u32 = 200;

/// What a researcher decides about new invitations.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// What to call them; copies get a number.
    pub label: String,
    /// Tokens for each.
    pub quota: u64,
    /// The one scenario to practise; `None` leaves the choice.
    pub scenario: Option<String>,
    /// The participant may describe their own.
    pub allow_custom_scenario: bool,
    /// The coach comments.
    pub coach: bool,
    /// The participant may ask the coach privately.
    pub aside: bool,
    /// What the participant agrees to, in Markdown.
    pub consent: String,
    /// Whom to turn to.
    pub contact: Option<String>,
    /// From then on no new turns.
    pub expires_at: Option<Timestamp>,
    /// How many.
    pub copies: u32,
}

/// What opening an invitation's link shows.
#[derive(Clone, Debug)]
pub struct Landing {
    /// How it stands for whoever opens it.
    pub state: LandingState,
    /// Whom it is from.
    pub inviter: String,
    /// The invitation.
    pub invitation: Invitation,
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
}

impl Coach {
    /// Makes invitations.
    pub async fn invite(
        &self,
        by: &Staff,
        new: NewInvitation,
    ) -> Result<Vec<Invitation>, CoachError> {
        new.check(self.now())?;
        if let Some(slug) = &new.scenario
            && self.scenario(slug).await?.is_none()
        {
            return Err(invalid("scenario", "there is no such scenario"));
        }
        let consent = Consent::new(new.consent.clone());
        let at = self.now();
        let invitations: Vec<Invitation> = (1..=new.copies)
            .map(|copy| {
                let id = InvitationId(self.0.ids.next());
                let (_, link) = self.0.links.stamp(id, 1);
                let label = match new.copies {
                    1 => new.label.clone(),
                    _ => format!("{} {copy}", new.label),
                };
                Invitation {
                    id,
                    label,
                    link,
                    balance: Balance { quota: new.quota, used: 0, reserved: 0 },
                    scenario: new.scenario.clone(),
                    allow_custom_scenario: new.allow_custom_scenario,
                    coach: new.coach,
                    aside: new.aside,
                    consent: consent.clone(),
                    contact: new.contact.clone(),
                    expires_at: new.expires_at,
                    revoked_at: None,
                    created_at: at,
                    created_by: by.user(),
                    claimed: None,
                }
            })
            .collect();
        self.persist(|| self.0.stores.invite(&invitations)).await?;
        Ok(invitations)
    }

    /// One invitation, if it is in the researcher's scope.
    pub async fn invitation(&self, by: &Staff, id: InvitationId) -> Result<Invitation, CoachError> {
        let invitation = self.0.stores.invitation(id).await?.ok_or(CoachError::NotFound)?;
        let hidden = self.0.settings.staff_see_own_only
            && !by.is_admin()
            && invitation.created_by != by.user();
        if hidden { Err(CoachError::NotFound) } else { Ok(invitation) }
    }

    /// Invitations in the researcher's scope, newest first, older than `before`.
    pub async fn invitations(
        &self,
        by: &Staff,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Invitation>, CoachError> {
        let own = self.0.settings.staff_see_own_only && !by.is_admin();
        Ok(self.0.stores.invitations(own.then(|| by.user()), before, limit).await?)
    }

    /// Invitations that a person has claimed, newest first.
    pub async fn invitations_of(&self, by: &Principal) -> Result<Vec<Invitation>, CoachError> {
        Ok(self.0.stores.invitations_of(by.user).await?)
    }

    /// Takes an invitation back. A running turn ends by itself; new ones are refused.
    pub async fn revoke(&self, by: &Staff, id: InvitationId) -> Result<Invitation, CoachError> {
        self.invitation(by, id).await?;
        let at = self.now();
        self.persist(|| self.0.stores.revoke(id, at)).await?;
        self.invitation(by, id).await
    }

    /// The token in an invitation's link; `None` if the key that made it is gone.
    pub fn link_token(&self, invitation: &Invitation) -> Option<String> {
        self.0.links.token(invitation.id, &invitation.link)
    }

    /// What opening a link shows; changes nothing. `resuming` is who this browser once claimed it as.
    pub async fn landing(
        &self,
        token: &str,
        viewer: Option<&Principal>,
        resuming: Option<UserId>,
    ) -> Result<Landing, CoachError> {
        let invitation = self
            .0
            .stores
            .invitation_by_token(link::hash(token))
            .await?
            .ok_or(CoachError::NotFound)?;
        let inviter = self.0.stores.user(invitation.created_by).await?;
        let inviter = inviter.and_then(|user| user.name).unwrap_or_default();
        let mine = |person: UserId| {
            viewer.is_some_and(|viewer| viewer.user == person) || resuming == Some(person)
        };
        let state = match (invitation.state(self.now()), invitation.claimed) {
            (InvitationState::Revoked, _) => LandingState::Revoked,
            (InvitationState::Expired, _) => LandingState::Expired,
            _ if viewer.is_some_and(|viewer| viewer.as_staff().is_some()) => LandingState::Preview,
            (_, None) => LandingState::Open,
            (_, Some((person, _))) if mine(person) => LandingState::Yours,
            (_, Some(_)) => LandingState::Claimed,
        };
        Ok(Landing { state, inviter, invitation })
    }

    /// Claims an invitation for whoever opened its link, after they agreed to its consent text. A guest
    /// of another invitation becomes a new guest; a signed-in person keeps the account.
    pub async fn claim(
        &self,
        token: &str,
        viewer: Option<&Principal>,
        resuming: Option<UserId>,
        consent_version: &str,
    ) -> Result<Claimed, CoachError> {
        let landing = self.landing(token, viewer, resuming).await?;
        let invitation = landing.invitation;
        let claimed = |user, resumed| Claimed {
            user,
            invitation: invitation.id,
            resumed,
            expires_at: invitation.expires_at,
        };
        match landing.state {
            LandingState::Revoked => return Err(CoachError::Refused(Refusal::InvitationRevoked)),
            LandingState::Expired => return Err(CoachError::Refused(Refusal::InvitationExpired)),
            LandingState::Preview => return Err(CoachError::Forbidden),
            LandingState::Claimed => return Err(CoachError::Claimed),
            LandingState::Yours => {
                let (person, _) = invitation.claimed.ok_or(CoachError::Claimed)?;
                return Ok(claimed(person, true));
            }
            LandingState::Open => {}
        }
        if consent_version != invitation.consent.version {
            return Err(CoachError::ConsentChanged);
        }
        let account = viewer.filter(|viewer| viewer.role == AccountRole::User);
        let person = account.map_or_else(|| UserId(self.0.ids.next()), |viewer| viewer.user);
        let at = self.now();
        let claiming = self
            .persist(|| {
                self.0.stores.claim(Claim {
                    invitation: invitation.id,
                    person,
                    new_guest: account.is_none(),
                    consent_version,
                    at,
                })
            })
            .await?;
        match claiming {
            Claiming::Claimed => Ok(claimed(person, false)),
            Claiming::Taken(by) if by == person => Ok(claimed(person, false)),
            Claiming::Taken(_) => Err(CoachError::Claimed),
            Claiming::Expired => Err(CoachError::Refused(Refusal::InvitationExpired)),
            Claiming::Revoked => Err(CoachError::Refused(Refusal::InvitationRevoked)),
            Claiming::Unknown => Err(CoachError::NotFound),
        }
    }
}

impl NewInvitation {
    fn check(&self, now: Timestamp) -> Result<(), CoachError> {
        if self.label.trim().is_empty() {
            return Err(invalid("label", "give it a name"));
        }
        if self.label.chars().count() > MAX_LABEL {
            return Err(invalid("label", "at most 200 characters"));
        }
        if !(1..=MAX_QUOTA).contains(&self.quota) {
            return Err(invalid("tokenQuota", "between 1 and 1,000,000,000,000 tokens"));
        }
        if !(1..=MAX_COPIES).contains(&self.copies) {
            return Err(invalid("copies", "between 1 and 200"));
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err(invalid("expiresAt", "this is in the past"));
        }
        if self.consent.trim().is_empty() {
            return Err(invalid("consent", "say what the participant agrees to"));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, message: &str) -> CoachError {
    CoachError::Invalid { field, message: message.to_owned() }
}
