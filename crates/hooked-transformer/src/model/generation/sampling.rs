//! From one row of logits to one token.
//!
//! ```text
//! temperature 0:   the largest logit, whatever else is set
//! otherwise        l = logits / temperature
//!                  l = l - freq_penalty · (how often the token occurs in the text so far)
//!                  top_k: keep the k largest (and what equals the k-th)
//!                  top_p: keep the most probable, one by one, until their probabilities sum to more than p
//!                  draw from softmax(l) over what is kept
//! ```
//! Source: TransformerLens `utils.sample_logits`, which lets `top_k` silently win when both filters are given; here
//! that is an error.

use ndarray::{Array1, ArrayView1};
use rand::Rng;

use crate::error::{Error, Result};
use crate::numerics::rows::argmax;

/// How a token is drawn from logits. The default draws from the model's own distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Logits are divided by it: below 1 sharper, above 1 flatter, 0 always the largest (greedy).
    pub temperature: f32,
    /// Draw among this many tokens with the largest logits.
    pub top_k: Option<usize>,
    /// Draw among the most probable tokens whose probabilities sum to just more than this.
    pub top_p: Option<f32>,
    /// Taken off a token's logit (after the temperature) for each time it occurs in prompt and continuation.
    pub freq_penalty: f32,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling { temperature: 1.0, top_k: None, top_p: None, freq_penalty: 0.0 }
    }
}

impl Sampling {
    /// Always the token with the largest logit.
    pub fn greedy() -> Self {
        Sampling { temperature: 0.0, ..Self::default() }
    }

    /// # Errors
    /// A number is outside the range that makes sense, or both `top_k` and `top_p` are given.
    pub fn validate(&self, d_vocab: usize) -> Result<()> {
        let wrong = |name, problem| Err(Error::Argument { name, problem });
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            return wrong("temperature", format!("expected 0 (greedy) or a positive number, got {}", self.temperature));
        }
        if !(self.freq_penalty >= 0.0 && self.freq_penalty.is_finite()) {
            return wrong("freq_penalty", format!("expected 0 or a positive number, got {}", self.freq_penalty));
        }
        match (self.top_k, self.top_p) {
            (Some(_), Some(_)) => wrong("top_p", "either top_k or top_p, not both".to_string()),
            (Some(k), None) if k == 0 || k > d_vocab => {
                wrong("top_k", format!("expected 1 to {d_vocab} (the vocabulary), got {k}"))
            }
            (None, Some(p)) if !(p > 0.0 && p <= 1.0) => {
                wrong("top_p", format!("expected a number in (0, 1], got {p}"))
            }
            _ => Ok(()),
        }
    }

    /// The logits that are drawn from: scaled, penalised, and `-inf` where a token is filtered out.
    ///
    /// # Shapes
    /// - `logits`, output: `[d_vocab]`
    /// - `tokens`: the text so far, in any order
    ///
    /// # Panics
    /// If the temperature is 0, which leaves nothing to draw.
    pub fn filter(&self, logits: ArrayView1<'_, f32>, tokens: &[usize]) -> Array1<f32> {
        assert!(self.temperature > 0.0, "at temperature 0 nothing is drawn, so nothing is filtered");
        let mut logits = logits.mapv(|logit| logit / self.temperature);
        if self.freq_penalty > 0.0 {
            for &token in tokens {
                if let Some(logit) = logits.get_mut(token) {
                    *logit -= self.freq_penalty;
                }
            }
        }
        if let Some(k) = self.top_k {
            let mut sorted = logits.to_vec();
            let (_, &mut smallest, _) = sorted.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
            logits.mapv_inplace(|logit| if logit < smallest { f32::NEG_INFINITY } else { logit });
        } else if let Some(p) = self.top_p {
            keep_most_probable(&mut logits, p);
        }
        logits
    }
}

/// Keeps the most probable tokens until their sum exceeds `p`: always at least one.
fn keep_most_probable(logits: &mut Array1<f32>, p: f32) {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    let weights = weights(logits.view());
    let total: f64 = weights.iter().sum();
    let mut before = 0.0;
    for (rank, &token) in order.iter().enumerate() {
        if rank > 0 && before > f64::from(p) * total {
            logits[token] = f32::NEG_INFINITY;
        }
        before += weights[token];
    }
}

/// `e^(l - max)`, the probabilities before they are divided by their sum: NaN without a finite largest logit.
fn weights(logits: ArrayView1<'_, f32>) -> Vec<f64> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logits.iter().map(|&logit| f64::from(logit - max).exp()).collect()
}

