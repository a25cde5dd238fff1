//! Wrong patches, and maps by position that are drawn in a wrong way.
//!
//! All maps of a kind have one long signature, so each is a constant of the type that has it.

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, ArrayD, ArrayViewMutD, Ix3, s};
use solution_06_patching as solution;

pub(crate) type Answers<'a> = &'a [usize];

/// A `residual_map`: of a model, the base run, the source, and the right and wrong answers.
type ByPosition = fn(&HookedTransformer, &Tokens, &ActivationCache, Answers, Answers) -> Array2<f32>;

/// An `output_map`, which is also told the name of the output.
type OfOutputs = fn(&HookedTransformer, &Tokens, &ActivationCache, &str, Answers, Answers) -> Array2<f32>;

/// A hook on the stream before a layer, whose edit sees the stream of the source.
fn edit(
    source: &ActivationCache,
    layer: usize,
    edit: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>) + Sync + Send + 'static,
) -> FwdHook<'_> {
    let stored = source[("resid_pre", layer)].to_owned().into_dyn();
    fwd_hook(("resid_pre", layer), move |mut stream, _| edit(&mut stream, &stored))
}

pub fn every_position(source: &ActivationCache, layer: usize, _pos: usize) -> FwdHook<'_> {
    edit(source, layer, |stream, stored| stream.assign(stored))
}

pub fn after_the_layer(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    let stored = source.view::<Ix3>(("resid_post", layer));
    fwd_hook(("resid_post", layer), move |mut stream, _| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
    })
}

pub fn first_item_for_all(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![0, pos, ..]));
    })
}

pub fn first_item_only(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![0, pos, ..]).assign(&stored.slice(s![0, pos, ..]));
    })
}

pub fn added(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        let mut stream = stream.slice_mut(s![.., pos, ..]);
        stream += &stored.slice(s![.., pos, ..]);
    })
}

pub fn silenced(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, _| stream.slice_mut(s![.., pos, ..]).fill(0.0))
}

pub fn last_position(source: &ActivationCache, layer: usize, _pos: usize) -> FwdHook<'_> {
    edit(source, layer, |stream, stored| {
        stream.slice_mut(s![.., -1, ..]).assign(&stored.slice(s![.., -1, ..]));
    })
}

pub fn up_to_the_position(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., ..=pos, ..]).assign(&stored.slice(s![.., ..=pos, ..]));
    })
}

/// The metric of a run with these hooks.
pub(crate) fn measure<'a>(
    model: &'a HookedTransformer,
    base: &Tokens,
    hooks: Vec<FwdHook<'a>>,
    (right, wrong): (&[usize], &[usize]),
) -> f32 {
    let logits = model.run(base).hooks(hooks).logits().expect("tokens of this model");
    solution::logit_difference(logits.view(), right, wrong)
}

pub const PILE_UP: ByPosition = |m, base, source, r, w| {
    let n_pos = base.ncols();
    Array2::from_shape_fn((m.cfg().n_layers, n_pos), |(layer, pos)| {
        let cells = (0..=layer * n_pos + pos).map(|cell| (cell / n_pos, cell % n_pos));
        let hooks = cells.map(|(layer, pos)| solution::patch_resid_pre(source, layer, pos)).collect();
        measure(m, base, hooks, (r, w))
    })
};

pub const CHANGE: ByPosition =
    |m, base, source, r, w| solution::residual_map(m, base, source, r, w) - measure(m, base, vec![], (r, w));

pub const NOT_ATTACHED: ByPosition =
    |m, base, _, r, w| Array2::from_elem((m.cfg().n_layers, base.ncols()), measure(m, base, vec![], (r, w)));

pub const BACKWARDS: ByPosition =
    |m, base, source, r, w| solution::residual_map(m, base, source, r, w).slice(s![..;-1, ..]).to_owned();

pub const ALL_LAYERS: ByPosition = |m, base, source, r, w| {
    Array2::from_shape_fn((m.cfg().n_layers, base.ncols()), |(_, pos)| {
        let hooks = (0..m.cfg().n_layers).map(|layer| solution::patch_resid_pre(source, layer, pos)).collect();
        measure(m, base, hooks, (r, w))
    })
};

/// A map by position of any activation of the stream's shape.
pub(crate) fn stream_map(
    m: &HookedTransformer,
    base: &Tokens,
    source: &ActivationCache,
    name: &str,
    answers: (Answers, Answers),
    patch: impl Fn(&mut ArrayViewMutD<f32>, &ArrayD<f32>, usize) + Sync + Send,
) -> Array2<f32> {
    let patch = &patch;
    Array2::from_shape_fn((m.cfg().n_layers, base.ncols()), |(layer, pos)| {
        let stored = source[(name, layer)].to_owned().into_dyn();
        let hook = fwd_hook((name, layer), move |mut x, _| patch(&mut x, &stored, pos));
        measure(m, base, vec![hook], answers)
    })
}

