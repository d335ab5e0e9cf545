//! The known fields of a client frame, extracted from a fully parsed JSON object.
//!
//! Stricter than JSON where JSON is ambiguous: duplicate fields, at any depth, and numbers out of range are
//! refused. Unknown content is not stored, so a large frame costs no more memory than its text.

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// A client frame before validation.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) kind: Field,
    pub(super) content: Field,
    pub(super) client_id: Field,
    pub(super) message_id: Field,
    pub(super) how: Field,
    pub(super) share: Field,
    pub(super) ms: Field,
}

/// The value of a field.
#[derive(Debug, Default)]
pub(super) enum Field {
    #[default]
    Absent,
    Text(String),
    Number(i64),
    Other,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                each(map, |name, value| match name {
                    "type" => fields.kind = value,
                    "content" => fields.content = value,
                    "clientId" => fields.client_id = value,
                    "messageId" => fields.message_id = value,
                    "how" => fields.how = value,
                    "share" => fields.share = value,
                    "ms" => fields.ms = value,
                    _ => {}
                })?;
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Field, E> {
                Ok(Field::Text(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Field, E> {
                Ok(Field::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Field, E> {
                Ok(i64::try_from(number).map_or(Field::Other, Field::Number))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Field, E> {
                // Integers with hundreds of digits arrive here too.
                if number.abs() > u64::MAX as f64 {
                    return Err(E::custom("number out of range"));
                }
                Ok(Field::Other)
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Field, E> {
                Ok(Field::Other)
            }

            fn visit_unit<E: Error>(self) -> Result<Field, E> {
                Ok(Field::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Field, A::Error> {
                while items.next_element::<Field>()?.is_some() {}
                Ok(Field::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
                each(map, |_, _| ())?;
                Ok(Field::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Reads an object and refuses duplicate fields.
fn each<'de, A: MapAccess<'de>>(
    mut map: A,
    mut take: impl FnMut(&str, Field),
) -> Result<(), A::Error> {
    let mut names = BTreeSet::new();
    while let Some(name) = map.next_key::<String>()? {
        take(&name, map.next_value()?);
        if !names.insert(name) {
            return Err(A::Error::custom("duplicate field"));
        }
    }
    Ok(())
}
