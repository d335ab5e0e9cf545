//! What may be asked of a store next.

use std::time::Duration;

use coach_core::{
    conversation::{EndReason, SkipReason, Status},
    model::TurnLane,
    people::UserRole,
    ports::{CoachReservation, HostLimits, NextStep, TurnReservations},
    turn::ledger::ReservedTokens,
};

use super::world::World;

/// One call, in terms that mean the same in every store: rooms, invitations and users by number, attempts counted back
/// from the newest.
#[derive(Clone, Debug)]
pub(super) struct Action {
    /// Seconds since the start.
    pub(super) at: u64,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Start {
        owner: u64,
        invitation: Option<u8>,
        allowance: bool,
    },
    Accept {
        room: usize,
        turn: u64,
        words: u64,
        client: Option<u64>,
        reservations: TurnReservations,
        limits: HostLimits,
        lease: Duration,
    },
    Retry {
        room: usize,
        attempt: u64,
        back: usize,
        reservations: TurnReservations,
        lease: Duration,
    },
    Beat {
        room: usize,
        back: usize,
        stale: bool,
        words: Option<u64>,
        renews: bool,
        lease: Duration,
    },
    Finish {
        room: usize,
        back: usize,
        stale: bool,
        status: Status,
        tokens: Option<u64>,
        then: NextStep,
        ends: Option<EndReason>,
        lease: Duration,
    },
    Stop {
        room: usize,
    },
    End {
        room: usize,
        reason: EndReason,
    },
    Seen {
        room: usize,
        back: usize,
        share: u64,
    },
    Recover {
        everything: bool,
        except: Option<usize>,
    },
    LowerCeiling {
        room: usize,
    },
    Reserve {
        call: u64,
        room: Option<usize>,
        payer: Payer,
        tokens: u64,
        limits: HostLimits,
        lease: Duration,
    },
    Raise {
        call: u64,
        tokens: u64,
        limits: HostLimits,
    },
    Settle {
        call: u64,
        tokens: Option<u64>,
    },
    Claim {
        invitation: u8,
        user: u64,
        new_guest: bool,
    },
    Reclaim {
        invitation: u8,
        version: u32,
    },
    Amend {
        invitation: u8,
        tokens: u64,
        expires: Option<Option<u64>>,
    },
    FreshLink {
        invitation: u8,
        version: u32,
    },
    Revoke {
        invitation: u8,
    },
    SignIn {
        subject: u64,
        user: u64,
        promote: bool,
    },
    Link {
        user: u64,
        subject: u64,
    },
    Move {
        guest: u64,
        to: u64,
    },
    Role {
        user: u64,
        role: UserRole,
    },
    Disable {
        user: u64,
        disabled: bool,
    },
    Erase {
        user: u64,
    },
    Allowance {
        tokens: u64,
    },
    Look {
        room: usize,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Payer {
    Invitation(u8),
    Allowance(u64),
    Unlimited,
}

pub(super) const INVITATIONS: u8 = 4;
pub(super) const USERS: u64 = 5;
const SUBJECTS: u64 = 3;

/// A lease that outlives the test, and one that is over at once: no answer depends on a clock.
const LEASES: [Duration; 4] = [
    Duration::from_secs(3600),
    Duration::from_secs(3600),
    Duration::from_secs(3600),
    Duration::ZERO,
];

/// Chooses actions by a seed.
#[derive(Debug)]
pub(super) struct Chooser {
    state: u64,
    at: u64,
    /// The number of attempts and calls so far.
    ids: u64,
    recent: Vec<Action>,
}

impl Chooser {
    pub(super) fn of(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), at: 0, ids: 0, recent: Vec::new() }
    }

