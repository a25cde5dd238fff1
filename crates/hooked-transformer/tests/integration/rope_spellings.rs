//! Every spelling of the rotation's settings in a Hugging Face configuration, in every family that rotates.

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, RotaryScaling};
use serde_json::{Value, json};

use crate::families::with_config;

const LLAMA3: RotaryScaling =
    RotaryScaling::Llama3 { factor: 8.0, low_freq_factor: 1.0, high_freq_factor: 4.0, original_n_ctx: 16 };

/// The configuration of a fixture whose fields about the rotation are these and no others.
fn rotation(family: &str, fields: Value) -> Result<HookedTransformerConfig, String> {
    const OTHERS: [&str; 9] = [
        "rope_theta",
        "rope_scaling",
        "rope_parameters",
        "rope_local_base_freq",
        "partial_rotary_factor",
        "rotary_pct",
        "rotary_emb_base",
        "original_max_position_embeddings",
        "rope_pct",
    ];
    let dir = with_config(family, |config| {
        let config = config.as_object_mut().unwrap();
        OTHERS.iter().for_each(|field| drop(config.remove(*field)));
        config.extend(fields.as_object().unwrap().clone());
    });
    HookedTransformer::load(dir.path()).map(|model| model.cfg().clone()).map_err(|e| e.to_string())
}

fn read(family: &str, fields: Value) -> HookedTransformerConfig {
    rotation(family, fields.clone()).unwrap_or_else(|e| panic!("{family} {fields}: {e}"))
}

