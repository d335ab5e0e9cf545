//! Lists what an embedder can name of a crate, one line for each item, sorted by path.
//!
//! An item is written at its shortest path, with its signature; every other path to it is a `use` line. Fields, variants and
//! methods are lines of their own. Traits that a type implements are listed whether derived or written; automatic ones
//! (`Send`) and those that come from a trait for all types are not, nor is anything hidden from the documentation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::types::{PRIVATE, Types, UNKNOWN, each, text, unknown};

/// The version of rustdoc's JSON that is read here.
const FORMAT: u64 = 57;

/// Returns the lines of a crate.
pub(super) fn listing(json: &Value) -> Result<Vec<String>, String> {
    let format = &json["format_version"];
    if *format != FORMAT {
        return Err(format!(
            "rustdoc writes format {format}, and format {FORMAT} is read: use Rust 1.95"
        ));
    }
    let id = json["root"].to_string();
    let root = text(&json["index"][&id]["name"]);
    let mut paths = Paths { json, found: BTreeMap::new(), outside: Vec::new() };
    paths.visit(&id, &root, &mut Vec::new());
    let shortest = |paths: &BTreeSet<String>| {
        paths.iter().min_by_key(|path| (path.matches("::").count(), (*path).clone())).cloned()
    };
    let public: BTreeMap<String, String> =
        paths.found.iter().filter_map(|(id, paths)| Some((id.clone(), shortest(paths)?))).collect();
    let mut lines =
        Lines { json, types: Types { json, public: &public }, lines: BTreeSet::new(), root };
    for (path, source) in &paths.outside {
        lines.add(path, 0, format!("use {path} = {source}"));
    }
    for (id, path) in &public {
        lines.item(path, &json["index"][id]);
        for other in paths.found[id].iter().filter(|other| *other != path) {
            lines.add(other, 0, format!("use {other} = {path}"));
        }
    }
    for item in json["index"].as_object().into_iter().flat_map(serde_json::Map::values) {
        lines.implementation(&item["inner"]["impl"], &item["crate_id"]);
    }
    let lines: Vec<String> = lines.lines.into_iter().map(|(.., line)| line).collect();
    match lines.iter().find(|line| line.contains(UNKNOWN)) {
        Some(line) => Err(format!("this part of Rust is not yet written: {line}")),
        None => Ok(lines),
    }
}

/// All paths by which items can be named.
struct Paths<'a> {
    json: &'a Value,
    found: BTreeMap<String, BTreeSet<String>>,
    /// What is exported of other crates: the path, and what it stands for.
    outside: Vec<(String, String)>,
}

impl Paths<'_> {
    fn visit(&mut self, id: &str, path: &str, within: &mut Vec<String>) {
        if within.iter().any(|module| module == id) {
            return;
        }
        self.found.entry(id.to_owned()).or_default().insert(path.to_owned());
        within.push(id.to_owned());
        self.items(id, path, within);
        within.pop();
    }

    /// Visits what a module contains, or an enum of which all variants are exported.
    fn items(&mut self, id: &str, path: &str, within: &mut Vec<String>) {
        let json = self.json;
        for id in each(&json["index"][id]["inner"]["module"]["items"]) {
            let id = id.to_string();
            let item = &json["index"][&id];
            let Some(used) = item["inner"].get("use") else {
                if item.is_object() {
                    self.visit(&id, &format!("{path}::{}", text(&item["name"])), within);
                }
                continue;
            };
            let (target, name) = (used["id"].to_string(), text(&used["name"]));
            let inner = &json["index"][&target]["inner"];
            if !inner.is_object() {
                let name = if used["is_glob"] == true { "*" } else { &name };
                self.outside.push((format!("{path}::{name}"), text(&used["source"])));
            } else if used["is_glob"] != true {
                self.visit(&target, &format!("{path}::{name}"), within);
            } else if inner.get("module").is_some() {
                if !within.contains(&target) {
                    within.push(target.clone());
                    self.items(&target, path, within);
                    within.pop();
                }
            } else {
                self.outside.push((format!("{path}::*"), text(&used["source"])));
            }
        }
    }
}