fn at_position(x: &mut ArrayViewMutD<f32>, stored: &ArrayD<f32>, pos: usize) {
    x.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
}

pub const ALWAYS_ATTN: OfOutputs =
    |m, base, source, _, r, w| stream_map(m, base, source, "attn_out", (r, w), at_position);

pub const WHOLE_STREAM: OfOutputs = |m, base, source, output, r, w| {
    let stream = if output == "attn_out" { "resid_mid" } else { "resid_post" };
    stream_map(m, base, source, stream, (r, w), at_position)
};

pub const OUTPUT_EVERYWHERE: OfOutputs =
    |m, base, source, output, r, w| stream_map(m, base, source, output, (r, w), |x, stored, _| x.assign(stored));

pub const OUTPUT_ADDED: OfOutputs = |m, base, source, output, r, w| {
    stream_map(m, base, source, output, (r, w), |x, stored, pos| {
        let mut x = x.slice_mut(s![.., pos, ..]);
        x += &stored.slice(s![.., pos, ..]);
    })
};

pub const OUTPUT_SILENCED: OfOutputs = |m, base, source, output, r, w| {
    stream_map(m, base, source, output, (r, w), |x, _, pos| x.slice_mut(s![.., pos, ..]).fill(0.0))
};

pub fn from_the_position(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., pos.., ..]).assign(&stored.slice(s![.., pos.., ..]));
    })
}

pub fn layer_0(source: &ActivationCache, _layer: usize, pos: usize) -> FwdHook<'_> {
    solution::patch_resid_pre(source, 0, pos)
}

pub fn an_entry(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    edit(source, layer, move |stream, stored| {
        stream.slice_mut(s![.., .., pos]).assign(&stored.slice(s![.., .., pos]));
    })
}

pub fn mixed(source: &ActivationCache, layer: usize, pos: usize) -> FwdHook<'_> {
    let stored = source.view::<Ix3>(("resid_post", layer));
    fwd_hook(("resid_pre", layer), move |mut stream, _| {
        stream.slice_mut(s![.., pos, ..]).assign(&stored.slice(s![.., pos, ..]));
    })
}

pub const MAP_UP_TO: ByPosition = |m, base, source, r, w| {
    stream_map(m, base, source, "resid_pre", (r, w), |x, stored, pos| {
        x.slice_mut(s![.., ..=pos, ..]).assign(&stored.slice(s![.., ..=pos, ..]));
    })
};

pub const MAP_FROM: ByPosition = |m, base, source, r, w| {
    stream_map(m, base, source, "resid_pre", (r, w), |x, stored, pos| {
        x.slice_mut(s![.., pos.., ..]).assign(&stored.slice(s![.., pos.., ..]));
    })
};

pub const MAP_AFTER: ByPosition =
    |m, base, source, r, w| stream_map(m, base, source, "resid_post", (r, w), at_position);

pub const MAP_MIDDLE: ByPosition =
    |m, base, source, r, w| stream_map(m, base, source, "resid_mid", (r, w), at_position);

pub const MAP_TOO_FAR: ByPosition = |m, base, source, r, w| {
    let last = base.ncols() - 1;
    stream_map(m, base, source, "resid_pre", (r, w), move |x, stored, pos| at_position(x, stored, last.min(pos + 1)))
};

pub const OUTPUT_CHANGE: OfOutputs =
    |m, base, source, name, r, w| solution::output_map(m, base, source, name, r, w) - measure(m, base, vec![], (r, w));

pub const OUTPUT_FIRST_ITEM: OfOutputs = |m, base, source, name, r, w| {
    stream_map(m, base, source, name, (r, w), |x, stored, pos| {
        x.slice_mut(s![0, pos, ..]).assign(&stored.slice(s![0, pos, ..]));
    })
};

pub const OUTPUT_FROM: OfOutputs = |m, base, source, name, r, w| {
    stream_map(m, base, source, name, (r, w), |x, stored, pos| {
        x.slice_mut(s![.., pos.., ..]).assign(&stored.slice(s![.., pos.., ..]));
    })
};

pub const ALWAYS_MLP: OfOutputs =
    |m, base, source, _, r, w| stream_map(m, base, source, "mlp_out", (r, w), at_position);
