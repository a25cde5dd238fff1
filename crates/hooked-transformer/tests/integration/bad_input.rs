//! What a user reads when something from outside is wrong: each a typed error that names the file or the value, what
//! was expected, and what came.

use std::path::Path;

use hooked_transformer::{Error, HookedTransformer, HookedTransformerConfig, Result, fwd_hook};
use ndarray::{Array2, array};
use tempfile::TempDir;

fn cfg() -> HookedTransformerConfig {
    HookedTransformerConfig { seed: Some(1), ..HookedTransformerConfig::new(2, 8, 4, 6, 11) }
}

fn tiny() -> HookedTransformer {
    HookedTransformer::from_config(cfg()).unwrap()
}

/// A saved tiny model, to be damaged.
fn saved() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    tiny().save(dir.path()).unwrap();
    dir
}

fn rewrite(path: &Path, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = change(std::fs::read(path).unwrap());
    std::fs::write(path, bytes).unwrap();
}

/// The message names everything that it should.
#[track_caller]
fn says<T>(result: Result<T>, parts: &[&str]) {
    let Err(error) = result else { panic!("no error, expected one that says {parts:?}") };
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{message:?} does not say {part:?}");
    }
    assert_eq!(format!("{error:?}"), format!("{}: {message}", error.variant()), "Debug is the variant and the prose");
}

#[test]
fn what_was_saved_is_loaded() {
    let dir = saved();
    let loaded = HookedTransformer::load(dir.path()).unwrap();
    let tokens = array![[1, 2, 3, 4]];
    assert_eq!(loaded.forward(&tokens).unwrap(), tiny().forward(&tokens).unwrap());
    assert!(std::fs::read_dir(dir.path()).unwrap().all(|file| {
        let name = file.unwrap().file_name();
        name == "config.json" || name == "model.safetensors"
    }));
}

#[test]
fn a_missing_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    says(HookedTransformer::load(dir.path()), &["config.json"]);
    let dir = saved();
    std::fs::remove_file(dir.path().join("model.safetensors")).unwrap();
    // Other formats would have done as well, so the message names them all.
    says(HookedTransformer::load(dir.path()), &["model.safetensors", "pytorch_model.bin", "it holds `config.json`"]);
}

#[test]
fn a_truncated_weights_file_is_refused() {
    let dir = saved();
    let path = dir.path().join("model.safetensors");
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 4, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let result = HookedTransformer::load(dir.path());
        assert!(result.is_err(), "{length} of {} bytes were accepted", whole.len());
        if length > 0 {
            says(result, &["model.safetensors", "truncated"]);
        }
    }
}

#[test]
fn a_config_that_contradicts_the_weights_is_refused() {
    let dir = saved();
    let change = |from: &'static str, to: &'static str| {
        let path = dir.path().join("config.json");
        rewrite(&path, |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from), "{text}");
            text.replace(from, to).into_bytes()
        });
        let result = HookedTransformer::load(dir.path());
        rewrite(&path, |bytes| String::from_utf8(bytes).unwrap().replace(to, from).into_bytes());
        result
    };
    says(change("\"d_vocab\": 11", "\"d_vocab\": 12"), &["embed.W_E", "[12, 8]", "[11, 8]"]);
    says(change("\"n_layers\": 2", "\"n_layers\": 3"), &["blocks.2.attn.W_Q", "missing", "blocks.1.attn.W_Q"]);
    says(change("\"n_layers\": 2", "\"n_layers\": 1"), &["no place for", "blocks.1."]);
    says(change("\"n_layers\": 2", "\"n_layers\": \"two\""), &["config.json", "two"]);
    says(change("\"n_layers\"", "\"n_layer\""), &["config.json", "n_layer"]);
    says(change("\"eps\"", "\"eps\" oops"), &["config.json", "not JSON"]);
    change("\"n_layers\": 2", "\"n_layers\":  2").unwrap();
}

#[test]
fn a_tensor_of_another_kind_of_number_is_refused() {
    let dir = saved();
    rewrite(&dir.path().join("model.safetensors"), |bytes| {
        // Same size, another name for what the bytes mean.
        let at = bytes.windows(5).position(|w| w == b"\"F32\"").unwrap();
        let mut bytes = bytes;
        bytes[at..at + 5].copy_from_slice(b"\"I32\"");
        bytes
    });
    says(HookedTransformer::load(dir.path()), &["I32", "F32, F16 or BF16"]);
}

