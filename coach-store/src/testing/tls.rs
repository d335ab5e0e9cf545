//! A PostgreSQL server that accepts only TLS, with a certificate of its own authority.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use super::cluster::{Cluster, as_ordinary_user};

/// What `openssl` needs to know about the two certificates. The server's is for the name `localhost` alone.
const CERTIFICATES: &str = "
[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = keyCertSign
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost
";

/// A running server on 127.0.0.1.
#[derive(Debug)]
pub struct TlsServer {
    cluster: Cluster,
    port: u16,
}

impl TlsServer {
    /// Makes the certificates and starts the server.
    ///
    /// # Panics
    /// If `openssl` or PostgreSQL is not installed.
    pub fn start() -> Self {
        let mut cluster = Cluster::create();
        let folder = cluster.folder().to_owned();
        fs::write(folder.join("openssl.cnf"), CERTIFICATES).expect("the folder can be written");
        sign(&folder, "authority", &[]);
        sign(&folder, "server", &["-CA", "authority.crt", "-CAkey", "authority.key"]);
        let rules = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
        fs::write(folder.join("data/pg_hba.conf"), rules).expect("the folder can be written");
        let port = free_port();
        let file = |name: &str| folder.join(name).display().to_string();
        cluster.set(&[
            "listen_addresses=127.0.0.1",
            &format!("port={port}"),
            "ssl=on",
            &format!("ssl_cert_file={}", file("server.crt")),
            &format!("ssl_key_file={}", file("server.key")),
        ]);
        cluster.run();
        Self { cluster, port }
    }

    /// Returns the address of the database for this name of the host, with these parameters.
    pub fn url(&self, host: &str, parameters: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres?{parameters}", self.port)
    }

    /// Returns the certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self.cluster.folder().join("authority.crt")
    }
}

/// Makes a key and a certificate of this name in the folder.
fn sign(folder: &Path, name: &str, by: &[&str]) {
    let made = as_ordinary_user("openssl")
        .current_dir(folder)
        .args(["req", "-config", "openssl.cnf", "-extensions", name, "-x509", "-days", "2"])
        .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-subj", &format!("/CN={name}")])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
        .args(by)
        .output();
    let made = made.unwrap_or_else(|error| {
        panic!("openssl does not start ({error}): install it (apt-get install openssl)")
    });
    assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
}

/// Returns a free port outside the range from which the system assigns ports.
fn free_port() -> u16 {
    let first = std::process::id() * 89 % 12_000;
    (0..12_000)
        .map(|step| 20_000 + ((first + step) % 12_000) as u16)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port is free")
}
