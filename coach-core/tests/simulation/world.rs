//! One world: the stores, models, users and conversations of one seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use coach_core::{
    conversation::{Conversation, Message},
    ids::{ConversationId, InvitationId, MessageId, UserId},
    invitation::{Consent, Invitation, LinkStamp},
    memory::MemoryStore,
    people::{Principal, UserRole, audit::AuditAction},
    ports::{Clock, ConversationStore as _, Ids as _, InvitationStore as _, SignInStore as _},
    scenario::{CoachSees, CoachWhen, Script},
    testing::{Fault, MORNING, SerialIds, contract::fixture::line},
    timestamp::Timestamp,
    turn::ledger::Balance,
};
use futures::FutureExt as _;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{client_model::ClientModel, rng::Rng, tally::Tally};

/// Part of everything that a coach says; never in a partner's request.
pub(crate) const COACH_SAYS: &str = "⟦coach⟧";
/// Part of every aside; never in a partner's request.
pub(crate) const ASKED: &str = "⟦asked⟧";

/// A seed's world. Outlives crashes.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) store: MemoryStore,
    pub(crate) ids: SerialIds,
    pub(crate) talks: Vec<Talk>,
    pub(crate) invitations: Vec<InvitationId>,
    pub(crate) per_minute: Option<u32>,
    /// Whether other processes use the same database and take over turns whose lease has expired.
    pub(crate) other_owners: bool,
    pub(crate) tokens_per_day: Option<u64>,
    /// How many of a thousand store calls fail.
    pub(crate) store_faults: u64,
    /// How many of a thousand model calls fail.
    pub(crate) model_faults: u64,
    state: Mutex<State>,
}

/// The mutable state.
#[derive(Debug)]
pub(crate) struct State {
    /// When this life began.
    pub(crate) life: (Timestamp, Option<Instant>),
    pub(crate) trace: Vec<String>,
    pub(crate) tally: Tally,
    pub(crate) broken: Option<String>,
    pub(crate) calm: bool,
    pub(crate) over: bool,
    pub(crate) outage_until: Timestamp,
    /// Until when the owners of turns cannot reach the store, while others can.
    pub(crate) owners_cut_off_until: Timestamp,
    pub(crate) models_down_until: Timestamp,
    pub(crate) model_rng: Rng,
    pub(crate) store_rng: Rng,
    /// The longest text of a growing message that any follower received.
    pub(crate) received: BTreeMap<MessageId, String>,
    pub(crate) crashed_at: Timestamp,
    /// The spent and reserved tokens of each invitation, and since when they are unchanged.
    pub(crate) spent: BTreeMap<InvitationId, (u64, u64, Timestamp)>,
    /// The messages whose end a follower received in this life, so that the engine knows them.
    pub(crate) ended: BTreeSet<MessageId>,
}

/// A conversation and its followers.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) id: ConversationId,
    pub(crate) owner: Principal,
    pub(crate) invitation: Option<InvitationId>,
    pub(crate) alone: bool,
    pub(crate) when: CoachWhen,
    pub(crate) books: Vec<Mutex<ClientModel>>,
    pub(crate) sent: Mutex<Vec<(String, String)>>,
}

/// Changes of a balance reach all followers within this time.
const STEADY: Duration = Duration::from_millis(50);

/// Returns the researcher who created the invitations and observes.
pub(crate) fn staff() -> Principal {
    Principal::new(UserId(Uuid::from_u128(9)), UserRole::Staff)
}

fn script(rng: &mut Rng) -> Script {
    let when = *rng.pick(&[
        CoachWhen::AfterPartner,
        CoachWhen::AfterPartner,
        CoachWhen::AfterUser,
        CoachWhen::AfterUser,
        CoachWhen::OnRequest,
        CoachWhen::Never,
    ]);
    let terse = rng.chance(700);
    Script {
        title: "A raise".into(),
        partner_name: "Ms Keller".into(),
        partner_prompt: "You are Ms Keller.".into(),
        partner_max_output: if terse { 120 } else { 2_500 },
        opening: rng.chance(500).then(|| "Grüezi. You wanted to talk?".into()),
        coach_prompt: "You coach.".into(),
        coach_max_output: if terse { 100 } else { 2_500 },
        coach_when: when,
        coach_sees: if rng.chance(500) { CoachSees::Both } else { CoachSees::PartnerStream },
        max_turns: rng.chance(250).then(|| u32::try_from(rng.range(2, 20)).unwrap_or(2)),
        max_seconds: rng.chance(200).then(|| u32::try_from(rng.range(60, 500)).unwrap_or(60)),
        ..Script::default()
    }
}

