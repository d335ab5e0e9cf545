//! A turn: the participant's message, the partner's reply, the coach's comment.
//!
//! A turn belongs to the engine, not to a socket: a follower that leaves does not stop it, and one that
//! arrives receives the text so far. This module does not know who follows.

mod end;
mod estimate;
mod guard;
mod idle_rooms;
mod keep;
mod known_costs;
mod lease;
mod leases;
pub mod ledger;
mod leg_result;
mod load;
mod open;
mod pulse;
mod quota;
mod relay;
mod remote;
mod reservations;
mod say;
mod speak;
mod tally;
mod turns_left;
mod wakes;

pub use estimate::{ConversationCost, Estimate};
pub(crate) use known_costs::KnownCosts;
pub(crate) use leases::Leases;
pub use load::Load;
pub use open::Kept;
pub(crate) use pulse::Heartbeats;
pub(crate) use say::check_client_id;
pub use say::{MAX_SCALARS, Say};
pub use tally::TurnEnd;
pub(crate) use tally::TurnTally;
pub use turns_left::{Funds, TurnCost, TurnLimit};
