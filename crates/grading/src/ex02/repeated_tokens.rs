//! The checks of the generator of repeated tokens. Any use of the given generator is right, so no output is compared:
//! what must hold is checked.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use hooked_transformer::Tokens;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C05, C06, Submission};
use crate::cases::{Answers, Asked, Cases, Fault};
use crate::randomness::{dependent, uneven};
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

    fn ask(self, generate: Generator, rng: &mut ChaCha8Rng) -> Tokens {
        let Self { batch, seq_len, d_vocab, bos } = self;
        generate(rng, batch, seq_len, d_vocab, bos)
    }

    /// Adds a call with a generator of this seed.
    fn add(self, cases: &mut Cases, generate: Generator, seed: u64) -> Asked {
        cases.ask(self.words(), move || self.ask(generate, &mut ChaCha8Rng::seed_from_u64(seed)))
    }
}

/// The layout of what comes: one row for each item, BOS, the segment, the segment again.
pub fn c05_generate_repeated_tokens(submission: &Submission) -> Cases {
    let generate = submission.generate_repeated_tokens;
    Cases::of(&C05, |cases| {
        for request in [
            Request { batch: 1, seq_len: 8, d_vocab: 4096, bos: 0 },
            Request { batch: 3, seq_len: 6, d_vocab: 500, bos: 7 },
            Request { batch: 2, seq_len: 1, d_vocab: 90, bos: 89 },
        ] {
            let asked = request.add(cases, generate, 1);
            cases.property(move |answers| {
                let fault = layout_fault(&Rows::of(answers.array(asked)?)?, request);
                fault.map_or(Ok(()), |fault| fault.in_case(&request.words()).found())
            });
        }
        Ok(())
    })
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

    /// The first copy of each row.
    fn segments(&self) -> impl Iterator<Item = &[usize]> {
        self.rows.iter().map(|row| &row[1..=self.columns / 2])
    }

    fn drawn(&self) -> impl Iterator<Item = usize> {
        self.segments().flatten().copied()
    }
}

fn layout_fault(tokens: &Rows, request: Request) -> Option<Fault> {
    shape_fault(tokens, request).or_else(|| (0..tokens.rows.len()).find_map(|row| row_fault(row, tokens, request)))
}

fn shape_fault(tokens: &Rows, request: Request) -> Option<Fault> {
    let Request { batch, seq_len, .. } = request;
    let want = (batch, 1 + 2 * seq_len);
    let got = (tokens.rows.len(), tokens.columns);
    if got == want {
        return None;
    }
    let mistake = match got {
        (rows, columns) if (columns, rows) == want => Some("E02-72"),
        (rows, columns) if rows == batch => known_length(tokens, columns, request),
        (1, columns) if columns == want.1 => Some("E02-17"),
        _ => None,
    };
    let evidence = format!("shape: got {:?}, want {:?} [batch, pos].", [got.0, got.1], [want.0, want.1]);
    Some(Fault::new(evidence).mistake(mistake))
}

/// What makes rows of this length.
fn known_length(tokens: &Rows, columns: usize, request: Request) -> Option<&'static str> {
    let Request { seq_len, bos, .. } = request;
    let is_bos = |pos: usize| pos < columns && tokens.rows.iter().all(|row| row[pos] == bos);
    let repeats = |from: usize| {
        let half = (columns - from) / 2;
        half > 0 && tokens.rows.iter().all(|row| row[from..from + half] == row[from + half..from + 2 * half])
    };
    if columns == 2 * seq_len {
        let without_bos = (!is_bos(0) && repeats(0)).then_some("E02-14");
        return if is_bos(0) { Some("E02-63") } else { without_bos };
    }
    if columns == 2 * seq_len + 2 && is_bos(0) {
        let twice_in_front = (is_bos(1) && !is_bos(seq_len + 1)).then_some("E02-96");
        return if is_bos(seq_len + 1) && !is_bos(1) { Some("E02-15") } else { twice_in_front };
    }
    let copies = |row: &[usize]| row[1..].chunks(seq_len).all(|copy| copy == &row[1..=seq_len]);
    if columns == 3 * seq_len + 1 && is_bos(0) && tokens.rows.iter().all(|row| copies(row)) {
        return Some("E02-95");
    }
    if columns > 1 && columns <= seq_len + 1 && repeats(1) {
        return Some("E02-71");
    }
    (columns == seq_len + 1 && is_bos(0)).then_some("E02-70")
}

fn row_fault(row: usize, tokens: &Rows, request: Request) -> Option<Fault> {
    let Request { seq_len, bos, .. } = request;
    let ids = &tokens.rows[row];
    if ids[0] != bos {
        let at_the_end = ids.last() == Some(&bos) && ids[..seq_len] == ids[seq_len..2 * seq_len];
        let mistake = if at_the_end { Some("E02-73") } else { (ids[0] == 0).then_some("E02-18") };
        return Some(
            Fault::new(format!("row {row} begins with {}, not with BOS, which is {bos}.", ids[0])).mistake(mistake),
        );
    }
    let (first, second) = ids[1..].split_at(seq_len);
    let same = first.iter().zip(second).filter(|(a, b)| a == b).count();
    if same < seq_len {
        let evidence = format!("in row {row} the two copies agree at {same} of {seq_len} positions.");
        return Some(Fault::new(evidence).mistake(unlike_halves(row, tokens, first, second)));
    }
    None
}

