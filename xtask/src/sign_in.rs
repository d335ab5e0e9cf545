//! Signing in, in a real browser, with a certified third-party provider.

use crate::{
    foreign::{npm_tool, wait_for},
    host,
    sh::{Done, free_port, program, root, run, start},
    web,
};

const PROVIDER: &str = "oidc-provider@9.13.3";
const CLIENT: (&str, &str) = ("conversation-coach", "only-of-these-tests");

/// Starts a provider and a host that uses it, and runs the journeys between them.
pub(crate) fn test() -> Done {
    web::build()?;
    let tool = npm_tool("oidc-provider", PROVIDER)?;
    let port = free_port()?;
    let issuer = format!("127.0.0.1:{port}");
    let host = host::start_with(&[
        ("OIDC_ISSUER", &format!("http://{issuer}")),
        ("GOOGLE_CLIENT_ID", CLIENT.0),
        ("GOOGLE_CLIENT_SECRET", CLIENT.1),
    ])?;
    let script = root().join("web/e2e/provider.mjs").display().to_string();
    let provider = start(
        program("node")
            .arg(&script)
            .env("TOOL", tool)
            .env("PORT", port.to_string())
            .env("CALLBACK", format!("{}/api/auth/callback", host.url))
            .env("CLIENT_ID", CLIENT.0)
            .env("CLIENT_SECRET", CLIENT.1)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null()),
    )?;
    wait_for(port, "/.well-known/openid-configuration")?;
    let tested = run(web::npm(["run", "--silent", "e2e:sign-in"])
        .env("BASE_URL", &host.url)
        .env("ADMIN_LINK", &host.admin_link)
        .env("ISSUER", issuer));
    drop(provider);
    tested
}
