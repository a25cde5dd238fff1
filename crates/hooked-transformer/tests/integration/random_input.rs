//! Random bytes and random JSON, given to every loader: an error or a model, never a panic, whatever comes.

use std::path::Path;

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Tokenizer};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

fn saved() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let cfg = HookedTransformerConfig { seed: Some(1), ..HookedTransformerConfig::new(1, 4, 2, 6, 7) };
    HookedTransformer::from_config(cfg).unwrap().save(dir.path()).unwrap();
    dir
}

/// Any JSON, three levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// A configuration that is right but for one field, which holds anything.
fn damaged_config() -> impl Strategy<Value = Value> {
    let fields = [
        "n_layers",
        "d_model",
        "n_ctx",
        "d_head",
        "n_heads",
        "d_vocab",
        "d_vocab_out",
        "d_mlp",
        "act_fn",
        "eps",
        "normalization_type",
        "positional_embedding_type",
        "attention_dir",
        "attn_only",
        "attn_scale",
        "n_key_value_heads",
        "window_size",
        "attn_types",
        "rotary_dim",
        "rotary_base",
        "rotary_base_local",
        "rotary_scaling",
        "rotary_scaling_local",
        "use_NTK_by_parts_rope",
        "NTK_original_ctx_len",
        "init_mode",
        "num_experts",
        "attn_scores_soft_cap",
        "seed",
        "model_name",
        "use_local_attn",
        "gated_mlp",
        "tie_word_embeddings",
        "initializer_range",
        "no_such_field",
    ];
    (prop::sample::select(fields.to_vec()), prop_oneof![any_json(), (0u64..100_000_000).prop_map(Value::from)])
        .prop_map(|(field, value)| {
            let mut config: Map<String, Value> = json!({
                "n_layers": 1, "d_model": 4, "n_ctx": 6, "d_head": 2, "n_heads": 2, "d_vocab": 7, "act_fn": "gelu",
                "positional_embedding_type": "rotary"
            })
            .as_object()
            .cloned()
            .unwrap_or_default();
            config.insert(field.to_string(), value);
            Value::Object(config)
        })
}

fn write(dir: &Path, file: &str, bytes: &[u8]) {
    std::fs::write(dir.join(file), bytes).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_config_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let dir = saved();
        write(dir.path(), "config.json", &bytes);
        prop_assert!(HookedTransformer::load(dir.path()).is_err());
    }

    #[test]
    fn a_config_of_any_json(json in any_json()) {
        let _ = HookedTransformerConfig::from_json(json);
    }

    #[test]
    fn a_config_with_any_value_in_one_field(json in damaged_config()) {
        let dir = saved();
        write(dir.path(), "config.json", json.to_string().as_bytes());
        // An absurd size must be refused because the file does not hold it, before memory is asked for.
        let _ = HookedTransformer::load(dir.path());
    }

    #[test]
    fn weights_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = saved();
        write(dir.path(), "model.safetensors", &bytes);
        prop_assert!(HookedTransformer::load(dir.path()).is_err());
    }

    #[test]
    fn weights_with_one_byte_changed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let dir = saved();
        let path = dir.path().join("model.safetensors");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        std::fs::write(&path, &bytes).unwrap();
        let _ = HookedTransformer::load(dir.path());
    }

    #[test]
    fn a_tokenizer_of_any_bytes_or_json(bytes in prop::collection::vec(any::<u8>(), 0..300), json in any_json()) {
        let dir = tempfile::tempdir().unwrap();
        for content in [bytes, json.to_string().into_bytes()] {
            write(dir.path(), "tokenizer.json", &content);
            prop_assert!(Tokenizer::from_file(dir.path().join("tokenizer.json")).is_err());
        }
    }
}
