//! What a model can be run on: text, several texts, token ids, or a residual stream from part of the way up.

use ndarray::{Array1, Array3, ArrayView1, ArrayView2, ArrayView3, Axis};

use crate::text::tokens::{Texts, TokenBatch, Tokens};

/// The input of a run. Everything that makes sense converts into it, owned or borrowed: `"text"`,
/// `["several", "texts"]`, tokens `[batch, pos]`, a single row of tokens as array, vector or slice, a [`TokenBatch`] with
/// its padding mask, or a residual stream.
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50))?;
/// use ndarray::array;
/// assert_eq!(model.forward(array![[1, 2, 3]])?, model.forward([1, 2, 3])?);
/// assert_eq!(model.forward(vec![1, 2, 3])?, model.forward(array![1, 2, 3])?);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub enum Input {
    /// Text, to be tokenized; beginning-of-sequence and padding as the run says.
    Text(Texts),
    /// Token ids, taken as they are.
    Tokens(TokenBatch),
    /// A residual stream `[batch, pos, d_model]` for [`Run::start_at_layer`](crate::Run::start_at_layer).
    Resid(Array3<f32>),
}

macro_rules! input_from_text {
    ($($text:ty $(, $N:ident)?);*) => {$(
        impl $(<const $N: usize>)? From<$text> for Input {
            fn from(text: $text) -> Self {
                Input::Text(text.into())
            }
        }
    )*};
}
input_from_text!(&str; &&str; &String; String; std::borrow::Cow<'_, str>; Texts);
input_from_text!(&[&str]; &[String]; &Vec<&str>; &Vec<String>; Vec<&str>; Vec<String>);
input_from_text!([&str; N], N; &[&str; N], N; [String; N], N; &[String; N], N);

macro_rules! input_from_tokens {
    ($($tokens:ty, $ids:ident => $owned:expr $(, $N:ident)?);* $(;)?) => {$(
        impl $(<const $N: usize>)? From<$tokens> for Input {
            fn from($ids: $tokens) -> Self {
                Input::Tokens(TokenBatch { tokens: $owned, mask: None })
            }
        }
    )*};
}
input_from_tokens! {
    Tokens, ids => ids;
    &Tokens, ids => ids.clone();
    ArrayView2<'_, usize>, ids => ids.to_owned();
    // One row.
    Array1<usize>, ids => ids.insert_axis(Axis(0));
    &Array1<usize>, ids => ids.clone().insert_axis(Axis(0));
    ArrayView1<'_, usize>, ids => ids.to_owned().insert_axis(Axis(0));
    Vec<usize>, ids => Array1::from(ids).insert_axis(Axis(0));
    &Vec<usize>, ids => Array1::from(ids.clone()).insert_axis(Axis(0));
    &[usize], ids => Array1::from(ids.to_vec()).insert_axis(Axis(0));
    [usize; N], ids => Array1::from(ids.to_vec()).insert_axis(Axis(0)), N;
    &[usize; N], ids => Array1::from(ids.to_vec()).insert_axis(Axis(0)), N;
}

impl From<TokenBatch> for Input {
    fn from(batch: TokenBatch) -> Self {
        Input::Tokens(batch)
    }
}

impl From<&TokenBatch> for Input {
    fn from(batch: &TokenBatch) -> Self {
        Input::Tokens(batch.clone())
    }
}

impl From<Array3<f32>> for Input {
    fn from(resid: Array3<f32>) -> Self {
        Input::Resid(resid)
    }
}

impl From<&Array3<f32>> for Input {
    fn from(resid: &Array3<f32>) -> Self {
        Input::Resid(resid.clone())
    }
}

impl From<ArrayView3<'_, f32>> for Input {
    fn from(resid: ArrayView3<'_, f32>) -> Self {
        Input::Resid(resid.to_owned())
    }
}
