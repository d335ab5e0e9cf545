//! Texts and numbers with the bounds that the document shows: length, size and characters.
//!
//! Nothing is rejected here: the core checks the values and explains what is wrong. A test compares the
//! two.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde_json::Value;

/// At least one character that is not white space, and no NUL: databases cannot store it.
const SAYS_SOMETHING: &str = r"^[^\u0000]*[^\s\u0000][^\u0000]*$";
const KEEPABLE: &str = r"^[^\u0000]*$";
const PLAIN: &str = "^[A-Za-z0-9_-]*$";

macro_rules! bounded {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $schema:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name(pub(crate) $inner);

        impl Type for $name {
            const IS_REQUIRED: bool = true;

            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                <$inner>::parse_from_json(value).map(Self).map_err(ParseError::propagate)
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                <$inner>::parse_from_parameter(value).map(Self).map_err(ParseError::propagate)
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                self.0.to_json()
            }
        }
    )+};
}

bounded! {
    /// The text of a message.
    Words(String) = text(1, 8_000, SAYS_SOMETHING);
    /// A client's name for a message.
    ClientId(String) = text(1, 64, PLAIN);
    /// An invitation's name for researchers.
    Label(String) = text(1, 200, SAYS_SOMETHING);
    /// An invitation's name for participants.
    Title(String) = text(0, 200, KEEPABLE);
    /// Part of a label or a title.
    Search(String) = text(0, 200, KEEPABLE);
    /// A consent text.
    ConsentText(String) = text(1, 20_000, SAYS_SOMETHING);
    /// Whom a participant can turn to.
    Contact(String) = text(0, 200, KEEPABLE);
    /// A note's text.
    NoteBody(String) = text(0, 10_000, KEEPABLE);
    /// A tag's name.
    TagName(String) = text(1, 40, SAYS_SOMETHING);
    /// The key of a tag.
    TagKey(String) = text(1, 1, "^[0-9a-z]$");
    /// A preset's name.
    PresetLabel(String) = text(1, 80, SAYS_SOMETHING);
    /// A point in time.
    Moment(String) = MetaSchema::new_with_format("string", "date-time");
    /// A token quota.
    Quota(u64) = number("uint64", 1.0, 1e12);
    /// A number of tokens; may be 0.
    Tokens(u64) = number("uint64", 0.0, 1e12);
    /// A number of invitations.
    Copies(u32) = number("uint32", 1.0, 200.0);
    /// The width of an image in pixels.
    Pixels(u32) = number("uint32", 128.0, 2048.0);
    /// The size of a list's page; values above 200 count as 200.
    PageSize(u32) = number("uint32", 1.0, u32::MAX.into());
    /// An upper bound of message ids.
    Before(i64) = MetaSchema {
        minimum: Some(0.0),
        ..MetaSchema::new_with_format("integer", "int64")
    };
}

fn text(least: usize, most: usize, pattern: &str) -> MetaSchema {
    MetaSchema {
        min_length: (least > 0).then_some(least),
        max_length: Some(most),
        pattern: Some(pattern.to_owned()),
        ..MetaSchema::new("string")
    }
}

fn number(format: &'static str, least: f64, most: f64) -> MetaSchema {
    MetaSchema {
        minimum: Some(least),
        maximum: Some(most),
        ..MetaSchema::new_with_format("integer", format)
    }
}
