//! Guesses which models of a compatible server's list can chat.
//!
//! What the server says about a model decides. Otherwise its name does, and the guess only changes which model
//! is tried first.

use serde_json::Value;

use crate::model_info::ModelInfo;

/// Word prefixes in the names of models for embeddings, ranking, audio, images or moderation.
const PREFIXES: &[&str] =
    &["embed", "rerank", "whisper", "transcri", "moderation", "speech", "diffusion", "shieldgemma"];

/// Whole words of the same kind: embeddings and ranking, audio, images, moderation. A number may follow.
const WORDS: [&str; 4] = [
    "bge e5 gte minilm colbert bert modernbert roberta paraphrase voyage sentence reward",
    "stt asr bark kokoro parakeet piper musicgen realtime",
    "clip siglip sdxl flux dall imagen image veo sora controlnet esrgan",
    "guard",
];

/// Returns whether `model` can probably chat.
pub(crate) fn chat_capable(model: &ModelInfo) -> bool {
    model
        .chats
        .unwrap_or_else(|| !model.id.split(|c: char| !c.is_ascii_alphanumeric()).any(is_other))
}

fn is_other(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let family = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let known = || WORDS.iter().flat_map(|words| words.split(' '));
    known().any(|known| known == word || known == family)
        || word.ends_with("tts")
        || PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

/// Returns whether an entry of a list says that the model can chat; `None` if it does not say.
pub(crate) fn chats(listed: &Value) -> Option<bool> {
    // Mistral.
    if let Some(chats) = listed["capabilities"]["completion_chat"].as_bool() {
        return Some(chats);
    }
    // Some local servers list what a model can do.
    if let Some(abilities) = listed["capabilities"].as_array() {
        let can =
            |names: &[&str]| abilities.iter().any(|ability| names.iter().any(|n| ability == n));
        if can(&["completion", "chat"]) {
            return Some(true);
        }
        if can(&["embedding", "embeddings", "rerank"]) {
            return Some(false);
        }
    }
    // OpenRouter.
    if let Some(outputs) = listed["architecture"]["output_modalities"].as_array() {
        return Some(outputs.iter().any(|output| output == "text"));
    }
    // Together and LM Studio; LiteLLM.
    let kind = [&listed["type"], &listed["mode"]].into_iter().find_map(Value::as_str)?;
    match kind.to_ascii_lowercase().as_str() {
        "chat" | "language" | "llm" | "vlm" | "text-generation" | "responses" => Some(true),
        "image"
        | "image_generation"
        | "audio"
        | "audio_transcription"
        | "audio_speech"
        | "video"
        | "tts"
        | "stt" => Some(false),
        kind if is_other(kind) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_models_for_other_tasks_are_recognized() {
        for id in [
            "nomic-embed-text:latest",
            "text-embedding-3-small",
            "mxbai-embed-large",
            "embeddinggemma:300m",
            "Qwen3-Embedding-0.6B",
            "all-minilm",
            "BAAI/bge-m3",
            "intfloat/multilingual-e5-large",
            "jina-reranker-v2",
            "whisper-1",
            "gpt-4o-transcribe",
            "tts-1-hd",
            "xtts-v2",
            "dall-e-3",
            "stable-diffusion-3.5",
            "FLUX.1-schnell",
            "omni-moderation-latest",
            "llama-guard3:8b",
            "sora2",
        ] {
            assert!(!chat_capable(&ModelInfo::named(id)), "{id}");
        }
        for id in [
            "llama3.2:3b",
            "qwen3:8b",
            "gemma-3n-e4b-it",
            "/srv/models/phi-4.gguf",
            "deepseek-r1:14b",
            "mistral-small3.2",
            "gpt-oss-20b",
            "default",
            "tiny-chat",
            "hermes-3",
            "smollm2",
        ] {
            assert!(chat_capable(&ModelInfo::named(id)), "{id}");
        }
    }

    #[test]
    fn what_a_server_says_overrides_the_name() {
        for (listed, said) in [
            (json!({"id": "x"}), None),
            (json!({"type": "embeddings"}), Some(false)),
            (json!({"type": "llm"}), Some(true)),
            (json!({"type": "model"}), None),
            (json!({"mode": "audio_transcription"}), Some(false)),
            (json!({"mode": "chat"}), Some(true)),
            (json!({"mode": "rerank"}), Some(false)),
            (json!({"capabilities": {"completion_chat": false}}), Some(false)),
            (json!({"capabilities": ["embedding"]}), Some(false)),
            (json!({"capabilities": ["completion", "tools"]}), Some(true)),
            (json!({"capabilities": ["tool_use"]}), None),
            (json!({"architecture": {"output_modalities": ["image"]}}), Some(false)),
            (json!({"architecture": {"output_modalities": ["text", "image"]}}), Some(true)),
        ] {
            assert_eq!(chats(&listed), said, "{listed}");
        }
        let mut model = ModelInfo::named("text-embedding-that-chats");
        model.chats = Some(true);
        assert!(chat_capable(&model));
    }
}
