//! One model that a provider lists.

use serde_json::Value;

/// One model that a provider lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelInfo {
    /// The id, as it must be sent.
    pub id: String,
    /// A name for people; where a server lists the path of a file, the file's name.
    pub display_name: String,
    /// The most tokens of a prompt.
    pub max_input: Option<u64>,
    /// The most tokens of an answer.
    pub max_output: Option<u64>,
    /// The provider's own word for its kind (`haiku`, `sonnet`, `opus`, …).
    pub line: Option<String>,
    /// Its end is announced.
    pub retiring: bool,
    /// A local server has it in memory.
    pub loaded: bool,
    /// The server says that it can chat, or that it cannot; absent = it says neither.
    pub chats: Option<bool>,
}

impl ModelInfo {
    pub(crate) fn named(id: &str) -> Self {
        Self { id: id.to_owned(), display_name: display_name(id), ..Self::default() }
    }
}

/// `/models/gemma-3-270m.gguf` → `gemma-3-270m`; other ids speak for themselves.
fn display_name(id: &str) -> String {
    let file = id.rsplit(['/', '\\']).next().unwrap_or(id);
    match file.strip_suffix(".gguf") {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ if id.starts_with(['/', '\\', '.']) && !file.is_empty() => file.to_owned(),
        _ => id.to_owned(),
    }
}

/// One page of a list, and where the next one begins.
#[derive(Debug)]
pub(crate) struct ModelPage {
    pub(crate) models: Vec<Value>,
    pub(crate) after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_shown_by_its_name_and_other_ids_as_they_are() {
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
