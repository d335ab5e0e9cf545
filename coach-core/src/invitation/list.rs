//! Lists of invitations for researchers: searched, filtered, sorted, counted, and their links in one file.
//!
//! Stores run the queries; this module decides who may see what, how pages continue, and what the parameters
//! of a list mean.

use std::{fmt, str::FromStr};

use super::{
    fields::{check_text, invalid},
    record::{Invitation, InvitationStatus, TurnMinimums},
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Invitations,
    ids::InvitationId,
    people::{Principal, audit::AuditAction, policy::Act},
    ports::{InvitationCount, InvitationFilter, InvitationOrder},
};

/// The longest search text, in characters.
const MAX_SEARCH: usize = 200;

/// The maximum number of links in one file.
const MAX_LINKS: usize = 10_000;

/// How many invitations are read at once for a file.
const AT_ONCE: u32 = 500;

/// Which invitations a researcher wants to see, and in which order.
#[derive(Clone, Debug, Default)]
pub struct ListInvitations {
    /// Part of a label or a title, ignoring case.
    pub search: Option<String>,
    /// Only those with this status.
    pub status: Option<InvitationStatus>,
    /// Only those created in the same batch as this one.
    pub batch: Option<InvitationId>,
    /// The order.
    pub sort: InvitationSort,
    /// The cursor of the previous page.
    pub after: Option<InvitationCursor>,
    /// The invitations whose participant has a conversation open, which only the host knows.
    pub live: Vec<InvitationId>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvitationSort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By label.
    Label,
    /// Those with an open conversation first, then newest first.
    Live,
}

/// The end of a page, from which the next one continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationCursor {
    /// The last invitation of the page.
    last: InvitationId,
    /// For [`InvitationSort::Live`]: whether the last one had a conversation open.
    live: bool,
}

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InvitationList {
    /// The invitations, with their status.
    pub items: Vec<(Invitation, InvitationStatus)>,
    /// How many match on all pages, and how many exist without the filter.
    pub count: InvitationCount,
    /// The cursor of the next page, if there is one.
    pub next: Option<InvitationCursor>,
}

/// An invitation's link, to hand out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InvitationLink {
    /// The invitation.
    pub invitation: Invitation,
    /// Its status.
    pub status: InvitationStatus,
    /// The link's token; `None` if its key is no longer configured.
    pub token: Option<String>,
}

impl Invitations {
    /// Returns a page of the invitations in the researcher's scope.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if the search text is too long or the cursor is not of this list;
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn list(
        &self,
        wanted: &ListInvitations,
        limit: u32,
    ) -> Result<InvitationList, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let filter = coach.filter(by, wanted).await?;
        let (items, next) = coach.page(&filter, wanted.sort, wanted.after, limit).await?;
        let count = coach.0.stores.count_invitations(&filter).await?;
        Ok(InvitationList { items: coach.managed_rows(by, items), count, next })
    }

    /// Returns the links of all invitations in a list. Adds an audit entry first, because a link lets its
    /// holder spend the invitation's tokens.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] as for [`Invitations::list`], and for more than 10,000 links.
    pub async fn links(&self, wanted: &ListInvitations) -> Result<Vec<InvitationLink>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let filter = coach.filter(by, wanted).await?;
        let (mut links, mut after) = (Vec::new(), None);
        loop {
            let (items, next) = coach.page(&filter, wanted.sort, after, AT_ONCE).await?;
            let items = coach.managed_rows(by, items);
            links.extend(items.into_iter().map(|(invitation, status)| InvitationLink {
                token: coach.link_token(&invitation),
                invitation,
                status,
            }));
            if links.len() > MAX_LINKS {
                return Err(invalid("search", "matches more than 10,000 links; narrow the search"));
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        let action = AuditAction::LinksDownloaded(links.len() as u64);
        coach.0.audit_log()?.note(by.did(action, None, coach.now())).await?;
        Ok(links)
    }
}