impl World {
    /// Creates the world of a seed.
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let mut rng = Rng::of(seed, 1);
        let (store, ids) = (MemoryStore::new(), SerialIds::default());
        let mut invitations = Vec::new();
        let mut rows = Vec::new();
        for number in 0..rng.range(1, 3) {
            let id = InvitationId(ids.next());
            let quota = *rng.pick(&[700, 3_000, 12_000, 60_000, 1_000_000, 1_000_000]);
            let expires = rng.chance(200).then(|| MORNING.after(rng.millis(60_000, 400_000)));
            rows.push(Invitation {
                id,
                label: format!("group {number}"),
                title: None,
                batch: id,
                link: LinkStamp {
                    token_hash: [u8::try_from(number).unwrap_or_default(); 32],
                    version: 1,
                    key_generation: "k".into(),
                },
                balance: Balance { quota, used: 0, reserved: 0 },
                scenario: None,
                allow_custom_scenario: false,
                coach: rng.chance(800),
                aside: rng.chance(800),
                consent: Consent::new("I agree."),
                contact: None,
                expires_at: expires,
                revoked_at: None,
                created_at: MORNING,
                created_by: staff().user,
                claimed: None,
                claimed_link: 0,
            });
            invitations.push(id);
        }
        done(store.invite(&rows, line(staff().user, AuditAction::Invited, 0)));
        done(store.local_admin(staff().user, None, MORNING));
        let mut talks = Vec::new();
        for number in 0..usize::try_from(rng.range(1, 4)).unwrap_or(1) {
            let pays = (!rng.chance(150)).then(|| rng.pick(&rows).clone());
            let owner = UserId(Uuid::from_u128(100 + number as u128));
            let script = script(&mut rng);
            let conversation = Conversation {
                invitation: pays.as_ref().map(|row| row.id),
                coach: pays.as_ref().is_none_or(|row| row.coach),
                aside: pays.as_ref().is_none_or(|row| row.aside),
                ..Conversation::new(ConversationId(ids.next()), owner, script, MORNING)
            };
            done(store.start(&conversation));
            let listeners = rng.range(1, 4);
            talks.push(Talk {
                id: conversation.id,
                owner: Principal::new(owner, UserRole::Guest),
                invitation: conversation.invitation,
                alone: true,
                when: conversation.script.coach_when,
                books: (0..listeners).map(|n| Mutex::new(ClientModel::new(number, n))).collect(),
                sent: Mutex::default(),
            });
        }
        let paid: Vec<_> = talks.iter().map(|talk| talk.invitation).collect();
        for talk in &mut talks {
            talk.alone = paid.iter().filter(|paid| **paid == talk.invitation).count() == 1;
        }
        let state = State {
            life: (MORNING, None),
            trace: Vec::new(),
            tally: Tally::default(),
            broken: None,
            calm: false,
            over: false,
            outage_until: MORNING,
            owners_cut_off_until: MORNING,
            models_down_until: MORNING,
            model_rng: Rng::of(seed, 2),
            store_rng: Rng::of(seed, 3),
            received: BTreeMap::new(),
            crashed_at: MORNING,
            spent: BTreeMap::new(),
            ended: BTreeSet::new(),
        };
        Arc::new(Self {
            seed,
            store,
            ids,
            talks,
            invitations,
            per_minute: rng.chance(300).then_some(6),
            other_owners: Rng::of(seed, 5).chance(250),
            tokens_per_day: rng.chance(100).then(|| rng.range(2_000, 20_000)),
            store_faults: *rng.pick(&[0, 0, 20, 100]),
            model_faults: *rng.pick(&[0, 200, 400, 900]),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a line of the trace.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let mut state = self.state();
        let at = state.now().since(MORNING);
        let line = format!("{:>9.3}  {}", at.as_secs_f64(), line.as_ref());
        state.trace.push(line);
    }

    pub(crate) fn count(&self, what: impl Into<String>) {
        self.state().tally.count(what);
    }

    /// Records a violated rule and stops the world.
    pub(crate) fn broke(&self, rule: &str, detail: impl AsRef<str>) {
        let line = format!("BROKEN {rule}: {}", detail.as_ref());
        self.note(&line);
        self.state().broken.get_or_insert(line);
    }

    pub(crate) fn is_over(&self) -> bool {
        let state = self.state();
        state.over || state.broken.is_some()
    }

    /// Returns the fault of the next store call. Calls delimit the steps of a world, so rules that hold at
    /// every instant are checked here.
    pub(crate) fn fault(&self, method: &'static str) -> Fault {
        self.adds_up();
        let mut state = self.state();
        if state.calm || self.store_faults == 0 {
            return Fault::None;
        }
        let now = state.now();
        let cut_off = now < state.owners_cut_off_until && matches!(method, "beat" | "finish");
        let down = now < state.outage_until || cut_off;
        let rng = &mut state.store_rng;
        let draw = rng.range(0, 1000);
        let (kind, late) = (rng.range(0, 4), rng.millis(1, 1500));
        let fault = if down {
            Fault::Before
        } else if draw < self.store_faults {
            match kind {
                0 => Fault::Before,
                1 => Fault::After,
                2 => Fault::Late(late),
                _ => Fault::LateAnswer(late),
            }
        } else {
            return Fault::None;
        };
        state.tally.count(match fault {
            Fault::Before if cut_off => "store: owner cut off",
            Fault::Before if down => "store: outage",
            Fault::Before => "store: before",
            Fault::After => "store: after",
            Fault::Late(_) => "store: late",
            Fault::LateAnswer(_) | Fault::None => "store: late answer",
        });
        drop(state);
        self.note(format!("store {method}: {fault:?}"));
        fault
    }

    /// Checks that no conversation has two open turns, and that the ledger equals the sum of its entries and
    /// reservations.
    pub(crate) fn adds_up(&self) {
        for talk in &self.talks {
            let open = self.store.open_turns(talk.id);
            if open > 1 {
                self.broke("one open turn in a conversation", format!("{}: {open}", talk.id));
            }
        }
        for id in &self.invitations {
            let sums = self.store.sums(*id);
            if sums.used != sums.entries_total || sums.reserved != sums.open_reservations {
                self.broke("the ledger adds up", format!("{sums:?}"));
            }
            let mut state = self.state();
            let now = state.now();
            let (used, held, since) = state.spent.entry(*id).or_insert((0, 0, now));
            if (*used, *held) != (sums.used, sums.reserved) {
                (*used, *held, *since) = (sums.used, sums.reserved, now);
            }
        }
    }

    /// Returns whether an invitation's tokens have been unchanged for so long that every follower must know
    /// the balance.
    pub(crate) fn is_steady(&self, invitation: Option<InvitationId>) -> bool {
        self.adds_up();
        let state = self.state();
        let spent = invitation.and_then(|id| state.spent.get(&id));
        // A failing store delays the news.
        let quiet = spent.is_some_and(|(_, _, since)| state.now().since(*since) >= STEADY);
        self.store_faults == 0 && quiet
    }

    /// Returns the finished messages on record.
    pub(crate) fn record(&self, id: ConversationId) -> Vec<Message> {
        done(self.store.messages(id, None, u32::MAX))
    }

    /// Returns a finished message on record.
    pub(crate) fn message(&self, talk: &Talk, id: MessageId) -> Option<Message> {
        done(self.store.messages_from(talk.id, id, id, 1)).pop()
    }
}

/// Returns the response of the underlying store, which never waits.
pub(crate) fn done<T>(answer: impl Future<Output = Result<T, coach_core::ports::StoreError>>) -> T {
    let answer = answer.now_or_never().and_then(Result::ok);
    answer.unwrap_or_else(|| unreachable!("the memory store responds at once"))
}

impl State {
    /// Returns tokio's time, continued from the end of the previous life.
    pub(crate) fn now(&self) -> Timestamp {
        let (began, since) = self.life;
        since.map_or(began, |since| began.after(since.elapsed()))
    }
}

/// The world's clock.
#[derive(Debug)]
pub(crate) struct WorldClock(pub(crate) Arc<World>);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.state().now()
    }
}

/// Sleeps for a while, at least a millisecond.
pub(crate) async fn pause(by: Duration) {
    tokio::time::sleep(by.max(Duration::from_millis(1))).await;
}
