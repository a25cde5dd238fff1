//! What the tables of several families share: matrices as `torch.nn.Linear` stores them, and heads inside their axes.

use crate::architecture::config::HookedTransformerConfig;
use crate::loading::source::Source;

/// A matrix `[out, in]` of the file that becomes `[in, out]`.
pub(crate) fn linear(name: String, d_in: usize, d_out: usize) -> Source {
    Source::new(name, &[d_out, d_in]).transposed()
}

/// A vector.
pub(crate) fn vector(name: String, len: usize) -> Source {
    Source::new(name, &[len])
}

/// The projections of one attention layer, when each has a matrix of its own.
pub(crate) struct Projections<'a> {
    pub q: &'a str,
    pub k: &'a str,
    pub v: &'a str,
    pub o: &'a str,
}

impl Projections<'_> {
    /// `q_proj` and its like.
    pub(crate) const USUAL: Projections<'static> = Projections { q: "q_proj", k: "k_proj", v: "v_proj", o: "o_proj" };

    /// `attn.W_Q` and its like, from the module `attention` of the file.
    pub(crate) fn source(&self, cfg: &HookedTransformerConfig, attention: &str, part: &str) -> Option<Source> {
        let (d_model, d_head, n_heads, n_kv) = (cfg.d_model, cfg.d_head, cfg.n_heads, cfg.n_key_value_heads());
        let into_heads = |name: &str, n: usize| {
            Source::new(format!("{attention}.{name}.weight"), &[n * d_head, d_model])
                .split(0, &[n, d_head])
                .permute(&[0, 2, 1])
        };
        let bias = |name: &str, n: usize| {
            Source::new(format!("{attention}.{name}.bias"), &[n * d_head]).split(0, &[n, d_head])
        };
        Some(match part {
            "attn.W_Q" => into_heads(self.q, n_heads),
            "attn.W_K" => into_heads(self.k, n_kv),
            "attn.W_V" => into_heads(self.v, n_kv),
            "attn.b_Q" => bias(self.q, n_heads),
            "attn.b_K" => bias(self.k, n_kv),
            "attn.b_V" => bias(self.v, n_kv),
            "attn.W_O" => out_of_heads(format!("{attention}.{}.weight", self.o), cfg),
            "attn.b_O" => vector(format!("{attention}.{}.bias", self.o), d_model),
            _ => return None,
        })
    }
}

/// `[d_model, head * d_head]` of the file, to `[head, d_head, d_model]`.
pub(crate) fn out_of_heads(name: String, cfg: &HookedTransformerConfig) -> Source {
    Source::new(name, &[cfg.d_model, cfg.n_heads * cfg.d_head]).split(1, &[cfg.n_heads, cfg.d_head]).permute(&[1, 2, 0])
}

/// Queries, keys and values in one matrix, head by head: `[head * 3 * d_head, d_model]` (Bloom, NeoX).
pub(crate) fn fused_by_head(cfg: &HookedTransformerConfig, name: &str, part: &str) -> Option<Source> {
    let (d_model, d_head, n_heads) = (cfg.d_model, cfg.d_head, cfg.n_heads);
    let which = match part {
        "attn.W_Q" | "attn.b_Q" => 0,
        "attn.W_K" | "attn.b_K" => 1,
        "attn.W_V" | "attn.b_V" => 2,
        _ => return None,
    };
    let heads = [n_heads, 3, d_head];
    let len = n_heads * 3 * d_head;
    Some(if part.contains("W_") {
        let source = Source::new(format!("{name}.weight"), &[len, d_model]);
        source.split(0, &heads).pick(1, which).permute(&[0, 2, 1])
    } else {
        Source::new(format!("{name}.bias"), &[len]).split(0, &heads).pick(1, which)
    })
}

/// An MLP of two matrices, or of three where it is gated.
pub(crate) struct Mlp<'a> {
    pub up: &'a str,
    pub gate: &'a str,
    pub down: &'a str,
}

impl Mlp<'_> {
    /// `gate_proj` and its like.
    pub(crate) const GATED: Mlp<'static> = Mlp { up: "up_proj", gate: "gate_proj", down: "down_proj" };

    pub(crate) const fn plain<'n>(up: &'n str, down: &'n str) -> Mlp<'n> {
        Mlp { up, gate: "", down }
    }

    /// `mlp.W_in` and its like, from the module `mlp` of the file.
    pub(crate) fn source(&self, cfg: &HookedTransformerConfig, mlp: &str, part: &str) -> Option<Source> {
        let (d_model, d_mlp) = (cfg.d_model, cfg.d_mlp());
        Some(match part {
            "mlp.W_in" => linear(format!("{mlp}.{}.weight", self.up), d_model, d_mlp),
            "mlp.W_gate" => linear(format!("{mlp}.{}.weight", self.gate), d_model, d_mlp),
            "mlp.W_out" => linear(format!("{mlp}.{}.weight", self.down), d_mlp, d_model),
            "mlp.b_in" => vector(format!("{mlp}.{}.bias", self.up), d_mlp),
            "mlp.b_out" => vector(format!("{mlp}.{}.bias", self.down), d_model),
            _ => return None,
        })
    }
}

/// Gain or bias of a norm: `w` is the file's `weight`, `b` its `bias`.
pub(crate) fn norm(cfg: &HookedTransformerConfig, name: &str, part: &str) -> Option<Source> {
    match part.rsplit('.').next() {
        Some("w") => Some(vector(format!("{name}.weight"), cfg.d_model)),
        Some("b") => Some(vector(format!("{name}.bias"), cfg.d_model)),
        _ => None,
    }
}