/// Draws one token; the first of equals at temperature 0. `tokens` is the text so far, for the frequency penalty.
///
/// # Shapes
/// - `logits`: `[d_vocab]`
///
/// # Errors
/// As [`Sampling::validate`]; or a logit is NaN, so that there is no largest and no distribution; or all are `-inf`, or
/// one is infinite (which greedy choice takes, and a distribution cannot have).
pub fn sample_logits(
    logits: ArrayView1<'_, f32>,
    tokens: &[usize],
    sampling: &Sampling,
    rng: &mut impl Rng,
) -> Result<usize> {
    sampling.validate(logits.len())?;
    if let Some(token) = logits.iter().position(|logit| logit.is_nan()) {
        return Err(Error::NotANumber { what: format!("the logit of token {token}") });
    }
    if logits.iter().all(|&logit| logit == f32::NEG_INFINITY) {
        return Err(Error::NoDistribution { problem: format!("all {} logits are -inf", logits.len()) });
    }
    if sampling.temperature == 0.0 {
        return Ok(argmax(logits));
    }
    let filtered = sampling.filter(logits, tokens);
    if let Some(token) = filtered.iter().position(|&logit| logit == f32::INFINITY) {
        let problem = format!(
            "the logit of token {token}, {} at temperature {}, is infinite; temperature 0 takes the largest",
            logits[token], sampling.temperature
        );
        return Err(Error::NoDistribution { problem });
    }
    if filtered.iter().all(|&logit| logit == f32::NEG_INFINITY) {
        let problem = format!("freq_penalty {} lowers every logit to -inf", sampling.freq_penalty);
        return Err(Error::NoDistribution { problem });
    }
    Ok(draw(&weights(filtered.view()), rng))
}

