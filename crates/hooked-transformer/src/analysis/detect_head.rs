//! What a head looks at: how well its attention pattern matches one that we have in mind.
//!
//! ```text
//! mul:   Σ (attention · wanted) / Σ attention          the share of the attention that goes where it was expected
//! abs:   1 - (Σ |attention - wanted|) / query_pos      1 a perfect match, -1 a perfect mismatch
//! ```
//! Source: TransformerLens `head_detector`. It differs in these points: several texts keep the other arguments (there
//! they are lost), the cache is never written to (there `exclude_bos` zeroes its patterns), `abs` is not rounded to
//! three digits, and where nothing is left after the exclusions `mul` is 0 instead of NaN.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};

use crate::cache::ActivationCache;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, TokenBatch};

/// The pattern of attention that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum HeadPattern {
    /// Each token attends to the one before it.
    PreviousToken,
    /// Each token attends to its own earlier occurrences.
    DuplicateToken,
    /// Each token attends to what came right after its own earlier occurrences.
    Induction,
    /// `[query_pos, key_pos]`, zero above the diagonal.
    Custom(Array2<f32>),
}

impl HeadPattern {
    /// A pattern by its classic name: `previous_token_head`, `duplicate_token_head` or `induction_head`.
    ///
    /// # Errors
    /// It is none of these.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "previous_token_head" => Ok(HeadPattern::PreviousToken),
            "duplicate_token_head" => Ok(HeadPattern::DuplicateToken),
            "induction_head" => Ok(HeadPattern::Induction),
            _ => Err(Error::Argument {
                name: "pattern",
                problem: format!(
                    "expected previous_token_head, duplicate_token_head, induction_head, or an array; got {name:?}"
                ),
            }),
        }
    }

    /// The pattern for one row of tokens, `[query_pos, key_pos]`.
    ///
    /// # Errors
    /// A custom pattern has another shape, or is not zero above the diagonal.
    pub fn for_tokens(&self, tokens: ArrayView1<'_, usize>) -> Result<Array2<f32>> {
        let n_pos = tokens.len();
        let duplicate = |query: usize, key: usize| key < query && tokens[query] == tokens[key];
        let wanted = |query: usize, key: usize| match self {
            HeadPattern::PreviousToken => key + 1 == query,
            HeadPattern::DuplicateToken => duplicate(query, key),
            // The key after an earlier occurrence; right after the token itself would be in the future.
            HeadPattern::Induction => key > 0 && key <= query && duplicate(query, key - 1),
            HeadPattern::Custom(_) => false,
        };
        let HeadPattern::Custom(pattern) = self else {
            return Ok(Array2::from_shape_fn((n_pos, n_pos), |(query, key)| f32::from(wanted(query, key))));
        };
        let triangular = pattern.indexed_iter().all(|((query, key), &entry)| key <= query || entry == 0.0);
        if pattern.dim() != (n_pos, n_pos) || !triangular {
            return Err(Error::Shape {
                what: "the pattern to detect".to_string(),
                expected: format!("[query_pos={n_pos}, key_pos={n_pos}] like the text, zero above the diagonal"),
                got: pattern.shape().to_vec(),
            });
        }
        Ok(pattern.clone())
    }
}

impl From<Array2<f32>> for HeadPattern {
    fn from(pattern: Array2<f32>) -> Self {
        HeadPattern::Custom(pattern)
    }
}

/// How a match is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ErrorMeasure {
    /// The share of the attention that lies on the pattern, which should hold zeros and ones.
    #[default]
    Mul,
    /// One minus the mean absolute difference of a query's row, summed over its keys.
    Abs,
}

/// A detection in preparation; made by [`detect_head`], finished by [`scores`](DetectHead::scores).
#[must_use = "nothing is detected until `scores` is called"]
pub struct DetectHead<'a> {
    model: &'a HookedTransformer,
    input: Input,
    pattern: HeadPattern,
    heads: Option<Vec<(usize, usize)>>,
    cache: Option<&'a ActivationCache>,
    exclude_bos: bool,
    exclude_current_token: bool,
    error_measure: ErrorMeasure,
}

