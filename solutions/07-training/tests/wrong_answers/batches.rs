//! Wrong windows, segments and batches.

use grading::ex07::Next;
use hooked_transformer::Tokens;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use solution_07_training::{SHORTEST, repeated_segment, text_window, training_batch};

/// BOS and so many tokens from there on.
fn from(text: &[usize], start: usize, tokens: usize) -> Vec<usize> {
    [&[0], &text[start..start + tokens]].concat()
}

pub fn too_long(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    from(text, rng.random_range(0..=text.len().saturating_sub(n_ctx)), n_ctx.min(text.len()))
}

pub fn no_bos(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    text_window(rng, text, n_ctx)[1..].to_vec()
}

pub fn no_bos_but_as_long(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    let start = rng.random_range(0..=text.len().saturating_sub(n_ctx));
    text.iter().copied().cycle().skip(start).take(n_ctx).collect()
}

pub fn token_by_token(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    [0].into_iter().chain((1..n_ctx).map(|_| text[rng.random_range(0..text.len())])).collect()
}

pub fn last_place_never(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    let places = text.len() + 1 - (n_ctx - 1);
    from(text, rng.random_range(0..(places - 1).max(1)), n_ctx - 1)
}

pub fn first_half_of_the_text(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    let places = text.len() + 1 - (n_ctx - 1);
    from(text, rng.random_range(0..places.div_ceil(2)), n_ctx - 1)
}

pub fn only_even_lengths(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    loop {
        let (row, length) = repeated_segment(rng, d_vocab, n_ctx);
        if length.is_multiple_of(2) {
            return (row, length);
        }
    }
}

pub fn space_never(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let (row, length) = repeated_segment(rng, d_vocab - 1, n_ctx);
    (row.into_iter().map(|id| if id == 0 { 0 } else { id + 1 }).collect(), length)
}

pub fn piece_by_piece(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    from(text, (n_ctx - 1) * rng.random_range(0..text.len() / (n_ctx - 1)), n_ctx - 1)
}

pub fn first_place_never(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    let last = text.len() - (n_ctx - 1);
    from(text, rng.random_range(last.min(1)..=last), n_ctx - 1)
}

pub fn own_generator(_rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    text_window(&mut ChaCha8Rng::seed_from_u64(0), text, n_ctx)
}

/// A row made from a segment.
fn row(segment: &[usize], n_ctx: usize) -> Vec<usize> {
    [0].into_iter().chain(segment.iter().copied().cycle()).take(n_ctx).collect()
}

fn drawn(rng: &mut ChaCha8Rng, ids: std::ops::Range<usize>, length: usize) -> Vec<usize> {
    (0..length).map(|_| rng.random_range(ids.clone())).collect()
}

fn any_length(rng: &mut ChaCha8Rng, n_ctx: usize) -> usize {
    rng.random_range(SHORTEST..=(n_ctx - 1) / 2)
}

pub fn twice_only(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    let segment = drawn(rng, 1..d_vocab, length);
    (row(&segment, 1 + 2 * length), length)
}

pub fn segment_without_bos(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    let segment = drawn(rng, 1..d_vocab, length);
    (segment.into_iter().cycle().take(n_ctx).collect(), length)
}

pub fn bos_again(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    let segment = [vec![0], drawn(rng, 1..d_vocab, length)].concat();
    (segment.into_iter().cycle().take(n_ctx).collect(), length)
}

pub fn length_with_bos(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let (row, length) = repeated_segment(rng, d_vocab, n_ctx);
    (row, length + 1)
}

pub fn backwards(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    let segment = drawn(rng, 1..d_vocab, length);
    let turned: Vec<usize> = segment.iter().rev().copied().collect();
    (row(&[segment, turned].concat(), n_ctx), length)
}

pub fn never_repeated(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    (row(&drawn(rng, 1..d_vocab, n_ctx - 1), n_ctx), length)
}

pub fn segment_too_long(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = rng.random_range(SHORTEST..n_ctx);
    (row(&drawn(rng, 1..d_vocab, length), n_ctx), length)
}

pub fn too_short(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = rng.random_range(1..=(n_ctx - 1) / 2);
    (row(&drawn(rng, 1..d_vocab, length), n_ctx), length)
}

pub fn longest_never(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = rng.random_range(SHORTEST..((n_ctx - 1) / 2).max(SHORTEST + 1));
    (row(&drawn(rng, 1..d_vocab, length), n_ctx), length)
}

pub fn one_length(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = (n_ctx - 1) / 2;
    (row(&drawn(rng, 1..d_vocab, length), n_ctx), length)
}

pub fn bos_drawn(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    (row(&drawn(rng, 0..d_vocab, length), n_ctx), length)
}

pub fn last_token_never(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    (row(&drawn(rng, 1..d_vocab - 1, length), n_ctx), length)
}

pub fn counting_up(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = any_length(rng, n_ctx);
    let first = rng.random_range(0..d_vocab - 1);
    let segment: Vec<usize> = (0..length).map(|i| 1 + (first + i) % (d_vocab - 1)).collect();
    (row(&segment, n_ctx), length)
}

pub fn segment_of_own_generator(_rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    repeated_segment(&mut ChaCha8Rng::seed_from_u64(3), d_vocab, n_ctx)
}

/// What goes wrong in a batch.
#[derive(Clone, Copy, PartialEq)]
enum Slip {
    Itself,
    AroundTheEnd,
    FirstPredictionsOfText,
    EverythingCounts,
    OneTooMany,
    OneTooFew,
    FirstCopyOnly,
    TheOtherWay,
    OneDrawForAll,
    OneRowForAll,
}

