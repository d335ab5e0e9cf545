//! Writes what rustdoc's JSON describes as Rust does: types, bounds, generics and signatures.
//!
//! Types of the described crate appear with the path that an embedder writes, without the crate's name; those of other
//! crates as `crate::Name`, since the modules between are theirs to move; those of the standard library as their name.

use std::collections::BTreeMap;

use serde_json::Value;

/// What types need to be written.
pub(super) struct Types<'a> {
    pub(super) json: &'a Value,
    /// The path of every public item, by its id.
    pub(super) public: &'a BTreeMap<String, String>,
}

impl Types<'_> {
    pub(super) fn ty(&self, ty: &Value) -> String {
        let Some((kind, of)) = ty.as_object().and_then(|kinds| kinds.iter().next()) else {
            return "_".to_owned();
        };
        match kind.as_str() {
            "generic" | "primitive" => text(of),
            "resolved_path" => self.path(of),
            "borrowed_ref" => {
                format!("&{}{}{}", lifetime(&of["lifetime"]), mutable(of), self.ty(&of["type"]))
            }
            "raw_pointer" if of["is_mutable"] == true => format!("*mut {}", self.ty(&of["type"])),
            "raw_pointer" => format!("*const {}", self.ty(&of["type"])),
            "tuple" => format!("({})", self.all(of, ", ", Self::ty)),
            "slice" => format!("[{}]", self.ty(of)),
            "array" => format!("[{}; {}]", self.ty(&of["type"]), text(&of["len"])),
            "impl_trait" => format!("impl {}", self.bounds(of)),
            "dyn_trait" => {
                let traits = self.all(&of["traits"], " + ", |types, poly| {
                    higher(&poly["generic_params"]) + &types.path(&poly["trait"])
                });
                let lifetime = of["lifetime"].as_str().map(|lifetime| format!(" + {lifetime}"));
                format!("dyn {traits}{}", lifetime.unwrap_or_default())
            }
            "function_pointer" => {
                let arguments =
                    self.all(&of["sig"]["inputs"], ", ", |types, input| types.ty(&input[1]));
                let for_all = higher(&of["generic_params"]);
                format!("{for_all}fn({arguments}){}", self.output(&of["sig"]["output"]))
            }
            "qualified_path" => {
                let name = text(&of["name"]) + &self.arguments(&of["args"]);
                let of_trait = self.path(&of["trait"]);
                let on = self.ty(&of["self_type"]);
                if of_trait.is_empty() {
                    format!("{on}::{name}")
                } else {
                    format!("<{on} as {of_trait}>::{name}")
                }
            }
            _ => unknown(kind),
        }
    }

    /// Writes the path of a type or trait, with its arguments.
    pub(super) fn path(&self, path: &Value) -> String {
        let written = text(&path["path"]);
        if written.is_empty() {
            return written;
        }
        self.name(&path["id"], &written) + &self.arguments(&path["args"])
    }

    fn name(&self, id: &Value, written: &str) -> String {
        let id = id.to_string();
        if let Some(path) = self.public.get(&id) {
            return path.split_once("::").map_or(path.as_str(), |(_, path)| path).to_owned();
        }
        let last = written.rsplit("::").next().unwrap_or(written);
        let defined = &self.json["paths"][&id];
        match (defined["crate_id"].as_u64(), defined["path"][0].as_str()) {
            (Some(0), _) => format!("{PRIVATE}{last}"),
            (_, Some("std" | "core" | "alloc") | None) => last.to_owned(),
            (_, Some(from)) => format!("{from}::{last}"),
        }
    }

    fn arguments(&self, arguments: &Value) -> String {
        if let Some(of) = arguments.get("parenthesized") {
            return format!(
                "({}){}",
                self.all(&of["inputs"], ", ", Self::ty),
                self.output(&of["output"])
            );
        }
        let of = &arguments["angle_bracketed"];
        let mut parts: Vec<String> =
            each(&of["args"]).map(|argument| self.argument(argument)).collect();
        parts.extend(each(&of["constraints"]).map(|constraint| {
            let name = text(&constraint["name"]) + &self.arguments(&constraint["args"]);
            let binding = &constraint["binding"];
            match binding.get("equality") {
                Some(equal) => format!("{name} = {}", self.argument(equal)),
                None => format!("{name}: {}", self.bounds(&binding["constraint"])),
            }
        }));
        if parts.is_empty() { String::new() } else { format!("<{}>", parts.join(", ")) }
    }

    fn argument(&self, argument: &Value) -> String {
        if let Some(ty) = argument.get("type") {
            return self.ty(ty);
        }
        let constant = argument.get("const").or_else(|| argument.get("constant"));
        constant.map_or_else(|| text(&argument["lifetime"]), |constant| text(&constant["expr"]))
    }

    pub(super) fn bounds(&self, bounds: &Value) -> String {
        self.all(bounds, " + ", |types, bound| {
            if let Some(of) = bound.get("trait_bound") {
                let maybe = if of["modifier"] == "maybe" { "?" } else { "" };
                return format!(
                    "{maybe}{}{}",
                    higher(&of["generic_params"]),
                    types.path(&of["trait"])
                );
            }
            match bound.get("use") {
                Some(used) => format!(
                    "use<{}>",
                    types.all(used, ", ", |_, used| used
                        .as_object()
                        .map_or_else(|| text(used), |used| { used.values().map(text).collect() }))
                ),
                None => text(&bound["outlives"]),
            }
        })
    }

    /// Writes the parameters in angle brackets, without those that stand for an `impl Trait` argument.
    pub(super) fn parameters(&self, generics: &Value) -> String {
        let parameters: Vec<String> = each(&generics["params"])
            .filter(|parameter| {
                parameter["kind"]["type"]["is_synthetic"] != true && !is_boxed(&parameter["name"])
            })
            .map(|parameter| {
                let (name, kind) = (text(&parameter["name"]), &parameter["kind"]);
                if let Some(constant) = kind.get("const") {
                    return format!("const {name}: {}", self.ty(&constant["type"]));
                }
                let bounds = match kind.get("lifetime") {
                    Some(of) => self.all(&of["outlives"], " + ", |_, lifetime| text(lifetime)),
                    None => self.bounds(&kind["type"]["bounds"]),
                };
                let default = &kind["type"]["default"];
                let default = if default.is_object() {
                    format!(" = {}", self.ty(default))
                } else {
                    String::new()
                };
                if bounds.is_empty() {
                    name + &default
                } else {
                    format!("{name}: {bounds}{default}")
                }
            })
            .collect();
        if parameters.is_empty() { String::new() } else { format!("<{}>", parameters.join(", ")) }
    }

    /// Writes the conditions after `where`, with that word.
    pub(super) fn conditions(&self, generics: &Value) -> String {
        let written = each(&generics["where_predicates"]).filter_map(|predicate| {
            if let Some(of) = predicate.get("bound_predicate") {
                let bounds = self.bounds(&of["bounds"]);
                let all = higher(&of["generic_params"]);
                return (bounds != ASYNC_TRAIT)
                    .then(|| format!("{all}{}: {bounds}", self.ty(&of["type"])));
            }
            if let Some(of) = predicate.get("lifetime_predicate") {
                let outlived = self.all(&of["outlives"], " + ", |_, lifetime| text(lifetime));
                return (!is_boxed(&of["lifetime"]))
                    .then(|| format!("{}: {outlived}", text(&of["lifetime"])));
            }
            let of = &predicate["eq_predicate"];
            Some(format!("{} = {}", self.ty(&of["lhs"]), self.argument(&of["rhs"])))
        });
        let written: Vec<String> = written.collect();
        if written.is_empty() { String::new() } else { format!(" where {}", written.join(", ")) }
    }

    /// Writes a function's line; a method of `#[async_trait]` as its author did.
    pub(super) fn function(&self, path: &str, function: &Value) -> String {
        let (signature, generics) = (&function["sig"], &function["generics"]);
        let boxed = each(&generics["params"]).any(|parameter| parameter["name"] == ASYNC_TRAIT);
        let header = &function["header"];
        let mut words = String::new();
        for (is, word) in [("is_const", "const "), ("is_async", "async "), ("is_unsafe", "unsafe ")]
        {
            words += if header[is] == true { word } else { "" };
        }
        words += if boxed { "#[async_trait] async " } else { "" };
        let arguments: Vec<String> = each(&signature["inputs"])
            .map(|input| self.input(&text(&input[0]), &input[1]))
            .collect();
        let output = if boxed {
            self.awaited(&signature["output"])
        } else {
            self.output(&signature["output"])
        };
        format!(
            "{words}fn {path}{}({}){output}{}",
            self.parameters(generics),
            arguments.join(", "),
            self.conditions(generics)
        )
    }

    fn input(&self, name: &str, ty: &Value) -> String {
        let is_self = |ty: &Value| ty["generic"] == "Self";
        let reference = &ty["borrowed_ref"];
        match name {
            "self" if is_self(ty) => "self".to_owned(),
            "self" if is_self(&reference["type"]) => {
                format!("&{}{}self", lifetime(&reference["lifetime"]), mutable(reference))
            }
            _ => format!("{name}: {}", self.ty(ty)),
        }
    }

    fn output(&self, output: &Value) -> String {
        if output.is_null() { String::new() } else { format!(" -> {}", self.ty(output)) }
    }

    /// Writes what the future in `Pin<Box<dyn Future<Output = …>>>` returns.
    fn awaited(&self, output: &Value) -> String {
        let argument =
            |ty: &Value| ty["resolved_path"]["args"]["angle_bracketed"]["args"][0]["type"].clone();
        let future = &argument(&argument(output))["dyn_trait"]["traits"][0]["trait"];
        let returned =
            &future["args"]["angle_bracketed"]["constraints"][0]["binding"]["equality"]["type"];
        if returned["tuple"].as_array().is_some_and(Vec::is_empty) {
            String::new()
        } else {
            self.output(returned)
        }
    }

    fn all(&self, of: &Value, between: &str, write: impl Fn(&Self, &Value) -> String) -> String {
        each(of).map(|one| write(self, one)).collect::<Vec<_>>().join(between)
    }
}

