//! A JSON body on its way in: what is wrong with it is told field by field.

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
    types::ParseFromJSON,
};
use serde_json::{Map, Value};

use crate::problem::{Failure, ProblemField};

/// What a client sent.
pub(crate) struct Sent<T>(pub(crate) T);

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
        Ok(read(&bytes)?)
    }
}

fn read<T: ParseFromJSON>(bytes: &[u8]) -> Result<Sent<T>, Failure> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|_| Failure::new(400, "bad_json", "The body is not JSON."))?;
    if !value.is_object() {
        return Err(Failure::new(400, "bad_request", "The body must be a JSON object."));
    }
    // Before it is read: the reader would take a number for a text.
    let wrong = wrong_fields::<T>(&value);
    if wrong.is_empty() {
        let read = T::parse_from_json(Some(value)).map(Sent);
        let nonsense = |_| Failure::new(400, "bad_request", "The body is not what belongs here.");
        return read.map_err(nonsense);
    }
    Err(Failure::all_invalid(wrong))
}

/// The fields that are missing or of another kind than the document says.
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

/// What a value should be, if it is something else.
fn wanted(value: &Value, kind: &MetaSchemaRef, registry: &Registry) -> Option<String> {
    let schema = match kind {
        // A kind with a name, and a description of its own beside it.
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

/// The words that a value may be, if it is another.
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
        let failure = read::<Order>(body.as_bytes()).map(|sent| sent.0).unwrap_err();
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
    fn what_is_not_known_is_ignored() {
        let sent = read::<Order>(br#"{"dishName":"Soup","plates":null,"role":"ADMIN"}"#);
        assert_eq!(sent.map(|sent| sent.0.dish_name).ok().as_deref(), Some("Soup"));
    }
}
