//! The stored references of exercise 05: tiny random models of two layers of attention, and what an independent program
//! multiplied out from their weights and from those of the embedded model.

use std::sync::Arc;

use hooked_transformer::{HookedTransformer, Tokens};

use crate::compare::Want;
use crate::models::{Files, attn_only};
use crate::reference::{self, Damaged, Kept};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_05.safetensors";
const FACTS: &str = "reference_data/activations/exercise_05.json";

/// The tiny models.
pub(super) const TINY: [&str; 2] = ["circ_0", "circ_1"];

/// Both files, read once.
pub(super) fn files() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// A tiny model.
pub(super) fn tiny(key: &str) -> Result<HookedTransformer, Damaged> {
    files()?.tiny_model(key)
}

/// A tiny model with its repeated tokens.
pub(super) fn tiny_and_tokens(key: &str) -> Result<(HookedTransformer, Tokens), Damaged> {
    let files = files()?;
    Ok((files.tiny_model(key)?, files.tokens(&format!("{key}.tokens"))?))
}

/// The embedded model.
pub(super) fn embedded() -> Result<HookedTransformer, Damaged> {
    attn_only()
}

/// The embedded model with its repeated tokens.
pub(super) fn embedded_and_tokens() -> Result<(HookedTransformer, Tokens), Damaged> {
    Ok((embedded()?, files()?.tokens("model.tokens")?))
}

/// A stored array.
pub(super) fn tensor(name: &str) -> Result<Tensor, Damaged> {
    files()?.arrays.get(name)
}

/// One entry of the first axis, or of the first two, of a stored array.
pub(super) fn part(name: &str, at: &[usize]) -> Result<Tensor, Damaged> {
    let whole = tensor(name)?;
    let fits = at.len() <= whole.shape.len() && at.iter().zip(&whole.shape).all(|(i, n)| i < n);
    if !fits {
        return Err(reference::lacks(ARRAYS, &format!("`{name}` at {at:?}")));
    }
    let shape = whole.shape[at.len()..].to_vec();
    Ok(whole.gather(&shape, |i| [at, i].concat()))
}

/// A stored array as what a case must return.
pub(super) fn want(
    name: impl Into<String>,
    axes: &'static [&'static str],
    tolerance: f64,
) -> impl FnOnce() -> Result<Want, Damaged> + 'static {
    let name = name.into();
    move || Ok(Want::Array { values: tensor(&name)?, axes, tolerance })
}

/// The words for a tiny model in a verdict.
pub(super) fn words(key: &str) -> Result<String, Damaged> {
    let cfg = files()?.tiny_config(key)?;
    Ok(format!("a tiny model, {} heads, d_model {}, {} tokens", cfg.n_heads, cfg.d_model, cfg.d_vocab))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Tensor {
        tensor(&format!("model.{name}")).unwrap()
    }

    /// The row and column of the largest entry, and that entry.
    fn largest(table: &Tensor) -> (usize, usize, f64) {
        let columns = table.shape[1];
        let flat = (0..table.data.len()).max_by(|a, b| table.data[*a].total_cmp(&table.data[*b])).unwrap();
        (flat / columns, flat % columns, table.data[flat])
    }

    #[test]
    fn one_head_of_layer_1_copies() {
        let top1 = table("copying_top1");
        let (layer, head, accuracy) = largest(&top1);
        assert_eq!(layer, 1);
        assert!(accuracy > 0.95, "the best copies {accuracy} of the tokens");
        let others = (0..top1.shape[1]).filter(|h| *h != head).map(|h| top1.data[top1.shape[1] + h]);
        assert!(others.fold(0.0, f64::max) < 0.1, "another head of layer 1 copies, too");
    }

    /// Row and column 0 are the embedding, then come the heads of layer 0.
    #[test]
    fn the_induction_head_matches_one_token_and_the_one_before_it() {
        let diagonal = table("diagonal");
        let n = diagonal.shape[1];
        let at = |q: usize, k: usize| diagonal.data[q * n + k];
        assert!(at(0, 2) > 0.9, "the embedding against what 0.1 wrote: {}", at(0, 2));
        assert!(at(2, 8) > 0.9, "what 0.1 wrote against what 0.7 wrote: {}", at(2, 8));
        assert!(at(6, 2) > 0.9, "what 0.5 wrote against what 0.1 wrote: {}", at(6, 2));
        let high = diagonal.data.iter().filter(|share| **share > 0.1).count();
        assert_eq!(high, 3, "other pairs match, too");
    }

    #[test]
    fn the_largest_k_composition_score_is_not_the_textbook_pair() {
        let (writes, reads, _) = largest(&table("composition_k"));
        assert_eq!((writes, reads), (7, 4));
        let costs = table("without_path");
        let k = |head: usize| costs.data[3 * head + 1];
        assert!(k(1) > 5.0 && k(7) > 2.0, "cutting 0.1 or 0.7 out of the keys costs {} and {}", k(1), k(7));
    }
}
