//! Wrong steering vectors and contrastive vectors.
//!
//! All functions of a kind have one long signature, so each is a constant of the type that has it.

use hooked_transformer::HookedTransformer;
use ndarray::{Array1, Array2, Axis, Ix2, Ix3, s};
use solution_04_activation_addition::{contrastive_vector as right_contrast, steering_vector as right};

/// A `steering_vector`: of a model, both prompts, and the layer.
type Vector = fn(&HookedTransformer, &str, &str, usize) -> Array2<f32>;

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A `contrastive_vector`: of a model, pairs of prompts, the layer, the position, and whether its norm is one.
type Contrast = fn(&HookedTransformer, Pairs<'_>, usize, isize, bool) -> Array1<f32>;

/// An activation of one text, `[pos, d_model]`.
pub(super) fn stream(model: &HookedTransformer, ids: &[usize], name: &str, layer: usize) -> Array2<f32> {
    let cache = model.run(ids).names_filter((name, layer)).cache().unwrap().remove_batch_dim().unwrap();
    cache.view::<Ix2>((name, layer)).to_owned()
}

pub(super) fn tokens(model: &HookedTransformer, text: &str, bos: bool) -> Vec<usize> {
    model.to_tokens(text, bos).unwrap().row(0).to_vec()
}

pub(super) fn space(model: &HookedTransformer) -> usize {
    model.to_single_token(" ").unwrap()
}

/// Both prompts, filled up after their end with a token.
pub(super) fn padded(model: &HookedTransformer, first: &str, second: &str, bos: bool, with: usize) -> [Vec<usize>; 2] {
    let mut both = [first, second].map(|text| tokens(model, text, bos));
    let n_pos = both[0].len().max(both[1].len());
    both.iter_mut().for_each(|ids| ids.resize(n_pos, with));
    both
}

fn difference(model: &HookedTransformer, both: &[Vec<usize>; 2], name: &str, layer: usize) -> Array2<f32> {
    stream(model, &both[0], name, layer) - stream(model, &both[1], name, layer)
}

pub const SUM: Vector = |model, positive, negative, layer| {
    let both = padded(model, positive, negative, true, space(model));
    stream(model, &both[0], "resid_pre", layer) + stream(model, &both[1], "resid_pre", layer)
};

pub const NO_BOS: Vector = |model, positive, negative, layer| {
    difference(model, &padded(model, positive, negative, false, space(model)), "resid_pre", layer)
};

pub const CUT: Vector = |model, positive, negative, layer| {
    let mut both = [positive, negative].map(|text| tokens(model, text, true));
    let n_pos = both[0].len().min(both[1].len());
    both.iter_mut().for_each(|ids| ids.truncate(n_pos));
    difference(model, &both, "resid_pre", layer)
};

pub const LAST_POSITION: Vector =
    |model, positive, negative, layer| right(model, positive, negative, layer).slice(s![-1.., ..]).to_owned();

pub const NEGATIVE_MINUS_POSITIVE: Vector = |model, positive, negative, layer| right(model, negative, positive, layer);

pub const AFTER_LAYER: Vector = |model, positive, negative, layer| {
    difference(model, &padded(model, positive, negative, true, space(model)), "resid_post", layer)
};

pub const END_OF_TEXT: Vector = |model, positive, negative, layer| {
    difference(model, &padded(model, positive, negative, true, 0), "resid_pre", layer)
};

pub const MISSING_IS_ZERO: Vector = |model, positive, negative, layer| {
    let both = [positive, negative].map(|text| stream(model, &tokens(model, text, true), "resid_pre", layer));
    let n_pos = both[0].nrows().max(both[1].nrows());
    let [first, second] = both.map(|stream| {
        let mut longer = Array2::zeros((n_pos, stream.ncols()));
        longer.slice_mut(s![..stream.nrows(), ..]).assign(&stream);
        longer
    });
    first - second
};

pub const CONTRAST_TURNED: Contrast = |m, pairs, layer, pos, unit| -right_contrast(m, pairs, layer, pos, unit);

pub const CONTRAST_SUM: Contrast = |m, pairs, layer, pos, unit| {
    let vector = right_contrast(m, pairs, layer, pos, unit);
    if unit { vector } else { vector * pairs.len() as f32 }
};

pub const CONTRAST_RAW: Contrast = |m, pairs, layer, pos, _| right_contrast(m, pairs, layer, pos, false);

pub const CONTRAST_UNIT: Contrast = |m, pairs, layer, pos, _| right_contrast(m, pairs, layer, pos, true);

pub const CONTRAST_UNIT_FIRST: Contrast =
    |m, pairs, layer, pos, unit| mean(pairs, |pair| right_contrast(m, &[pair], layer, pos, unit));

pub const CONTRAST_LAST: Contrast = |m, pairs, layer, _, unit| right_contrast(m, pairs, layer, -1, unit);

pub const CONTRAST_PADDED: Contrast = |m, pairs, layer, pos, unit| {
    let of_pair = |pair: (&str, &str)| right(m, pair.0, pair.1, layer).slice(s![pos, ..]).to_owned();
    as_asked(mean(pairs, of_pair), unit)
};

pub const CONTRAST_AFTER: Contrast = |m, pairs, layer, pos, unit| {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_post", layer).slice(s![pos, ..]).to_owned();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
};

pub const CONTRAST_MEAN: Contrast = |m, pairs, layer, _, unit| {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_pre", layer).mean_axis(Axis(0)).unwrap();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
};

fn mean(pairs: Pairs<'_>, of_pair: impl Fn((&str, &str)) -> Array1<f32>) -> Array1<f32> {
    let sum = pairs.iter().map(|pair| of_pair(*pair)).reduce(|a, b| a + b).unwrap();
    sum / pairs.len() as f32
}

fn as_asked(vector: Array1<f32>, unit: bool) -> Array1<f32> {
    if unit { &vector / vector.dot(&vector).sqrt() } else { vector }
}

pub const POSITIVE_ONLY: Vector = |model, positive, negative, layer| {
    stream(model, &padded(model, positive, negative, true, space(model))[0], "resid_pre", layer)
};

pub const WITHOUT_ROW_0: Vector =
    |model, positive, negative, layer| right(model, positive, negative, layer).slice(s![1.., ..]).to_owned();

pub const BOS_TWICE: Vector = |model, positive, negative, layer| {
    let bos = model.tokenizer().unwrap().bos_token_id();
    let both = padded(model, positive, negative, true, space(model)).map(|ids| [vec![bos], ids].concat());
    difference(model, &both, "resid_pre", layer)
};

/// The difference after the shorter prompt was filled up in some way: a function of its tokens and of what is missing.
fn filled(
    model: &HookedTransformer,
    (positive, negative): (&str, &str),
    layer: usize,
    fill: impl Fn(&mut Vec<usize>, usize),
) -> Array2<f32> {
    let mut both = [positive, negative].map(|text| tokens(model, text, true));
    let n_pos = both[0].len().max(both[1].len());
    for ids in &mut both {
        let missing = n_pos - ids.len();
        fill(ids, missing);
    }
    difference(model, &both, "resid_pre", layer)
}

pub const PADDED_LEFT: Vector = |model, positive, negative, layer| {
    filled(model, (positive, negative), layer, |ids, missing| {
        ids.splice(..0, vec![space(model); missing]);
    })
};

pub const PADDED_AFTER_BOS: Vector = |model, positive, negative, layer| {
    filled(model, (positive, negative), layer, |ids, missing| {
        ids.splice(1..1, vec![space(model); missing]);
    })
};

pub const PADDED_WITH_LAST: Vector = |model, positive, negative, layer| {
    filled(model, (positive, negative), layer, |ids, missing| {
        ids.extend(vec![ids[ids.len() - 1]; missing]);
    })
};

pub const PADDED_WITH_BOS_AND_SPACE: Vector = |model, positive, negative, layer| {
    let filling = tokens(model, " ", true);
    filled(model, (positive, negative), layer, |ids, missing| ids.extend(filling.iter().cycle().take(missing)))
};

pub const UNIT_VECTOR: Vector = |model, positive, negative, layer| {
    let vector = right(model, positive, negative, layer);
    let norm = (&vector * &vector).sum().sqrt();
    if norm > 0.0 { vector / norm } else { vector }
};

pub const HALF_VECTOR: Vector = |model, positive, negative, layer| right(model, positive, negative, layer) / 2.0;

pub const IN_THE_MIDDLE: Vector = |model, positive, negative, layer| {
    difference(model, &padded(model, positive, negative, true, space(model)), "resid_mid", layer)
};

pub const WHAT_ATTENTION_WROTE: Vector = |model, positive, negative, layer| {
    difference(model, &padded(model, positive, negative, true, space(model)), "attn_out", layer)
};

/// The row of the stream at a position, which is counted from the end if negative.
fn row(m: &HookedTransformer, text: &str, bos: bool, layer: usize, pos: isize) -> Array1<f32> {
    stream(m, &tokens(m, text, bos), "resid_pre", layer).slice(s![pos, ..]).to_owned()
}

pub const CONTRAST_NO_BOS: Contrast = |m, pairs, layer, pos, unit| {
    let read = |text: &str| row(m, text, false, layer, pos);
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
};

pub const CONTRAST_FIRST_PAIR: Contrast = |m, pairs, layer, pos, unit| right_contrast(m, &pairs[..1], layer, pos, unit);

pub const CONTRAST_LAST_PAIR: Contrast =
    |m, pairs, layer, pos, unit| right_contrast(m, &pairs[pairs.len() - 1..], layer, pos, unit);

/// The right mean, divided by another norm where one is asked for.
fn normalized(
    m: &HookedTransformer,
    pairs: Pairs<'_>,
    (layer, pos, unit): (usize, isize, bool),
    norm: impl Fn(&Array1<f32>) -> f32,
) -> Array1<f32> {
    let vector = right_contrast(m, pairs, layer, pos, false);
    if unit { &vector / norm(&vector) } else { vector }
}

pub const CONTRAST_L1: Contrast =
    |m, pairs, layer, pos, unit| normalized(m, pairs, (layer, pos, unit), |vector| vector.mapv(f32::abs).sum());

pub const CONTRAST_LARGEST: Contrast = |m, pairs, layer, pos, unit| {
    normalized(m, pairs, (layer, pos, unit), |vector| vector.iter().fold(0.0, |most, x| most.max(x.abs())))
};

pub const CONTRAST_SQUARED: Contrast =
    |m, pairs, layer, pos, unit| normalized(m, pairs, (layer, pos, unit), |vector| vector.dot(vector));

pub const CONTRAST_ONE_BEFORE: Contrast =
    |m, pairs, layer, pos, unit| right_contrast(m, pairs, layer, if pos < 0 { pos - 1 } else { pos }, unit);

pub const CONTRAST_BATCHED: Contrast = |m, pairs, layer, pos, unit| {
    let side = |texts: Vec<&str>| {
        let cache = m.run(m.to_tokens(texts, true).unwrap()).names_filter(("resid_pre", layer)).cache().unwrap();
        let streams = cache.view::<Ix3>(("resid_pre", layer)).to_owned();
        streams.slice(s![.., pos, ..]).mean_axis(Axis(0)).unwrap()
    };
    let positive = side(pairs.iter().map(|pair| pair.0).collect());
    as_asked(positive - side(pairs.iter().map(|pair| pair.1).collect()), unit)
};

/// A negative position counts from the end of one of the two prompts.
fn contrast_from_one(
    m: &HookedTransformer,
    pairs: Pairs<'_>,
    (layer, pos, unit): (usize, isize, bool),
    of_lengths: fn(usize, usize) -> usize,
) -> Array1<f32> {
    let of_pair = |(positive, negative): (&str, &str)| {
        let both = [positive, negative].map(|text| stream(m, &tokens(m, text, true), "resid_pre", layer));
        let length = of_lengths(both[0].nrows(), both[1].nrows()) as isize;
        let at = (if pos < 0 { length + pos } else { pos }).max(0) as usize;
        let [positive, negative] = both.map(|rows| rows.row(at.min(rows.nrows() - 1)).to_owned());
        positive - negative
    };
    as_asked(mean(pairs, of_pair), unit)
}

pub const CONTRAST_FROM_THE_LONGER: Contrast =
    |m, pairs, layer, pos, unit| contrast_from_one(m, pairs, (layer, pos, unit), usize::max);

pub const CONTRAST_FROM_THE_SHORTER: Contrast =
    |m, pairs, layer, pos, unit| contrast_from_one(m, pairs, (layer, pos, unit), usize::min);

pub const CONTRAST_SIDES: Contrast = |m, pairs, layer, pos, unit| {
    let positive = as_asked(mean(pairs, |pair| row(m, pair.0, true, layer, pos)), unit);
    positive - as_asked(mean(pairs, |pair| row(m, pair.1, true, layer, pos)), unit)
};

pub const CONTRAST_FROM_THE_FRONT: Contrast =
    |m, pairs, layer, pos, unit| right_contrast(m, pairs, layer, pos.abs(), unit);

pub const CONTRAST_CAST: Contrast = |m, pairs, layer, pos, unit| {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_pre", layer).row(pos as usize).to_owned();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
};

pub const CONTRAST_ROOT_MEAN_SQUARE: Contrast =
    |m, pairs, layer, pos, unit| normalized(m, pairs, (layer, pos, unit), |v| (v.dot(v) / v.len() as f32).sqrt());

pub const CONTRAST_BY_PROMPTS: Contrast = |m, pairs, layer, pos, unit| {
    let vector = right_contrast(m, pairs, layer, pos, unit);
    if unit { vector } else { vector / 2.0 }
};

pub const CONTRAST_CENTERED: Contrast = |m, pairs, layer, pos, unit| {
    let vector = right_contrast(m, pairs, layer, pos, false);
    let vector = &vector - vector.mean().unwrap();
    let norm = if unit { vector.dot(&vector).sqrt() } else { 1.0 };
    vector / norm
};