struct Lines<'a> {
    json: &'a Value,
    /// The crate's name.
    root: String,
    types: Types<'a>,
    /// The path and the rank by which a line is sorted, and the line.
    lines: BTreeSet<(String, u8, String)>,
}

impl Lines<'_> {
    fn add(&mut self, path: &str, rank: u8, line: String) {
        self.lines.insert((path.to_owned(), rank, line));
    }

    fn item(&mut self, path: &str, item: &Value) {
        let Some((kind, of)) = item["inner"].as_object().and_then(|kinds| kinds.iter().next())
        else {
            return;
        };
        let types = &self.types;
        let generic = || types.parameters(&of["generics"]) + &types.conditions(&of["generics"]);
        let valued =
            |key: &str| of[key].as_str().map(|value| format!(" = {value}")).unwrap_or_default();
        let line = match kind.as_str() {
            "module" => format!("mod {path}"),
            "function" => {
                let provided = of["has_body"] == true && self.is_of_trait(path);
                types.function(path, of) + if provided { " { .. }" } else { "" }
            }
            "constant" => {
                let value = of["const"]["value"].as_str().map(|value| format!(" = {value}"));
                format!("const {path}: {}{}", types.ty(&of["type"]), value.unwrap_or_default())
            }
            "static" => format!("static {path}: {}", types.ty(&of["type"])),
            "type_alias" => format!("type {path}{} = {}", generic(), types.ty(&of["type"])),
            "macro" => text(of).split_whitespace().collect::<Vec<_>>().join(" "),
            "struct" => format!("struct {path}{}{}", generic(), self.tuple(&of["kind"])),
            "enum" => format!("enum {path}{}", generic()),
            "variant" => format!(
                "variant {path}{}{}",
                self.variant(&of["kind"]),
                match &of["discriminant"] {
                    Value::Null => String::new(),
                    discriminant => format!(" = {}", text(&discriminant["value"])),
                }
            ),
            "struct_field" => format!("field {path}: {}", types.ty(of)),
            "assoc_const" => format!("const {path}: {}{}", types.ty(&of["type"]), valued("value")),
            "assoc_type" => {
                let default = if of["type"].is_object() {
                    format!(" = {}", types.ty(&of["type"]))
                } else {
                    String::new()
                };
                format!(
                    "type {path}{}{default}",
                    after_colon(&types.bounds(&of["bounds"])) + &generic()
                )
            }
            "trait" => {
                let dynamic =
                    if of["is_dyn_compatible"] == true { "" } else { " (not dyn compatible)" };
                let parameters = types.parameters(&of["generics"]);
                let bounds = after_colon(&types.bounds(&of["bounds"]));
                format!(
                    "trait {path}{parameters}{bounds}{}{dynamic}",
                    types.conditions(&of["generics"])
                )
            }
            _ => unknown(kind),
        };
        self.add(path, 0, attributes(item) + &line);
        self.children(path, of);
    }

    fn children(&mut self, path: &str, of: &Value) {
        let json = self.json;
        let fields = each(&of["kind"]["plain"]["fields"]);
        for id in fields
            .chain(each(&of["variants"]))
            .chain(each(&of["items"]).filter(|_| of["bounds"].is_array()))
        {
            let child = &json["index"][id.to_string()];
            self.item(&format!("{path}::{}", text(&child["name"])), child);
        }
        for id in each(&of["impls"]) {
            let block = &json["index"][id.to_string()]["inner"]["impl"];
            if !block["trait"].is_null() {
                continue;
            }
            let of_all = self.types.parameters(&block["generics"]).is_empty();
            for id in each(&block["items"]) {
                let child = &json["index"][id.to_string()];
                let on = if of_all {
                    path.to_owned()
                } else {
                    format!("{path}{}", arguments(&self.types.ty(&block["for"])))
                };
                self.item(&format!("{on}::{}", text(&child["name"])), child);
            }
        }
    }

    fn is_of_trait(&self, path: &str) -> bool {
        let owner = path.rsplit_once("::").map_or("", |(owner, _)| owner);
        let owners = self.types.public.iter().filter(|(_, path)| path.as_str() == owner);
        owners
            .map(|(id, _)| &self.json["index"][id]["inner"])
            .any(|inner| inner.get("trait").is_some())
    }

    /// Writes the fields of a tuple struct or whether a struct has fields that an embedder cannot name.
    fn tuple(&self, kind: &Value) -> String {
        if kind["plain"]["has_stripped_fields"] == true {
            return " { .. }".to_owned();
        }
        kind.get("tuple")
            .map(|fields| format!("({})", self.fields(fields, false)))
            .unwrap_or_default()
    }

    fn variant(&self, kind: &Value) -> String {
        if let Some(of) = kind.get("struct") {
            let mut fields = self.fields(&of["fields"], true);
            if of["has_stripped_fields"] == true {
                fields += ", ..";
            }
            return if fields.is_empty() { " {}".to_owned() } else { format!(" {{ {fields} }}") };
        }
        kind.get("tuple")
            .map(|fields| format!("({})", self.fields(fields, false)))
            .unwrap_or_default()
    }

    fn fields(&self, fields: &Value, are_named: bool) -> String {
        let written = each(fields).map(|id| {
            let field = &self.json["index"][id.to_string()];
            let name = if are_named { text(&field["name"]) + ": " } else { String::new() };
            name + &self.types.ty(&field["inner"]["struct_field"])
        });
        written.collect::<Vec<_>>().join(", ")
    }

    /// Adds a trait that a type implements, beside the type, or else beside the trait.
    fn implementation(&mut self, of: &Value, from: &Value) {
        let leaves_out =
            of["trait"].is_null() || of["is_synthetic"] == true || !of["blanket_impl"].is_null();
        if leaves_out || *from != 0 || of["trait"]["path"] == "StructuralPartialEq" {
            return;
        }
        let types = &self.types;
        let (of_trait, on) = (types.path(&of["trait"]), types.ty(&of["for"]));
        if of_trait.contains(PRIVATE) || on.contains(PRIVATE) {
            return;
        }
        let declared = each(&of["items"]).map(|id| &self.json["index"][id.to_string()]);
        let declared: Vec<String> = declared
            .filter(|item| item["inner"]["assoc_type"]["type"].is_object())
            .map(|item| {
                format!(
                    "type {} = {}",
                    text(&item["name"]),
                    types.ty(&item["inner"]["assoc_type"]["type"])
                )
            })
            .collect();
        let body = if declared.is_empty() {
            String::new()
        } else {
            format!(" {{ {} }}", declared.join("; "))
        };
        let not = if of["is_negative"] == true { "!" } else { "" };
        let (parameters, conditions) =
            (types.parameters(&of["generics"]), types.conditions(&of["generics"]));
        let line = format!("impl{parameters} {not}{of_trait} for {on}{conditions}{body}");
        let path = |path: &Value| types.public.get(&path["id"].to_string());
        let beside = path(&of["for"]["resolved_path"]).or_else(|| path(&of["trait"])).cloned();
        self.add(&beside.unwrap_or_else(|| self.root.clone()), 1, line);
    }
}