    /// `SplitMix64`.
    fn number(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.number(100) < percent
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.number(among.len() as u64) as usize]
    }

    fn index(&mut self, below: usize) -> usize {
        self.number(below as u64) as usize
    }

    fn maybe<T>(&mut self, percent: u64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| value(self))
    }

    /// Returns the next action, often a repeated one, because answers get lost.
    pub(super) fn next(&mut self, world: &World) -> Action {
        if let Some(repeated) = self.maybe(8, |chooser| chooser.recent.pop()).flatten() {
            return repeated;
        }
        self.at += if self.chance(2) { 20_000 } else { self.number(30) };
        let action = Action { at: self.at, what: self.what(world) };
        self.recent.push(action.clone());
        self.recent.drain(..self.recent.len().saturating_sub(4));
        action
    }

    fn what(&mut self, world: &World) -> What {
        let room = self.index(world.rooms.len());
        let back = if self.chance(85) { 0 } else { self.index(3) };
        let stale = self.chance(7);
        let lease = self.pick(&LEASES);
        let invitation = 1 + self.number(u64::from(INVITATIONS)) as u8;
        let user = 1 + self.number(USERS);
        self.ids += 1;
        match self.number(100) {
            0..24 => What::Accept {
                room,
                turn: self.ids,
                words: self.number(2),
                client: self.maybe(60, |chooser| chooser.number(8)),
                reservations: self.reservations(),
                limits: self.limits(),
                lease,
            },
            24..30 => What::Retry {
                room,
                attempt: self.ids,
                back,
                reservations: self.reservations(),
                lease,
            },
            30..38 => What::Beat {
                room,
                back,
                stale,
                words: self.maybe(80, |chooser| chooser.number(9)),
                renews: self.maybe(50, |_| ()).is_some(),
                lease,
            },
            38..62 => {
                let status = self.pick(&[
                    Status::Complete,
                    Status::Complete,
                    Status::Stopped,
                    Status::Interrupted,
                    Status::Failed,
                ]);
                let then = self.then(world.rooms[room].attempt(back).map(|attempt| attempt.lane));
                let ends = self
                    .maybe(4, |chooser| chooser.pick(&[EndReason::MaxTurns, EndReason::MaxTime]));
                What::Finish { room, back, stale, status, tokens: self.tokens(), then, ends, lease }
            }
            62..65 => What::Stop { room },
            65..67 => {
                What::End { room, reason: self.pick(&[EndReason::Participant, EndReason::Staff]) }
            }
            67..69 => What::Seen { room, back, share: self.number(120) },
            69..73 => What::Recover {
                everything: self.chance(30),
                except: self.maybe(30, |chooser| chooser.index(world.rooms.len())),
            },
            73..74 => What::LowerCeiling { room },
            74..78 => What::Reserve {
                call: self.ids,
                room: self.maybe(60, |_| room),
                payer: self.pick(&[
                    Payer::Invitation(invitation),
                    Payer::Allowance(user),
                    Payer::Unlimited,
                ]),
                tokens: 1 + self.number(200),
                limits: self.limits(),
                lease,
            },
            78..80 => {
                What::Raise { call: self.call(), tokens: self.number(300), limits: self.limits() }
            }
            80..83 => What::Settle { call: self.call(), tokens: self.tokens() },
            83..85 => What::Claim { invitation, user, new_guest: self.chance(60) },
            85..86 => What::Reclaim { invitation, version: 1 + self.number(3) as u32 },
            86..88 => What::Amend {
                invitation,
                tokens: self.number(400),
                expires: self.maybe(20, |chooser| {
                    chooser.maybe(50, |chooser| chooser.at + chooser.number(100))
                }),
            },
            88..89 => What::FreshLink { invitation, version: 2 + self.number(2) as u32 },
            89..90 => {
                if self.chance(30) {
                    What::Revoke { invitation }
                } else {
                    What::Look { room }
                }
            }
            90..92 => {
                What::SignIn { subject: self.number(SUBJECTS), user, promote: self.chance(15) }
            }
            92..93 => What::Link { user, subject: self.number(SUBJECTS) },
            93..94 => What::Move { guest: user, to: 1 + self.number(USERS) },
            94..95 => What::Role {
                user,
                role: self.pick(&[UserRole::User, UserRole::Staff, UserRole::Admin]),
            },
            95..96 => What::Disable { user, disabled: self.chance(50) },
            96..97 => {
                if self.chance(50) {
                    What::Erase { user }
                } else {
                    What::Look { room }
                }
            }
            97..98 => What::Allowance { tokens: self.number(2_000) },
            98..99 => What::Look { room },
            _ => What::Start {
                owner: user,
                invitation: self.maybe(70, |_| invitation),
                allowance: self.chance(50),
            },
        }
    }

    /// Returns the number of a call that may have been made.
    fn call(&mut self) -> u64 {
        let back = self.number(60);
        self.ids.saturating_sub(back)
    }

    fn tokens(&mut self) -> Option<u64> {
        self.maybe(85, |chooser| chooser.number(90))
    }

    fn reserved(&mut self) -> ReservedTokens {
        ReservedTokens { input: 1 + self.number(60), output: self.number(40) }
    }

    fn reservations(&mut self) -> TurnReservations {
        let (partner, other) = (self.reserved(), self.reserved());
        let coach = match self.number(10) {
            0..6 => CoachReservation::After(other),
            6..8 => CoachReservation::Before(other),
            8 => CoachReservation::Skipped(SkipReason::Off),
            _ => CoachReservation::Spoken,
        };
        match self.number(10) {
            0..8 => TurnReservations::Turn { partner, coach },
            8 => TurnReservations::Aside(other),
            _ => TurnReservations::Comment(other),
        }
    }

    fn limits(&mut self) -> HostLimits {
        HostLimits {
            draining: self.chance(2),
            per_minute: self.maybe(10, |_| 3),
            tokens_per_day: self.maybe(15, |chooser| 500 + chooser.number(2_000)),
        }
    }

    /// Returns what may follow an answer in this lane; sometimes what cannot.
    fn then(&mut self, lane: Option<TurnLane>) -> NextStep {
        let fitting = match lane {
            Some(TurnLane::Partner) => NextStep::Speak(TurnLane::Coach),
            _ => NextStep::Close,
        };
        match self.number(10) {
            0..7 => fitting,
            7 => NextStep::Skip(self.pick(&[
                SkipReason::Stopped,
                SkipReason::Failed,
                SkipReason::Quota,
            ])),
            8 => NextStep::Speak(TurnLane::Partner),
            _ => NextStep::Close,
        }
    }
}
