//! Which configurations make sense: sizes within bounds, and flags that agree with each other.

use super::{ActivationFunction, HookedTransformerConfig, PositionalEmbeddingType, RotaryScaling};
use crate::error::{Error, Result};

impl HookedTransformerConfig {
    /// Checks that the fields make sense together.
    ///
    /// # Errors
    /// [`Error::Config`] names the first field that does not.
    pub fn validate(&self) -> Result<()> {
        let wrong = |field, problem: String| Err(Error::Config { field, problem });
        for (field, value) in [
            ("n_layers", self.n_layers),
            ("d_model", self.d_model),
            ("n_ctx", self.n_ctx),
            ("d_head", self.d_head),
            ("n_heads", self.n_heads),
            ("d_vocab", self.d_vocab),
            ("d_vocab_out", self.d_vocab_out()),
            ("n_key_value_heads", self.n_key_value_heads()),
        ] {
            // The bound keeps the products of sizes from overflowing before any file has been looked at.
            if value == 0 || value > 1 << 24 {
                return wrong(field, format!("expected a positive integer up to {}, got {value}", 1 << 24));
            }
        }
        if !self.attn_only && self.act_fn.is_none() {
            return wrong("act_fn", "expected an activation function, since the model has MLPs".into());
        }
        if !self.attn_only && !(1..=1 << 24).contains(&self.d_mlp()) {
            return wrong("d_mlp", format!("expected a positive integer up to {}, got {}", 1 << 24, self.d_mlp()));
        }
        if self.attn_only && (self.gated_mlp || self.parallel_attn_mlp) {
            return wrong("attn_only", "gated_mlp and parallel_attn_mlp need an MLP, but attn_only is set".into());
        }
        if self.gated_mlp && self.act_fn == Some(ActivationFunction::SoluLn) {
            return wrong("act_fn", "solu_ln is not defined for a gated MLP".into());
        }
        if !self.n_heads.is_multiple_of(self.n_key_value_heads()) {
            return wrong(
                "n_key_value_heads",
                format!("expected a divisor of n_heads = {}, got {}", self.n_heads, self.n_key_value_heads()),
            );
        }
        self.validate_numbers()?;
        if self.tie_word_embeddings && self.d_vocab_out() != self.d_vocab {
            return wrong(
                "tie_word_embeddings",
                format!(
                    "an unembedding that is the embedding has d_vocab = {} outputs, not d_vocab_out = {}",
                    self.d_vocab,
                    self.d_vocab_out()
                ),
            );
        }
        if self.use_normalization_before_and_after && self.normalization_type.is_none() {
            return wrong(
                "use_normalization_before_and_after",
                "it needs a normalization_type, which says what kind of norm it is".into(),
            );
        }
        self.validate_local()?;
        self.validate_rotary()
    }

    /// Numbers that others are divided by or multiplied with. Those that nothing reads are checked as well, since NaN and
    /// infinity cannot be written to a file.
    fn validate_numbers(&self) -> Result<()> {
        let positive = [
            ("eps", Some(self.eps)),
            ("attn_scale", self.attn_scale),
            ("rotary_base", Some(self.rotary_base)),
            ("rotary_base_local", self.rotary_base_local),
            ("attn_scores_soft_cap", self.attn_scores_soft_cap),
            ("output_logits_soft_cap", self.output_logits_soft_cap),
            ("initializer_range", self.initializer_range.filter(|&range| range != 0.0)),
        ];
        for (field, value) in positive {
            if let Some(value) = value.filter(|&value| !sensible(value)) {
                return Err(Error::Config { field, problem: format!("expected a positive number, got {value}") });
            }
        }
        for (field, scaling) in
            [("rotary_scaling", self.rotary_scaling), ("rotary_scaling_local", self.rotary_scaling_local)]
        {
            if let Some(scaling) = scaling.filter(|scaling| !is_stretch(scaling)) {
                let problem = format!("expected positive factors, the high one above the low one; got {scaling:?}");
                return Err(Error::Config { field, problem });
            }
        }
        Ok(())
    }

    fn validate_local(&self) -> Result<()> {
        if !self.use_local_attn {
            return Ok(());
        }
        let wrong = |field, problem: String| Err(Error::Config { field, problem });
        if self.window_size.is_none_or(|size| size == 0) {
            return wrong("window_size", "expected a positive number, since use_local_attn is set".into());
        }
        match &self.attn_types {
            Some(types) if types.len() == self.n_layers => Ok(()),
            Some(types) => wrong(
                "attn_types",
                format!("expected one entry for each of {} layers, got {}", self.n_layers, types.len()),
            ),
            None => wrong("attn_types", "expected one entry per layer, since use_local_attn is set".into()),
        }
    }

    fn validate_rotary(&self) -> Result<()> {
        if self.positional_embedding_type != PositionalEmbeddingType::Rotary {
            return Ok(());
        }
        let dim = self.rotary_dim();
        if dim == 0 || dim % 2 == 1 || dim > self.d_head {
            return Err(Error::Config {
                field: "rotary_dim",
                problem: format!("expected an even number from 2 to d_head = {}, got {dim}", self.d_head),
            });
        }
        Ok(())
    }
}

fn sensible(number: f32) -> bool {
    number > 0.0 && number.is_finite()
}

fn is_stretch(scaling: &RotaryScaling) -> bool {
    match *scaling {
        RotaryScaling::Linear { factor } => sensible(factor),
        RotaryScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_n_ctx } => {
            [factor, low_freq_factor].into_iter().all(sensible)
                && sensible(high_freq_factor - low_freq_factor)
                && original_n_ctx > 0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::config::AttnType;

    #[test]
    fn contradictions_are_named() {
        let base = HookedTransformerConfig::new(2, 8, 4, 4, 5);
        let cases: Vec<(&str, HookedTransformerConfig)> = vec![
            ("n_layers", HookedTransformerConfig { n_layers: 0, ..base.clone() }),
            ("d_model", HookedTransformerConfig { d_model: usize::MAX, ..base.clone() }),
            ("act_fn", HookedTransformerConfig { act_fn: None, ..base.clone() }),
            ("n_key_value_heads", HookedTransformerConfig { n_heads: 4, n_key_value_heads: Some(3), ..base.clone() }),
            ("eps", HookedTransformerConfig { eps: f32::NAN, ..base.clone() }),
            ("window_size", HookedTransformerConfig { use_local_attn: true, ..base.clone() }),
            (
                "attn_types",
                HookedTransformerConfig {
                    use_local_attn: true,
                    window_size: Some(3),
                    attn_types: Some(vec![AttnType::Local]),
                    ..base.clone()
                },
            ),
            (
                "rotary_dim",
                HookedTransformerConfig {
                    positional_embedding_type: PositionalEmbeddingType::Rotary,
                    rotary_dim: Some(3),
                    ..base.clone()
                },
            ),
        ];
        base.validate().unwrap();
        for (field, cfg) in cases {
            let message = cfg.validate().unwrap_err().to_string();
            assert!(message.contains(&format!("`{field}`")), "{field}: {message}");
        }
    }
}
