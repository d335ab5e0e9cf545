//! Setup for load measurements: many conversations, each with its own participant and ample quota.

use std::{fs::File, io::Write as _};

use anyhow::Context as _;
use coach_core::{
    NewInvitation, Start,
    people::{Principal, UserRole},
    scenario::Script,
};

use crate::{config::Config, host::Host, run::open};

/// The token limit of an answer: the measured answers are up to 256 KiB long, and none of them may be cut.
const ANSWER: u32 = 1 << 16;

/// Creates `CONVERSATIONS` conversations and writes their addresses and cookies to the file `TARGETS`, one JSON line
/// each.
///
/// # Errors
/// An error if a variable is missing, or the store or the file cannot be written.
pub async fn setup(config: Config) -> anyhow::Result<()> {
    let conversations: u32 = variable("CONVERSATIONS")?.parse().context("CONVERSATIONS")?;
    let mut targets = File::create(variable("TARGETS")?).context("TARGETS")?;
    let (coach, keys) = open(&config).await?;
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
    let host = Host::new(coach, keys, &config, metrics);
    let coach = &host.coach;
    let until = coach.now().after(std::time::Duration::from_secs(60));
    let admin = coach
        .logins()
        .sign_in_local_admin(&format!("bench {}", coach.now().0), until, None)
        .await?
        .context("the code for signing in was used before")?;
    let staff = Principal::new(admin.id, admin.role);
    let staff_cookie = host.login_header(&admin);
    let sockets = config.public_url.socket_origin();
    for number in 1..=conversations {
        let invitations = coach.invitations(&staff).create(invitation(number)).await?;
        let invitation = invitations.first().context("no invitation was created")?;
        let token = coach.link_token(invitation).context("the invitation has no link")?;
        let claimed =
            coach.visitor(None, None).claim(&token, &invitation.consent.version, None).await?;
        let guest =
            coach.logins().user(claimed.user).await?.context("the claim created no guest")?;
        let by = Principal::new(guest.id, UserRole::Guest);
        let talk = coach.start(&by, Start::script(script(), None)).await?.id;
        let line = serde_json::json!({
            "ws": format!("{sockets}/ws/conversation/{talk}"),
            "headers": { "cookie": host.login_header(&guest) },
            "observe": [format!("{sockets}/ws/observe/{talk}")],
            "observe_headers": { "cookie": staff_cookie },
        });
        writeln!(targets, "{line}")?;
    }
    Ok(())
}

fn invitation(number: u32) -> NewInvitation {
    NewInvitation::new(format!("bench {number}"), 1_000_000_000_000)
}

fn script() -> Script {
    Script {
        title: "Measurement".to_owned(),
        partner_name: "Partner".to_owned(),
        partner_prompt: "You are the partner.".to_owned(),
        partner_max_output: ANSWER,
        coach_prompt: "You are the coach.".to_owned(),
        coach_max_output: ANSWER,
        ..Script::default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "these variables belong to the measurement, not to the host's settings"
)]
fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("the variable {name} must be set"))
}
