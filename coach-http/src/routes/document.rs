//! The OpenAPI document: what the service derives from the routes, and what has to be added.

use poem_openapi::{OpenApi, OpenApiService, Tags as _};
use serde_json::{Map, Value, json};

use super::{answers, examples, tags::Tag};
use crate::page::escaped;

/// Returns the document of `service`, with logins in a cookie named `cookie`.
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
    describe_responses(&mut document);
    sort_tags(&mut document);
    answers::add(&mut document);
    examples::add(&mut document);
    document
}

pub(super) fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// Returns a plain page that lists the operations by group. The document has the details.
pub(super) fn page(document: &Value) -> String {
    let (mut index, mut groups) = (String::new(), String::new());
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let about = escaped(tag["description"].as_str().unwrap_or_default());
        let rows = rows(document, name);
        index += &format!("<li><a href=\"#{name}\">{name}</a></li>");
        groups += &format!(
            "<section><h2 id=\"{name}\">{name}</h2><p>{about}</p><table><thead><tr><th scope=\"col\">Method\
             </th><th scope=\"col\">Path</th><th scope=\"col\">Operation</th><th scope=\"col\">What it does\
             </th></tr></thead><tbody>{rows}</tbody></table></section>"
        );
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>API · Conversation Coach</title></head><body><main><h1>API</h1><p>Parameters, bodies, answers \
         and examples are in the OpenAPI document: <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>\
         <ul>{index}</ul>{groups}</main></body></html>"
    )
}

/// Returns a table row for each operation of a group.
fn rows(document: &Value, tag: &str) -> String {
    let mut rows = String::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if operation["tags"][0] != tag {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap_or_default();
            let summary = escaped(operation["summary"].as_str().unwrap_or_default());
            let method = method.to_uppercase();
            rows += &format!(
                "<tr id=\"{id}\"><td>{method}</td><td><code>{path}</code></td><td>{id}</td><td>{summary}</td></tr>"
            );
        }
    }
    rows
}

/// Describes every response without words of its own by its body's schema.
fn describe_responses(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten());
    let responses = operations
        .flat_map(|(_, operation)| operation["responses"].as_object_mut().into_iter().flatten());
    for (_, response) in responses.filter(|(_, response)| response["description"] == "") {
        let mut contents = response["content"].as_object().into_iter().flatten();
        let name =
            contents.find_map(|(_, media)| media["schema"]["$ref"].as_str()?.rsplit('/').next());
        let words = name.map(|name| schemas[name]["description"].clone());
        response["description"] = words.unwrap_or_default();
    }
}

/// Puts the groups into the order of the documentation.
fn sort_tags(document: &mut Value) {
    let place = |tag: &Value| Tag::ORDER.iter().position(|known| tag["name"] == known.name());
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.sort_by_key(place);
    }
}

/// Returns the schema names of all request bodies.
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

/// Lets every optional field of a request body be `null`.
fn let_be_null(body: &mut Map<String, Value>) {
    let required = body.get("required").cloned().unwrap_or_default();
    let required =
        |name: &String| required.as_array().is_some_and(|all| all.contains(&json!(name)));
    let fields = body.get_mut("properties").and_then(Value::as_object_mut);
    for (_, field) in fields.into_iter().flatten().filter(|(name, _)| !required(name)) {
        field["nullable"] = true.into();
    }
}

/// Adds the bounds that a number's format implies, for tools that do not know the format.
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
