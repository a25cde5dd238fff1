//! Wrong steering vectors and contrastive vectors.

use hooked_transformer::HookedTransformer;
use ndarray::{Array1, Array2, Axis, Ix2, Ix3, s};
use solution_04_activation_addition::{contrastive_vector as right_contrast, steering_vector as right};

/// An activation of one text, `[pos, d_model]`.
fn stream(model: &HookedTransformer, ids: &[usize], name: &str, layer: usize) -> Array2<f32> {
    let cache = model.run(ids).names_filter((name, layer)).cache().unwrap().remove_batch_dim().unwrap();
    cache.view::<Ix2>((name, layer)).to_owned()
}

fn tokens(model: &HookedTransformer, text: &str, bos: bool) -> Vec<usize> {
    model.to_tokens(text, bos).unwrap().row(0).to_vec()
}

fn space(model: &HookedTransformer) -> usize {
    model.to_single_token(" ").unwrap()
}

/// Both prompts, filled up after their end with a token.
fn padded(model: &HookedTransformer, first: &str, second: &str, bos: bool, with: usize) -> [Vec<usize>; 2] {
    let mut both = [first, second].map(|text| tokens(model, text, bos));
    let n_pos = both[0].len().max(both[1].len());
    both.iter_mut().for_each(|ids| ids.resize(n_pos, with));
    both
}

fn difference(model: &HookedTransformer, both: &[Vec<usize>; 2], name: &str, layer: usize) -> Array2<f32> {
    stream(model, &both[0], name, layer) - stream(model, &both[1], name, layer)
}

pub fn sum(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let both = padded(model, positive, negative, true, space(model));
    stream(model, &both[0], "resid_pre", layer) + stream(model, &both[1], "resid_pre", layer)
}

pub fn no_bos(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    difference(model, &padded(model, positive, negative, false, space(model)), "resid_pre", layer)
}

pub fn padded_left(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let mut both = [positive, negative].map(|text| tokens(model, text, true));
    let n_pos = both[0].len().max(both[1].len());
    for ids in &mut both {
        let filling = vec![space(model); n_pos - ids.len()];
        ids.splice(..0, filling);
    }
    difference(model, &both, "resid_pre", layer)
}

pub fn cut(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let mut both = [positive, negative].map(|text| tokens(model, text, true));
    let n_pos = both[0].len().min(both[1].len());
    both.iter_mut().for_each(|ids| ids.truncate(n_pos));
    difference(model, &both, "resid_pre", layer)
}

pub fn last_position(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    right(model, positive, negative, layer).slice(s![-1.., ..]).to_owned()
}

pub fn negative_minus_positive(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    right(model, negative, positive, layer)
}

pub fn after_layer(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    difference(model, &padded(model, positive, negative, true, space(model)), "resid_post", layer)
}

pub fn end_of_text(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    difference(model, &padded(model, positive, negative, true, 0), "resid_pre", layer)
}

pub fn missing_is_zero(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let both = [positive, negative].map(|text| stream(model, &tokens(model, text, true), "resid_pre", layer));
    let n_pos = both[0].nrows().max(both[1].nrows());
    let [first, second] = both.map(|stream| {
        let mut longer = Array2::zeros((n_pos, stream.ncols()));
        longer.slice_mut(s![..stream.nrows(), ..]).assign(&stream);
        longer
    });
    first - second
}

type Pairs<'a> = &'a [(&'a str, &'a str)];

pub fn contrast_turned(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    -right_contrast(m, pairs, layer, pos, unit)
}

pub fn contrast_sum(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let vector = right_contrast(m, pairs, layer, pos, unit);
    if unit { vector } else { vector * pairs.len() as f32 }
}

pub fn contrast_raw(m: &HookedTransformer, pairs: &[(&str, &str)], layer: usize, pos: isize, _: bool) -> Array1<f32> {
    right_contrast(m, pairs, layer, pos, false)
}

pub fn contrast_unit(m: &HookedTransformer, pairs: &[(&str, &str)], layer: usize, pos: isize, _: bool) -> Array1<f32> {
    right_contrast(m, pairs, layer, pos, true)
}

pub fn contrast_unit_first(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    mean(pairs, |pair| right_contrast(m, &[pair], layer, pos, unit))
}

pub fn contrast_last(m: &HookedTransformer, pairs: &[(&str, &str)], layer: usize, _: isize, unit: bool) -> Array1<f32> {
    right_contrast(m, pairs, layer, -1, unit)
}

pub fn contrast_padded(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let of_pair = |pair: (&str, &str)| right(m, pair.0, pair.1, layer).slice(s![pos, ..]).to_owned();
    as_asked(mean(pairs, of_pair), unit)
}

pub fn contrast_after(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_post", layer).slice(s![pos, ..]).to_owned();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
}

pub fn contrast_mean(m: &HookedTransformer, pairs: &[(&str, &str)], layer: usize, _: isize, unit: bool) -> Array1<f32> {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_pre", layer).mean_axis(Axis(0)).unwrap();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
}

fn mean(pairs: Pairs<'_>, of_pair: impl Fn((&str, &str)) -> Array1<f32>) -> Array1<f32> {
    let sum = pairs.iter().map(|pair| of_pair(*pair)).reduce(|a, b| a + b).unwrap();
    sum / pairs.len() as f32
}

fn as_asked(vector: Array1<f32>, unit: bool) -> Array1<f32> {
    if unit { &vector / vector.dot(&vector).sqrt() } else { vector }
}

pub fn positive_only(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    stream(model, &padded(model, positive, negative, true, space(model))[0], "resid_pre", layer)
}

