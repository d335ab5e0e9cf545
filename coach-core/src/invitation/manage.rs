//! Invitations for researchers: creating, changing and revoking them, and fresh links.

use super::{
    claim::{Landing, LandingState},
    consent::{Coaching, Consent},
    fields::{MAX_LABEL, MAX_QUOTA, changed_text, check_label, check_text, invalid, said, too_few},
    record::Invitation,
};
use crate::{
    coach::Coach,
    conversation::Conversation,
    error::CoachError,
    handles::{Invitations, Me},
    ids::{ConversationId, InvitationId, UserId},
    people::{
        Principal, UserRole,
        audit::{AuditAction, Change},
        policy::{Act, Relation, Target},
    },
    ports::{Amend, ConversationFilter},
    scenario::Scenario,
    text::says_nothing,
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer},
};

/// The longest consent text, in characters.
const MAX_CONSENT: usize = 20_000;

/// The maximum number of invitations created at once.
const MAX_COPIES: u32 = 200;

/// The settings of new invitations.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The label; copies get a number.
    pub label: String,
    /// The title that participants see instead of the label.
    pub title: Option<String>,
    /// The quota of each, in tokens.
    pub quota: u64,
    /// The fixed scenario; `None` lets the participant choose.
    pub scenario: Option<String>,
    /// Whether the participant may describe a scenario of their own.
    pub allow_custom_scenario: bool,
    /// Whether the coach comments.
    pub coach: bool,
    /// Whether the participant may ask the coach privately; `None` means: if the coach comments.
    pub aside: Option<bool>,
    /// The consent text, in Markdown; `None` means the built-in text for the invitation's coaching.
    pub consent: Option<String>,
    /// The contact that participants see.
    pub contact: Option<String>,
    /// New turns are refused from this time on.
    pub expires_at: Option<Timestamp>,
    /// The number of invitations.
    pub copies: u32,
}

impl NewInvitation {
    /// Returns the settings of one invitation with this quota, a coach, any scenario and the built-in consent
    /// text.
    pub fn new(label: impl Into<String>, quota: u64) -> Self {
        Self {
            label: label.into(),
            title: None,
            quota,
            scenario: None,
            allow_custom_scenario: false,
            coach: true,
            aside: None,
            consent: None,
            contact: None,
            expires_at: None,
            copies: 1,
        }
    }
}

