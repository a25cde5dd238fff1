//! Every field of the configuration, with sensible values and absurd ones: a configuration is refused, by an error that
//! names a field, or its model runs at every length that it has positions for.

use hooked_transformer::{
    ActivationFunction, AttentionDir, AttnType, Error, HookedTransformer, HookedTransformerConfig, InitMode,
    NormalizationType, PositionalEmbeddingType, RotaryScaling,
};
use ndarray::Array2;
use proptest::prelude::*;

/// Draws choices from random numbers, one after another.
struct Choices(std::vec::IntoIter<u32>);

impl Choices {
    fn below(&mut self, n: usize) -> usize {
        self.0.next().map_or(0, |number| number as usize % n)
    }

    fn of<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn flag(&mut self) -> bool {
        self.below(3) == 0
    }

    /// Usually sensible; in one of sixteen cases what no number should be.
    fn number(&mut self, sensible: &[f32]) -> f32 {
        match self.below(16) {
            0 => self.of(&[0.0, -1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
            _ => self.of(sensible),
        }
    }

    fn size(&mut self, sensible: &[usize]) -> usize {
        match self.below(40) {
            0 => self.of(&[0, 1 << 25, usize::MAX]),
            _ => self.of(sensible),
        }
    }

    fn optional<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| value(self))
    }

    fn scaling(&mut self) -> RotaryScaling {
        let factor = self.number(&[1.0, 2.5, 8.0]);
        match self.flag() {
            true => RotaryScaling::Linear { factor },
            false => RotaryScaling::Llama3 {
                factor,
                low_freq_factor: self.number(&[1.0]),
                high_freq_factor: self.number(&[4.0, 1.5]),
                original_n_ctx: self.size(&[4, 16]),
            },
        }
    }

    fn config(&mut self) -> HookedTransformerConfig {
        use ActivationFunction::*;
        use NormalizationType::*;
        use PositionalEmbeddingType::*;
        let n_layers = self.size(&[1, 2, 3]);
        HookedTransformerConfig {
            n_heads: self.size(&[1, 2, 3, 4]),
            d_vocab_out: self.optional(|choices| choices.size(&[3, 7, 9])),
            d_mlp: self.optional(|choices| choices.size(&[1, 5, 12])),
            act_fn: match self.below(12) {
                0 => None,
                _ => Some(self.of(&[Relu, Gelu, GeluNew, GeluFast, GeluPytorchTanh, Silu, Solu, SoluLn, Xielu])),
            },
            eps: self.number(&[1e-5, 0.1]),
            normalization_type: self.of(&[None, Some(LN), Some(LNPre), Some(RMS), Some(RMSPre)]),
            positional_embedding_type: self.of(&[Standard, Shortformer, Rotary, Alibi]),
            attention_dir: self.of(&[AttentionDir::Causal, AttentionDir::Bidirectional]),
            attn_only: self.flag(),
            parallel_attn_mlp: self.flag(),
            gated_mlp: self.flag(),
            use_attn_scale: !self.flag(),
            attn_scale: self.optional(|choices| choices.number(&[1.0, 2.0])),
            scale_attn_by_inverse_layer_idx: self.flag(),
            n_key_value_heads: self.optional(|choices| choices.size(&[1, 2, 3])),
            ungroup_grouped_query_attention: self.flag(),
            use_local_attn: self.flag(),
            window_size: (!self.flag()).then(|| self.size(&[1, 2, 9])),
            attn_types: (!self.flag()).then(|| {
                let n_types = if self.below(6) == 0 { self.below(4) } else { n_layers.min(8) };
                (0..n_types).map(|_| self.of(&[AttnType::Local, AttnType::Global])).collect()
            }),
            rotary_dim: self.optional(|choices| choices.size(&[1, 2, 4, 6])),
            rotary_base: self.number(&[10.0, 10_000.0]),
            rotary_base_local: self.optional(|choices| choices.number(&[3.0, 100.0])),
            rotary_adjacent_pairs: self.flag(),
            rotary_scaling: self.optional(Choices::scaling),
            rotary_scaling_local: self.optional(Choices::scaling),
            use_qk_norm: self.flag(),
            post_embedding_ln: self.flag(),
            use_normalization_before_and_after: self.flag(),
            final_rms: self.flag(),
            attn_scores_soft_cap: self.optional(|choices| choices.number(&[1.5])),
            output_logits_soft_cap: self.optional(|choices| choices.number(&[2.5])),
            tie_word_embeddings: self.flag(),
            default_prepend_bos: self.flag(),
            init_mode: self.of(&[
                InitMode::Gpt2,
                InitMode::XavierUniform,
                InitMode::XavierNormal,
                InitMode::KaimingUniform,
                InitMode::KaimingNormal,
                InitMode::MuP,
            ]),
            initializer_range: self.optional(|choices| choices.number(&[0.02, 0.2])),
            seed: self.optional(|choices| choices.below(100) as u64),
            ..HookedTransformerConfig::new(
                n_layers,
                self.size(&[1, 4, 6]),
                self.size(&[1, 2, 4]),
                self.size(&[1, 2, 5]),
                self.size(&[1, 3, 7]),
            )
        }
    }
}