/// An index, with probability proportional to its weight.
fn draw(weights: &[f64], rng: &mut impl Rng) -> usize {
    let total: f64 = weights.iter().sum();
    // 53 random bits: all that a double holds. In [0, 1).
    let uniform = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut left = uniform * total;
    for (index, &weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return index;
        }
    }
    // Rounding may leave a crumb at the end; it belongs to the last index that can be drawn at all.
    weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::abs_diff_eq;
    use ndarray::{Array1, arr1};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Probabilities .05 .40 .02 .25 .08 .20, as logits.
    fn logits() -> Array1<f32> {
        arr1(&[0.05f32, 0.40, 0.02, 0.25, 0.08, 0.20]).mapv(f32::ln)
    }

    fn kept(sampling: Sampling, tokens: &[usize]) -> Vec<usize> {
        let filtered = sampling.filter(logits().view(), tokens);
        (0..filtered.len()).filter(|&token| filtered[token] > f32::NEG_INFINITY).collect()
    }

    /// By hand from the probabilities above, sorted .40 .25 .20 .08 .05 .02 with sums .40 .65 .85 .93 .98 1; with
    /// numpy: `o = np.argsort(-p); c = np.cumsum(p[o]); sorted(o[np.r_[True, c[:-1] <= P]])`.
    #[test]
    fn top_k_and_top_p_keep_the_expected_tokens() {
        let top_k = |k| kept(Sampling { top_k: Some(k), ..Sampling::default() }, &[]);
        assert_eq!(top_k(1), [1]);
        assert_eq!(top_k(3), [1, 3, 5]);
        assert_eq!(top_k(6), [0, 1, 2, 3, 4, 5]);
        let top_p = |p| kept(Sampling { top_p: Some(p), ..Sampling::default() }, &[]);
        assert_eq!(top_p(0.01), [1]);
        assert_eq!(top_p(0.39), [1]);
        assert_eq!(top_p(0.41), [1, 3]);
        assert_eq!(top_p(0.70), [1, 3, 5]);
        assert_eq!(top_p(0.90), [1, 3, 4, 5]);
        assert_eq!(top_p(1.0), [0, 1, 2, 3, 4, 5]);
    }

    /// At temperature 1/2 the probabilities are the squares, .0025 .16 .0004 .0625 .0064 .04 over their sum .2718: in
    /// order .589 .230 .147 .024 .009 .001, with sums .589 .819 .966 .989 .999 1.
    #[test]
    fn the_temperature_comes_before_top_p() {
        let top_p = |p| kept(Sampling { temperature: 0.5, top_p: Some(p), ..Sampling::default() }, &[]);
        assert_eq!(top_p(0.55), [1]);
        assert_eq!(top_p(0.70), [1, 3]);
        assert_eq!(top_p(0.90), [1, 3, 5]);
    }

    #[test]
    fn equals_of_the_last_kept_logit_are_kept_too() {
        let sampling = Sampling { top_k: Some(2), ..Sampling::default() };
        let filtered = sampling.filter(arr1(&[1.0, 3.0, 1.0, 0.5]).view(), &[]);
        assert_eq!(filtered, arr1(&[1.0, 3.0, 1.0, f32::NEG_INFINITY]));
    }

    #[test]
    fn the_frequency_penalty_counts_occurrences_after_the_temperature() {
        let sampling = Sampling { temperature: 2.0, freq_penalty: 0.75, ..Sampling::default() };
        let filtered = sampling.filter(arr1(&[1.0, 3.0, 1.0]).view(), &[1, 2, 1]);
        assert_eq!(filtered, arr1(&[0.5, 0.0, -0.25]));
        // It comes before the filter: token 1 falls from the first place to the last.
        let penalised = Sampling { top_k: Some(2), freq_penalty: 4.0, ..Sampling::default() };
        assert_eq!(kept(penalised, &[1]), [3, 5]);
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let draw = |logits: &[f32], sampling: Sampling| {
            sample_logits(ArrayView1::from(logits), &[0, 0, 1], &sampling, &mut ChaCha8Rng::seed_from_u64(0))
        };
        let (inf, at) = (f32::INFINITY, |temperature| Sampling { temperature, ..Sampling::default() });
        assert!(matches!(draw(&[1.0, f32::NAN], at(1.0)), Err(Error::NotANumber { .. })));
        assert!(matches!(draw(&[1.0, f32::NAN], at(0.0)), Err(Error::NotANumber { .. })));
        for temperature in [0.0, 1.0] {
            assert!(matches!(draw(&[-inf, -inf], at(temperature)), Err(Error::NoDistribution { .. })));
        }
        assert!(matches!(draw(&[1.0, inf], at(1.0)), Err(Error::NoDistribution { .. })));
        assert!(matches!(draw(&[1.0, 9.0], at(1e-38)), Err(Error::NoDistribution { .. })));
        let penalty = Sampling { freq_penalty: f32::MAX, ..at(1.0) };
        assert!(matches!(draw(&[-f32::MAX, -f32::MAX], penalty), Err(Error::NoDistribution { .. })));
        // What has a largest logit, or a distribution, is drawn.
        assert_eq!(draw(&[1.0, inf], at(0.0)).unwrap(), 1);
        assert_eq!(draw(&[-inf, 2.0], at(1.0)).unwrap(), 1);
        for filter in [Sampling { top_k: Some(1), ..at(1.0) }, Sampling { top_p: Some(0.1), ..at(1.0) }] {
            assert_eq!(draw(&[-inf, -inf, 3.0], filter).unwrap(), 2);
        }
    }

    #[test]
    fn temperature_zero_takes_the_largest_before_any_penalty() {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let greedy = Sampling { freq_penalty: 100.0, ..Sampling::greedy() };
        assert_eq!(sample_logits(logits().view(), &[1, 1], &greedy, &mut rng).unwrap(), 1);
    }

    /// Frequencies of 20 000 draws lie within four standard deviations (at most .014) of the probabilities.
    #[test]
    fn draws_follow_the_distribution() {
        let mut rng = ChaCha8Rng::seed_from_u64(398);
        let mut counts = [0.0f32; 6];
        for _ in 0..20_000 {
            counts[sample_logits(logits().view(), &[], &Sampling::default(), &mut rng).unwrap()] += 1.0 / 20_000.0;
        }
        for (got, want) in counts.iter().zip([0.05, 0.40, 0.02, 0.25, 0.08, 0.20]) {
            assert!(abs_diff_eq!(*got, want, epsilon = 0.014), "{counts:?}");
        }
    }

    #[test]
    fn senseless_arguments_are_refused() {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut refused = |sampling: Sampling, logits: Array1<f32>| {
            sample_logits(logits.view(), &[], &sampling, &mut rng).unwrap_err().to_string()
        };
        let default = Sampling::default();
        assert!(refused(Sampling { top_k: Some(3), top_p: Some(0.5), ..default }, logits()).contains("not both"));
        assert!(refused(Sampling { top_k: Some(0), ..default }, logits()).contains("1 to 6"));
        assert!(refused(Sampling { top_k: Some(7), ..default }, logits()).contains("1 to 6"));
        assert!(refused(Sampling { top_p: Some(0.0), ..default }, logits()).contains("top_p"));
        assert!(refused(Sampling { top_p: Some(f32::NAN), ..default }, logits()).contains("top_p"));
        assert!(refused(Sampling { temperature: -1.0, ..default }, logits()).contains("temperature"));
        assert!(refused(Sampling { freq_penalty: -1.0, ..default }, logits()).contains("freq_penalty"));
        assert!(refused(Sampling::greedy(), arr1(&[0.0, f32::NAN])).contains("token 1"));
    }
}