impl Coach {
    /// Returns the status of an invitation that researchers see.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn invitation_status(
        &self,
        invitation: &Invitation,
        live: bool,
    ) -> Result<InvitationStatus, CoachError> {
        Ok(invitation.status(self.now(), live, &self.turn_minimums().await?))
    }

    /// Returns the statuses of invitations, in their order; `live` says whose participant has a conversation open.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn invitation_statuses(
        &self,
        invitations: &[Invitation],
        live: impl Fn(&Invitation) -> bool,
    ) -> Result<Vec<InvitationStatus>, CoachError> {
        let (now, minimums) = (self.now(), self.turn_minimums().await?);
        let status = |one: &Invitation| one.status(now, live(one), &minimums);
        Ok(invitations.iter().map(status).collect())
    }

    /// Returns the minimum number of tokens for a turn, by scenario.
    pub(crate) async fn turn_minimums(&self) -> Result<TurnMinimums, CoachError> {
        let scenarios = self.all_scenarios().await?;
        let costs = scenarios.iter().filter_map(|scenario| {
            // The coach's tokens are not required: if they do not fit, only its comment is skipped.
            let cost = self.turn_cost(scenario, false)?;
            Some((scenario, cost.whole))
        });
        let costs: Vec<_> = costs.collect();
        let listed = costs.iter().filter(|(scenario, _)| scenario.listed);
        Ok(TurnMinimums {
            any: listed.map(|(_, smallest)| *smallest).min().unwrap_or(1),
            of: costs.iter().map(|(scenario, cost)| (scenario.slug.clone(), *cost)).collect(),
        })
    }

    /// Returns the rows that the caller may manage.
    fn managed_rows(
        &self,
        by: &Principal,
        mut rows: Vec<(Invitation, InvitationStatus)>,
    ) -> Vec<(Invitation, InvitationStatus)> {
        rows.retain(|(row, _)| self.lists(by, Act::ManageInvitation, &self.as_target(by, row)));
        rows
    }

    async fn filter(
        &self,
        by: &Principal,
        wanted: &ListInvitations,
    ) -> Result<InvitationFilter, CoachError> {
        let search = wanted.search.as_deref().map(str::trim).filter(|search| !search.is_empty());
        check_text("search", search.unwrap_or_default(), MAX_SEARCH)?;
        Ok(InvitationFilter {
            by: self.scope_of(by),
            batch: wanted.batch,
            search: search.map(str::to_lowercase),
            status: wanted.status,
            live: wanted.live.clone(),
            not_live: false,
            minimums: self.turn_minimums().await?,
            at: self.now(),
        })
    }

    async fn page(
        &self,
        filter: &InvitationFilter,
        sort: InvitationSort,
        after: Option<InvitationCursor>,
        limit: u32,
    ) -> Result<(Vec<(Invitation, InvitationStatus)>, Option<InvitationCursor>), CoachError> {
        let most = limit.saturating_add(1);
        let last = after.map(|after| after.last);
        let mut rows = match sort {
            InvitationSort::Newest => {
                self.rows(filter, InvitationOrder::Newest(last), most).await?
            }
            InvitationSort::Oldest => {
                self.rows(filter, InvitationOrder::Oldest(last), most).await?
            }
            InvitationSort::Label => {
                let last = match last {
                    None => None,
                    Some(id) => {
                        let row = self.0.stores.invitation(id).await?;
                        let gone = || invalid("cursor", "not a cursor of this list");
                        Some((row.ok_or_else(gone)?.search_text(), id))
                    }
                };
                self.rows(filter, InvitationOrder::Label(last), most).await?
            }
            InvitationSort::Live => self.live_first(filter, after, most).await?,
        };
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let live = |id: InvitationId| filter.live.contains(&id);
        let last = rows.last().filter(|_| more).map(|row| row.id);
        let next = last.map(|last| InvitationCursor {
            last,
            live: sort == InvitationSort::Live && live(last),
        });
        let status = |row: &Invitation| row.status(filter.at, live(row.id), &filter.minimums);
        let items = rows.into_iter().map(|row| {
            let status = status(&row);
            (row, status)
        });
        Ok((items.collect(), next))
    }

    /// Returns those with an open conversation, then the others, each newest first.
    async fn live_first(
        &self,
        filter: &InvitationFilter,
        after: Option<InvitationCursor>,
        most: u32,
    ) -> Result<Vec<Invitation>, CoachError> {
        let (first, then) = match after {
            Some(InvitationCursor { last, live: false }) => (None, Some(last)),
            Some(InvitationCursor { last, live: true }) => (Some(Some(last)), None),
            None => (Some(None), None),
        };
        let mut rows = Vec::new();
        let any_live = filter.status.is_none_or(|status| status == InvitationStatus::Live);
        if let Some(before) = first.filter(|_| any_live) {
            let live = InvitationFilter { status: Some(InvitationStatus::Live), ..filter.clone() };
            rows = self.rows(&live, InvitationOrder::Newest(before), most).await?;
        }
        let rest = most - u32::try_from(rows.len()).unwrap_or(most);
        if rest > 0 {
            let others = InvitationFilter { not_live: true, ..filter.clone() };
            rows.extend(self.rows(&others, InvitationOrder::Newest(then), rest).await?);
        }
        Ok(rows)
    }

    async fn rows(
        &self,
        filter: &InvitationFilter,
        order: InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, CoachError> {
        Ok(self.0.stores.invitations(filter, &order, limit).await?)
    }
}

impl fmt::Display for InvitationCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.live { "live." } else { "" }, self.last)
    }
}

impl FromStr for InvitationCursor {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let id = text.strip_prefix("live.");
        Ok(Self { last: id.unwrap_or(text).parse()?, live: id.is_some() })
    }
}

impl InvitationSort {
    /// Parses a sort's name: `newest`, `oldest`, `label` or `live`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "newest" => Self::Newest,
            "oldest" => Self::Oldest,
            "label" => Self::Label,
            "live" => Self::Live,
            _ => return None,
        })
    }
}
