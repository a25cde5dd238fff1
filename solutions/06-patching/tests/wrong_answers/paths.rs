//! Wrong patches of an edge.

use hooked_transformer::{ActivationCache, FwdHook, HookedTransformer, fwd_hook};
use ndarray::{Array2, Array3, ArrayView3, Axis, Ix3, Ix4, s};

type Head = (usize, usize);

/// The change of a head's `z`, `[batch, pos, d_head]`.
fn change(base: &ActivationCache, source: &ActivationCache, from: Head) -> Array3<f32> {
    let z = |cache: &ActivationCache| cache.view::<Ix4>(("z", from.0)).index_axis_move(Axis(2), from.1).to_owned();
    z(source) - z(base)
}

/// What a head writes for this `z`, through its part of `W_O`, `[batch, pos, d_model]`.
fn written(model: &HookedTransformer, z: ArrayView3<f32>, (layer, head): Head) -> Array3<f32> {
    let w_o = model.W_O().slice_move(s![layer, head, .., ..]);
    let mut out = Array3::zeros((z.dim().0, z.dim().1, model.cfg().d_model));
    for (mut out, z) in out.outer_iter_mut().zip(z.outer_iter()) {
        out.assign(&z.dot(&w_o));
    }
    out
}

/// Adds this to an input of some heads.
fn add<'a>(input: &'a str, layer: usize, heads: Vec<usize>, added: Array3<f32>) -> FwdHook<'a> {
    fwd_hook((input, layer), move |mut input, _| {
        for head in &heads {
            let mut of_head = input.slice_mut(s![.., .., *head, ..]);
            of_head += &added;
        }
    })
}

type Cache = ActivationCache;

pub fn into_queries<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    add("q_input", to.0, vec![to.1], written(m, change(b, s, from).view(), from))
}

pub fn into_values<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    add("v_input", to.0, vec![to.1], written(m, change(b, s, from).view(), from))
}

pub fn into_all_heads<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    add("k_input", to.0, (0..m.cfg().n_heads).collect(), written(m, change(b, s, from).view(), from))
}

pub fn w_o_of_the_receiver<'a>(
    m: &'a HookedTransformer,
    b: &'a Cache,
    s: &'a Cache,
    from: Head,
    to: Head,
) -> FwdHook<'a> {
    add("k_input", to.0, vec![to.1], written(m, change(b, s, from).view(), (to.0, from.1)))
}

pub fn sign<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    add("k_input", to.0, vec![to.1], -written(m, change(b, s, from).view(), from))
}

pub fn not_taken_away<'a>(m: &'a HookedTransformer, _: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let z = s.view::<Ix4>(("z", from.0)).index_axis_move(Axis(2), from.1);
    add("k_input", to.0, vec![to.1], written(m, z, from))
}

pub fn only_taken_away<'a>(m: &'a HookedTransformer, b: &'a Cache, _: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let z = b.view::<Ix4>(("z", from.0)).index_axis_move(Axis(2), from.1);
    add("k_input", to.0, vec![to.1], -written(m, z, from))
}

pub fn whole_stream<'a>(_: &'a HookedTransformer, _: &'a Cache, s: &'a Cache, _from: Head, to: Head) -> FwdHook<'a> {
    let stored = s.view::<Ix3>(("resid_pre", to.0));
    fwd_hook(("k_input", to.0), move |mut input, _| input.slice_mut(s![.., .., to.1, ..]).assign(&stored))
}

pub fn whole_attention<'a>(_: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let out = |cache: &Cache| cache.view::<Ix3>(("attn_out", from.0)).to_owned();
    add("k_input", to.0, vec![to.1], out(s) - out(b))
}

pub fn after_the_norm<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let w_k: Array2<f32> = m.W_K().slice_move(s![to.0, to.1, .., ..]).to_owned();
    let written = written(m, change(b, s, from).view(), from);
    fwd_hook(("k", to.0), move |mut k, _| {
        for (item, written) in written.outer_iter().enumerate() {
            let mut of_head = k.slice_mut(s![item, .., to.1, ..]);
            of_head += &written.dot(&w_k);
        }
    })
}

pub fn head_itself<'a>(_: &'a HookedTransformer, _: &'a Cache, s: &'a Cache, from: Head, _to: Head) -> FwdHook<'a> {
    let stored = s.view::<Ix4>(("z", from.0));
    fwd_hook(("z", from.0), move |mut z, _| {
        z.slice_mut(s![.., .., from.1, ..]).assign(&stored.slice(s![.., .., from.1, ..]));
    })
}

pub fn first_item<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let mut added = written(m, change(b, s, from).view(), from);
    added.slice_mut(s![1.., .., ..]).fill(0.0);
    add("k_input", to.0, vec![to.1], added)
}

pub fn senders_number<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    add("k_input", to.0, vec![from.1], written(m, change(b, s, from).view(), from))
}

pub fn replaced<'a>(m: &'a HookedTransformer, _: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let written = written(m, s.view::<Ix4>(("z", from.0)).index_axis_move(Axis(2), from.1), from);
    fwd_hook(("k_input", to.0), move |mut input, _| input.slice_mut(s![.., .., to.1, ..]).assign(&written))
}

pub fn last_position<'a>(m: &'a HookedTransformer, b: &'a Cache, s: &'a Cache, from: Head, to: Head) -> FwdHook<'a> {
    let mut added = written(m, change(b, s, from).view(), from);
    added.slice_mut(s![.., ..-1, ..]).fill(0.0);
    add("k_input", to.0, vec![to.1], added)
}
