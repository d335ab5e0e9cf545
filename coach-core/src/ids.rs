//! The ids of domain objects: one type for each kind, so that they cannot be confused.
//!
//! New ids come from the `Ids` port, never from here.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::model::Lane;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// One practice conversation.
    ConversationId,
    /// One invitation: a capability link with a token quota.
    InvitationId,
    /// A user, signed in or a guest.
    UserId,
    /// One turn, or one aside: a row of the same table.
    TurnId,
    /// The tokens reserved for one model call.
    ReservationId,
    /// A quota preset.
    PresetId,
    /// A researcher's note.
    NoteId,
    /// A tag that researchers put on notes.
    TagId,
    /// One observation by one researcher, from its beginning to its end.
    LookId,
}

/// A message of any conversation. Ids ascend with time and are never reused, not even after erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub i64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An entry of the ledger. Ids ascend in the order in which entries became durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

impl ReservationId {
    /// Returns the id of the call that an attempt at a turn makes in a lane: the same in every store.
    pub fn of(attempt: TurnId, lane: impl Into<Lane>) -> Self {
        let lane = lane.into();
        // Version 8 UUID; the lane goes into bits that neither a v7 counter nor a small number uses.
        let lane = Lane::ALL.iter().position(|one| *one == lane).unwrap_or_default() as u128;
        let bits = (attempt.0.as_u128() & !(0xf << 76)) | (0x8 << 76);
        Self(Uuid::from_u128(bits ^ ((lane + 1) << 72)))
    }
}
