//! One model that a provider lists.

use serde_json::Value;

/// One model that a provider lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelInfo {
    /// The id, as it must be sent.
    pub id: String,
    /// A display name; if the server lists a file path, the file's name.
    pub display_name: String,
    /// The largest prompt, in tokens.
    pub max_input: Option<u64>,
    /// The largest answer, in tokens.
    pub max_output: Option<u64>,
    /// The provider's name for the model line (`haiku`, `sonnet`, `opus`, …).
    pub line: Option<String>,
    /// Whether the provider has announced its retirement.
    pub retiring: bool,
    /// Whether a local server has it in memory.
    pub loaded: bool,
    /// Whether it can chat, if the server says so.
    pub chats: Option<bool>,
}

impl ModelInfo {
    pub(crate) fn named(id: &str) -> Self {
        Self { id: id.to_owned(), display_name: display_name(id), ..Self::default() }
    }
}

/// Shortens a file path, `/models/gemma-3-270m.gguf` → `gemma-3-270m`; returns other ids unchanged.
fn display_name(id: &str) -> String {
    let file = id.rsplit(['/', '\\']).next().unwrap_or(id);
    match file.strip_suffix(".gguf") {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ if id.starts_with(['/', '\\', '.']) && !file.is_empty() => file.to_owned(),
        _ => id.to_owned(),
    }
}

/// One page of a list, and the cursor of the next page.
#[derive(Debug)]
pub(crate) struct ModelPage {
    pub(crate) models: Vec<Value>,
    pub(crate) after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_path_is_shown_as_its_name_and_other_ids_unchanged() {
        for (id, shown) in [
            ("/srv/models/gemma-3-270m-q4.gguf", "gemma-3-270m-q4"),
            ("C:\\models\\phi.gguf", "phi"),
            ("./weights/model.bin", "model.bin"),
            ("meta-llama/Llama-3.3-70B", "meta-llama/Llama-3.3-70B"),
            ("llama3.2:3b", "llama3.2:3b"),
            ("/", "/"),
        ] {
            assert_eq!(ModelInfo::named(id).display_name, shown);
            assert_eq!(ModelInfo::named(id).id, id);
        }
    }
}