fn attributes(item: &Value) -> String {
    let mut written = String::new();
    for (attribute, is) in [
        ("deprecated", !item["deprecation"].is_null()),
        ("must_use", each(&item["attrs"]).any(|attribute| attribute.get("must_use").is_some())),
        ("non_exhaustive", each(&item["attrs"]).any(|attribute| attribute == "non_exhaustive")),
    ] {
        written += &if is { format!("#[{attribute}] ") } else { String::new() };
    }
    written
}

fn after_colon(bounds: &str) -> String {
    if bounds.is_empty() { String::new() } else { format!(": {bounds}") }
}

/// Returns the arguments of a type, with their brackets.
fn arguments(ty: &str) -> &str {
    ty.find('<').map_or("", |at| &ty[at..])
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Command};

    use super::listing;
    use crate::sh::{output, target};

    const SOURCE: &str = r#"
        mod inner {
            /// Is found at the crate's root.
            #[derive(Clone)]
            #[non_exhaustive]
            pub struct Open<'a, T: ?Sized> { pub seen: &'a str, hidden: Box<T> }
            impl<'a, T: ?Sized> Open<'a, T> {
                #[must_use]
                pub fn again<'b>(&'b mut self, how: impl Fn(u8) -> bool + 'b) -> &'b T { todo!() }
                fn not_listed() {}
            }
            pub enum Choice { One, Two(u8, Closed), Three { named: bool } }
            pub struct Closed(u8);
            impl From<Closed> for u64 { fn from(_: Closed) -> u64 { 1 } }
            impl From<crate::kept::NotNamed> for Closed { fn from(_: crate::kept::NotNamed) -> Closed { todo!() } }
        }
        mod kept { pub struct NotNamed; }
        pub fn leaked() -> kept::NotNamed { kept::NotNamed }
        pub use inner::*;
        pub mod ports {
            pub use crate::inner::Choice as Decision;
            pub trait Asked: Send {
                const MOST: usize;
                type Answer: Clone;
                fn ask<'life0, 'async_trait>(&'life0 self, by: &'static str)
                -> std::pin::Pin<Box<dyn Future<Output = Result<u8, ()>> + Send + 'async_trait>>
                where 'life0: 'async_trait, Self: 'async_trait;
                fn name(&self) -> String where Self: Sized { String::new() }
            }
            #[doc(hidden)]
            pub fn not_listed() {}
            pub const fn largest<const N: usize>(of: [u8; N]) -> Option<<[u8; N] as IntoIterator>::Item> { todo!() }
        }
        pub type Heard = Box<dyn for<'x> Fn(&'x str) -> u8 + Send>;
        pub const LIMIT: u32 = 3;
        pub use std::fmt as format;
    "#;

    const LISTED: &str = "\
mod tiny
impl From<Closed> for u64
enum tiny::Choice
variant tiny::Choice::One
variant tiny::Choice::Three { named: bool }
variant tiny::Choice::Two(u8, Closed)
struct tiny::Closed(_)
type tiny::Heard = Box<dyn for<'x> Fn(&'x str) -> u8 + Send>
const tiny::LIMIT: u32 = 3u32
#[non_exhaustive] struct tiny::Open<'a, T: ?Sized> { .. }
impl<'a, T: Clone + ?Sized> Clone for Open<'a, T>
field tiny::Open::seen: &'a str
#[must_use] fn tiny::Open<'a, T>::again<'b>(&'b mut self, how: impl Fn(u8) -> bool + 'b) -> &'b T
use tiny::format = std::fmt
fn tiny::leaked() -> (private) NotNamed
mod tiny::ports
trait tiny::ports::Asked: Send (not dyn compatible)
type tiny::ports::Asked::Answer: Clone
const tiny::ports::Asked::MOST: usize
#[async_trait] async fn tiny::ports::Asked::ask(&self, by: &'static str) -> Result<u8, ()>
fn tiny::ports::Asked::name(&self) -> String where Self: Sized { .. }
use tiny::ports::Decision = tiny::Choice
const fn tiny::ports::largest<const N: usize>(of: [u8; N]) -> Option<<[u8; N] as IntoIterator>::Item>";

    #[test]
    #[ignore = "only one version of rustdoc writes the format that is read; `cargo xtask long api` runs this"]
    fn a_crate_is_listed_as_an_embedder_names_it() {
        let folder = target().join("api/tiny");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tiny.rs"), SOURCE).unwrap();
        let mut rustdoc = Command::new("rustdoc");
        rustdoc.args(["tiny.rs", "--edition", "2024", "--crate-type", "lib", "--out-dir", "."]);
        rustdoc.args(["-Zunstable-options", "--output-format", "json", "--cap-lints", "allow"]);
        output(rustdoc.current_dir(&folder).env("RUSTC_BOOTSTRAP", "1")).unwrap();
        let json = fs::read_to_string(folder.join("tiny.json")).unwrap();
        let lines = listing(&serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(lines.join("\n"), LISTED);
    }
}
