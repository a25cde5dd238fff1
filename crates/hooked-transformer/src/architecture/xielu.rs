//! xIELU has three constants. In the classic library two of them can be trained and are stored with the weights, layer by
//! layer; here they are those that training starts from, and a file with others is refused.

use super::config::{ActivationFunction, HookedTransformerConfig};
use crate::error::{Error, Result};

/// The steepness of the quadratic part.
pub(crate) const ALPHA_P: f32 = 0.8;
/// The weight of the exponential part.
pub(crate) const ALPHA_N: f32 = 0.8;
/// The slope at zero.
pub(crate) const BETA: f32 = 0.5;
/// Numbers above this count as this in the exponential part.
pub(crate) const EPS: f32 = -1e-6;

/// What a state dict holds when nothing was trained: the first two as the softplus's argument.
const STORED: [(&str, f32); 4] = [("alpha_p", 0.203_382_37), ("alpha_n", -1.050_225_6), ("beta", BETA), ("eps", EPS)];

/// # Errors
/// A constant that `find` knows by its name in the state dict is another than ours.
pub(crate) fn refuse_other_constants(
    cfg: &HookedTransformerConfig,
    mut find: impl FnMut(&str) -> Result<Option<f32>>,
) -> Result<()> {
    if cfg.attn_only || cfg.act_fn != Some(ActivationFunction::Xielu) {
        return Ok(());
    }
    for layer in 0..cfg.n_layers {
        for (constant, want) in STORED {
            let name = format!("blocks.{layer}.mlp.act_fn.{constant}");
            let got = find(&name)?.unwrap_or(want);
            let same = (got - want).abs() <= 1e-5;
            if !same {
                let problem = format!("xielu with trained constants is not supported: `{name}` is {got}, not {want}");
                return Err(Error::Config { field: "act_fn", problem });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    #[test]
    fn stored_constants_are_the_arguments_of_softplus() {
        let softplus = |x: f32| x.exp().ln_1p();
        assert_abs_diff_eq!(softplus(STORED[0].1), ALPHA_P, epsilon = 1e-6);
        assert_abs_diff_eq!(BETA + softplus(STORED[1].1), ALPHA_N, epsilon = 1e-6);
    }
}