#[test]
fn half_precision_is_widened() {
    let dir = saved();
    let model = tiny();
    for (dtype, bytes_of) in [
        (safetensors::Dtype::F16, (|x| half::f16::from_f32(x).to_le_bytes()) as fn(f32) -> [u8; 2]),
        (safetensors::Dtype::BF16, |x| half::bf16::from_f32(x).to_le_bytes()),
    ] {
        let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = model
            .state_dict()
            .into_iter()
            .map(|(name, x)| (name, x.shape().to_vec(), x.iter().flat_map(|x| bytes_of(*x)).collect()))
            .collect();
        let views = tensors.iter().map(|(name, shape, data)| {
            (name, safetensors::tensor::TensorView::new(dtype, shape.clone(), data).unwrap())
        });
        std::fs::write(dir.path().join("model.safetensors"), safetensors::serialize(views, None).unwrap()).unwrap();
        let loaded = HookedTransformer::load(dir.path()).unwrap();
        let (got, want) = (loaded.W_Q()[[1, 1, 7, 3]], model.W_Q()[[1, 1, 7, 3]]);
        assert!((got - want).abs() <= 0.01 * want.abs() && got != want, "{dtype:?}: {got} for {want}");
    }
}

#[test]
fn a_broken_tokenizer_file_is_named() {
    let dir = saved();
    std::fs::write(dir.path().join("tokenizer.json"), "{}").unwrap();
    says(HookedTransformer::load(dir.path()), &["tokenizer.json"]);
}

#[test]
fn tokens_must_be_in_the_vocabulary_and_fit_the_context() {
    let model = tiny();
    says(model.forward(&array![[1, 2], [3, 11]]), &["token id 11", "batch 1, pos 1", "0 to 10"]);
    says(model.forward(&array![[1, 2, 3, 4, 5, 6, 7]]), &["7 tokens", "n_ctx = 6"]);
    says(model.forward(Array2::zeros((0, 3))), &["[0, 3]", "at least one"]);
    says(model.forward(Array2::zeros((2, 0))), &["[2, 0]"]);
    says(model.loss(&array![[1]]), &["at least two positions"]);
}

#[test]
fn arrays_of_the_caller_must_fit() {
    let model = tiny();
    let tokens = array![[1, 2, 3]];
    says(model.run(&tokens).attention_mask(Array2::from_elem((1, 2), true)).logits(), &["attention_mask", "[1, 2]"]);
    let stream = ndarray::Array3::zeros((1, 3, 7));
    says(model.run(stream.clone()).logits(), &["start_at_layer"]);
    says(model.run(stream).start_at_layer(1).logits(), &["d_model=8", "[1, 3, 7]"]);
    says(model.run(&tokens).start_at_layer(1).logits(), &["residual stream"]);
    says(model.run(ndarray::Array3::zeros((1, 3, 8))).start_at_layer(1).loss(), &["`tokens`"]);
    says(model.run(&tokens).stop_at_layer(3).resid(), &["stop_at_layer", "-2 to 2", "got 3"]);
    says(model.run(&tokens).stop_at_layer(1).logits(), &["no logits"]);
    let mut past = hooked_transformer::KeyValueCache::new(model.cfg(), 2);
    says(model.run(&tokens).past(&mut past).logits(), &["batch=2", "[1, 3]"]);
}

#[test]
fn an_unknown_hook_or_cache_name_is_answered_with_the_nearest() {
    let model = tiny();
    let tokens = array![[1, 2, 3]];
    let hook = fwd_hook("blocks.0.attn.hook_patern", |_, _| {});
    says(model.run_with_hooks(&tokens, [hook]), &["hook_patern", "blocks.0.attn.hook_pattern"]);
    let hook = fwd_hook(|name: &str| name.ends_with("nothing"), |_, _| {});
    says(model.run_with_hooks(&tokens, [hook]), &["selects none", "names look like `hook_tokens`"]);
    says(model.run(&tokens).names_filter("hook_embedd").cache(), &["hook_embedd", "hook_embed"]);
    says(model.run(&tokens).names_filter(("pattern", 2)).cache(), &["2 layers"]);
    let cache = model.run(&tokens).names_filter("hook_embed").cache().unwrap();
    says(cache.get(("pattern", 0)).map(drop), &["blocks.0.attn.hook_pattern", "this cache", "hook_embed"]);
    assert!(matches!(cache.get("x"), Err(Error::UnknownName { .. })));
}
