//! Attention: who looks at whom, for all heads of a layer at once or for one head.

use ndarray::{ArrayView2, ArrayView3, ArrayView4, Axis, s};
use serde_json::json;

use crate::{View, VisError, array, check, text, visible};

/// How the attention views look at the start.
#[derive(Clone, Debug, Default)]
pub struct AttentionOptions {
    head_names: Option<Vec<String>>,
    mask_bos: bool,
    mask_upper_tri: Option<bool>,
    min_value: Option<f32>,
    max_value: Option<f32>,
}

impl AttentionOptions {
    /// Heads are named `Head 0`, `Head 1`, ...; nothing is masked but what causal attention cannot reach.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names for the heads, for example [`head_names(0, 12)`](head_names).
    #[must_use]
    pub fn head_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.head_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Start with token 0 masked. Many heads rest on the first token when they have nothing to do; without it, the rest
    /// is easier to see. The page has a switch for it either way.
    #[must_use]
    pub fn mask_bos(mut self, mask: bool) -> Self {
        self.mask_bos = mask;
        self
    }

    /// Whether to gray out the cells above the diagonal. Left out, they are grayed out if they are all zero: attention that
    /// leaks into the future is shown rather than hidden.
    #[must_use]
    pub fn mask_upper_tri(mut self, mask: bool) -> Self {
        self.mask_upper_tri = Some(mask);
        self
    }

    /// The values that get the full colors of [`attention_heads`] and [`attention_pattern`]. Left out, they are -1 and 1.
    #[must_use]
    pub fn range(mut self, min: f32, max: f32) -> Self {
        (self.min_value, self.max_value) = (Some(min), Some(max));
        self
    }
}

/// `0.0`, `0.1`, ...: the names of the heads of one layer.
pub fn head_names(layer: usize, n_heads: usize) -> Vec<String> {
    (0..n_heads).map(|head| format!("{layer}.{head}")).collect()
}

/// All heads of a layer at once: one grid in which each head has a color, a thumbnail per head, and the tokens tinted by
/// attention. Hover a head or a token to focus it, click to lock it, click again to unlock.
///
/// After `circuitsvis.attention.attention_patterns`. Added: head names, tokens beside the grid, zoom, values, a switch that
/// masks token 0, unlocking. Different: heads have colors that color-blind people can tell apart, a token that is not
/// focused shows the attention that it gets, and the text on a tint is black or white, whichever reads better.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `attention`: `[head, query_pos, key_pos]`, both positions as long as `tokens`
///
/// # Errors
/// [`VisError::Length`] if the lengths or the number of head names do not fit, [`VisError::Empty`] without heads or tokens,
/// [`VisError::Range`] for bounds that are no range.
pub fn attention_patterns<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView3<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    attention_view("attention_patterns", "Attention patterns", tokens, attention, options)
}

/// One large grid with labeled axes, and one thumbnail per head to choose which: hover to view, click to lock.
///
/// After `circuitsvis.attention.attention_heads`: blue is positive, red negative, the first head is locked at the start.
/// `tokens` comes first here, as everywhere in this crate. The cells above the diagonal are gray only if they are zero or
/// [`AttentionOptions::mask_upper_tri`] says so.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `attention`: `[head, query_pos, key_pos]`, both positions as long as `tokens`
///
/// # Errors
/// As for [`attention_patterns`].
pub fn attention_heads<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView3<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    attention_view("attention_heads", "Attention heads", tokens, attention, options)
}

/// One head, large, with labeled axes.
///
/// After `circuitsvis.attention.attention_pattern`.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `attention`: `[query_pos, key_pos]`, both as long as `tokens`
///
/// # Errors
/// As for [`attention_patterns`].
pub fn attention_pattern<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView2<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    attention_view("attention_pattern", "Attention pattern", tokens, attention.insert_axis(Axis(0)), options)
}

/// Lines between tokens: destinations on the left, sources on the right, one color per head. Hover a token for its lines alone.
///
/// After BertViz's `head_view`: it shows where one token looks better than a grid does, and a long text worse.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `attention`: `[head, query_pos, key_pos]`, both positions as long as `tokens`
///
/// # Errors
/// As for [`attention_patterns`].
pub fn head_view<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView3<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    attention_view("head_view", "Attention between tokens", tokens, attention, options)
}

/// Every head of every layer at once, one row per layer, and the one that is hovered or clicked large below.
///
/// After BertViz's `model_view`. Heads are called `layer.head`, so `head_names` of the options are not used.
///
/// # Shapes
/// - `tokens`: `[pos]`
/// - `attention`: `[layer, head, query_pos, key_pos]`, both positions as long as `tokens`
///
/// # Errors
/// As for [`attention_patterns`].
pub fn model_view<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView4<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    let (layers, heads, query_pos, key_pos) = attention.dim();
    check::not_empty("layers", layers)?;
    let all = attention.to_shape((layers * heads, query_pos, key_pos)).expect("the same number of entries");
    let names = (0..layers).flat_map(|layer| (0..heads).map(move |head| format!("{layer}.{head}")));
    let view = attention_view("model_view", "All heads", tokens, all.view(), options.head_names(names))?;
    Ok(view.with("layers", layers.into()))
}

fn attention_view<S: AsRef<str>>(
    kind: &str,
    title: &str,
    tokens: &[S],
    attention: ArrayView3<'_, f32>,
    options: AttentionOptions,
) -> Result<View, VisError> {
    let (n_heads, query_pos, key_pos) = attention.dim();
    check::not_empty("tokens", tokens.len())?;
    check::not_empty("heads", n_heads)?;
    check::length("the query_pos axis of attention", tokens.len(), "the number of tokens", query_pos)?;
    check::length("the key_pos axis of attention", tokens.len(), "the number of tokens", key_pos)?;
    let names = options.head_names.unwrap_or_else(|| (0..n_heads).map(|head| format!("Head {head}")).collect());
    check::length("head_names", n_heads, "the head axis of attention", names.len())?;
    let (min, max) = check::range(options.min_value, options.max_value, (-1.0, 1.0))?;

    let mask_upper_tri = options.mask_upper_tri.unwrap_or_else(|| array::is_causal(attention));
    let data = json!({
        "tokens": visible::block(tokens),
        "head_names": names,
        "attention": array::encode_attention(attention, mask_upper_tri),
        "mask_bos": options.mask_bos,
        "mask_upper_tri": mask_upper_tri,
        "min": min,
        "max": max,
    });
    Ok(View::new(kind, title, data, attention_text(tokens, attention, &names)?))
}

/// The heads of a layer one below the other. Long texts are cut to a corner that fits.
fn attention_text<S: AsRef<str>>(
    tokens: &[S],
    attention: ArrayView3<'_, f32>,
    names: &[String],
) -> Result<String, VisError> {
    let labels: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    let mut texts = Vec::new();
    for (head, name) in names.iter().enumerate() {
        let grid = text::text_heatmap(attention.slice(s![head, .., ..]), None, &labels, &labels)?;
        texts.push(format!("{name}\n{grid}"));
    }
    Ok(texts.join("\n"))
}
