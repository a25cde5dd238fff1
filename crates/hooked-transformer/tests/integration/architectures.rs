//! The oracle's tiny random models, one a combination of the configuration's flags: no parameter is zero.

use std::collections::BTreeMap;

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Tokens};
use serde_json::Value;

use crate::fixtures::{Arrays, reference};

/// Every configuration's name, model and a batch of three rows.
pub fn all() -> Vec<(String, HookedTransformer, Tokens)> {
    let text = std::fs::read_to_string(reference("parity/configs.json")).unwrap();
    let configs: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(configs.len() >= 24);
    configs.keys().map(|name| (name.clone(), model(name), tokens(name))).collect()
}

pub fn model(name: &str) -> HookedTransformer {
    let text = std::fs::read_to_string(reference("parity/configs.json")).unwrap();
    let configs: Value = serde_json::from_str(&text).unwrap();
    let arrays = Arrays::read(&format!("parity/{name}.safetensors"));
    let cfg = HookedTransformerConfig::from_json(configs[name]["config"].clone()).unwrap();
    HookedTransformer::from_state_dict(cfg, |tensor| arrays.find(&format!("weights.{tensor}"))).unwrap()
}

pub fn tokens(name: &str) -> Tokens {
    Arrays::read(&format!("parity/{name}.safetensors")).tokens("three.tokens")
}