/// What led to halves that differ, if it can be seen.
fn unlike_halves(row: usize, tokens: &Rows, first: &[usize], second: &[usize]) -> Option<&'static str> {
    let n = first.len();
    let all = [first, second].concat();
    let sorted = |ids: &[usize]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    let of_another_row = || tokens.segments().enumerate().any(|(other, segment)| other != row && segment == second);
    if n > 1 && all.chunks(2).all(|pair| pair.first() == pair.last()) {
        Some("E02-19")
    } else if first.iter().rev().eq(second) {
        Some("E02-20")
    } else if (1..n).any(|by| [&first[by..], &first[..by]].concat() == second) || begins_late(first, second) {
        Some("E02-75")
    } else if of_another_row() {
        Some("E02-74")
    } else if n > 2 && (first[1..] == second[1..] || first[..n - 1] == second[..n - 1]) {
        Some("E02-106")
    } else {
        // Tokens of the first copy in the second, in whatever order, are not a new draw.
        let shared = second.iter().filter(|id| first.contains(id)).count();
        (2 * shared < n && sorted(first) != sorted(second)).then_some("E02-16")
    }
}

/// Whether the second copy is the first, some positions later than it should be: what does not fit is cut off.
fn begins_late(first: &[usize], second: &[usize]) -> bool {
    let n = first.len();
    // At least half of a copy, and more than one token, which two rows can share by chance.
    (1..=n / 2).any(|by| n - by > 1 && second[by..] == first[..n - by])
}

/// The requests that show where the randomness comes from.
const AT_RANDOM: Request = Request { batch: 4, seq_len: 150, d_vocab: 11, bos: 3 };

/// Many tokens of a large vocabulary: is any id rarer than the others?
const MANY: Request = Request { batch: 5, seq_len: 4000, d_vocab: 200, bos: 3 };

/// Many short rows: do neighbors, or rows, depend on each other?
const SHORT: Request = Request { batch: 900, seq_len: 6, d_vocab: 11, bos: 3 };

/// The randomness of what comes: from the given generator, evenly from the vocabulary, new for every row.
pub fn c06_generate_repeated_tokens_at_random(submission: &Submission) -> Cases {
    let generate = submission.generate_repeated_tokens;
    Cases::of(&C06, |cases| {
        let [once, again, other_seed] = [1, 1, 2].map(|seed| AT_RANDOM.add(cases, generate, seed));
        let [first, second] = [1, 2].map(|call| {
            cases.ask(AT_RANDOM.words(), move || {
                let mut rng = ChaCha8Rng::seed_from_u64(5);
                (0..call).map(|_| AT_RANDOM.ask(generate, &mut rng)).last().unwrap_or_default()
            })
        });
        cases.property(move |answers| {
            let fault = source_fault(answers, [once, again, other_seed], [first, second])?;
            fault.map_or(Ok(()), |fault| fault.in_case(&AT_RANDOM.words()).found())
        });
        for (request, faults) in [(MANY, even as fn(&Rows, Request) -> Option<Fault>), (SHORT, independent)] {
            let asked = request.add(cases, generate, 3);
            cases.property(move |answers| {
                let tokens = Rows::of(answers.array(asked)?)?;
                let fault = shape_fault(&tokens, request).or_else(|| faults(&tokens, request));
                fault.map_or(Ok(()), |fault| fault.in_case(&request.words()).found())
            });
        }
        Ok(())
    })
}

/// From the given generator and nothing else, new for every row and every call.
fn source_fault(
    answers: &Answers<'_>,
    [once, again, other_seed]: [Asked; 3],
    [first, second]: [Asked; 2],
) -> Result<Option<Fault>, Fault> {
    let rows = |asked| Rows::of(answers.array(asked)?);
    let tokens = rows(once)?;
    // The other check says more about this, but a wrong shape must not make this one panic.
    if let Some(fault) = shape_fault(&tokens, AT_RANDOM) {
        return Ok(Some(fault));
    }
    let fault = |evidence: &str, mistake| Ok(Some(Fault::new(evidence).mistake(mistake)));
    if rows(again)? != tokens {
        return fault("two generators with the same seed gave different tokens.", "E02-21");
    }
    if rows(other_seed)? == tokens {
        return fault("two generators with different seeds gave the same tokens.", "E02-21");
    }
    if rows(first)? == rows(second)? {
        return fault("two calls one after the other with one generator gave the same tokens.", "E02-21");
    }
    if tokens.rows[1..].iter().any(|row| *row == tokens.rows[0]) {
        return fault("two rows hold the same tokens.", "E02-22");
    }
    let sorted: BTreeSet<Vec<usize>> = tokens.segments().map(in_order).collect();
    if sorted.len() < tokens.rows.len() {
        return fault("two rows are made of the same tokens in another order.", "E02-78");
    }
    Ok(None)
}