/// Scores every head by how well its attention matches a pattern. Of several texts (or rows) the mean score is taken,
/// each text without its padding.
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
/// use hooked_transformer::analysis::{HeadPattern, detect_head};
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// let tokens = ndarray::array![[0, 3, 7, 9, 3, 7, 9]];
/// let scores = detect_head(&model, &tokens, HeadPattern::Induction).exclude_bos(true).scores()?;
/// assert_eq!(scores.dim(), (2, 2)); // [layer, head]
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub fn detect_head<'a>(
    model: &'a HookedTransformer,
    input: impl Into<Input>,
    pattern: impl Into<HeadPattern>,
) -> DetectHead<'a> {
    DetectHead {
        model,
        input: input.into(),
        pattern: pattern.into(),
        heads: None,
        cache: None,
        exclude_bos: false,
        exclude_current_token: false,
        error_measure: ErrorMeasure::default(),
    }
}

/// Configuring a detection.
impl<'a> DetectHead<'a> {
    /// Scores these heads `(layer, head)` only; the others get -1.
    pub fn heads(mut self, heads: impl IntoIterator<Item = (usize, usize)>) -> Self {
        self.heads = Some(heads.into_iter().collect());
        self
    }

    /// Takes the patterns from a cache of the same input, instead of running the model.
    pub fn cache(mut self, cache: &'a ActivationCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Leaves out attention to the first token, where heads rest.
    pub fn exclude_bos(mut self, exclude: bool) -> Self {
        self.exclude_bos = exclude;
        self
    }

    /// Leaves out each token's attention to itself.
    pub fn exclude_current_token(mut self, exclude: bool) -> Self {
        self.exclude_current_token = exclude;
        self
    }

    /// How a match is measured.
    pub fn error_measure(mut self, error_measure: ErrorMeasure) -> Self {
        self.error_measure = error_measure;
        self
    }
}

impl DetectHead<'_> {
    /// The scores.
    ///
    /// # Shapes
    /// - output: `[layer, head]`
    ///
    /// # Errors
    /// The input does not suit the model, or a row has fewer than two tokens; a custom pattern or the cache does not
    /// fit the input; a head does not exist.
    pub fn scores(mut self) -> Result<Array2<f32>> {
        let batch = self.batch()?;
        let heads = self.chosen_heads()?;
        let computed;
        let cache = match self.cache {
            Some(cache) => cache,
            None => {
                computed = self.model.run(&batch).names_filter(|name: &str| name.ends_with("hook_pattern")).cache()?;
                &computed
            }
        };
        let cfg = self.model.cfg();
        let mut scores = Array2::from_elem((cfg.n_layers, cfg.n_heads), -1.0);
        heads.iter().for_each(|&head| scores[head] = 0.0);
        let n_rows = batch.tokens.nrows();
        for row in 0..n_rows {
            let (start, end) = real_range(&batch, row)?;
            let wanted = self.pattern.for_tokens(batch.tokens.slice(s![row, start..end]))?;
            for &(layer, head) in &heads {
                let attention = pattern(cache, layer, head, row, batch.tokens.dim())?;
                let score = self.score(attention.slice(s![start..end, start..end]), wanted.view());
                scores[[layer, head]] += score / n_rows as f32;
            }
        }
        Ok(scores)
    }

    fn batch(&mut self) -> Result<TokenBatch> {
        match std::mem::replace(&mut self.input, Input::from(Array2::<usize>::default((0, 0)))) {
            Input::Text(texts) => self.model.to_token_batch(texts, None, PaddingSide::Right),
            Input::Tokens(batch) => Ok(batch),
            Input::Resid(resid) => Err(Error::Shape {
                what: "the input of detect_head".to_string(),
                expected: "text or tokens [batch, pos], not a residual stream".to_string(),
                got: resid.shape().to_vec(),
            }),
        }
    }

    fn chosen_heads(&self) -> Result<Vec<(usize, usize)>> {
        let (n_layers, n_heads) = (self.model.cfg().n_layers, self.model.cfg().n_heads);
        let Some(mut heads) = self.heads.clone() else {
            return Ok((0..n_layers).flat_map(|layer| (0..n_heads).map(move |head| (layer, head))).collect());
        };
        heads.sort_unstable();
        heads.dedup();
        match heads.iter().find(|&&(layer, head)| layer >= n_layers || head >= n_heads) {
            Some((layer, head)) => Err(Error::Argument {
                name: "heads",
                problem: format!("there is no head {head} in layer {layer}: {n_layers} layers of {n_heads} heads"),
            }),
            None => Ok(heads),
        }
    }

