//! Every error as a reader sees it, in one snapshot: a change of wording shows there.

use std::fmt::Write;
use std::path::PathBuf;

use super::{Error, HubCause};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// One of each variant; two where the text depends on what is known.
#[rustfmt::skip]
fn errors() -> Vec<Error> {
    let path = || PathBuf::from("model/config.json");
    let source = || "model/weights.safetensors".to_string();
    let name = || "blocks.0.attn.W_Q".to_string();
    let many: Vec<String> = (0..8).map(|layer| format!("blocks.{layer}.hook_resid_pre")).collect();
    vec![
        Error::Io { path: path(), source: std::io::Error::other("permission denied") },
        Error::Malformed { path: path(), problem: "expected an object, got a list (line 1)".into() },
        Error::Config { field: "n_heads", problem: "12 heads of 64 need d_model 768, got 512".into() },
        Error::Unsupported { path: path(), what: "model type `t5`".into() },
        Error::UnknownModel { name: "gpt2-smal".into(), nearest: texts(&["gpt2-small", "gpt2-xl"]) },
        Error::UnknownModel { name: "zzz".into(), nearest: Vec::new() },
        Error::MissingTensor { source: source(), name: name(), nearest: texts(&["blocks.0.attn.W_K"]) },
        Error::TensorShape { source: source(), name: name(), expected: vec![12, 768, 64], got: vec![768, 768] },
        Error::TensorDtype { source: source(), name: name(), got: "I64".into() },
        Error::UnexpectedTensors { source: source(), names: many.clone() },
        Error::UnknownName {
            name: "blocks.0.hook_q".into(), place: "this model's hook points", reason: None, nearest: many[..2].to_vec(),
        },
        Error::UnknownName {
            name: "blocks.0.hook_mlp_out".into(), place: "the activations of this cache", reason: Some("the model has no MLPs".into()),
            nearest: Vec::new(),
        },
        Error::FilterMatchedNothing { of: 8, what: "hook points", examples: many.clone() },
        Error::TokenOutOfRange { id: 50257, d_vocab: 50257, at: (0, 3) },
        Error::TooLong { tokens: 1025, n_ctx: 1024 },
        Error::EmptyInput { shape: vec![0, 5] },
        Error::Shape { what: "the steering vector".into(), expected: "[d_model] = [768]".into(), got: vec![512] },
        Error::Argument { name: "top_p", problem: "expected a number above 0 and up to 1, got 2".into() },
        Error::NotANumber { what: "the logit of token 11 at pos 4".into() },
        Error::HookInsideItself { at: many[..1].to_vec() },
        Error::NoDistribution { problem: "all logits are minus infinity".into() },
        Error::NoTokenizer,
        Error::Tokenizer { problem: "the vocabulary is empty".into() },
        Error::NotOneToken { text: "Mary Smith".into(), tokens: texts(&["Mary", " Smith"]) },
        Error::TokenNotInPrompt { token: " John".into(), prompt: texts(&["<|bos|>", "Mary", " gave"]) },
        Error::CannotProcess { step: "fold_ln", reason: "it has no layer norms".into() },
        Error::NoModel { method: "decompose_resid" },
    ]
}

/// The same for what can go wrong with the hub.
fn causes() -> Vec<HubCause> {
    let message = || "the hub said so".to_string();
    vec![
        HubCause::NotCached { cache: PathBuf::from("cache/hub"), because: "offline mode is on" },
        HubCause::NoNetwork("connection refused".into()),
        HubCause::NotFound { revision: "main".into() },
        HubCause::NoAccess { status: 401, message: message() },
        HubCause::NoAccess { status: 403, message: message() },
        HubCause::Status { status: 503, message: message() },
        HubCause::DiskFull { path: PathBuf::from("cache/hub/blobs/abc.incomplete") },
        HubCause::WrongLength { expected: 1000, got: 990 },
        HubCause::WrongContent { expected: "aaa".into(), got: "bbb".into() },
        HubCause::Interrupted { got: 10, expected: 1000, last: "the answer ended early".into() },
        HubCause::Incomplete("there is no config.json".into()),
        HubCause::Other("HF_ENDPOINT should begin with https://, got \"hub\"".into()),
    ]
}

/// The names of the variants of an enum of this module.
fn variants(of: &str) -> Vec<&'static str> {
    let source = include_str!("../error.rs");
    let body = source.split_once(&format!("pub enum {of} {{\n")).unwrap().1.split_once("\n}\n").unwrap().0;
    let name = |line: &'static str| line.strip_prefix("    ")?.split([' ', ',', '(']).next();
    body.lines().filter_map(name).filter(|name| name.starts_with(char::is_uppercase)).collect()
}

#[test]
fn every_error_reads_so() {
    let mut all = errors();
    let file = Some("config.json".to_string());
    all.extend(causes().into_iter().map(|cause| Error::Hub { repo: "owner/name".into(), file: None, cause }));
    all.push(Error::Hub { repo: "owner/name".into(), file, cause: HubCause::NotFound { revision: "v2".into() } });
    let mut text = String::new();
    for error in &all {
        writeln!(text, "{}\n    {error}\n", error.variant()).unwrap();
    }
    insta::assert_snapshot!(text);

    let shown: Vec<&str> = all.iter().map(Error::variant).collect();
    assert_eq!(
        variants("Error").into_iter().find(|name| !shown.contains(name)),
        None,
        "an error without its text here"
    );
    let shown: String = causes().iter().map(|cause| format!("{cause:?}\n")).collect();
    let begins = |name: &&str| shown.lines().any(|line| line.starts_with(*name));
    assert_eq!(variants("HubCause").into_iter().find(|name| !begins(name)), None, "a cause without its text here");
}
