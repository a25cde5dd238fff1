//! Gemma 1, 2 and 3 (text).
//!
//! Gains are stored as their difference from one, and the embedding is multiplied by the root of its width when it is
//! read; both are folded into the weights here, so `W_E` is what enters the stream. As the unembedding is the
//! *unscaled* embedding, it is a matrix of its own here although the file ties the two. Gemma 2 normalizes what layers
//! write as well and caps scores and logits; Gemma 3 has norms on queries and keys instead of the caps, and a rotation
//! of its own in the layers that look back only so far.

use super::hf_config::HfConfig;
use super::parts::norm;
use super::rope::RopeFields;
use super::{Family, Place, llama, mistral, qwen};
use crate::architecture::config::{AttnType, HookedTransformerConfig};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const GEMMA1: Family =
    Family { architectures: &["GemmaForCausalLM"], model_types: &["gemma"], prefix: "model.", config: gemma1, source };

pub(super) const GEMMA2: Family = Family {
    architectures: &["Gemma2ForCausalLM"],
    model_types: &["gemma2"],
    prefix: "model.",
    config: gemma2,
    source,
};

pub(super) const GEMMA3: Family = Family {
    architectures: &["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
    model_types: &["gemma3_text", "gemma3"],
    prefix: "model.",
    config: gemma3,
    source,
};

/// What the three share, without the rotation.
fn base(hf: &HfConfig, architecture: &str) -> Result<HookedTransformerConfig> {
    hf.must_be("use_bidirectional_attention", false, false, "attention is causal here")?;
    let cfg = llama::gated(hf, architecture, 1e-6, true)?;
    Ok(HookedTransformerConfig {
        act_fn: Some(hf.activation("hidden_activation", "gelu_pytorch_tanh")?),
        tie_word_embeddings: false,
        ..cfg
    })
}

fn gemma1(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = hf.with_defaults(&[("num_key_value_heads", 16), ("head_dim", 256)]);
    let cfg = hf.with_rotation(base(&hf, "GemmaForCausalLM")?, &RopeFields::USUAL)?;
    // The first files say `gelu` and mean its approximation; some say so under a second name.
    const APPROXIMATION: &str = "gelu_pytorch_tanh";
    let first = hf.text("hidden_act").filter(|&name| name != "gelu");
    if let (Some(first), Some(second)) = (first, hf.text("hidden_activation"))
        && first != second
    {
        return Err(hf.unsupported(format!("`hidden_act` of {first} with `hidden_activation` of {second}")));
    }
    let field = if first.is_some() { "hidden_act" } else { "hidden_activation" };
    Ok(HookedTransformerConfig { act_fn: Some(hf.activation(field, APPROXIMATION)?), ..cfg })
}

fn gemma2(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = &hf.with_defaults(&[("num_key_value_heads", 4), ("head_dim", 256), ("sliding_window", 4096)]);
    let cfg = hf.with_rotation(base(hf, "Gemma2ForCausalLM")?, &RopeFields::USUAL)?;
    let every_other = |layer| if layer % 2 == 0 { AttnType::Local } else { AttnType::Global };
    let attn_types = hf.attn_types(cfg.n_layers, every_other)?;
    let cfg = HookedTransformerConfig {
        attn_scale: Some(hf.number_or("query_pre_attn_scalar", 256.0)?.sqrt()),
        attn_scores_soft_cap: cap(hf, "attn_logit_softcapping", 50.0)?,
        output_logits_soft_cap: cap(hf, "final_logit_softcapping", 30.0)?,
        use_normalization_before_and_after: true,
        ..cfg
    };
    Ok(mistral::windowed(cfg, Some(hf.size("sliding_window")?), attn_types))
}

fn gemma3(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let text = hf.part("text_config").unwrap_or_else(|| hf.clone());
    let text = text.with_defaults(&[
        // The values of the 4B model, which its file leaves out.
        ("vocab_size", 262_208),
        ("num_attention_heads", 8),
        ("num_key_value_heads", 4),
        ("head_dim", 256),
        ("max_position_embeddings", 131_072),
        ("sliding_window", 4096),
    ]);
    let cfg = text.with_rotation_by_layer_type(base(&text, "Gemma3ForCausalLM")?)?;
    let period = text.size_or("sliding_window_pattern", text.size_or("_sliding_window_pattern", 6)?)?.max(1);
    let rule = |layer: usize| if (layer + 1).is_multiple_of(period) { AttnType::Global } else { AttnType::Local };
    let attn_types = text.attn_types(cfg.n_layers, rule)?;
    let cfg = HookedTransformerConfig {
        attn_scale: Some(text.number_or("query_pre_attn_scalar", 256.0)?.sqrt()),
        attn_scores_soft_cap: cap(&text, "attn_logit_softcapping", 0.0)?,
        output_logits_soft_cap: cap(&text, "final_logit_softcapping", 0.0)?,
        use_qk_norm: true,
        use_normalization_before_and_after: true,
        ..cfg
    };
    Ok(mistral::windowed(cfg, Some(text.size("sliding_window")?), attn_types))
}

/// A soft cap; null and 0 mean none, and so does a field that is there and null.
fn cap(hf: &HfConfig, field: &str, default: f32) -> Result<Option<f32>> {
    let default = if hf.has(field) { 0.0 } else { default };
    Ok(Some(hf.number_or(field, default)?).filter(|&cap| cap > 0.0))
}

fn source(cfg: &HookedTransformerConfig, place: Place<'_>) -> Option<Source> {
    let block = format!("model.layers.{}", place.layer);
    let after = cfg.use_normalization_before_and_after;
    let source = match place.part {
        "embed.W_E" => llama::source(cfg, place).map(|source| source.scaled((cfg.d_model as f32).sqrt())),
        "unembed.W_U" => {
            let shape = [cfg.d_vocab, cfg.d_model];
            Some(Source::new("lm_head.weight", &shape).or("model.embed_tokens.weight").transposed())
        }
        "ln1_post.w" => norm(cfg, &format!("{block}.post_attention_layernorm"), place.part),
        "ln2.w" if after => norm(cfg, &format!("{block}.pre_feedforward_layernorm"), place.part),
        "ln2_post.w" => norm(cfg, &format!("{block}.post_feedforward_layernorm"), place.part),
        _ => qwen::source_with_qk_norm(cfg, place),
    };
    let is_gain = place.part.ends_with(".w");
    let source = source.map(|source| if is_gain { source.plus(1.0) } else { source });
    source.map(with_language_model)
}

/// The names inside a model that also sees pictures.
fn with_language_model(source: Source) -> Source {
    let inside: Vec<String> = source
        .names
        .iter()
        .flat_map(|name| {
            let rest = name.strip_prefix("model.").unwrap_or(name);
            [format!("language_model.{name}"), format!("model.language_model.{rest}")]
        })
        .collect();
    inside.into_iter().fold(source, Source::or)
}