fn in_order(segment: &[usize]) -> Vec<usize> {
    let mut ids = segment.to_vec();
    ids.sort_unstable();
    ids
}

/// The number of an id among those that are not BOS. Whether BOS may be drawn is left to the learner, so it counts for
/// nothing here.
fn rank(id: usize, bos: usize) -> Option<usize> {
    match id.cmp(&bos) {
        Ordering::Less => Some(id),
        Ordering::Equal => None,
        Ordering::Greater => Some(id - 1),
    }
}

/// Every id of the vocabulary, and each as often as any other.
fn even(tokens: &Rows, request: Request) -> Option<Fault> {
    let Request { batch, seq_len, d_vocab, bos } = request;
    let drawn: BTreeSet<usize> = tokens.drawn().collect();
    if let Some(id) = drawn.iter().find(|id| **id >= d_vocab) {
        let evidence = format!("it drew {id}, but the ids end at {}.", d_vocab - 1);
        return Some(Fault::new(evidence).mistake("E02-23"));
    }
    let is_one_token = |segment: &[usize]| segment.len() > 1 && segment.iter().all(|id| *id == segment[0]);
    if tokens.segments().all(is_one_token) {
        return Some(Fault::new("in every row, all tokens of the segment are the same one.").mistake("E02-77"));
    }
    let never: Vec<usize> = (0..d_vocab).filter(|id| *id != bos && !drawn.contains(id)).collect();
    let draws = batch * seq_len;
    let place = |id: usize| drawn.range(..id).filter(|other| **other != bos).count();
    let even_but_for_these = || uneven(place(d_vocab), tokens.drawn().filter(|id| *id != bos).map(place)).is_none();
    if !never.is_empty() && even_but_for_these() {
        let some: Vec<&usize> = never.iter().take(5).collect();
        let more = if never.len() > 5 { format!(" and {} more", never.len() - 5) } else { String::new() };
        return Some(Fault::new(format!("in {draws} draws, {some:?}{more} never occurred.")).mistake("E02-24"));
    }
    let [rarest, commonest] = uneven(d_vocab - 1, tokens.drawn().filter_map(|id| rank(id, bos)))?;
    let id = |rank: usize| if rank < bos { rank } else { rank + 1 };
    let evidence = format!(
        "in {draws} draws from {d_vocab} ids, {} occurred {} times and {} occurred {} times. That is not chance.",
        id(rarest.0),
        rarest.1,
        id(commonest.0),
        commonest.1
    );
    Some(Fault::new(evidence).mistake("E02-76"))
}

/// From each token to the next, around the end of the vocabulary.
fn steps(segment: &[usize], d_vocab: usize) -> Vec<usize> {
    segment.windows(2).map(|pair| (pair[1] + d_vocab - pair[0]) % d_vocab).collect()
}

/// Even, each token whatever its neighbor is, and each row whatever the row above it is.
fn independent(tokens: &Rows, request: Request) -> Option<Fault> {
    if let Some(fault) = even(tokens, request) {
        return Some(fault);
    }
    let n = request.d_vocab - 1;
    let ranked = |(a, b): (usize, usize)| Some((rank(a, request.bos)?, rank(b, request.bos)?));
    let segments: Vec<&[usize]> = tokens.segments().collect();
    let steps: Vec<Vec<usize>> = segments.iter().map(|segment| steps(segment, request.d_vocab)).collect();
    let alike = steps.windows(2).filter(|rows| rows[0] == rows[1] && rows[0].iter().any(|step| *step != rows[0][0]));
    if 2 * alike.count() > segments.len() {
        return Some(
            Fault::new("most rows are the row above them, with a number added to all tokens.").mistake("E02-78"),
        );
    }
    let neighbors = segments.iter().flat_map(|segment| segment.windows(2).map(|pair| (pair[0], pair[1])));
    if dependent(n, neighbors.filter_map(ranked)) {
        let equal = segments.iter().flat_map(|segment| segment.windows(2)).filter(|pair| pair[0] == pair[1]).count();
        let evidence = format!(
            "of {} pairs of neighbors in the segments, {equal} hold the same token twice; with {n} ids it should be about \
             one in {n}, and any id should follow any other equally often.",
            segments.len() * (request.seq_len - 1)
        );
        return Some(Fault::new(evidence).mistake("E02-77"));
    }
    let rows = segments.windows(2).flat_map(|rows| rows[0].iter().copied().zip(rows[1].iter().copied()));
    let evidence = "the tokens of a row depend on those of the row above it.";
    dependent(n, rows.filter_map(ranked)).then(|| Fault::new(evidence).mistake("E02-78"))
}
