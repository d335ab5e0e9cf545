//! The libraries are packages that other teams can use: each contains what it is built from, compiles nothing that it
//! does not need, and says which Rust it takes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The packages, and the folders of the workspace that a link in each stands for.
const PACKAGES: [(&str, &[(&str, &str)]); 3] = [
    ("coach-core", &[("scenarios", "examples/scenarios")]),
    ("coach-llm", &[]),
    ("coach-store", &[("migrations", "migrations")]),
];

/// The files of the workspace that every package contains.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// What a host's runtime needs, but never the core: the network and signals of tokio.
const OF_HOSTS: [&str; 3] = ["mio", "signal-hook-registry", "socket2"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs cargo without a network and returns what it prints.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns all files under a folder, as paths from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            found.extend(files(&path).iter().map(|file| format!("{name}/{file}")));
        } else {
            found.insert(name.to_owned());
        }
    }
    found
}

/// Returns the whole dependency tree for this machine.
fn metadata() -> Value {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let json = cargo(&["metadata", "--format-version", "1", "--filter-platform", host]);
    serde_json::from_str(&json).unwrap()
}

/// Returns the numbers of a version, of which the last may be left out.
fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn every_package_contains_what_it_is_built_from() {
    for (package, folders) in PACKAGES {
        let list = cargo(&["package", "--list", "--allow-dirty", "--quiet", "--package", package]);
        let packaged: BTreeSet<&str> = list.lines().collect();
        for (folder, origin) in folders {
            let files = files(&root().join(origin));
            assert!(files.len() > 4, "{origin}: {files:?}");
            for file in files.iter().map(|file| format!("{folder}/{file}")) {
                assert!(packaged.contains(&*file), "{package} does not contain {file}");
            }
        }
        for file in LICENSES.iter().chain(&["README.md"]) {
            assert!(packaged.contains(file), "{package} does not contain {file}");
        }
        for license in LICENSES {
            let [ours, theirs] = [root().join(license), root().join(package).join(license)]
                .map(|path| fs::read_to_string(path).unwrap());
            assert_eq!(ours, theirs, "{package}/{license}");
        }
    }
}

/// A path that leaves the package's folder compiles here, and nowhere else.
#[test]
fn no_source_of_a_package_leaves_its_folder() {
    for (package, _) in PACKAGES {
        let sources = root().join(package);
        let inside: Vec<_> = files(&sources.join("src"))
            .into_iter()
            .map(|file| format!("src/{file}"))
            .chain(["build.rs".to_owned()].into_iter().filter(|file| sources.join(file).exists()))
            .collect();
        assert!(inside.len() > 20, "{package}: {inside:?}");
        for file in inside {
            let folders_above = file.matches('/').count();
            let text = fs::read_to_string(sources.join(&file)).unwrap();
            for quoted in text.split('"').filter(|quoted| quoted.starts_with("../")) {
                let up = quoted.matches("../").count();
                assert!(up <= folders_above, "{package}/{file} names {quoted}");
            }
        }
    }
}

#[test]
fn every_package_says_what_it_is() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    for (name, _) in PACKAGES {
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        for list in ["keywords", "categories"] {
            assert!(
                package[list].as_array().is_some_and(|list| !list.is_empty()),
                "{name}: {list}"
            );
        }
        assert_eq!(package["readme"], "README.md", "{name}");
        // Packages that may not be published cannot be built from each other's.
        assert_eq!(package["publish"], Value::Null, "{name}");
        assert!(package["license"].is_string() && package["description"].is_string(), "{name}");
        assert_eq!(package["metadata"]["docs"]["rs"]["all-features"], true, "{name}");
        for dependency in package["dependencies"].as_array().unwrap() {
            // A crate names itself, for its tests, without a version: packages leave that out.
            let has_version = dependency["req"] != "*" || dependency["name"] == name;
            assert!(has_version, "{name} takes any version of {}", dependency["name"]);
        }
    }
}

#[test]
fn the_core_compiles_no_network_and_no_signals() {
    let tree = |package: &str| {
        let edges = ["--edges", "normal,build", "--prefix", "none", "--format", "{lib}"];
        let of = ["tree", "--all-features", "--package", package];
        let tree = cargo(&[&of[..], &edges].concat());
        tree.lines().map(|name| name.replace('_', "-")).collect::<BTreeSet<_>>()
    };
    let core = tree("coach-core");
    assert!(core.contains("tokio"), "{core:?}");
    for name in OF_HOSTS {
        assert!(!core.contains(name), "coach-core compiles {name}");
        assert!(tree("coach-http").contains(name), "{name} has another name now");
    }
}

#[test]
fn the_packages_take_the_rust_that_their_dependencies_take() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let others = packages.iter().filter(|package| !package["source"].is_null());
    let newest = others
        .filter_map(|package| Some((numbers(package["rust_version"].as_str()?), &package["name"])))
        .max_by_key(|(version, _)| version.clone())
        .unwrap();
    for ours in packages.iter().filter(|package| package["source"].is_null()) {
        let stated = numbers(ours["rust_version"].as_str().unwrap());
        assert_eq!(
            stated, newest.0,
            "{} states {stated:?}, {} {:?}",
            ours["name"], newest.1, newest.0
        );
    }
}
