//! The page: its files, its addresses, and the fallback where it is not built.

use reqwest::Method;
use serde_json::Value;

use crate::app::TestApp;

fn built() -> bool {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../web/dist/index.html")).exists()
}

#[tokio::test]
async fn every_page_address_serves_the_page() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/", "/login", "/conversation/7", "/research/invitations", "/invite/abc"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let private = path.starts_with("/invite");
        assert_eq!(answer.headers().get("x-robots-tag").is_some(), private, "{path}");
        let cache = answer.headers()["cache-control"].to_str().unwrap().to_owned();
        assert_eq!(cache, if private { "no-store" } else { "no-cache" }, "{path}");
        let text = answer.text().await.unwrap();
        assert_eq!(text.contains("cargo xtask web"), !built());
    }
    for path in
        ["/assets/gone-1234.js", "/gone.png", "/api", "/api/gone", "/ws/gone", "/..%2fCargo.toml"]
    {
        assert_eq!(visitor.get(path).await.status(), 404, "{path}");
    }
    let posted = visitor.ask(Method::POST, "/login", None, &[]).await;
    assert_eq!(
        (posted.status().as_u16(), &posted.headers()["allow"]),
        (405, &"GET, HEAD".parse().unwrap())
    );
}

#[tokio::test]
async fn built_files_are_cached_by_their_content() {
    if !built() {
        return;
    }
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    let etag = page.headers()["etag"].to_str().unwrap().to_owned();
    let again = visitor.ask(Method::GET, "/", None, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), 304);
    let html = page.text().await.unwrap();
    let script = html.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js"));
    let script =
        visitor.ask(Method::GET, script.unwrap(), None, &[("accept-encoding", "gzip")]).await;
    assert_eq!(script.headers()["content-encoding"], "gzip");
    assert_eq!(script.headers()["vary"], "accept-encoding");
    assert!(script.headers()["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn the_api_describes_itself() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let served: Value = visitor.get("/api/openapi.json").await.json().await.unwrap();
    let mut document: Value = serde_json::from_str(&coach_http::document()).unwrap();
    // Browsers accept the documented cookie name only over HTTPS, and this host runs over plain HTTP.
    let login = &mut document["components"]["securitySchemes"]["login"]["name"];
    assert_eq!(login.take(), "__Host-coach");
    *login = "coach".into();
    assert_eq!(served, document);
    assert!(visitor.get("/api/docs").await.text().await.unwrap().contains("/api/invite/{token}"));
    assert_eq!(visitor.get("/healthz").await.text().await.unwrap(), "ok");
    assert_eq!(visitor.get("/readyz").await.text().await.unwrap(), "ready");
}

#[tokio::test]
async fn metrics_are_served_to_this_machine_or_with_the_token() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    assert_eq!(visitor.get("/metrics").await.status(), 200);
    for forwarded in ["x-forwarded-for", "forwarded", "via"] {
        let answer = visitor.ask(Method::GET, "/metrics", None, &[(forwarded, "1.2.3.4")]).await;
        assert_eq!(answer.status(), 404, "{forwarded}");
    }
    let token = "a token that is long enough for it";
    let app = crate::app::Wish::default().set("METRICS_TOKEN", token).start().await;
    let visitor = app.visitor();
    assert_eq!(visitor.get("/metrics").await.status(), 404);
    let bearer = format!("Bearer {token}");
    let answer = visitor.ask(Method::GET, "/metrics", None, &[("authorization", &bearer)]).await;
    assert_eq!(answer.status(), 200);
}
