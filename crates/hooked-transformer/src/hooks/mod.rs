//! Hooks: closures that look at an activation, or edit it in place, while the forward pass runs.
//!
//! A hook is `FnMut(ArrayViewMutD<f32>, &HookPoint)`, with the name (or a predicate on names) of the points where it
//! fires. A run borrows its hooks, so they are gone when it returns or panics. Lasting hooks are made with
//! [`HookedTransformer::add_hook`](crate::HookedTransformer::add_hook).

mod act_name;
mod lasting;
mod plan;
mod point;
mod tape;

use ndarray::ArrayViewMutD;

pub use act_name::{ActName, get_act_name};
pub use lasting::HookHandle;
pub(crate) use lasting::{Direction, LastingFn, LastingHooks, inside, running};
pub(crate) use plan::{Pass, Plan, Record, select};
pub use point::HookPoint;
pub(crate) use point::{HookPoints, Site};
pub(crate) use tape::{Firing, Tape};

/// Which activations are meant: one name, several, or all whose full name satisfies a predicate.
///
/// Anything that names activations converts into it: `"blocks.0.attn.hook_z"`, `("z", 0)`, a vector of names, or
/// `|name: &str| name.ends_with("pattern")`.
pub enum NameFilter<'a> {
    /// These and no others; a name that the model lacks is an error.
    Names(Vec<ActName>),
    /// All points whose full name satisfies this; none at all is an error.
    Predicate(Box<dyn Fn(&str) -> bool + 'a>),
}

impl<'a, F: Fn(&str) -> bool + 'a> From<F> for NameFilter<'a> {
    fn from(predicate: F) -> Self {
        NameFilter::Predicate(Box::new(predicate))
    }
}

/// Everything that is one [`ActName`] is a filter of that one name.
macro_rules! filter_from_name {
    ($($name:ty),*) => {$(
        impl From<$name> for NameFilter<'_> {
            fn from(name: $name) -> Self {
                NameFilter::Names(vec![ActName::from(name)])
            }
        }
    )*};
}
filter_from_name!(
    &str,
    &String,
    String,
    (&str, usize),
    (&str, isize),
    (&str, i32),
    (&str, usize, &str),
    (&str, i32, &str)
);

impl From<ActName> for NameFilter<'_> {
    fn from(name: ActName) -> Self {
        NameFilter::Names(vec![name])
    }
}

impl<N: Into<ActName>> From<Vec<N>> for NameFilter<'_> {
    fn from(names: Vec<N>) -> Self {
        NameFilter::Names(names.into_iter().map(Into::into).collect())
    }
}

impl<N: Into<ActName>, const LEN: usize> From<[N; LEN]> for NameFilter<'_> {
    fn from(names: [N; LEN]) -> Self {
        NameFilter::Names(names.into_iter().map(Into::into).collect())
    }
}

impl<'a> From<&'a [String]> for NameFilter<'_> {
    fn from(names: &'a [String]) -> Self {
        NameFilter::Names(names.iter().map(Into::into).collect())
    }
}

/// What a hook does with an activation: look, or edit in place.
pub(crate) type HookFn<'a> = Box<dyn FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + 'a>;

/// A hook for one run: where it fires, and what it does. Made by [`fwd_hook`].
pub struct FwdHook<'a> {
    pub(crate) filter: NameFilter<'a>,
    pub(crate) function: HookFn<'a>,
}

/// A hook for one run. It may look, edit in place, and keep what it sees in variables that it borrows.
///
/// ```
/// use hooked_transformer::{fwd_hook, HookedTransformer, HookedTransformerConfig};
/// use ndarray::{array, s};
///
/// let cfg = HookedTransformerConfig { seed: Some(0), ..HookedTransformerConfig::new(2, 8, 4, 16, 50) };
/// let model = HookedTransformer::from_config(cfg)?;
/// let tokens = array![[0, 3, 7, 3]];
///
/// // Look: collect one number from every layer.
/// let mut diagonal = Vec::new();
/// let look = fwd_hook(
///     |name: &str| name.ends_with("pattern"),
///     |pattern, hook| diagonal.push((hook.layer(), pattern[[0, 0, 3, 3]])),
/// );
/// model.run_with_hooks(&tokens, [look])?;
/// assert_eq!(diagonal.len(), 2);
///
/// // Edit: silence head 1 of layer 0.
/// let ablate = fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.0));
/// let ablated = model.run_with_hooks(&tokens, [ablate])?;
/// assert_ne!(ablated, model.forward(&tokens)?);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub fn fwd_hook<'a>(
    at: impl Into<NameFilter<'a>>,
    function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + 'a,
) -> FwdHook<'a> {
    FwdHook { filter: at.into(), function: Box::new(function) }
}

/// A hook for the backward pass of one run: where it fires, and what it does with the gradient there. Made by
/// [`bwd_hook`].
pub struct BwdHook<'a> {
    pub(crate) filter: NameFilter<'a>,
    pub(crate) function: HookFn<'a>,
}

/// A hook for the backward pass of one run. It gets the gradient by an activation, and may look, edit in place, and keep
/// what it sees in variables that it borrows. What it leaves is what goes further up the computation.
///
/// ```
/// use hooked_transformer::{bwd_hook, HookedTransformer, HookedTransformerConfig, Scalar};
///
/// let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// let mut seen = Vec::new();
/// let look = bwd_hook(|name: &str| name.ends_with("hook_z"), |grad, hook| seen.push((hook.layer(), grad.shape().to_vec())));
/// model.run(&ndarray::array![[0, 3, 7, 3]]).backward(Scalar::loss()).bwd_hook(look).grads()?;
/// // From the last layer to the first.
/// assert_eq!(seen, [(Some(1), vec![1, 4, 2, 4]), (Some(0), vec![1, 4, 2, 4])]);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub fn bwd_hook<'a>(
    at: impl Into<NameFilter<'a>>,
    function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + 'a,
) -> BwdHook<'a> {
    BwdHook { filter: at.into(), function: Box::new(function) }
}