impl Invitations {
    /// Creates invitations.
    ///
    /// # Errors
    /// [`CoachError::Missing`] if no keys were set; [`CoachError::Invalid`] if a field is invalid,
    /// including a quota that does not pay for one whole turn; [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn create(&self, new: NewInvitation) -> Result<Vec<Invitation>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let links = coach.0.link_keys()?;
        new.check()?;
        let (first, _) = coach.draft(by, &new).await?;
        coach.check_quota(&new).await?;
        let width = new.copies.to_string().len();
        let invitations: Vec<Invitation> = (1..=new.copies)
            .map(|copy| {
                let id = if copy == 1 { first.id } else { InvitationId(coach.0.ids.next()) };
                let (_, link) = links.stamp(id, 1);
                let label = match new.copies {
                    1 => new.label.clone(),
                    _ => format!("{}-{copy:0width$}", new.label),
                };
                Invitation { id, label, link, ..first.clone() }
            })
            .collect();
        let audit = by.did(AuditAction::Invited, None, first.created_at);
        coach.persist(|| coach.0.stores.invite(&invitations, audit)).await?;
        Ok(invitations)
    }

    /// Returns what the participant of a new invitation would see, without saving anything.
    ///
    /// # Errors
    /// [`CoachError::Missing`] if no keys were set, [`CoachError::Invalid`] if a field is invalid,
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn preview(&self, new: &NewInvitation) -> Result<Landing, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let (invitation, scenario) = coach.draft(by, new).await?;
        coach.landing_of(LandingState::Preview, invitation, scenario).await
    }

    /// Returns one invitation in the researcher's scope.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn get(&self, id: InvitationId) -> Result<Invitation, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.managed(by, id).await
    }

    /// Revokes an invitation. A running turn still finishes; new ones are refused.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn revoke(&self, id: InvitationId) -> Result<Invitation, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.managed(by, id).await?;
        let audit = by.did(AuditAction::Revoked, None, coach.now());
        coach.persist(|| coach.0.stores.revoke(id, audit)).await?;
        coach.managed(by, id).await
    }

    /// Changes an invitation: label, title, contact, expiry, and additional tokens.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Invalid`]
    /// if a field is invalid, [`CoachError::Store`] if the store does not respond.
    pub async fn amend(&self, id: InvitationId, amend: Amend) -> Result<Invitation, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let invitation = coach.managed(by, id).await?;
        if let Some(label) = &amend.label {
            check_label(label, MAX_LABEL)?;
        }
        let amend = Amend {
            title: changed_text("title", amend.title)?,
            contact: changed_text("contact", amend.contact)?,
            ..amend
        };
        if amend.expires_at.flatten().is_some_and(|at| at <= coach.now()) {
            return Err(invalid("expiresAt", "must be in the future"));
        }
        if invitation.balance.quota.saturating_add(amend.add_tokens) > MAX_QUOTA {
            return Err(invalid(
                "addTokens",
                "the total quota must be at most 1,000,000,000,000 tokens",
            ));
        }
        let audit = by.did(AuditAction::InvitationChanged(Change::default()), None, coach.now());
        coach.0.stores.amend(id, &amend, audit).await?;
        coach.moved(Payer::Invitation(id));
        coach.managed(by, id).await
    }

    /// Replaces an invitation's link by a fresh link. The old link opens nothing any more. The guest who
    /// claimed the invitation can continue with the fresh link, once, on any device; the guest's other logins
    /// end then.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope,
    /// [`CoachError::Missing`] if no keys were set, [`CoachError::Store`] if the store does not respond.
    pub async fn fresh_link(&self, id: InvitationId) -> Result<Invitation, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let invitation = coach.managed(by, id).await?;
        let links = coach.0.link_keys()?;
        let (_, link) = links.stamp(id, invitation.link.version + 1);
        let audit = by.did(AuditAction::FreshLinkCreated, None, coach.now());
        coach.persist(|| coach.0.stores.fresh_link(id, &link, audit)).await?;
        coach.managed(by, id).await
    }

    /// Erases the data of an invitation's participant, in all of their conversations.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope or not claimed,
    /// [`CoachError::Conflict`] if the participant is a signed-in user, [`CoachError::Store`] if the store
    /// does not respond.
    pub async fn erase_participant(&self, id: InvitationId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let invitation = coach.managed(by, id).await?;
        let (user_id, _) = invitation.claimed.ok_or(CoachError::NotFound)?;
        let user = coach.0.stores.user(user_id).await?.ok_or(CoachError::NotFound)?;
        if user.role != UserRole::Guest {
            return Err(CoachError::Conflict(
                "this participant has an account; only they can delete their data",
            ));
        }
        coach.erase(by, user_id).await
    }

    /// Returns the conversations under an invitation, newest first, older than `before`.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn conversations(
        &self,
        id: InvitationId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.managed(by, id).await?;
        Ok(coach.0.stores.conversations(ConversationFilter::Invitation(id), before, limit).await?)
    }
}

impl Me {
    /// Returns the invitations that the caller has claimed, newest first.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn invitations(&self) -> Result<Vec<Invitation>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        Ok(coach.0.stores.invitations_of(by.user).await?)
    }
}

impl Coach {
    /// Returns the invitation to be created, and its fixed scenario.
    async fn draft(
        &self,
        by: &Principal,
        new: &NewInvitation,
    ) -> Result<(Invitation, Option<Scenario>), CoachError> {
        let links = self.0.link_keys()?;
        new.check_shown(self.now())?;
        let scenario = match &new.scenario {
            Some(slug) => {
                let gone = || invalid("scenario", "unknown scenario");
                Some(self.find_scenario(slug).await?.ok_or_else(gone)?)
            }
            None => None,
        };
        let aside = new.aside.unwrap_or(new.coach);
        let coaching = Coaching::new(new.coach, aside, scenario.as_ref());
        let id = InvitationId(self.0.ids.next());
        let invitation = Invitation {
            id,
            label: new.label.clone(),
            title: said(new.title.as_deref()),
            batch: id,
            link: links.stamp(id, 1).1,
            balance: Balance { quota: new.quota, used: 0, reserved: 0 },
            scenario: new.scenario.clone(),
            allow_custom_scenario: new.allow_custom_scenario,
            coach: new.coach,
            aside,
            consent: new
                .consent
                .as_ref()
                .map_or_else(|| Consent::built_in(coaching), |text| Consent::new(text.clone())),
            contact: said(new.contact.as_deref()),
            expires_at: new.expires_at,
            revoked_at: None,
            created_at: self.now(),
            created_by: by.user,
            claimed: None,
            claimed_link: 0,
        };
        Ok((invitation, scenario))
    }