fn slipped(
    rng: &mut ChaCha8Rng,
    text: &[usize],
    rows: usize,
    n_ctx: usize,
    d_vocab: usize,
    share: f64,
    slip: Slip,
) -> (Tokens, Next) {
    let (mut tokens, mut next) = (Tokens::zeros((rows, n_ctx)), Next::from_elem((rows, n_ctx), None));
    let share = if slip == Slip::TheOtherWay { 1.0 - share } else { share };
    let of_all = rng.random_bool(share);
    let row_of_all = repeated_segment(rng, d_vocab, n_ctx);
    for item in 0..rows {
        let repeats = if slip == Slip::OneDrawForAll { of_all } else { rng.random_bool(share) };
        let (row, first) = match (repeats, slip) {
            (true, Slip::OneRowForAll) => row_of_all.clone(),
            (true, _) => repeated_segment(rng, d_vocab, n_ctx),
            (false, Slip::FirstPredictionsOfText) => (text_window(rng, text, n_ctx), n_ctx / 2),
            (false, _) => (text_window(rng, text, n_ctx), 0),
        };
        let counts = |pos: usize| match slip {
            Slip::EverythingCounts => true,
            Slip::OneTooMany => pos + 1 >= first,
            Slip::OneTooFew => pos > first || first == 0,
            Slip::FirstCopyOnly => pos < first || first == 0,
            _ => pos >= first,
        };
        for pos in 0..n_ctx {
            tokens[[item, pos]] = row[pos];
            let is_there = pos + 1 < n_ctx || slip == Slip::AroundTheEnd;
            if counts(pos) && is_there {
                let of = if slip == Slip::Itself { pos } else { (pos + 1) % n_ctx };
                next[[item, pos]] = Some(row[of]);
            }
        }
    }
    (tokens, next)
}

macro_rules! slips {
    ($($name:ident: $slip:ident;)*) => {$(
        pub fn $name(rng: &mut ChaCha8Rng, text: &[usize], rows: usize, n_ctx: usize, d_vocab: usize, share: f64) -> (Tokens, Next) {
            slipped(rng, text, rows, n_ctx, d_vocab, share, Slip::$slip)
        }
    )*};
}

slips! {
    itself: Itself;
    around_the_end: AroundTheEnd;
    first_predictions_of_text: FirstPredictionsOfText;
    everything_counts: EverythingCounts;
    one_too_many: OneTooMany;
    one_too_few: OneTooFew;
    first_copy_only: FirstCopyOnly;
    the_other_way: TheOtherWay;
    one_draw_for_all: OneDrawForAll;
    one_row_for_all: OneRowForAll;
}

/// As [`training_batch`], so that both share a signature.
pub fn share_ignored(
    rng: &mut ChaCha8Rng,
    text: &[usize],
    rows: usize,
    n_ctx: usize,
    d_vocab: usize,
    _share: f64,
) -> (Tokens, Next) {
    training_batch(rng, text, rows, n_ctx, d_vocab, 0.5)
}

pub fn window_of_no_place(rng: &mut ChaCha8Rng, text: &[usize], n_ctx: usize) -> Vec<usize> {
    from(text, rng.random_range(0..text.len() - (n_ctx - 1)), n_ctx - 1)
}

/// A batch whose rows are of the kinds that are given.
fn of_kinds(rng: &mut ChaCha8Rng, text: &[usize], repeats: &[bool], n_ctx: usize, d_vocab: usize) -> (Tokens, Next) {
    let (mut tokens, mut next) = (Tokens::zeros((repeats.len(), n_ctx)), Next::from_elem((repeats.len(), n_ctx), None));
    for (item, repeats) in repeats.iter().enumerate() {
        let (row, row_next) = training_batch(rng, text, 1, n_ctx, d_vocab, f64::from(u8::from(*repeats)));
        tokens.row_mut(item).assign(&row.row(0));
        next.row_mut(item).assign(&row_next.row(0));
    }
    (tokens, next)
}

/// As many rows that repeat as the share says, and these first.
fn first_repeat(rows: usize, share: f64) -> Vec<bool> {
    (0..rows).map(|row| (row as f64) < (share * rows as f64).round()).collect()
}

pub fn first_rows_repeat(
    rng: &mut ChaCha8Rng,
    text: &[usize],
    rows: usize,
    n_ctx: usize,
    d_vocab: usize,
    share: f64,
) -> (Tokens, Next) {
    of_kinds(rng, text, &first_repeat(rows, share), n_ctx, d_vocab)
}

pub fn as_many_in_each(
    rng: &mut ChaCha8Rng,
    text: &[usize],
    rows: usize,
    n_ctx: usize,
    d_vocab: usize,
    share: f64,
) -> (Tokens, Next) {
    let mut repeats = first_repeat(rows, share);
    for last in (1..rows).rev() {
        repeats.swap(last, rng.random_range(0..=last));
    }
    of_kinds(rng, text, &repeats, n_ctx, d_vocab)
}

pub fn segment_of_no_length(rng: &mut ChaCha8Rng, d_vocab: usize, n_ctx: usize) -> (Vec<usize>, usize) {
    let length = rng.random_range(SHORTEST..(n_ctx - 1) / 2);
    (row(&drawn(rng, 1..d_vocab, length), n_ctx), length)
}
