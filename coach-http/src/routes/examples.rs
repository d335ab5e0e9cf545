//! The examples of every operation, from `examples.json`. The tests send each of them to a running host and
//! compare the answer.

use serde_json::{Map, Value};

const EXAMPLES: &str = include_str!("examples.json");

/// Puts the examples into the document.
pub(super) fn add(document: &mut Value) {
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    for operations in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for operation in operations.as_object_mut().into_iter().flat_map(Map::values_mut) {
            let id = operation["operationId"].as_str().unwrap_or_default();
            if let Some(example) = examples.get(id) {
                illustrate(operation, example);
            }
        }
    }
}

fn illustrate(operation: &mut Value, example: &Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let place = parameter["in"].as_str().unwrap_or_default();
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = example[place].get(name) {
            parameter["example"] = value.clone();
        }
    }
    if let Some(body) = example.get("body")
        && let Some(request) = operation.get_mut("requestBody")
    {
        show(request, body);
    }
    let responses = operation["responses"].as_object_mut().into_iter().flatten();
    let success = responses.filter(|(status, _)| status.starts_with(['1', '2', '3']));
    for (_, response) in success {
        if let Some(answer) = example.get("answer") {
            show(response, answer);
        }
        if let Some(headers) = example.get("headers").and_then(Value::as_object) {
            for (name, value) in headers {
                response["headers"][name]["example"] = value.clone();
            }
        }
    }
}

/// Puts an example beside the schema of the one kind of content there is.
fn show(holder: &mut Value, example: &Value) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    for media in content.into_iter().flat_map(Map::values_mut) {
        media["example"] = example.clone();
    }
}
