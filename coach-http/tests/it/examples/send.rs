//! Sends an example and returns the answer as the examples would write it.

use reqwest::{Method, header};
use serde_json::{Map, Value, json};

use super::{
    Example,
    mask::each_text,
    world::{Caller, World, text},
};

impl World {
    /// The example's address, with real ids in it.
    fn address(&self, example: &Example) -> String {
        let (mut path, mut query) = (example.path.to_owned(), Vec::new());
        for (place, name, value) in &example.parameters {
            let real = self.real(&text(value));
            match *place {
                "path" => path = path.replace(&format!("{{{name}}}"), &real),
                "header" => {}
                _ => query.push(((*name).to_owned(), real)),
            }
        }
        let mut url = reqwest::Url::parse("http://x").unwrap();
        url.set_path(&path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url.as_str().trim_start_matches("http://x").to_owned()
    }

    /// Sends an example; returns the answer as the examples would write it.
    pub(super) async fn answer(&mut self, example: &Example, caller: Caller) -> Value {
        let body = example.body.map(|(_, body)| self.with_real(body));
        let method = Method::from_bytes(example.method.to_uppercase().as_bytes()).unwrap();
        let path = self.address(example);
        let headers = example.parameters.iter().filter(|(place, ..)| *place == "header");
        let headers: Vec<_> = headers.map(|(_, name, value)| (*name, text(value))).collect();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let answer = self.caller(caller).ask(method, &path, body, &headers).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        let said = String::from_utf8_lossy(&bytes);
        assert_eq!(status, example.status, "{}: {said}", example.id);
        let is_image = |kind: &header::HeaderValue| kind.as_bytes().starts_with(b"image/");
        let body = match (example.answer, serde_json::from_slice::<Value>(&bytes)) {
            (None, _) => Value::Null,
            (Some(_), Ok(body)) => body,
            // The example says only which kind it is.
            (Some(_), Err(_)) if headers.get("content-type").is_some_and(is_image) => {
                json!(format!("{} of the link", headers["content-type"].to_str().unwrap()))
            }
            (Some(_), Err(_)) => json!(said.trim_start_matches('\u{feff}')),
        };
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let headers =
            example.headers.iter().map(|(name, _)| ((*name).to_owned(), json!(header(name))));
        let headers: Map<String, Value> = headers.collect();
        if let Some(url) = headers.get("LOCATION").or(body.get("url")) {
            self.left_to = text(url);
        }
        self.as_shown(json!({ "headers": headers, "body": body }))
    }

    /// Opens a socket, reads the first frame and sends the example's.
    pub(super) async fn frames(&self, example: &Example, caller: Caller) -> Value {
        let mut socket = self.caller(caller).socket(&self.address(example), None).await.unwrap();
        let server = socket.frame().await;
        let client = &example.answer.unwrap().1["client"];
        socket.send(client.clone()).await;
        socket.until(|frame| frame["type"] == "ack" || frame["type"] == "pong").await;
        self.as_shown(json!({ "headers": {}, "body": { "server": server, "client": client } }))
    }

    /// A body with the real ids in the place of the example's.
    fn with_real(&self, body: &Value) -> Value {
        let mut body = body.clone();
        each_text(&mut body, &|text| self.real(text));
        if let Some(id) = body.get_mut("messageId") {
            *id = json!(self.real(&text(id)).parse::<i64>().unwrap());
        }
        body
    }

    /// An answer with the example's names in the place of the real ones.
    fn as_shown(&self, mut answer: Value) -> Value {
        each_text(&mut answer, &|text| {
            // A short number may stand anywhere.
            let names = self.names.iter().filter(|(_, real)| real.len() > 8);
            names.fold(text.to_owned(), |text, (example, real)| text.replace(real, example))
        });
        answer
    }
}