const FLAT: [&str; 10] =
    ["gpt_neox", "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "phi", "phi3", "stablelm"];

#[test]
fn both_versions_of_transformers_say_the_same() {
    let llama3 = json!({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                        "original_max_position_embeddings": 16});
    let mut with_theta = llama3.clone();
    with_theta["rope_theta"] = 700.0.into();
    for family in FLAT {
        let version_4 = read(family, json!({"rope_theta": 700.0, "rope_scaling": llama3}));
        let version_5 = read(family, json!({"rope_parameters": with_theta}));
        assert_eq!(version_4, version_5, "{family}");
        assert_eq!((version_4.rotary_base, version_4.rotary_scaling), (700.0, Some(LLAMA3)), "{family}");
        // Where a file has both, the object counts.
        let both = read(family, json!({"rope_theta": 3.0, "rope_parameters": with_theta}));
        assert_eq!(both, version_5, "{family}");
        let nested = json!({"rope_parameters": {"full_attention": with_theta, "sliding_attention": with_theta}});
        assert_eq!(read(family, nested), version_5, "{family}");
    }
}

#[test]
fn what_is_left_out_has_the_familys_default() {
    for (family, partial) in [("llama", None), ("gpt_neox", Some(2)), ("phi", Some(4)), ("stablelm", Some(2))] {
        for fields in [json!({}), json!({"rope_parameters": {"rope_type": "default"}}), json!({"rope_scaling": null})] {
            let cfg = read(family, fields);
            assert_eq!((cfg.rotary_base, cfg.rotary_dim, cfg.rotary_scaling), (10_000.0, partial, None), "{family}");
        }
    }
    let cfg = read("gemma3", json!({}));
    assert_eq!((cfg.rotary_base, cfg.rotary_base_local), (1_000_000.0, Some(10_000.0)));
}

#[test]
fn the_rotated_part_of_a_head_is_read_wherever_it_is_written() {
    for (family, fields, dim) in [
        ("phi", json!({"partial_rotary_factor": 0.25}), 2),
        ("phi", json!({"rope_parameters": {"partial_rotary_factor": 0.75}}), 6),
        ("phi3", json!({"rope_parameters": {"partial_rotary_factor": 0.67}}), 4),
        ("stablelm", json!({"rope_pct": 0.5}), 4),
        ("stablelm", json!({"rope_parameters": {"partial_rotary_factor": 0.75, "rope_theta": 9.0}}), 6),
        ("gpt_neox", json!({"rotary_pct": 0.5}), 4),
        ("gpt_neox", json!({"rotary_pct": 0.5, "rope_parameters": {"partial_rotary_factor": 0.75}}), 6),
    ] {
        assert_eq!(read(family, fields.clone()).rotary_dim, Some(dim), "{family} {fields}");
    }
}

#[test]
fn a_type_can_be_a_plain_name() {
    assert_eq!(read("llama", json!({"rope_scaling": "default"})).rotary_scaling, None);
    assert_eq!(read("llama", json!({"rope_parameters": "default"})).rotary_scaling, None);
    let linear = json!({"rope_scaling": {"type": "linear", "factor": 4}});
    assert_eq!(read("phi", linear).rotary_scaling, Some(RotaryScaling::Linear { factor: 4.0 }));
}

/// Gemma 3's local layers rotate from a base of their own, and only `rope_parameters` can stretch them.
#[test]
fn layers_of_two_types_rotate_in_two_ways() {
    let unstretched = Some(RotaryScaling::Linear { factor: 1.0 });
    let linear = json!({"rope_type": "linear", "factor": 3.0});
    let cfg = read("gemma3", json!({"rope_theta": 90.0, "rope_local_base_freq": 5.0, "rope_scaling": linear}));
    assert_eq!((cfg.rotary_base, cfg.rotary_base_local), (90.0, Some(5.0)));
    assert_eq!(cfg.rotary_scaling, Some(RotaryScaling::Linear { factor: 3.0 }));
    assert_eq!(cfg.rotary_scaling_local, unstretched);
    let nested = json!({"rope_parameters": {
        "full_attention": {"rope_type": "default", "rope_theta": 90.0},
        "sliding_attention": {"rope_type": "linear", "factor": 3.0, "rope_theta": 5.0}}});
    let cfg = read("gemma3", nested.clone());
    assert_eq!((cfg.rotary_scaling, cfg.rotary_scaling_local), (None, Some(RotaryScaling::Linear { factor: 3.0 })));
    // Other families can be written this way, too.
    let cfg = read("gemma2", nested);
    assert_eq!((cfg.rotary_base, cfg.rotary_base_local), (90.0, Some(5.0)));
}

#[test]
fn what_would_be_passed_over_is_refused_by_name() {
    let mut cases: Vec<(&str, Value, &str)> = vec![
        ("llama", json!({"rope_scaling": "linear"}), "`factor`"),
        ("llama", json!({"rope_scaling": {"rope_type": "linear"}}), "`factor`"),
        ("llama", json!({"rope_parameters": {"rope_type": "llama3", "factor": 8.0}}), "`low_freq_factor`"),
        ("llama", json!({"rope_parameters": [1]}), "`rope_parameters`"),
        ("llama", json!({"rope_scaling": 2.0}), "`rope_scaling`"),
        ("llama", json!({"rope_parameters": {"rope_type": 3}}), "`rope_type`"),
        ("llama", json!({"rope_theta": "fast"}), "`rope_theta`"),
        ("llama", json!({"rope_parameters": {"rope_theta": 0}}), "`rotary_base`"),
        ("gemma3", json!({"rope_parameters": {"rope_theta": 9.0}}), "`full_attention`"),
        ("gemma2", json!({"rope_parameters": {"full_attention": null, "sliding_attention": null}}), "null"),
        (
            "llama",
            json!({"rope_scaling": {"type": "linear", "factor": 2.0}, "rope_parameters": {"rope_type": "default"}}),
            "contradict",
        ),
        (
            "phi",
            json!({"rope_parameters": {"full_attention": {"partial_rotary_factor": 0.5},
                                       "sliding_attention": {"partial_rotary_factor": 0.25}}}),
            "`partial_rotary_factor`",
        ),
    ];
    for kind in ["yarn", "dynamic", "longrope", "proportional", "mrope"] {
        for family in FLAT {
            cases.push((family, json!({"rope_parameters": {"rope_type": kind, "factor": 4.0}}), kind));
            cases.push((family, json!({"rope_scaling": {"type": kind, "factor": 4.0}}), kind));
            cases.push((family, json!({"rope_scaling": kind}), kind));
        }
        cases.push(("gemma3", json!({"rope_parameters": {"full_attention": {"rope_type": kind}}}), kind));
    }
    for (family, fields, part) in cases {
        let message = rotation(family, fields.clone()).expect_err(&format!("{family} {fields}"));
        assert!(message.contains(part) && message.contains("config.json"), "{family} {fields}: {message}");
    }
}
