//! Models from bytes, without a file system.

use hooked_transformer::{Error, HookedTransformer};

use crate::fixtures::reference;

const NAMES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];

fn files(model: &str) -> Vec<(String, Vec<u8>)> {
    let read = |name: &str| std::fs::read(reference(&format!("models/{model}/{name}"))).unwrap();
    NAMES.iter().map(|name| (name.to_string(), read(name))).collect()
}

/// What the same folder gives, bit by bit; files that are no part of a model are passed over.
#[test]
fn bytes_and_folders_give_the_same_model() {
    for name in ["attn-only-2l-tales", "gpt2-tales"] {
        let mut given = files(name);
        given.push(("README.md".to_string(), b"not a part of it".to_vec()));
        let given = HookedTransformer::from_files(given).unwrap();
        let loaded = HookedTransformer::load(reference(&format!("models/{name}"))).unwrap();
        assert_eq!(given.cfg(), loaded.cfg());
        assert_eq!(given.state_dict(), loaded.state_dict());
        let text = "Once upon a time";
        assert_eq!(given.to_tokens(text, None).unwrap(), loaded.to_tokens(text, None).unwrap());
        let again = HookedTransformer::from_files(given.to_files().unwrap()).unwrap();
        assert_eq!(again.state_dict(), loaded.state_dict());
        assert_eq!(again.to_tokens(text, None).unwrap(), loaded.to_tokens(text, None).unwrap());
    }
}

#[test]
fn what_is_missing_or_damaged_is_named() {
    let without = |name: &str| {
        let files = files("attn-only-2l-tales").into_iter().filter(|(other, _)| other != name);
        HookedTransformer::from_files(files)
    };
    let message = without("config.json").unwrap_err().to_string();
    assert!(message.contains("`config.json` is missing") && message.contains("`model.safetensors`"), "{message}");
    let message = without("model.safetensors").unwrap_err().to_string();
    assert!(message.contains("neither model.safetensors nor"), "{message}");
    assert!(without("tokenizer.json").unwrap().tokenizer().is_none());
    let nothing = HookedTransformer::from_files(Vec::<(String, Vec<u8>)>::new()).unwrap_err().to_string();
    assert!(nothing.contains("there are none at all"), "{nothing}");

    for (name, bytes) in [("config.json", &b"{"[..]), ("model.safetensors", b"short"), ("tokenizer.json", b"\xff\xfe")]
    {
        let mut damaged = files("attn-only-2l-tales");
        damaged.iter_mut().filter(|(other, _)| other == name).for_each(|(_, content)| *content = bytes.to_vec());
        let error = HookedTransformer::from_files(damaged).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }) && error.to_string().starts_with(name), "{error}");
    }
}

/// GPT-2's two files instead of a `tokenizer.json`.
#[test]
fn a_vocabulary_and_its_merges_are_a_tokenizer() {
    let vocab = r#"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}"#;
    let with = |merges: &str| {
        let mut files = files("attn-only-2l-tales");
        files.retain(|(name, _)| name != "tokenizer.json");
        files.push(("vocab.json".to_string(), vocab.as_bytes().to_vec()));
        files.push(("merges.txt".to_string(), merges.as_bytes().to_vec()));
        HookedTransformer::from_files(files)
    };
    let model = with("#version: 0.2\na b\n").unwrap();
    assert_eq!(model.to_tokens("aba", true).unwrap(), ndarray::array![[3, 2, 0]]);
    for (merges, said) in [("a b c\n", "line 1"), ("#version: 0.2\na b\nab\n", "line 3"), ("a c\n", "byte-pair")] {
        let message = with(merges).unwrap_err().to_string();
        assert!(message.starts_with("vocab.json") && message.contains(said), "{message}");
    }
}