    /// Returns the scenarios that an invitation's participant may choose from.
    pub(crate) async fn offered(
        &self,
        scenario: Option<&str>,
    ) -> Result<Vec<Scenario>, CoachError> {
        Ok(match scenario {
            Some(slug) => self.find_scenario(slug).await?.into_iter().collect(),
            None => self.all_scenarios().await?.into_iter().filter(|one| one.listed).collect(),
        })
    }

    /// Checks that a quota pays for one whole turn, at least of the cheapest scenario that may be chosen.
    async fn check_quota(&self, new: &NewInvitation) -> Result<(), CoachError> {
        let whole = self.cheapest_turn(new.scenario.as_deref(), new.coach).await?;
        too_few("tokenQuota", new.quota, whole)
    }

    /// Returns the cost of a whole first turn in the cheapest scenario that may be chosen; 0 if none can be
    /// priced.
    pub(crate) async fn cheapest_turn(
        &self,
        scenario: Option<&str>,
        coach: bool,
    ) -> Result<u64, CoachError> {
        let offered = self.offered(scenario).await?;
        let costs = offered.iter().filter_map(|scenario| self.turn_cost(scenario, coach));
        Ok(costs.map(|cost| cost.whole).min().unwrap_or_default())
    }

    /// Returns an invitation that the caller may manage.
    pub(crate) async fn managed(
        &self,
        by: &Principal,
        id: InvitationId,
    ) -> Result<Invitation, CoachError> {
        let found = self.0.stores.invitation(id).await?;
        let target = found.as_ref().map_or(Target::UNKNOWN, |found| self.as_target(by, found));
        self.ask(Some(by), Act::ManageInvitation, &target)?;
        found.ok_or(CoachError::NotFound)
    }

    /// Returns an invitation as a target of the caller.
    pub(crate) fn as_target(&self, by: &Principal, invitation: &Invitation) -> Target {
        let sees = self.sees(by, invitation);
        Target::invitation(invitation, if sees { Relation::InScope } else { Relation::Foreign })
    }

    /// Returns whether an invitation is in the scope of a researcher.
    pub(crate) fn sees(&self, by: &Principal, invitation: &Invitation) -> bool {
        self.scope_of(by).is_none_or(|own| invitation.created_by == own)
    }

    /// Returns the researcher whose invitations `by` is restricted to, if there is a restriction.
    pub(crate) fn scope_of(&self, by: &Principal) -> Option<UserId> {
        (self.0.settings.staff_see_own_only && by.role != UserRole::Admin).then_some(by.user)
    }

    /// Returns the token of an invitation's link; `None` if its key is not configured.
    pub fn link_token(&self, invitation: &Invitation) -> Option<String> {
        self.0.links.as_ref()?.token(invitation.id, &invitation.link)
    }
}

impl NewInvitation {
    fn check(&self) -> Result<(), CoachError> {
        if !(1..=MAX_COPIES).contains(&self.copies) {
            return Err(invalid("copies", "must be between 1 and 200"));
        }
        // The number that a copy gets takes space as well.
        let number = if self.copies == 1 { 0 } else { 1 + self.copies.to_string().len() };
        check_label(&self.label, MAX_LABEL - number)?;
        if !(1..=MAX_QUOTA).contains(&self.quota) {
            return Err(invalid("tokenQuota", "must be between 1 and 1,000,000,000,000 tokens"));
        }
        Ok(())
    }

    /// Checks the fields that participants would see.
    fn check_shown(&self, now: Timestamp) -> Result<(), CoachError> {
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err(invalid("expiresAt", "must be in the future"));
        }
        check_text("title", self.title.as_deref().unwrap_or_default(), MAX_LABEL)?;
        check_text("contact", self.contact.as_deref().unwrap_or_default(), MAX_LABEL)?;
        if let Some(consent) = &self.consent {
            check_text("consent", consent, MAX_CONSENT)?;
            if consent.chars().all(says_nothing) {
                return Err(invalid("consent", "must state what the participant agrees to"));
            }
        }
        Ok(())
    }
}
