//! Enumerations in JSON: each is the name that its `as_str` returns.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    ErrorCode,
    conversation::{Cut, EndReason, Role, SkipReason, Status},
    live::TurnState,
    model::TurnLane,
    turn::TurnLimit,
};

macro_rules! by_name {
    ($($name:ident),+ $(,)?) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&name).ok_or_else(|| {
                    D::Error::custom(format_args!(concat!("unknown ", stringify!($name), " `{}`"), name))
                })
            }
        }
    )+};
}

by_name!(Cut, EndReason, ErrorCode, Role, SkipReason, Status, TurnLane, TurnLimit, TurnState);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_json_is_the_one_everywhere() {
        for code in ErrorCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
        }
        for lane in TurnLane::ALL {
            let json = serde_json::to_value(lane).unwrap();
            assert_eq!(serde_json::from_value::<TurnLane>(json).unwrap(), lane);
        }
        for state in TurnState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        let unknown = serde_json::from_str::<Cut>("\"tired\"").unwrap_err();
        assert!(unknown.to_string().contains("unknown Cut `tired`"), "{unknown}");
    }
}
