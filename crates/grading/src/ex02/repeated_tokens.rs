//! The checks of the generator of repeated tokens. Any use of the given generator is right, so no output is compared:
//! what must hold is checked.

use std::collections::BTreeSet;

use hooked_transformer::Tokens;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C4, C5, Submission};
use crate::grade::Grading;
use crate::verdict::{Check, Verdict};

type Generator = fn(&mut ChaCha8Rng, usize, usize, usize, usize) -> Tokens;

/// What the function is asked for.
#[derive(Clone, Copy)]
struct Request {
    batch: usize,
    seq_len: usize,
    d_vocab: usize,
    bos: usize,
}

impl Request {
    fn words(self) -> String {
        let Self { batch, seq_len, d_vocab, bos } = self;
        format!("batch = {batch}, seq_len = {seq_len}, d_vocab = {d_vocab}, bos_token_id = {bos}")
    }
}

/// What is wrong with an output: the evidence, and the mistake where one is known.
type Fault = (String, Option<&'static str>);

/// The layout of what comes: one row for each item, BOS, the segment, the segment again.
pub fn c4_generate_repeated_tokens(submission: &Submission) -> Check {
    let generate = submission.generate_repeated_tokens;
    let grading = Grading::of(&C4);
    for request in
        [Request { batch: 1, seq_len: 8, d_vocab: 4096, bos: 0 }, Request { batch: 3, seq_len: 5, d_vocab: 50, bos: 7 }]
    {
        let tokens = ask(&grading, generate, request, 1)?;
        if let Some((evidence, mistake)) = layout_fault(&tokens, request) {
            return Err(grading.wrong(&format!("Case: {}\n{evidence}", request.words()), mistake));
        }
    }
    Ok(())
}

fn ask(grading: &Grading, generate: Generator, request: Request, seed: u64) -> Result<Tokens, Verdict> {
    let Request { batch, seq_len, d_vocab, bos } = request;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    grading.call(&request.words(), move || generate(&mut rng, batch, seq_len, d_vocab, bos))
}

fn layout_fault(tokens: &Tokens, request: Request) -> Option<Fault> {
    shape_fault(tokens, request).or_else(|| {
        let rows = tokens.rows().into_iter().enumerate();
        rows.filter_map(|(row, ids)| row_fault(row, &ids.to_vec(), request)).next()
    })
}

fn shape_fault(tokens: &Tokens, request: Request) -> Option<Fault> {
    let Request { batch, seq_len, bos, .. } = request;
    let want = (batch, 1 + 2 * seq_len);
    let got = tokens.dim();
    if got == want {
        return None;
    }
    let column_is_bos = |pos: usize| pos < got.1 && tokens.column(pos).iter().all(|id| *id == bos);
    let mistake = match got {
        (rows, columns) if rows == batch && columns == 2 * seq_len => Some("E02-14"),
        (rows, columns) if rows == batch && columns == 2 * seq_len + 2 && column_is_bos(seq_len + 1) => Some("E02-15"),
        (1, columns) if columns == want.1 => Some("E02-17"),
        _ => None,
    };
    Some((format!("shape: got {:?}, want {:?} [batch, pos].", [got.0, got.1], [want.0, want.1]), mistake))
}

fn row_fault(row: usize, ids: &[usize], request: Request) -> Option<Fault> {
    let Request { seq_len, bos, .. } = request;
    if ids[0] != bos {
        let mistake = (ids[0] == 0).then_some("E02-18");
        return Some((format!("batch {row} begins with {}, not with BOS.", ids[0]), mistake));
    }
    let (first, second) = ids[1..].split_at(seq_len);
    let same = first.iter().zip(second).filter(|(a, b)| a == b).count();
    if same < seq_len {
        let evidence = format!("in batch {row} the two copies agree at {same} of {seq_len} positions.");
        return Some((evidence, Some(unlike_halves(first, second))));
    }
    None
}

/// Which of three ways led to halves that differ.
fn unlike_halves(first: &[usize], second: &[usize]) -> &'static str {
    let all = [first, second].concat();
    if all.chunks(2).all(|pair| pair.first() == pair.last()) {
        "E02-19"
    } else if first.iter().rev().eq(second) {
        "E02-20"
    } else {
        "E02-16"
    }
}

/// The randomness of what comes: from the given generator, over the whole vocabulary, new for every row.
pub fn c5_generate_repeated_tokens_at_random(submission: &Submission) -> Check {
    let generate = submission.generate_repeated_tokens;
    let grading = Grading::of(&C5);
    let request = Request { batch: 4, seq_len: 150, d_vocab: 11, bos: 3 };
    let tokens = ask(&grading, generate, request, 1)?;
    let wrong =
        |evidence: &str, mistake| Err(grading.wrong(&format!("Case: {}\n{evidence}", request.words()), mistake));
    // The other check says more about these, but a wrong shape must not make this one panic.
    if let Some((evidence, mistake)) = shape_fault(&tokens, request) {
        return wrong(&evidence, mistake);
    }
    if ask(&grading, generate, request, 1)? != tokens {
        return wrong("two generators with the same seed gave different tokens.", Some("E02-21"));
    }
    if ask(&grading, generate, request, 2)? == tokens {
        return wrong("two generators with different seeds gave the same tokens.", Some("E02-21"));
    }
    if two_in_a_row_are_equal(&grading, generate, request)? {
        return wrong("two calls one after the other with one generator gave the same tokens.", Some("E02-21"));
    }
    if tokens.rows().into_iter().skip(1).any(|row| row == tokens.row(0)) {
        return wrong("two rows hold the same tokens.", Some("E02-22"));
    }
    let drawn: BTreeSet<usize> = tokens.columns().into_iter().skip(1).flatten().copied().collect();
    if let Some(id) = drawn.iter().find(|id| **id >= request.d_vocab) {
        return wrong(&format!("it drew {id}, but the ids end at {}.", request.d_vocab - 1), Some("E02-23"));
    }
    let never: Vec<usize> = (0..request.d_vocab).filter(|id| *id != request.bos && !drawn.contains(id)).collect();
    if !never.is_empty() {
        return wrong(&format!("in {} draws, {never:?} never came.", 4 * 150), Some("E02-24"));
    }
    Ok(())
}

fn two_in_a_row_are_equal(grading: &Grading, generate: Generator, request: Request) -> Result<bool, Verdict> {
    let Request { batch, seq_len, d_vocab, bos } = request;
    grading.call(&request.words(), move || {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut next = || generate(&mut rng, batch, seq_len, d_vocab, bos);
        next() == next()
    })
}
