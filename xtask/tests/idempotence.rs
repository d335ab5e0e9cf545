//! The engine repeats only calls that their port calls idempotent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Methods that only read.
const READS: [&str; 2] = ["present", "messages"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../coach-core/src")
}

/// Returns the documentation of every method of the ports.
fn documentation() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in files(&core().join("ports")) {
        let mut doc = String::new();
        for line in fs::read_to_string(path).unwrap().lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("///") {
                doc += text;
            } else if let Some(method) = line.strip_prefix("async fn ") {
                let name = method.split('(').next().unwrap().to_owned();
                found.insert(name, std::mem::take(&mut doc));
            } else {
                doc.clear();
            }
        }
    }
    found
}

/// Returns the store methods that a piece of code calls.
fn store_calls(code: &str) -> Vec<String> {
    let code: String = code.split_whitespace().collect();
    let calls = code.split("stores.").skip(1);
    calls.map(|call| call.split('(').next().unwrap().to_owned()).collect()
}

/// Returns the argument that follows an opening parenthesis.
fn argument(code: &str) -> &str {
    let mut depth = 1;
    let end = code.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &code[..end.unwrap()]
}

#[test]
fn every_method_that_writes_says_whether_it_is_idempotent() {
    let documentation = documentation();
    for method in
        ["accept", "finish", "recover", "settle", "sign_in", "invite", "save_preset", "note"]
    {
        let doc = documentation[method].to_lowercase();
        assert!(doc.contains("idempotent"), "{method}: {doc}");
    }
}

#[test]
fn only_idempotent_calls_are_repeated() {
    let documentation = documentation();
    let mut repeated = Vec::new();
    for path in files(&core()) {
        let code = fs::read_to_string(&path).unwrap();
        for call in code.split(".persist(").skip(1) {
            let mut calls = store_calls(argument(call));
            if calls.is_empty() {
                // A function or a closure of the same file that makes the calls.
                let argument = argument(call);
                let body = match argument.split_once("self.") {
                    Some((_, function)) => {
                        let name = function.split('(').next().unwrap();
                        let body = code.split(&format!("async fn {name}(")).nth(1);
                        body.and_then(|body| body.split("\n    }\n").next())
                    }
                    None => {
                        let body = code.split(&format!("let {argument} = ")).nth(1);
                        body.and_then(|body| body.split(";\n").next())
                    }
                };
                calls = store_calls(body.unwrap_or_default());
            }
            assert!(!calls.is_empty(), "{}: {call}", path.display());
            repeated.extend(calls);
        }
    }
    assert!(repeated.len() > 10, "only {repeated:?} were found");
    for method in repeated {
        let doc = documentation.get(&method).unwrap_or_else(|| panic!("no port has {method}"));
        let is_idempotent = doc.contains("Idempotent") && !doc.contains("Not idempotent");
        assert!(is_idempotent || READS.contains(&method.as_str()), "{method} is repeated: {doc}");
    }
}