/// Runs the model in every way that takes another path, at every length. The two paths add in another order, so what they
/// may differ by is relative to the largest logit: a small one can be what is left of two that nearly cancel. Nothing is
/// compared where a stream outgrew `f32`: without norms, gated layers that square or cube what they read do that.
fn run_at_every_length(model: &HookedTransformer) {
    let cfg = model.cfg();
    for n_pos in 1..=cfg.n_ctx {
        let tokens = Array2::from_shape_fn((2, n_pos), |(row, pos)| (3 * row + pos) % cfg.d_vocab);
        let logits = model.forward(&tokens).unwrap();
        assert_eq!(logits.dim(), (2, n_pos, cfg.d_vocab_out()));
        let (cached, cache) = model.run(&tokens).names_filter(|_: &str| true).logits_and_cache().unwrap();
        // A stream that is NaN is not large: that is a fault.
        let large = |layer| cache[("resid_post", layer)].iter().any(|entry| entry.abs() > 1e6);
        if (0..cfg.n_layers).any(large) {
            continue;
        }
        let largest = logits.iter().fold(1.0, |largest: f32, logit| largest.max(logit.abs()));
        let differ = logits.iter().zip(&cached).find(|(a, b)| !((**a - **b).abs() <= 1e-3 * largest));
        assert_eq!(differ, None, "{n_pos} positions, {cfg:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_configuration_is_refused_by_name_or_runs_at_every_length(numbers in prop::collection::vec(any::<u32>(), 150)) {
        let cfg = Choices(numbers.into_iter()).config();
        match HookedTransformer::from_config(cfg.clone()) {
            Ok(model) => {
                run_at_every_length(&model);
                let json = serde_json::to_value(model.cfg()).unwrap();
                prop_assert_eq!(&HookedTransformerConfig::from_json(json).unwrap(), model.cfg());
            }
            Err(Error::Config { field, .. }) => prop_assert!(field.is_ascii() && !field.is_empty()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

/// Enough of the random configurations run for the test above to mean something.
#[test]
fn many_random_configurations_are_sensible() {
    let mut state = 7u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u32
    };
    let mut config = || Choices((0..150).map(|_| number()).collect::<Vec<_>>().into_iter()).config();
    let sensible = (0..1000).filter(|_| config().validate().is_ok()).count();
    assert!(sensible >= 150, "{sensible} of 1000");
}

#[test]
fn fields_that_contradict_each_other_are_named() {
    use PositionalEmbeddingType::Rotary;
    let base = HookedTransformerConfig::new(2, 8, 4, 6, 11);
    let rotary = HookedTransformerConfig { positional_embedding_type: Rotary, ..base.clone() };
    let cases: Vec<(&str, HookedTransformerConfig)> = vec![
        (
            "tie_word_embeddings",
            HookedTransformerConfig { tie_word_embeddings: true, d_vocab_out: Some(5), ..base.clone() },
        ),
        ("attn_scale", HookedTransformerConfig { attn_scale: Some(0.0), ..base.clone() }),
        ("attn_scores_soft_cap", HookedTransformerConfig { attn_scores_soft_cap: Some(0.0), ..base.clone() }),
        ("output_logits_soft_cap", HookedTransformerConfig { output_logits_soft_cap: Some(f32::NAN), ..base.clone() }),
        ("initializer_range", HookedTransformerConfig { initializer_range: Some(f32::INFINITY), ..base.clone() }),
        ("rotary_base", HookedTransformerConfig { rotary_base: 0.0, ..rotary.clone() }),
        ("rotary_base", HookedTransformerConfig { rotary_base: f32::NAN, ..rotary.clone() }),
        ("rotary_base_local", HookedTransformerConfig { rotary_base_local: Some(-1.0), ..rotary.clone() }),
        (
            "rotary_scaling_local",
            HookedTransformerConfig {
                rotary_scaling_local: Some(RotaryScaling::Linear { factor: 0.0 }),
                ..rotary.clone()
            },
        ),
        (
            "attn_types",
            HookedTransformerConfig {
                use_local_attn: true,
                window_size: Some(2),
                attn_types: Some(vec![]),
                ..base.clone()
            },
        ),
    ];
    for (field, cfg) in cases {
        let message = HookedTransformer::from_config(cfg).unwrap_err().to_string();
        assert!(message.contains(&format!("`{field}`")), "{field}: {message}");
    }
}

/// Fields of local layers say nothing where no layer is local.
#[test]
fn without_local_attention_nothing_about_it_is_read() {
    let base = HookedTransformerConfig {
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        rotary_base: 100.0,
        seed: Some(1),
        ..HookedTransformerConfig::new(2, 8, 4, 6, 11)
    };
    let with_fields = HookedTransformerConfig {
        rotary_base_local: Some(3.0),
        rotary_scaling_local: Some(RotaryScaling::Linear { factor: 9.0 }),
        window_size: Some(1),
        attn_types: Some(vec![AttnType::Local]),
        ..base.clone()
    };
    let tokens = ndarray::array![[1, 2, 3, 4, 5, 6]];
    let logits = |cfg| HookedTransformer::from_config(cfg).unwrap().forward(&tokens).unwrap();
    assert_eq!(logits(base), logits(with_fields));
}

/// The classic library's spelling of Llama 3's scaling, and what it has for models that are not supported.
#[test]
fn classic_fields_are_read_or_refused_by_name() {
    let parse = |more: serde_json::Value| {
        let mut json = serde_json::json!({
            "n_layers": 1, "d_model": 8, "n_ctx": 4, "d_head": 4, "d_vocab": 5, "act_fn": "gelu",
            "positional_embedding_type": "rotary", "num_experts": null, "experts_per_token": null
        });
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        HookedTransformerConfig::from_json(json)
    };
    let cfg = parse(serde_json::json!({"use_NTK_by_parts_rope": true, "NTK_by_parts_factor": 32.0})).unwrap();
    let llama3 =
        RotaryScaling::Llama3 { factor: 32.0, low_freq_factor: 1.0, high_freq_factor: 4.0, original_n_ctx: 8192 };
    assert_eq!(cfg.rotary_scaling, Some(llama3));
    let cfg = parse(serde_json::json!({"use_NTK_by_parts_rope": false, "NTK_by_parts_factor": 32.0})).unwrap();
    assert_eq!(cfg.rotary_scaling, None);
    assert_eq!(parse(serde_json::json!({"init_mode": "muP"})).unwrap().init_mode, InitMode::MuP);
    assert_eq!(parse(serde_json::json!({"attn_scores_soft_cap": 0})).unwrap().attn_scores_soft_cap, None);
    for (more, part) in [
        (serde_json::json!({"num_experts": 8, "experts_per_token": 2}), "mixtures of experts"),
        (serde_json::json!({"load_in_4bit": true}), "load_in_4bit"),
        (serde_json::json!({"init_mode": "orthogonal"}), "orthogonal"),
        (serde_json::json!({"use_NTK_by_parts_rope": 1}), "use_NTK_by_parts_rope"),
        (
            serde_json::json!({"use_NTK_by_parts_rope": true, "rotary_scaling": {"type": "linear", "factor": 2.0}}),
            "use_NTK_by_parts_rope",
        ),
        (serde_json::json!({"positional_embedding_type": "relative_positional_bias"}), "relative_positional_bias"),
    ] {
        let message = parse(more).unwrap_err().to_string();
        assert!(message.contains(part), "{part}: {message}");
    }
}
