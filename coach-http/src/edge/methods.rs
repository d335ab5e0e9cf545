//! The methods that each path accepts, for the `Allow` header.

use serde_json::Value;

/// The methods of every operation in the OpenAPI document.
#[derive(Debug)]
pub(crate) struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    /// Reads an OpenAPI document.
    pub(crate) fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        Self(
            paths
                .map(|(path, operations)| {
                    let mut methods: Vec<String> = operations
                        .as_object()
                        .into_iter()
                        .flatten()
                        .map(|(m, _)| m.to_uppercase())
                        .collect();
                    // A handshake must be a GET: RFC 6455, 4.1.
                    let socket = path.starts_with("/ws/");
                    if !socket && methods.iter().any(|method| method == "GET") {
                        methods.push("HEAD".to_owned());
                    }
                    methods.sort();
                    (path.split('/').map(str::to_owned).collect(), methods.join(", "))
                })
                .collect(),
        )
    }

    /// Returns the methods that `path` accepts.
    pub(crate) fn allowed(&self, path: &str) -> &str {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == parts.len()
                && pattern
                    .iter()
                    .zip(&parts)
                    .all(|(want, part)| want == part || want.starts_with('{'))
        };
        let found = self.0.iter().find(|(pattern, _)| fits(pattern));
        found.map_or("GET, HEAD", |(_, methods)| methods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_accepts_the_methods_in_the_document() {
        let document = serde_json::json!({ "paths": {
            "/api/talks": { "get": {}, "post": {} }, "/api/talks/{id}/stop": { "post": {} },
            "/ws/talk/{id}": { "get": {} },
        }});
        let methods = Methods::of(&document);
        assert_eq!(methods.allowed("/api/talks"), "GET, HEAD, POST");
        assert_eq!(methods.allowed("/api/talks/7/stop"), "POST");
        assert_eq!(methods.allowed("/ws/talk/7"), "GET");
        assert_eq!(methods.allowed("/healthz"), "GET, HEAD");
    }
}