pub fn without_row_0(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    right(model, positive, negative, layer).slice(s![1.., ..]).to_owned()
}

pub fn bos_twice(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let bos = model.tokenizer().unwrap().bos_token_id();
    let both = padded(model, positive, negative, true, space(model)).map(|ids| [vec![bos], ids].concat());
    difference(model, &both, "resid_pre", layer)
}

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

pub fn padded_after_bos(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    filled(model, (positive, negative), layer, |ids, missing| {
        ids.splice(1..1, vec![space(model); missing]);
    })
}

pub fn padded_with_last(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    filled(model, (positive, negative), layer, |ids, missing| {
        ids.extend(vec![ids[ids.len() - 1]; missing]);
    })
}

pub fn padded_with_bos_and_space(
    model: &HookedTransformer,
    positive: &str,
    negative: &str,
    layer: usize,
) -> Array2<f32> {
    let filling = tokens(model, " ", true);
    filled(model, (positive, negative), layer, |ids, missing| ids.extend(filling.iter().cycle().take(missing)))
}

pub fn unit_vector(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    let vector = right(model, positive, negative, layer);
    let norm = (&vector * &vector).sum().sqrt();
    if norm > 0.0 { vector / norm } else { vector }
}

pub fn half_vector(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    right(model, positive, negative, layer) / 2.0
}

pub fn in_the_middle(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    difference(model, &padded(model, positive, negative, true, space(model)), "resid_mid", layer)
}

pub fn what_attention_wrote(model: &HookedTransformer, positive: &str, negative: &str, layer: usize) -> Array2<f32> {
    difference(model, &padded(model, positive, negative, true, space(model)), "attn_out", layer)
}

/// The row of the stream at a position, which is counted from the end if negative.
fn row(m: &HookedTransformer, text: &str, bos: bool, layer: usize, pos: isize) -> Array1<f32> {
    stream(m, &tokens(m, text, bos), "resid_pre", layer).slice(s![pos, ..]).to_owned()
}

pub fn contrast_no_bos(m: &HookedTransformer, pairs: Pairs<'_>, layer: usize, pos: isize, unit: bool) -> Array1<f32> {
    let read = |text: &str| row(m, text, false, layer, pos);
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
}

pub fn contrast_first_pair(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    right_contrast(m, &pairs[..1], layer, pos, unit)
}

pub fn contrast_last_pair(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    right_contrast(m, &pairs[pairs.len() - 1..], layer, pos, unit)
}

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

pub fn contrast_l1(m: &HookedTransformer, pairs: &[(&str, &str)], layer: usize, pos: isize, unit: bool) -> Array1<f32> {
    normalized(m, pairs, (layer, pos, unit), |vector| vector.mapv(f32::abs).sum())
}

pub fn contrast_largest(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    normalized(m, pairs, (layer, pos, unit), |vector| vector.iter().fold(0.0, |most, x| most.max(x.abs())))
}

pub fn contrast_squared(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    normalized(m, pairs, (layer, pos, unit), |vector| vector.dot(vector))
}

pub fn contrast_one_before(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    right_contrast(m, pairs, layer, if pos < 0 { pos - 1 } else { pos }, unit)
}

pub fn contrast_batched(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let side = |texts: Vec<&str>| {
        let cache = m.run(m.to_tokens(texts, true).unwrap()).names_filter(("resid_pre", layer)).cache().unwrap();
        let streams = cache.view::<Ix3>(("resid_pre", layer)).to_owned();
        streams.slice(s![.., pos, ..]).mean_axis(Axis(0)).unwrap()
    };
    let positive = side(pairs.iter().map(|pair| pair.0).collect());
    as_asked(positive - side(pairs.iter().map(|pair| pair.1).collect()), unit)
}

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

pub fn contrast_from_the_longer(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    contrast_from_one(m, pairs, (layer, pos, unit), usize::max)
}

pub fn contrast_from_the_shorter(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    contrast_from_one(m, pairs, (layer, pos, unit), usize::min)
}

pub fn contrast_sides(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let positive = as_asked(mean(pairs, |pair| row(m, pair.0, true, layer, pos)), unit);
    positive - as_asked(mean(pairs, |pair| row(m, pair.1, true, layer, pos)), unit)
}

pub fn contrast_from_the_front(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    right_contrast(m, pairs, layer, pos.abs(), unit)
}

pub fn contrast_cast(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let read = |text: &str| stream(m, &tokens(m, text, true), "resid_pre", layer).row(pos as usize).to_owned();
    as_asked(mean(pairs, |pair| read(pair.0) - read(pair.1)), unit)
}

/// The vector divided by what `of` makes of it, if it is asked to have norm one.
fn contrast_by(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    (layer, pos): (usize, isize),
    unit: bool,
    of: fn(&Array1<f32>) -> f32,
) -> Array1<f32> {
    let vector = right_contrast(m, pairs, layer, pos, false);
    let by = if unit { of(&vector) } else { 1.0 };
    vector / by
}

pub fn contrast_root_mean_square(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    contrast_by(m, pairs, (layer, pos), unit, |v| (v.dot(v) / v.len() as f32).sqrt())
}

pub fn contrast_by_prompts(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let vector = right_contrast(m, pairs, layer, pos, unit);
    if unit { vector } else { vector / 2.0 }
}

pub fn contrast_centered(
    m: &HookedTransformer,
    pairs: &[(&str, &str)],
    layer: usize,
    pos: isize,
    unit: bool,
) -> Array1<f32> {
    let vector = right_contrast(m, pairs, layer, pos, false);
    let vector = &vector - vector.mean().unwrap();
    let norm = if unit { vector.dot(&vector).sqrt() } else { 1.0 };
    vector / norm
}