    /// # Shapes
    /// - both: `[query_pos, key_pos]`
    fn score(&self, attention: ArrayView2<'_, f32>, wanted: ArrayView2<'_, f32>) -> f32 {
        let counts = |(query, key): (usize, usize)| {
            !(self.exclude_bos && key == 0 || self.exclude_current_token && query == key)
        };
        let entries = attention.indexed_iter().zip(&wanted).filter(|((at, _), _)| counts(*at));
        let entries = entries.map(|((_, &attention), &wanted)| (f64::from(attention), f64::from(wanted)));
        match self.error_measure {
            ErrorMeasure::Mul => {
                let (on, all) = entries.fold((0.0, 0.0), |(on, all), (a, w)| (on + a * w, all + a));
                if all == 0.0 { 0.0 } else { (on / all) as f32 }
            }
            ErrorMeasure::Abs => {
                let difference: f64 = entries.map(|(attention, wanted)| (attention - wanted).abs()).sum();
                (1.0 - difference / attention.nrows() as f64) as f32
            }
        }
    }
}

/// Where the real tokens of a row lie.
fn real_range(batch: &TokenBatch, row: usize) -> Result<(usize, usize)> {
    let n_pos = batch.tokens.ncols();
    let range = match &batch.mask {
        Some(mask) if mask.dim() != batch.tokens.dim() => (0, 0),
        Some(mask) => {
            let real: Vec<usize> = (0..n_pos).filter(|&pos| mask[[row, pos]]).collect();
            (real.first().copied().unwrap_or(0), real.last().map_or(0, |last| last + 1))
        }
        None => (0, n_pos),
    };
    if range.1 - range.0 < 2 {
        return Err(Error::Shape {
            what: format!("row {row} of the input"),
            expected: "at least two real tokens: the first has nothing else to attend to".to_string(),
            got: batch.tokens.shape().to_vec(),
        });
    }
    Ok(range)
}

/// One head's attention for one row, `[query_pos, key_pos]`.
fn pattern(
    cache: &ActivationCache,
    layer: usize,
    head: usize,
    row: usize,
    (n_batch, n_pos): (usize, usize),
) -> Result<ArrayView2<'_, f32>> {
    let all = cache.get(("pattern", layer))?;
    let wanted = if cache.has_batch_dim() { vec![n_batch, n_pos, n_pos] } else { vec![n_pos, n_pos] };
    let mut got = all.shape().to_vec();
    let head_axis = usize::from(cache.has_batch_dim());
    if got.len() == wanted.len() + 1 {
        got.remove(head_axis);
    }
    if got != wanted || (!cache.has_batch_dim() && n_batch != 1) {
        return Err(Error::Shape {
            what: format!("the cached pattern of layer {layer}"),
            expected: format!("[batch={n_batch}, head, query_pos={n_pos}, key_pos={n_pos}] like the input"),
            got: all.shape().to_vec(),
        });
    }
    let all = all.view();
    let of_row = if cache.has_batch_dim() { all.index_axis_move(Axis(0), row) } else { all };
    Ok(of_row.index_axis_move(Axis(0), head).into_dimensionality().expect("two axes are left"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr1, arr2};

    #[test]
    fn patterns_are_known_by_hand() {
        let tokens = arr1(&[7, 8, 7, 8, 7]);
        let of = |pattern: HeadPattern| pattern.for_tokens(tokens.view()).unwrap();
        let previous = arr2(&[[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]);
        let duplicate = arr2(&[[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [1, 0, 1, 0, 0]]);
        let induction = arr2(&[[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 0, 1, 0]]);
        assert_eq!(of(HeadPattern::PreviousToken), previous.mapv(|x| x as f32));
        assert_eq!(of(HeadPattern::DuplicateToken), duplicate.mapv(|x| x as f32));
        assert_eq!(of(HeadPattern::Induction), induction.mapv(|x| x as f32));
    }

    #[test]
    fn names_and_shapes_are_checked() {
        assert_eq!(HeadPattern::from_name("induction_head").unwrap(), HeadPattern::Induction);
        let message = HeadPattern::from_name("induction").unwrap_err().to_string();
        assert!(message.contains("previous_token_head"), "{message}");
        let tokens = arr1(&[1, 2]);
        let custom = |pattern| HeadPattern::Custom(pattern).for_tokens(tokens.view());
        assert!(custom(arr2(&[[1.0, 0.0], [0.5, 0.5]])).is_ok());
        assert!(custom(arr2(&[[1.0, 0.1], [0.5, 0.5]])).is_err());
        assert!(custom(Array2::zeros((3, 3))).is_err());
    }
}
