//! Behind a proxy that reuses its connections to the host: no request reaches a connection that is closing.

use std::{
    collections::BTreeSet,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;

use super::{Running, free_port};
use crate::{app::Folder, person::Person, socket::is_idle};

/// nginx with its files in a separate folder; stopped on drop.
struct Nginx {
    child: Child,
    url: String,
    errors: std::path::PathBuf,
}

impl Nginx {
    /// Starts an nginx at port `at` that forwards everything to `port`.
    async fn start(folder: &Folder, at: u16, port: u16) -> Self {
        let place = folder.0.display();
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {place}/{kind};"));
        let config = format!(
            "daemon off; worker_processes 1; pid {place}/nginx.pid;
            events {{}}
            http {{
                {}
                access_log off;
                map $http_upgrade $hop {{ default upgrade; '' ''; }}
                upstream host {{ server 127.0.0.1:{port}; keepalive 16; }}
                server {{
                    listen 127.0.0.1:{at};
                    location / {{
                        proxy_pass http://host;
                        proxy_http_version 1.1;
                        proxy_set_header Host $http_host;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $hop;
                    }}
                }}
            }}",
            paths.join(" ")
        );
        let (file, errors) = (folder.0.join("nginx.conf"), folder.0.join("nginx.log"));
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-e").arg(&errors).arg("-c").arg(&file);
        let child = command.stdout(Stdio::null()).spawn().expect("nginx: install nginx-light");
        let mut nginx = Self { child, url: format!("http://127.0.0.1:{at}"), errors };
        while tokio::net::TcpStream::connect(("127.0.0.1", at)).await.is_err() {
            assert!(nginx.child.try_wait().unwrap().is_none(), "{}", nginx.complaints());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        nginx
    }

    fn complaints(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // On SIGTERM nginx also stops its workers.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// The local ends of the open connections to `port`.
fn connections_to(port: u16) -> BTreeSet<String> {
    let open = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let lines = open.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let theirs = format!(":{port:04X}");
    lines
        .filter(|line| line[2].ends_with(&theirs) && line[3] == "01")
        .map(|line| line[1].to_owned())
        .collect()
}

#[tokio::test]
#[ignore = "needs nginx; `cargo xtask long` runs it"]
async fn requests_with_pauses_and_sockets_work_behind_nginx() {
    let (folder, place) = (Folder::new(), Folder::new());
    let at = free_port().await;
    let proxy = format!("http://127.0.0.1:{at}");
    let running = Running::start(&folder, &[("PUBLIC_URL", &proxy)]).await;
    let port: u16 = running.url.rsplit(':').next().unwrap().parse().unwrap();
    let guest = running.guest().await;
    let nginx = Nginx::start(&place, at, port).await;
    assert_eq!(nginx.url, proxy);
    let visitor = Person::at(&proxy);
    visitor.takes_cookies_of(&guest);
    // A proxy does not retry a POST.
    let asks = async |gap: u64| {
        let person = visitor.copy();
        for _ in 0..4 {
            let made = person.post("/api/conversations", json!({ "scenario": "raise" })).await;
            assert_eq!(made.status(), 201, "after {gap} ms");
            tokio::time::sleep(Duration::from_millis(gap)).await;
        }
    };
    // Around every deadline of the host that is shorter than the proxy's own.
    let gaps = [500, 4_990, 5_000, 5_010, 9_990, 10_000, 10_010, 11_000, 12_000, 13_000];
    futures::future::join_all(gaps.map(asks)).await;
    let mut socket = visitor.talk(&visitor.start().await).await;
    let before = connections_to(port);
    tokio::time::sleep(Duration::from_secs(13)).await;
    asks(0).await;
    let after = connections_to(port);
    assert!(!before.is_empty() && after.is_subset(&before), "{before:?} {after:?}");
    socket.is_open().await;
    socket.say("Can we talk?").await;
    socket.until(is_idle).await;
    let complaints = nginx.complaints();
    assert!(!complaints.contains("upstream"), "{complaints}");
    drop(nginx);
    running.stops().await;
}
