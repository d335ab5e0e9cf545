//! The OpenAPI document: what the service says of itself, and what the service leaves out.

use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

/// What `service` says of itself; logins are in a cookie of this name.
pub(super) fn described<T: OpenApi>(service: &OpenApiService<T, ()>, cookie: &str) -> Value {
    let mut document: Value = serde_json::from_str(&service.spec()).unwrap_or_default();
    document["components"]["securitySchemes"]["login"]["name"] = cookie.into();
    let bodies = bodies(&document);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for name in bodies {
            let fields = schemas.get_mut(&name).and_then(Value::as_object_mut);
            fields.map(let_be_null);
        }
    }
    bound(&mut document);
    document
}

pub(super) fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// A plain page that lists the operations; the document itself says the rest.
pub(super) fn page(document: &Value) -> String {
    let mut rows = String::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let summary = operation["summary"].as_str().unwrap_or_default();
            let method = method.to_uppercase();
            rows += &format!("<tr><td>{method}<td><code>{path}</code><td>{summary}</tr>");
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><title>Conversation Coach: API</title><h1>API</h1><p>The whole \
         description is an OpenAPI document: <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>\
         <table>{rows}</table></html>"
    )
}

/// The names of all bodies that clients send.
fn bodies(document: &Value) -> Vec<String> {
    let operations = |path: &Value| path.as_object().cloned().unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flatten();
    let contents = paths
        .flat_map(|(_, path)| operations(path))
        .filter_map(|(_, operation)| operation["requestBody"]["content"].as_object().cloned());
    let name =
        |media: &Value| media["schema"]["$ref"].as_str()?.rsplit('/').next().map(ToOwned::to_owned);
    contents.flat_map(|content| content.values().filter_map(name).collect::<Vec<_>>()).collect()
}

/// What a client may leave out, it may also send as `null`.
fn let_be_null(body: &mut Map<String, Value>) {
    let required = body.get("required").cloned().unwrap_or_default();
    let required =
        |name: &String| required.as_array().is_some_and(|all| all.contains(&json!(name)));
    let fields = body.get_mut("properties").and_then(Value::as_object_mut);
    for (_, field) in fields.into_iter().flatten().filter(|(name, _)| !required(name)) {
        field["nullable"] = true.into();
    }
}

/// What a number's format says is said in numbers too, for readers who do not know the format.
fn bound(value: &mut Value) {
    let bounds = match value["format"].as_str() {
        Some("uint32") => Some((json!(0), json!(u32::MAX))),
        Some("uint64") => Some((json!(0), json!(u64::MAX))),
        Some("int64") => Some((json!(i64::MIN), json!(i64::MAX))),
        _ => None,
    };
    if let (Some((least, most)), Some(schema)) = (bounds, value.as_object_mut()) {
        schema.entry("minimum").or_insert(least);
        schema.entry("maximum").or_insert(most);
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(bound),
        Value::Array(items) => items.iter_mut().for_each(bound),
        _ => {}
    }
}