/// The lifetime that the macro `async_trait` adds to a method, beside `'life0`, `'life1`, ….
const ASYNC_TRAIT: &str = "'async_trait";

fn is_boxed(lifetime: &Value) -> bool {
    let number = lifetime.as_str().and_then(|name| name.strip_prefix("'life"));
    lifetime == ASYNC_TRAIT || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Writes a lifetime and a space.
fn lifetime(of: &Value) -> String {
    if of.is_null() || is_boxed(of) { String::new() } else { text(of) + " " }
}

fn mutable(reference: &Value) -> &'static str {
    if reference["is_mutable"] == true { "mut " } else { "" }
}

/// Writes `for<'a> `, if there are such lifetimes.
fn higher(parameters: &Value) -> String {
    let names: Vec<String> = each(parameters).map(|parameter| text(&parameter["name"])).collect();
    if names.is_empty() { String::new() } else { format!("for<{}> ", names.join(", ")) }
}

/// What stands before the name of a type that embedders cannot name.
pub(super) const PRIVATE: &str = "(private) ";

/// What stands in a line that cannot be written; the whole listing fails then.
pub(super) const UNKNOWN: &str = "<unknown ";

pub(super) fn unknown(kind: &str) -> String {
    format!("{UNKNOWN}{kind}>")
}

pub(super) fn each(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_array().into_iter().flatten()
}

pub(super) fn text(of: &Value) -> String {
    of.as_str().unwrap_or_default().to_owned()
}
