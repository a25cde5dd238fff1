//! The checks of the generator of repeated tokens. Any use of the given generator is right, so no output is compared:
//! what must hold is checked.

use std::collections::BTreeSet;

use hooked_transformer::Tokens;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C4, C5, Submission};
use crate::cases::{Cases, Fault};
use crate::value::Tensor;

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

/// The layout of what comes: one row for each item, BOS, the segment, the segment again.
pub fn c4_generate_repeated_tokens(submission: &Submission) -> Cases {
    let generate = submission.generate_repeated_tokens;
    Cases::of(&C4, |cases| {
        for request in [
            Request { batch: 1, seq_len: 8, d_vocab: 4096, bos: 0 },
            Request { batch: 3, seq_len: 5, d_vocab: 50, bos: 7 },
        ] {
            let asked = cases.ask(request.words(), move || request.ask(generate, &mut ChaCha8Rng::seed_from_u64(1)));
            cases.property(move |answers| {
                let fault = layout_fault(&Rows::of(answers.array(asked)?)?, request);
                fault.map_or(Ok(()), |fault| fault.in_case(&request.words()).found())
            });
        }
        Ok(())
    })
}

impl Request {
    fn ask(self, generate: Generator, rng: &mut ChaCha8Rng) -> Tokens {
        let Self { batch, seq_len, d_vocab, bos } = self;
        generate(rng, batch, seq_len, d_vocab, bos)
    }
}

/// Tokens that came, row by row.
#[derive(PartialEq)]
struct Rows {
    rows: Vec<Vec<usize>>,
    columns: usize,
}

impl Rows {
    fn of(array: &Tensor) -> Result<Self, Fault> {
        let &[_, columns] = &array.shape[..] else {
            return Err(Fault::new(format!("shape: got {:?}, want two axes, [batch, pos].", array.shape)));
        };
        let rows = array.data.chunks(columns.max(1)).map(|row| row.iter().map(|id| *id as usize).collect()).collect();
        Ok(Self { rows, columns })
    }
}

fn layout_fault(tokens: &Rows, request: Request) -> Option<Fault> {
    shape_fault(tokens, request).or_else(|| {
        let rows = tokens.rows.iter().enumerate();
        rows.filter_map(|(row, ids)| row_fault(row, ids, request)).next()
    })
}

fn shape_fault(tokens: &Rows, request: Request) -> Option<Fault> {
    let Request { batch, seq_len, bos, .. } = request;
    let want = (batch, 1 + 2 * seq_len);
    let got = (tokens.rows.len(), tokens.columns);
    if got == want {
        return None;
    }
    let column_is_bos = |pos: usize| pos < got.1 && tokens.rows.iter().all(|row| row[pos] == bos);
    let mistake = match got {
        (rows, columns) if rows == batch && columns == 2 * seq_len => Some("E02-14"),
        (rows, columns) if rows == batch && columns == 2 * seq_len + 2 && column_is_bos(seq_len + 1) => Some("E02-15"),
        (1, columns) if columns == want.1 => Some("E02-17"),
        _ => None,
    };
    let evidence = format!("shape: got {:?}, want {:?} [batch, pos].", [got.0, got.1], [want.0, want.1]);
    Some(Fault::new(evidence).mistake(mistake))
}

fn row_fault(row: usize, ids: &[usize], request: Request) -> Option<Fault> {
    let Request { seq_len, bos, .. } = request;
    if ids[0] != bos {
        let mistake = (ids[0] == 0).then_some("E02-18");
        return Some(Fault::new(format!("batch {row} begins with {}, not with BOS.", ids[0])).mistake(mistake));
    }
    let (first, second) = ids[1..].split_at(seq_len);
    let same = first.iter().zip(second).filter(|(a, b)| a == b).count();
    if same < seq_len {
        let evidence = format!("in batch {row} the two copies agree at {same} of {seq_len} positions.");
        return Some(Fault::new(evidence).mistake(unlike_halves(first, second)));
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

/// What [`c5`](c5_generate_repeated_tokens_at_random) asks for.
const AT_RANDOM: Request = Request { batch: 4, seq_len: 150, d_vocab: 11, bos: 3 };

/// The randomness of what comes: from the given generator, over the whole vocabulary, new for every row.
pub fn c5_generate_repeated_tokens_at_random(submission: &Submission) -> Cases {
    let generate = submission.generate_repeated_tokens;
    Cases::of(&C5, |cases| {
        let mut ask = |seed: u64| {
            cases.ask(AT_RANDOM.words(), move || AT_RANDOM.ask(generate, &mut ChaCha8Rng::seed_from_u64(seed)))
        };
        let [once, again, other_seed] = [1, 1, 2].map(&mut ask);
        let [first, second] = [1, 2].map(|call| {
            cases.ask(AT_RANDOM.words(), move || {
                let mut rng = ChaCha8Rng::seed_from_u64(5);
                (0..call).map(|_| AT_RANDOM.ask(generate, &mut rng)).last().unwrap_or_default()
            })
        });
        cases.property(move |answers| {
            let rows = |asked| Rows::of(answers.array(asked)?);
            let tokens = rows(once)?;
            // The other check says more about this, but a wrong shape must not make this one panic.
            let fault = if let Some(fault) = shape_fault(&tokens, AT_RANDOM) {
                Some(fault)
            } else if rows(again)? != tokens {
                Some(Fault::new("two generators with the same seed gave different tokens.").mistake("E02-21"))
            } else if rows(other_seed)? == tokens {
                Some(Fault::new("two generators with different seeds gave the same tokens.").mistake("E02-21"))
            } else if rows(first)? == rows(second)? {
                let evidence = "two calls one after the other with one generator gave the same tokens.";
                Some(Fault::new(evidence).mistake("E02-21"))
            } else {
                distribution_fault(&tokens)
            };
            fault.map_or(Ok(()), |fault| fault.in_case(&AT_RANDOM.words()).found())
        });
        Ok(())
    })
}

/// Rows of their own, ids of the vocabulary, and all of them.
fn distribution_fault(tokens: &Rows) -> Option<Fault> {
    let Request { batch, seq_len, d_vocab, bos } = AT_RANDOM;
    if tokens.rows[1..].iter().any(|row| *row == tokens.rows[0]) {
        return Some(Fault::new("two rows hold the same tokens.").mistake("E02-22"));
    }
    let drawn: BTreeSet<usize> = tokens.rows.iter().flat_map(|row| &row[1..]).copied().collect();
    if let Some(id) = drawn.iter().find(|id| **id >= d_vocab) {
        let evidence = format!("it drew {id}, but the ids end at {}.", d_vocab - 1);
        return Some(Fault::new(evidence).mistake("E02-23"));
    }
    let never: Vec<usize> = (0..d_vocab).filter(|id| *id != bos && !drawn.contains(id)).collect();
    let evidence = format!("in {} draws, {never:?} never came.", batch * seq_len);
    (!never.is_empty()).then(|| Fault::new(evidence).mistake("E02-24"))
}
