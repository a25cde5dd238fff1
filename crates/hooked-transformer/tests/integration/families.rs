//! Tiny models of every architecture family, in the family's own format, against what their authors' code computes.
//!
//! `cargo test -p hooked-transformer --test integration families -- --nocapture` prints the table of differences.

use std::path::Path;
use std::sync::{Arc, Mutex};

use hooked_transformer::{
    ActivationFunction, Error, HookedTransformer, HookedTransformerConfig, PretrainedOptions, Progress, list_models,
    log_softmax,
};
use ndarray::{Array3, ArrayViewD};

use crate::fixtures::{Arrays, largest_difference, reference};

/// What the library promises.
const TOLERANCE: f32 = 1e-4;

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(reference("families")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn load(name: &str) -> HookedTransformer {
    let folder = reference("families").join(name);
    HookedTransformer::from_pretrained_no_processing(folder.to_str().unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The stream that each layer reads, and at the end what the last one leaves.
fn streams(model: &HookedTransformer, tokens: &hooked_transformer::Tokens) -> Vec<Array3<f32>> {
    let n_layers = model.cfg().n_layers as isize;
    (0..=n_layers).map(|layer| model.run(tokens).stop_at_layer(layer).resid().unwrap()).collect()
}

#[test]
fn families_agree_with_their_authors_code() {
    let mut failures = Vec::new();
    println!("{:<22} {:<30} {:>8} {:>8}", "folder", "architecture", "logits", "streams");
    for name in names() {
        let model = load(&name);
        let expected = Arrays::read(&format!("families/{name}/expected.safetensors"));
        let (mut logits, mut stream) = (0f32, 0f32);
        for input in ["one", "two"] {
            let tokens = expected.tokens(&format!("{input}.tokens"));
            let compare = |got: ArrayViewD<'_, f32>, what: &str| {
                largest_difference(got, expected.get(&format!("{input}.{what}")))
            };
            logits = logits.max(compare(model.forward(&tokens).unwrap().view().into_dyn(), "logits"));
            for (layer, resid) in streams(&model, &tokens).iter().enumerate() {
                stream = stream.max(compare(resid.view().into_dyn(), &format!("resid.{layer}")));
            }
        }
        let architecture = model.cfg().original_architecture.clone().unwrap_or_default();
        println!("{name:<22} {architecture:<30} {logits:>8.1e} {stream:>8.1e}");
        if !(logits <= TOLERANCE && stream <= TOLERANCE) {
            failures.push(format!("{name}: logits {logits}, streams {stream}"));
        }
    }
    assert!(failures.is_empty(), "beyond {TOLERANCE}:\n{}", failures.join("\n"));
}

/// Every architecture of the registry has a model here.
#[test]
fn families_of_the_registry_are_all_compared() {
    let compared: Vec<String> =
        names().iter().filter_map(|name| load(name).cfg().original_architecture.clone()).collect();
    for model in list_models() {
        // The text part of a model that also sees pictures is the text model.
        let architecture = model.architecture.replace("Gemma3ForConditionalGeneration", "Gemma3ForCausalLM");
        assert!(compared.contains(&architecture), "no model of {architecture} in reference_data/families");
    }
}

#[test]
fn families_survive_being_saved_in_our_own_format() {
    let dir = tempfile::tempdir().unwrap();
    for name in names() {
        let model = load(&name);
        model.save(dir.path().join(&name)).unwrap();
        let again = HookedTransformer::load(dir.path().join(&name)).unwrap();
        assert_eq!(model.cfg(), again.cfg(), "{name}");
        let tokens = ndarray::array![[3, 1, 4, 1, 5, 9]];
        assert_eq!(model.forward(&tokens).unwrap(), again.forward(&tokens).unwrap(), "{name}");
    }
}

/// Processing is what the classic library does by default, as far as a model allows it: other weights, the same
/// probabilities.
#[test]
fn families_give_the_same_probabilities_when_they_are_processed() {
    let tokens = ndarray::array![[3, 1, 4, 1, 5, 9, 2, 6, 5]];
    let log_probs = |model: &HookedTransformer| log_softmax(model.forward(&tokens).unwrap().view());
    for name in names() {
        let folder = reference("families").join(&name);
        let notes = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&notes);
        let options = PretrainedOptions::new().progress(move |progress| {
            if let Progress::Note(note) = progress {
                heard.lock().unwrap().push_str(note);
            }
        });
        let processed = options.load(folder.to_str().unwrap()).unwrap();
        let (raw, notes) = (load(&name), notes.lock().unwrap().clone());
        let difference = largest_difference(log_probs(&raw).view().into_dyn(), log_probs(&processed).view().into_dyn());
        assert!(difference <= 2e-4, "{name}: {difference}");
        let folded = processed.cfg().normalization_type.is_none_or(|kind| !kind.has_gain());
        assert!(folded || notes.contains("fold_ln"), "{name}: {notes}");
        if name == "toy_shortformer" {
            assert_eq!(raw.W_E(), processed.W_E());
            assert!(["fold_ln", "center_writing_weights", "center_unembed"].iter().all(|step| notes.contains(step)));
        }
        assert!(processed.b_V().iter().all(|&b| b == 0.0), "{name}");
        if name == "gpt2" {
            assert_ne!(raw.W_E(), processed.W_E());
            assert!(notes.is_empty(), "{notes}");
        }
    }
}

/// A tokenizer from before there was `tokenizer.json`, as OPT has it.
#[test]
fn a_byte_level_tokenizer_comes_from_vocabulary_and_merges() {
    let dir = with_config("opt", |_| {});
    let vocabulary = serde_json::json!({"<s>": 0, "<pad>": 1, "</s>": 2, "a": 3, "b": 4, "Ġ": 5, "ab": 6});
    std::fs::write(dir.path().join("vocab.json"), vocabulary.to_string()).unwrap();
    std::fs::write(dir.path().join("merges.txt"), "#version: 0.2\na b\n").unwrap();
    let special = serde_json::json!({"bos_token": {"content": "</s>"}, "eos_token": "</s>", "pad_token": "<pad>"});
    std::fs::write(dir.path().join("tokenizer_config.json"), special.to_string()).unwrap();
    let model = HookedTransformer::load(dir.path()).unwrap();
    assert_eq!(model.to_tokens("ab a", None).unwrap(), ndarray::array![[2, 6, 5, 3]]);
    assert_eq!(model.to_tokens("ab</s>", false).unwrap(), ndarray::array![[6, 2]]);
    assert_eq!(model.to_string(vec![6, 5, 3]).unwrap(), "ab a");
    assert_eq!(model.tokenizer().unwrap().pad_token_id(), 1);
}

/// A copy of a model's folder whose configuration was changed.
pub fn with_config(name: &str, change: impl Fn(&mut serde_json::Value)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(reference("families").join(name)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = dir.path().join("config.json");
    let mut config: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut config);
    std::fs::write(path, config.to_string()).unwrap();
    dir
}

fn message(dir: &Path) -> String {
    HookedTransformer::load(dir).unwrap_err().to_string()
}

#[test]
fn what_is_not_supported_says_so() {
    let cases: [(&str, &str, serde_json::Value, &str); 19] = [
        ("llama", "architectures", serde_json::json!(["MixtralForCausalLM"]), "mixtures of experts"),
        ("llama", "architectures", serde_json::json!(["LlamaForCausalLm"]), "LlamaForCausalLM"),
        ("llama", "rope_scaling", serde_json::json!({"rope_type": "yarn", "factor": 4.0}), "`yarn`"),
        ("llama", "mlp_bias", true.into(), "mlp_bias"),
        ("llama", "hidden_act", "xielu".into(), "`xielu`"),
        ("opt", "do_layer_norm_before", false.into(), "do_layer_norm_before"),
        ("opt", "word_embed_proj_dim", 12.into(), "embedding of 12 dimensions"),
        ("phi", "qk_layernorm", true.into(), "qk_layernorm"),
        ("bloom", "n_head", 3.into(), "power of two"),
        ("llama", "quantization_config", serde_json::json!({"quant_method": "gptq"}), "quantization_config"),
        ("llama", "hidden_act", 3.into(), "hidden_act"),
        ("gemma", "use_bidirectional_attention", true.into(), "use_bidirectional_attention"),
        ("gemma2", "use_bidirectional_attention", true.into(), "use_bidirectional_attention"),
        ("gemma3", "use_bidirectional_attention", true.into(), "use_bidirectional_attention"),
        ("gemma", "hidden_activation", "silu".into(), "hidden_activation"),
        ("gemma2", "sliding_window", serde_json::Value::Null, "sliding_window"),
        ("mistral", "layer_types", serde_json::json!(["full_attention", "sliding_attention"]), "layer_types"),
        ("gpt2", "add_cross_attention", true.into(), "add_cross_attention"),
        ("gemma2", "layer_types", serde_json::json!(["linear_attention", "full_attention"]), "linear_attention"),
    ];
    for (name, field, value, part) in cases {
        let dir = with_config(name, |config| config[field] = value.clone());
        let message = message(dir.path());
        assert!(message.contains(part) && message.contains("config.json"), "{field}: {message}");
    }
}

/// What a file leaves out is what `transformers` takes by default, and it takes some names for others.
#[test]
fn fields_that_are_left_out_have_the_defaults_of_transformers() {
    let without = |name: &str, field: &str| {
        let dir = with_config(name, |config| drop(config.as_object_mut().unwrap().remove(field)));
        HookedTransformer::load(dir.path()).map(|model| model.cfg().clone())
    };
    assert_eq!(without("mistral", "sliding_window").unwrap().window_size, Some(4096));
    assert_eq!(without("gemma2", "sliding_window").unwrap().window_size, Some(4096));
    assert_eq!(without("gemma", "hidden_act").unwrap().act_fn, Some(ActivationFunction::GeluPytorchTanh));
    // Of GPT-J 64 dimensions are rotated, which are more than these heads have.
    assert!(without("gptj", "rotary_dim").unwrap_err().to_string().contains("rotary_dim"));
    let no_window = with_config("mistral", |config| config["sliding_window"] = serde_json::Value::Null);
    assert!(!HookedTransformer::load(no_window.path()).unwrap().cfg().use_local_attn);

    let renamed = with_config("gpt2", |config| {
        let fields = config.as_object_mut().unwrap();
        for (name, alias) in
            [("n_layer", "num_hidden_layers"), ("n_embd", "hidden_size"), ("n_head", "num_attention_heads")]
        {
            let value = fields.remove(name).unwrap();
            fields.insert(alias.to_string(), value);
        }
    });
    assert_eq!(HookedTransformer::load(renamed.path()).unwrap().cfg(), load("gpt2").cfg());
    for (act_fn, want) in [("gelu", ActivationFunction::GeluPytorchTanh), ("silu", ActivationFunction::Silu)] {
        let dir = with_config("v5_gemma", |config| config["hidden_act"] = act_fn.into());
        assert_eq!(HookedTransformer::load(dir.path()).unwrap().cfg().act_fn, Some(want));
    }
}

/// The classic library writes an unembedding of its own for a tied model, too, and may have processed it since.
#[test]
fn a_model_is_tied_if_its_weights_are() {
    assert!(load("classic_tied").cfg().tie_word_embeddings);
    assert_eq!(load("classic_tied").W_U(), load("classic_tied").W_E().t());
    assert!(!load("classic_tied_processed").cfg().tie_word_embeddings);
}

/// Weights in every format, into a configuration of one's own.
#[test]
fn weights_come_from_one_file_of_any_format() {
    let tokens = ndarray::array![[3, 1, 4, 1, 5, 9]];
    for (name, file) in [
        ("classic_alibi", "model.pth"),
        ("classic_tied", "pytorch_model.bin"),
        ("classic_ntk", "weights.pt"),
        ("classic_no_local", "model.safetensors"),
    ] {
        let path = reference("families").join(name).join(file);
        let want = load(name);
        let cfg = want.cfg().clone();
        let model = HookedTransformer::from_state_dict_file(cfg.clone(), &path).unwrap();
        assert_eq!(model.forward(&tokens).unwrap(), want.forward(&tokens).unwrap(), "{name}");
        let other = HookedTransformerConfig { n_layers: 1, attn_types: None, use_local_attn: false, ..cfg };
        let error = HookedTransformer::from_state_dict_file(other, &path).unwrap_err();
        assert!(matches!(error, Error::UnexpectedTensors { .. }), "{error}");
    }
    let absent = HookedTransformer::from_state_dict_file(HookedTransformerConfig::new(1, 8, 4, 6, 9), "no_such.pth");
    assert!(absent.unwrap_err().to_string().contains("no_such.pth"));
}

#[test]
fn a_configuration_that_contradicts_the_weights_is_refused_before_memory_is() {
    let dir = with_config("llama", |config| config["vocab_size"] = (1 << 24).into());
    assert!(message(dir.path()).contains("calls for"), "{}", message(dir.path()));
    let dir = with_config("llama", |config| config["hidden_size"] = (1u64 << 40).into());
    assert!(message(dir.path()).contains("hidden_size"), "{}", message(dir.path()));
    let dir = with_config("llama", |config| config["vocab_size"] = 51.into());
    let error = HookedTransformer::load(dir.path()).unwrap_err();
    assert!(matches!(&error, Error::TensorShape { name, .. } if name == "model.embed_tokens.weight"), "{error}");
    let dir = with_config("llama", |config| config["num_hidden_layers"] = 1.into());
    let error = HookedTransformer::load(dir.path()).unwrap_err();
    assert!(matches!(&error, Error::UnexpectedTensors { .. }), "{error}");
    let dir = with_config("llama", |config| config["num_hidden_layers"] = 3.into());
    let error = HookedTransformer::load(dir.path()).unwrap_err();
    assert!(matches!(&error, Error::MissingTensor { name, .. } if name.contains("layers.2")), "{error}");
}

#[test]
fn an_index_of_shards_cannot_lead_outside_the_folder() {
    let dir = with_config("llama", |_| {});
    let path = dir.path().join("model.safetensors.index.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let name = "model-00001-of-";
    assert!(text.contains(name));
    std::fs::write(&path, text.replacen(name, "../model-00001-of-", 1)).unwrap();
    assert!(message(dir.path()).contains("not a plain file name"), "{}", message(dir.path()));
    std::fs::write(&path, "{}").unwrap();
    assert!(message(dir.path()).contains("weight_map"), "{}", message(dir.path()));
}

#[test]
fn an_empty_folder_and_an_unknown_name_are_explained() {
    let dir = tempfile::tempdir().unwrap();
    assert!(message(dir.path()).contains("config.json"), "{}", message(dir.path()));
    let error = PretrainedOptions::new().offline(true).load("gpt2-smal").unwrap_err();
    assert!(matches!(&error, Error::UnknownModel { nearest, .. } if nearest[0] == "gpt2-small"), "{error}");
    let error = PretrainedOptions::new().offline(true).cache_dir(dir.path()).load("gpt2-small").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("openai-community/gpt2") && text.contains("not in the cache"), "{text}");
}

/// The notebook's two-layer model has no config.json; its configuration is the one that the notebook writes down.
#[test]
fn a_toy_configuration_reads_as_classic_fields() {
    let cfg: HookedTransformerConfig = load("toy_solu").cfg().clone();
    assert_eq!(cfg.act_fn, Some(hooked_transformer::ActivationFunction::SoluLn));
    assert!(cfg.final_rms);
    let cfg = load("toy_shortformer").cfg().clone();
    assert_eq!(cfg.positional_embedding_type, hooked_transformer::PositionalEmbeddingType::Shortformer);
    assert_eq!(cfg.normalization_type, None);
}
