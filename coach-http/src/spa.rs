//! Serves the page: the built files of `web/dist`, and `index.html` for every page address.

use poem::{
    Body, Endpoint, Request, Response, Result,
    error::MethodNotAllowedError,
    http::{Method, StatusCode, header},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{page::Page as Words, problem::Failure};

#[derive(RustEmbed)]
#[folder = "$WEB_DIST"]
#[allow_missing = true]
struct Dist;

/// Shown where the page is missing: a development build reads the page from the folder at each request, other
/// builds embed it.
const NOT_BUILT: Words = Words {
    title: "The page is not built yet",
    words: if cfg!(debug_assertions) {
        "Run \u{201c}cargo xtask web\u{201d} and reload this page. The API works without it."
    } else {
        "This program was built without its page. Run \u{201c}cargo xtask web\u{201d}, then rebuild the program \
         and restart it. The API works without the page."
    },
    onward: ("/api/docs", "API documentation"),
};

/// Serves the page's files, which the function finds by name.
pub(crate) struct Page(fn(&str) -> Option<EmbeddedFile>);

impl Page {
    /// The built page.
    pub(crate) const BUILT: Self = Self(Dist::get);
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let Self(find) = self;
        let path = request.uri().path().trim_start_matches('/');
        if path == "api" || path.starts_with("api/") || path.starts_with("ws/") {
            return Err(Failure::not_found().into());
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(MethodNotAllowedError.into());
        }
        let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        let (name, file) = match find(path).filter(|_| !path.is_empty()) {
            Some(file) => (path, file),
            // A file that an outdated page requests must not be answered with `index.html`.
            None if is_file || path.starts_with("assets/") => {
                return Err(Failure::not_found().into());
            }
            None => match find("index.html") {
                Some(file) => ("index.html", file),
                None => {
                    let page = Response::builder().content_type("text/html; charset=utf-8");
                    return Ok(page
                        .header(header::CACHE_CONTROL, "no-cache")
                        .body(NOT_BUILT.html()));
                }
            },
        };
        let hash = file.metadata.sha256_hash();
        let etag = format!("\"{}\"", hex::encode(&hash[..12]));
        let cache = if name.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let response =
            Response::builder().header(header::ETAG, &etag).header(header::CACHE_CONTROL, cache);
        let known = request.header(header::IF_NONE_MATCH);
        if known.is_some_and(|known| {
            known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
        }) {
            return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
        }
        let kind = file.metadata.mimetype();
        Ok(response.content_type(kind).body(Body::from_vec(file.data.into_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unbuilt_page_says_how_to_build_it() {
        let page = Page(|_| None);
        for (path, status) in
            [("/", 200), ("/conversation/7", 200), ("/assets/page.js", 404), ("/api/gone", 404)]
        {
            let request = Request::builder().uri_str(path).finish();
            let response = page.get_response(request).await;
            assert_eq!(response.status(), status, "{path}");
            let text = response.into_body().into_string().await.unwrap();
            assert_eq!(text.contains("cargo xtask web"), status == 200, "{path}");
        }
    }
}
