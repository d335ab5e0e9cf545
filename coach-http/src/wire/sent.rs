//! Strict reading of requests: a JSON body, of which every wrong field is named, and query parameters.
//!
//! Errors are held back until the caller's permission is known: callers without it learn nothing about the
//! shape of a request.

use std::borrow::Cow;

use coach_core::CoachError;
use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, ParseFromParameter, ParseResult, Type},
};
use serde_json::{Map, Value};

use crate::problem::{Failure, ProblemField};

/// A JSON body, or why it is invalid.
pub(crate) struct Sent<T>(Result<T, Failure>);

impl<T> Sent<T> {
    /// Returns the body, for operations that the caller's role alone permits.
    pub(crate) fn read(self) -> Result<T, Failure> {
        self.0
    }

    /// Returns the body; a missing permission is answered before an invalid body.
    pub(crate) async fn after(
        self,
        right: impl Future<Output = Result<(), CoachError>>,
    ) -> Result<T, Failure> {
        after(right, self.0).await
    }
}

/// Returns the `shape`; checks the permission `right` first if the shape is invalid. A valid shape needs no
/// check here: the operation makes its own.
pub(crate) async fn after<T>(
    right: impl Future<Output = Result<(), CoachError>>,
    shape: Result<T, Failure>,
) -> Result<T, Failure> {
    if shape.is_err() {
        right.await?;
    }
    shape
}

/// A query parameter that is read after the permission is known.
#[derive(Clone, Debug)]
pub(crate) struct Late<T>(Option<T>);

impl<T> Late<T> {
    /// Returns the value of the parameter `name`, if it was sent.
    pub(crate) fn read(sent: Option<Self>, name: &'static str) -> Result<Option<T>, Failure> {
        let wrong = || Failure::invalid(name, NOT_A_VALUE);
        sent.map(|late| late.0.ok_or_else(wrong)).transpose()
    }
}

/// The message about a parameter that cannot be read.
pub(crate) const NOT_A_VALUE: &str = "has the wrong shape";

impl<T: Type> Type for Late<T> {
    const IS_REQUIRED: bool = T::IS_REQUIRED;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: ParseFromParameter> ParseFromParameter for Late<T> {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        Ok(Self(T::parse_from_parameter(value).ok()))
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Sent<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: Json::<T>::CONTENT_TYPE,
                schema: Json::<T>::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let bytes = body.take()?.into_vec().await?;
        Ok(Self(read(&bytes)))
    }
}

fn read<T: ParseFromJSON>(bytes: &[u8]) -> Result<T, Failure> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|_| Failure::new(400, "bad_json", "The body is not JSON."))?;
    if !value.is_object() {
        return Err(Failure::new(400, "bad_request", "The body must be a JSON object."));
    }
    // The reader itself would take a number for a text.
    let wrong = wrong_fields::<T>(&value);
    if wrong.is_empty() {
        let shape = |_| Failure::new(400, "bad_request", "The request body has the wrong shape.");
        return T::parse_from_json(Some(value)).map_err(shape);
    }
    Err(Failure::all_invalid(wrong))
}

/// Returns the fields that are missing or have another type than the document says.
fn wrong_fields<T: ParseFromJSON>(object: &Value) -> Vec<ProblemField> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let Some(schema) = registry.schemas.get(T::name().as_ref()) else { return Vec::new() };
    let mut wrong = Vec::new();
    for (name, kind) in &schema.properties {
        match object.get(*name).filter(|value| !value.is_null()) {
            None if schema.required.contains(name) => {
                wrong.push(ProblemField::new(*name, "is missing"));
            }
            None => {}
            Some(value) => {
                if let Some(wanted) = wanted(value, kind, &registry) {
                    wrong.push(ProblemField::new(*name, format!("must be {wanted}")));
                }
            }
        }
    }
    wrong
}

/// Returns what a value should be, if it is something else.
fn wanted(value: &Value, kind: &MetaSchemaRef, registry: &Registry) -> Option<String> {
    let schema = match kind {
        // A named schema with a description of its own beside it.
        MetaSchemaRef::Inline(schema) if !schema.all_of.is_empty() => {
            return wanted(value, &schema.all_of[0], registry);
        }
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => return word(value, registry.schemas.get(name)?),
    };
    let (fits, wanted) = match (schema.ty, schema.format) {
        ("string", Some("uuid")) => {
            let id = value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok());
            (id, "an id")
        }
        ("string", _) => (value.is_string(), "a text"),
        ("boolean", _) => (value.is_boolean(), "true or false"),
        ("integer", Some("uint32")) => {
            let fits = value.as_u64().is_some_and(|number| u32::try_from(number).is_ok());
            (fits, "a whole number, 0 or more")
        }
        ("integer", Some("uint64")) => (value.is_u64(), "a whole number, 0 or more"),
        ("integer", _) => (value.is_i64(), "a whole number"),
        ("object", _) => (texts(value, schema), "an object of texts"),
        _ => (true, ""),
    };
    (!fits).then(|| wanted.to_owned())
}

/// Returns the accepted words, if the value is not one of them.
fn word(value: &Value, schema: &MetaSchema) -> Option<String> {
    if schema.enum_items.is_empty() || schema.enum_items.contains(value) {
        return None;
    }
    let words: Vec<_> = schema.enum_items.iter().filter_map(Value::as_str).collect();
    Some(format!("one of {}", words.join(", ")))
}

fn texts(value: &Value, schema: &MetaSchema) -> bool {
    let all_texts = |object: &Map<String, Value>| object.values().all(Value::is_string);
    value
        .as_object()
        .is_some_and(|object| schema.additional_properties.is_none() || all_texts(object))
}

#[cfg(test)]
mod tests {
    use poem_openapi::Object;

    use super::*;

    #[derive(Debug, Object)]
    #[oai(rename_all = "camelCase")]
    struct Order {
        dish_name: String,
        plates: Option<u32>,
        table: Option<uuid::Uuid>,
    }

    fn refused(body: &str) -> String {
        let failure = read::<Order>(body.as_bytes()).unwrap_err();
        let body = failure.answer(None).into_body().into_string();
        let answer: Value =
            serde_json::from_str(&futures::executor::block_on(body).unwrap()).unwrap();
        format!("{} {}", answer["code"].as_str().unwrap(), answer["detail"].as_str().unwrap())
    }

    #[test]
    fn every_wrong_field_is_named() {
        assert_eq!(refused("{"), "bad_json The body is not JSON.");
        assert_eq!(refused("[1]"), "bad_request The body must be a JSON object.");
        assert_eq!(
            refused(r#"{"plates":-1,"table":"x"}"#),
            "invalid dishName: is missing; plates: must be a whole number, 0 or more; \
             table: must be an id"
        );
        for plates in ["1.5", "\"5\"", "4294967296", "{}"] {
            let body = format!(r#"{{"dishName":"Soup","plates":{plates}}}"#);
            assert!(refused(&body).starts_with("invalid plates: must be"), "{plates}");
        }
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let sent = read::<Order>(br#"{"dishName":"Soup","plates":null,"role":"ADMIN"}"#);
        assert_eq!(sent.map(|sent| sent.dish_name).ok().as_deref(), Some("Soup"));
    }
}
