//! Components of the residual stream, stacked, each with its label.
//!
//! ```text
//! values [component, batch, pos, d_model]        or without batch, [component, pos, d_model]
//! ```

use std::fmt;

use ndarray::{Array, ArrayD, ArrayView, ArrayViewD, Axis, Dimension, IxDyn};

use super::options::Options;
use super::slice::{Cuts, PosSlice};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// Arrays of one shape, stacked along a first axis, `component`, and the name of each.
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, StackOptions};
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// let (_, cache) = model.run_with_cache(&ndarray::array![[0, 3, 7, 3]])?;
/// let parts = cache.decompose_resid(StackOptions::new())?;
/// assert_eq!(parts.labels, ["embed", "pos_embed", "0_attn_out", "0_mlp_out", "1_attn_out", "1_mlp_out"]);
/// assert_eq!(parts.values.shape(), [6, 1, 4, 8]); // [component, batch, pos, d_model]
/// let sum = parts.sum(); // equals cache[("resid_post", 1)]
/// # assert!((&sum - &cache[("resid_post", 1)]).iter().all(|x| x.abs() < 1e-4));
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Stack {
    /// One for each component: `embed`, `0_attn_out`, `L0H3`, …
    pub labels: Vec<String>,
    /// `[component, batch, pos, d_model]`, or without batch axis if the cache has none. Attributions lack `d_model`.
    pub values: ArrayD<f32>,
    /// What the values were cut to, so that a norm's scales can be cut alike.
    pub(super) cuts: Cuts,
}

impl Stack {
    /// A stack of arrays of one's own, for [`logit_attrs`](super::ActivationCache::logit_attrs) and the like.
    ///
    /// # Shapes
    /// - `values`: `[component, …]`, with one label a component
    ///
    /// # Errors
    /// Labels and components differ in number.
    pub fn new<N: Into<String>, D: Dimension>(
        labels: impl IntoIterator<Item = N>,
        values: Array<f32, D>,
    ) -> Result<Self> {
        let labels: Vec<String> = labels.into_iter().map(Into::into).collect();
        if values.shape().first() != Some(&labels.len()) {
            return Err(Error::Shape {
                what: "a stack of components".to_string(),
                expected: format!("a first axis of {}, one for each label", labels.len()),
                got: values.shape().to_vec(),
            });
        }
        Ok(Stack { labels, values: values.into_dyn(), cuts: Cuts::default() })
    }

    /// Says that the values belong to these positions of the run only. Stacks that a cache made know it already.
    pub fn at_positions(mut self, pos_slice: impl Into<PosSlice>) -> Self {
        self.cuts.pos_slice = Some(pos_slice.into());
        self
    }

    /// Says that the values belong to these rows of the run's batch only. Stacks that a cache made know it already.
    pub fn at_rows(mut self, batch_slice: impl Into<PosSlice>) -> Self {
        self.cuts.batch_slice = Some(batch_slice.into());
        self
    }

    /// Number of components.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no components.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The component of this label.
    ///
    /// # Errors
    /// There is none; the message names the nearest.
    pub fn get(&self, label: &str) -> Result<ArrayViewD<'_, f32>> {
        match self.labels.iter().position(|l| l == label) {
            Some(at) => Ok(self.values.index_axis(Axis(0), at)),
            None => Err(Error::UnknownName {
                name: label.to_string(),
                place: "the components of this stack",
                reason: self.is_empty().then(|| "it is empty".to_string()),
                nearest: nearest(label, self.labels.iter().map(String::as_str), 3),
            }),
        }
    }

    /// Labels and components, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, ArrayViewD<'_, f32>)> {
        self.labels.iter().map(String::as_str).zip(self.values.outer_iter())
    }

    /// The values as a view whose rank is in its type: `stack.view::<Ix4>()` for `[component, batch, pos, d_model]`.
    ///
    /// # Panics
    /// They have another rank.
    #[track_caller]
    pub fn view<D: Dimension>(&self) -> ArrayView<'_, f32, D> {
        match self.values.view().into_dimensionality() {
            Ok(view) => view,
            Err(_) => panic!("a stack of shape {:?} seen with {:?} axes", self.values.shape(), D::NDIM),
        }
    }

    /// The components added up, `[batch, pos, d_model]`.
    pub fn sum(&self) -> ArrayD<f32> {
        self.values.sum_axis(Axis(0))
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stack of {} components, {:?}: {}", self.len(), self.values.shape(), self.labels.join(" "))
    }
}

/// Puts a stack together, one component after the other.
pub(super) struct StackBuilder {
    labels: Vec<String>,
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl StackBuilder {
    /// For components of this shape.
    pub(super) fn new(shape: &[usize]) -> Self {
        StackBuilder { labels: Vec::new(), shape: shape.to_vec(), values: Vec::new() }
    }

    pub(super) fn push(&mut self, label: impl Into<String>, component: ArrayViewD<'_, f32>) -> Result<()> {
        if component.shape() != self.shape {
            return Err(Error::Shape {
                what: "a component of the residual stream".to_string(),
                expected: format!("{:?}, as the others have", self.shape),
                got: component.shape().to_vec(),
            });
        }
        self.labels.push(label.into());
        for row in component.rows() {
            match row.as_slice() {
                Some(row) => self.values.extend_from_slice(row),
                None => self.values.extend(row),
            }
        }
        Ok(())
    }

    /// What the components so far leave of `whole`, as one more.
    pub(super) fn push_remainder(&mut self, whole: ArrayViewD<'_, f32>) -> Result<()> {
        let mut rest = whole.as_standard_layout().into_owned();
        if let Some(rest) = rest.as_slice_mut().filter(|rest| !rest.is_empty()) {
            for component in self.values.chunks(rest.len()) {
                rest.iter_mut().zip(component).for_each(|(rest, x)| *rest -= x);
            }
        }
        self.push("remainder", rest.view())
    }

    pub(super) fn finish(self, options: &Options) -> Stack {
        let shape = [&[self.labels.len()], self.shape.as_slice()].concat();
        let values = ArrayD::from_shape_vec(IxDyn(&shape), self.values).expect("every component has this shape");
        Stack { labels: self.labels, values, cuts: options.cuts() }
    }
}
