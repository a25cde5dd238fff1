//! The checks of what a model is trained on. Any use of the given generator is right, so no output is compared: what must
//! hold is checked. The made-up text counts upward from far above the vocabulary, so each of its tokens says where it is from.

use std::collections::BTreeSet;

use hooked_transformer::Tokens;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C12, C13, C14, Next, Submission};
use crate::cases::{Answers, Asked, Cases, Fault, Holds};
use crate::general::code;
use crate::randomness::{dependent, uneven};
use crate::value::Value;

/// The first token of the made-up text.
const TEXT: usize = 1000;

/// The shortest segment, as the exercise says.
const SHORTEST: usize = 8;

fn made_up_text(length: usize) -> Vec<usize> {
    (TEXT..TEXT + length).collect()
}

/// Rows of any lengths as one value, with a number that belongs to each.
fn many(rows: impl Iterator<Item = (Vec<usize>, usize)>) -> Value {
    let (mut sizes, mut ids, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for (row, number) in rows {
        sizes.push(row.len());
        ids.extend(row);
        numbers.push(number);
    }
    Value::parts([("sizes", sizes.into()), ("ids", ids.into()), ("numbers", numbers.into())])
}

/// The rows in it, each with its number.
fn rows_of(answers: &Answers<'_>, asked: Asked) -> Result<Vec<(Vec<usize>, usize)>, Fault> {
    let list = |part| -> Result<Vec<usize>, Fault> {
        Ok(answers.array_at(asked, part)?.data.iter().map(|x| *x as usize).collect())
    };
    let (sizes, ids, numbers) = (list("sizes")?, list("ids")?, list("numbers")?);
    let mut ids = ids.into_iter();
    Ok(sizes.into_iter().zip(numbers).map(|(size, number)| (ids.by_ref().take(size).collect(), number)).collect())
}

fn fault(evidence: String, mistake: impl Into<Option<&'static str>>) -> Holds {
    Fault::new(evidence).mistake(mistake).found()
}

/// What makes every answer depend on the generator and nothing else. The three rows are those of a seed, of the same seed,
/// and of another.
fn source(answers: &Answers<'_>, [once, again, other]: [Asked; 3], mistake: &'static str) -> Holds {
    let [once, again, other] = [rows_of(answers, once)?, rows_of(answers, again)?, rows_of(answers, other)?];
    if once != again {
        return fault("two generators with the same seed gave different rows.".into(), mistake);
    }
    if once == other {
        return fault("two generators with different seeds gave the same rows.".into(), mistake);
    }
    if once.len() > 1 && once.iter().all(|row| row == &once[0]) {
        return fault(
            format!("{} calls one after the other, with one generator, gave the same row.", once.len()),
            mistake,
        );
    }
    Ok(())
}

/// Windows of a text whose tokens count upward.
pub fn c12_text_window(submission: &Submission) -> Cases {
    let window = submission.text_window;
    Cases::of(&C12, |cases| {
        let mut ask = |calls: usize, length: usize, n_ctx: usize, seed: u64| {
            let name = format!("{calls} windows of {n_ctx} from a text of {length} tokens");
            let asked = cases.ask(name.clone(), move || {
                let (mut rng, text) = (ChaCha8Rng::seed_from_u64(seed), made_up_text(length));
                many((0..calls).map(|_| (window(&mut rng, &text, n_ctx), 0)))
            });
            (asked, name)
        };
        let layouts = [(40, 9), (12, 5), (6, 7)].map(|(length, n_ctx)| (ask(3, length, n_ctx, 1), length, n_ctx));
        let [once, again, other] = [2, 2, 3].map(|seed| ask(6, 200, 5, seed).0);
        let (evenly, even_name) = ask(6000, 35, 6, 4);
        for ((asked, name), length, n_ctx) in layouts {
            cases.property(move |answers| {
                for (row, _) in rows_of(answers, asked)? {
                    if let Some(found) = window_fault(&row, length, n_ctx) {
                        return found.in_case(&name).found();
                    }
                }
                Ok(())
            });
        }
        cases.property(move |answers| source(answers, [once, again, other], "E07-129"));
        cases.property(move |answers| {
            let starts: Vec<usize> =
                rows_of(answers, evenly)?.iter().map(|(row, _)| row.get(1).map_or(0, |id| id - TEXT)).collect();
            starts_fault(&starts, 35 - 5 + 1).map_or(Ok(()), |fault| fault.in_case(&even_name).found())
        });
        Ok(())
    })
}

/// What is wrong with a window.
fn window_fault(row: &[usize], length: usize, n_ctx: usize) -> Option<Fault> {
    let counts_up = |ids: &[usize]| ids.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let fault = |evidence: String, mistake: Option<&'static str>| Some(Fault::new(evidence).mistake(mistake));
    if row.len() != n_ctx {
        let has_bos = row.first() == Some(&0);
        let mistake = match row.len() {
            size if size == n_ctx + 1 && has_bos => Some("E07-123"),
            size if size + 1 == n_ctx && !has_bos && counts_up(row) => Some("E07-124"),
            size if has_bos && counts_up(&row[1..]) => Some(if size < n_ctx { code::TOO_FEW } else { code::TOO_MANY }),
            _ => None,
        };
        return fault(format!("the row has {} tokens, but n_ctx is {n_ctx}.", row.len()), mistake);
    }
    if row[0] != 0 {
        let (last, before) = (row[n_ctx - 1], &row[..n_ctx - 1]);
        let mistake = match row[0] >= TEXT {
            true if counts_up(row) => Some("E07-124"),
            true if last == 0 && counts_up(before) => Some(code::OTHER_INDEX),
            _ => None,
        };
        return fault(format!("the row begins with {}, not with BOS, which is 0.", row[0]), mistake);
    }
    let (text, end) = (&row[1..], TEXT + length);
    if let Some(id) = text.iter().find(|id| !(TEXT..end).contains(*id)) {
        return fault(format!("token {id} is not in the text."), None);
    }
    if !counts_up(text) {
        return fault("the tokens do not follow each other in the text.".into(), Some("E07-125"));
    }
    None
}

/// Every place of the text, each as often as any other.
fn starts_fault(starts: &[usize], places: usize) -> Option<Fault> {
    let [rarest, commonest] = uneven(places, starts.iter().copied())?;
    let came: BTreeSet<usize> = starts.iter().copied().collect();
    let never: Vec<usize> = (0..places).filter(|start| !came.contains(start)).collect();
    let mistake = if never == [places - 1] {
        Some("E07-126")
    } else if never == [0] {
        Some("E07-128")
    } else if came.iter().all(|start| start % 5 == 0) && came.len() > 1 {
        Some("E07-127")
    } else if never.is_empty() {
        None
    } else {
        Some("E07-219")
    };
    let evidence = format!(
        "of {} windows, {} began at token {} of the text and {} at token {}. Luck does not do that: each of the {places} \
         places should come equally often.",
        starts.len(),
        rarest.1,
        rarest.0,
        commonest.1,
        commonest.0
    );
    Some(Fault::new(evidence).mistake(mistake))
}

/// Segments, repeated: the layout of each, and how they are drawn.
pub fn c13_repeated_segment(submission: &Submission) -> Cases {
    let segment = submission.repeated_segment;
    Cases::of(&C13, |cases| {
        let mut ask = |calls: usize, d_vocab: usize, n_ctx: usize, seed: u64| {
            let name = format!("{calls} rows of {n_ctx} tokens below {d_vocab}");
            let asked = cases.ask(name.clone(), move || {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                many((0..calls).map(|_| segment(&mut rng, d_vocab, n_ctx)))
            });
            (asked, name)
        };
        let layouts = [(28, 48), (200, 40), (500, 17)].map(|(d_vocab, n_ctx)| (ask(12, d_vocab, n_ctx, 1), n_ctx));
        let [once, again, other] = [2, 2, 3].map(|seed| ask(6, 300, 40, seed).0);
        let (drawn, drawn_name) = ask(3000, 11, 33, 4);
        for ((asked, name), n_ctx) in layouts {
            cases.property(move |answers| {
                for (row, length) in rows_of(answers, asked)? {
                    if let Some(found) = segment_fault(&row, length, n_ctx) {
                        return found.in_case(&name).found();
                    }
                }
                Ok(())
            });
        }
        cases.property(move |answers| source(answers, [once, again, other], "E07-142"));
        cases.property(move |answers| {
            let rows = rows_of(answers, drawn)?;
            let found = rows.iter().find_map(|(row, length)| segment_fault(row, *length, 33));
            let found = found.or_else(|| lengths_fault(&rows, 16)).or_else(|| tokens_fault(&rows, 11));
            found.map_or(Ok(()), |fault| fault.in_case(&drawn_name).found())
        });
        Ok(())
    })
}

/// What is wrong with a row that should repeat a segment of this length.
fn segment_fault(row: &[usize], length: usize, n_ctx: usize) -> Option<Fault> {
    let fault = |evidence: String, mistake: Option<&'static str>| Some(Fault::new(evidence).mistake(mistake));
    if row.len() != n_ctx {
        let twice = row.len() == 1 + 2 * length && length > 0 && row[1..=length] == row[1 + length..];
        let repeats =
            row.first() == Some(&0) && length > 0 && (1 + length..row.len()).all(|at| row[at] == row[at - length]);
        let mistake = match twice {
            true => Some("E07-130"),
            false if repeats => Some(if row.len() < n_ctx { code::TOO_FEW } else { code::TOO_MANY }),
            false => None,
        };
        return fault(format!("the row has {} tokens, but n_ctx is {n_ctx}.", row.len()), mistake);
    }
    if row[0] != 0 {
        return fault(format!("the row begins with {}, not with BOS, which is 0.", row[0]), Some("E07-131"));
    }
    let repeats = |by: usize, from: usize| (from + by..n_ctx).all(|pos| row[pos] == row[pos - by]);
    let longest = (n_ctx - 1) / 2;
    if (1..=longest).contains(&length) && repeats(length + 1, 0) && row[length + 1] == 0 {
        return fault(format!("BOS comes again at position {}.", length + 1), Some("E07-132"));
    }
    let is_too_long = (longest + 1..n_ctx).contains(&length) && repeats(length, 1);
    if is_too_long && !(SHORTEST..=longest).any(|by| repeats(by, 1)) {
        let evidence = format!(
            "the length returned is {length}, but of {n_ctx} tokens BOS and two copies leave at most {longest} to a segment."
        );
        return fault(evidence, Some("E07-217"));
    }
    if !(1..=longest).contains(&length) || !repeats(length, 1) {
        let period = (SHORTEST..=longest).find(|by| repeats(*by, 1));
        let reversed = (1..=longest).contains(&length)
            && (0..length).all(|i| 1 + length + i >= n_ctx || row[1 + length + i] == row[length - i]);
        let evidence = match period {
            Some(period) => format!("the length returned is {length}, but the row repeats after {period} tokens."),
            None => format!("the row does not repeat after {length} tokens."),
        };
        let copied = (1 + length..n_ctx).filter(|pos| row[*pos] == row[pos - length]).count();
        let are_new = (1..=longest).contains(&length) && 2 * copied < n_ctx - 1 - length;
        let mistake = match period {
            Some(_) => Some("E07-133"),
            None if reversed => Some("E07-134"),
            None => are_new.then_some("E07-135"),
        };
        return fault(evidence, mistake);
    }
    if length < SHORTEST {
        return fault(format!("a segment is {length} tokens long, shorter than {SHORTEST}."), Some("E07-136"));
    }
    None
}

/// Every length, each as often as any other.
fn lengths_fault(rows: &[(Vec<usize>, usize)], longest: usize) -> Option<Fault> {
    let places = longest - SHORTEST + 1;
    let [rarest, commonest] = uneven(places, rows.iter().map(|(_, length)| length - SHORTEST))?;
    let came: BTreeSet<usize> = rows.iter().map(|(_, length)| *length).collect();
    let never: Vec<usize> = (SHORTEST..=longest).filter(|length| !came.contains(length)).collect();
    let only = rows.iter().all(|(_, length)| *length == rows[0].1);
    let evidence = format!(
        "of {} segments, {} were {} tokens long and {} were {} long. Each length from {SHORTEST} to {longest} should come \
         equally often.",
        rows.len(),
        rarest.1,
        rarest.0 + SHORTEST,
        commonest.1,
        commonest.0 + SHORTEST
    );
    let mistake = match never[..] {
        _ if only => Some("E07-138"),
        [] => None,
        [length] if length == longest => Some("E07-137"),
        _ => Some("E07-220"),
    };
    Some(Fault::new(evidence).mistake(mistake))
}

/// Every token but BOS, each as often as any other and whatever its neighbor is.
fn tokens_fault(rows: &[(Vec<usize>, usize)], d_vocab: usize) -> Option<Fault> {
    let segments: Vec<&[usize]> = rows.iter().map(|(row, length)| &row[1..=*length]).collect();
    let all = || segments.iter().flat_map(|segment| segment.iter().copied());
    if let Some(id) = all().find(|id| *id >= d_vocab) {
        return Some(Fault::new(format!("it drew {id}, but the ids end at {}.", d_vocab - 1)));
    }
    if all().any(|id| id == 0) {
        return Some(Fault::new("it drew 0, which is BOS.").mistake("E07-139"));
    }
    let n = d_vocab - 1;
    if let Some([rarest, commonest]) = uneven(n, all().map(|id| id - 1)) {
        let came: BTreeSet<usize> = all().collect();
        let mistake = match came.len() {
            count if count == n => None,
            count if count + 1 == n && !came.contains(&n) => Some("E07-140"),
            _ => Some("E07-221"),
        };
        let evidence = format!(
            "token {} came {} times and token {} {} times.",
            rarest.0 + 1,
            rarest.1,
            commonest.0 + 1,
            commonest.1
        );
        return Some(Fault::new(evidence).mistake(mistake));
    }
    let neighbors = segments.iter().flat_map(|segment| segment.windows(2).map(|pair| (pair[0] - 1, pair[1] - 1)));
    dependent(n, neighbors).then(|| {
        Fault::new("which token comes depends on the one before it; each should be drawn by itself.").mistake("E07-141")
    })
}

/// A request for a batch.
#[derive(Clone, Copy)]
struct Request {
    rows: usize,
    n_ctx: usize,
    share: f64,
    seed: u64,
}

/// The vocabulary of the segments; the text is above it.
const D_VOCAB: usize = 28;

/// Batches of text, of repeated rows, and of both.
pub fn c14_training_batch(submission: &Submission) -> Cases {
    let batch = submission.training_batch;
    let helpers = *submission;
    Cases::of(&C14, |cases| {
        let mut ask = |request: Request| {
            let Request { rows, n_ctx, share, seed } = request;
            let name = format!("{rows} rows of {n_ctx} tokens, a share of {share} repeated");
            let asked = cases.ask(name.clone(), move || {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let (tokens, next) = batch(&mut rng, &made_up_text(500), rows, n_ctx, D_VOCAB, share);
                encoded(tokens, &next)
            });
            (asked, name)
        };
        let requests = [
            Request { rows: 5, n_ctx: 24, share: 0.0, seed: 1 },
            Request { rows: 7, n_ctx: 48, share: 1.0, seed: 2 },
            Request { rows: 9, n_ctx: 30, share: 0.5, seed: 3 },
            Request { rows: 1500, n_ctx: 20, share: 0.3, seed: 4 },
        ];
        for (request, (asked, name)) in requests.map(|request| (request, ask(request))) {
            cases.property(move |answers| {
                batch_fault(answers, asked, request)?.map_or(Ok(()), |fault| fault.in_case(&name).found())
            });
        }
        let name = "40 batches of 10 rows, a share of 0.5 repeated";
        let asked = cases.ask(name, move || {
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let repeated = |tokens: Tokens| {
                tokens.rows().into_iter().filter(|row| row.iter().skip(1).any(|id| *id < TEXT)).count()
            };
            let batches = (0..40).map(|_| batch(&mut rng, &made_up_text(500), 10, 20, D_VOCAB, 0.5).0);
            batches.map(repeated).collect::<Vec<usize>>()
        });
        cases.property(move |answers| {
            let counts = &answers.array(asked)?.data;
            if counts.windows(2).any(|pair| pair[0] != pair[1]) {
                return Ok(());
            }
            let evidence = format!("{} rows repeat in each of {} batches.", counts[0], counts.len());
            Fault::new(evidence).mistake("E07-218").in_case(name).found()
        });
        cases.uses(c12_text_window(&helpers));
        cases.uses(c13_repeated_segment(&helpers));
        Ok(())
    })
}

/// What is to be predicted, with -1 for nothing.
fn encoded(tokens: Tokens, next: &Next) -> Value {
    let next = next.mapv(|id| id.map_or(-1.0, |id| id as f64));
    Value::parts([("tokens", tokens.into()), ("next", next.into())])
}

/// One row of a batch.
struct Row<'a> {
    ids: &'a [f64],
    next: &'a [f64],
}

impl Row<'_> {
    fn is_text(&self) -> bool {
        self.ids[1..].iter().all(|id| *id >= TEXT as f64)
    }

    /// After how many tokens it repeats; the shortest, though a segment may hold a shorter one by luck.
    fn periods(&self) -> Vec<usize> {
        let n_ctx = self.ids.len();
        (SHORTEST..=(n_ctx - 1) / 2)
            .filter(|by| (1 + by..n_ctx).all(|pos| self.ids[pos] == self.ids[pos - by]))
            .collect()
    }

    /// Whether it predicts the next token from this position on, and nothing before it or at the end.
    fn predicts_from(&self, first: usize) -> bool {
        let last = self.ids.len() - 1;
        (0..=last).all(|pos| {
            let want = if (first..last).contains(&pos) { self.ids[pos + 1] } else { -1.0 };
            self.next[pos] == want
        })
    }

    fn fault(&self, number: usize) -> Option<Fault> {
        let fault = |evidence: String, mistake: Option<&'static str>| Some(Fault::new(evidence).mistake(mistake));
        let last = self.ids.len() - 1;
        if self.ids[0] != 0.0 {
            return fault(format!("row {number} does not begin with BOS."), None);
        }
        let periods = if self.is_text() { vec![0] } else { self.periods() };
        if periods.is_empty() {
            return fault(format!("row {number} is neither text nor a segment that repeats."), None);
        }
        if periods.iter().any(|first| self.predicts_from(*first)) {
            return None;
        }
        let shown = |pos: usize| if self.next[pos] < 0.0 { "nothing".into() } else { format!("{}", self.next[pos]) };
        if self.next[last] >= 0.0 {
            let itself = (0..=last).all(|pos| self.next[pos] < 0.0 || self.next[pos] == self.ids[pos]);
            let mistake = if itself { "E07-143" } else { "E07-144" };
            return fault(
                format!("row {number}: the last position is to predict {}, but no token follows.", shown(last)),
                Some(mistake),
            );
        }
        if let Some(pos) = (0..last).find(|pos| self.next[*pos] >= 0.0 && self.next[*pos] != self.ids[pos + 1]) {
            let itself = (0..=last).all(|pos| self.next[pos] < 0.0 || self.next[pos] == self.ids[pos]);
            let evidence = format!(
                "row {number}: position {pos} is to predict {}, but {} follows.",
                shown(pos),
                self.ids[pos + 1]
            );
            return fault(evidence, itself.then_some("E07-143"));
        }
        if self.is_text() {
            return fault(
                format!("row {number} is text, and {} of its predictions do not count.", self.silent()),
                Some("E07-145"),
            );
        }
        let first = periods[0];
        let mistake = if self.predicts_from(0) {
            Some("E07-146")
        } else if periods.iter().any(|p| self.predicts_from(p - 1)) {
            Some("E07-147")
        } else if periods.iter().any(|p| self.predicts_from(p + 1)) {
            Some("E07-148")
        } else if (0..last).all(|pos| (self.next[pos] >= 0.0) == (pos < first)) {
            Some("E07-149")
        } else {
            None
        };
        let evidence = format!(
            "row {number} repeats after {first} tokens, so the predictions at positions 0 to {} do not count, and all others do but the last; \
             here {} do not.",
            first - 1,
            self.silent()
        );
        fault(evidence, mistake)
    }

    /// How many positions before the last predict nothing.
    fn silent(&self) -> usize {
        self.next[..self.next.len() - 1].iter().filter(|id| **id < 0.0).count()
    }
}

/// Every row of the batch, and how many repeat.
fn batch_fault(answers: &Answers<'_>, asked: Asked, request: Request) -> Result<Option<Fault>, Fault> {
    let (tokens, next) = (answers.array_at(asked, "tokens")?, answers.array_at(asked, "next")?);
    let want = [request.rows, request.n_ctx];
    for (what, got) in [("tokens", tokens), ("next", next)] {
        if got.shape != want {
            return Ok(Some(Fault::new(format!("{what}: shape: got {:?}, want {want:?} [batch, pos].", got.shape))));
        }
    }
    let rows =
        || tokens.data.chunks(request.n_ctx).zip(next.data.chunks(request.n_ctx)).map(|(ids, next)| Row { ids, next });
    if let Some(fault) = rows().enumerate().find_map(|(number, row)| row.fault(number)) {
        return Ok(Some(fault));
    }
    let repeated = rows().filter(|row| !row.is_text()).count();
    let expected = request.share * request.rows as f64;
    // Six standard deviations of a draw for each row.
    let room = 6.0 * (expected * (1.0 - request.share)).sqrt();
    let evidence = || format!("{repeated} of {} rows repeat, where {expected:.0} should.", request.rows);
    if !((repeated as f64 - expected).abs() <= room) {
        let swapped = ((request.rows - repeated) as f64 - expected).abs() <= room;
        let all_alike = request.rows > 1 && (repeated == 0 || repeated == request.rows);
        let some = repeated > 0 && repeated < request.rows;
        let mistake = match () {
            () if swapped => Some("E07-151"),
            () if request.share == 0.0 && some => Some("E07-150"),
            () if all_alike && request.share == 0.3 => Some("E07-152"),
            () => None,
        };
        return Ok(Some(Fault::new(evidence()).mistake(mistake)));
    }
    // Where each row is drawn by itself, a row is of another kind than the one before it so often, give or take six standard
    // deviations at the most.
    let kinds: Vec<bool> = rows().map(|row| row.is_text()).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let likely = 2.0 * expected * (1.0 - request.share);
    if !((changes as f64 - likely).abs() <= 6.0 * (2.0 * likely).sqrt()) {
        let evidence = format!(
            "{changes} of {} rows are of another kind than the row before, where about {likely:.0} should be.",
            request.rows
        );
        return Ok(Some(Fault::new(evidence).mistake("E07-218")));
    }
    // Two windows of the text may be the same by luck; two random segments may not.
    let drawn: BTreeSet<String> = rows().filter(|row| !row.is_text()).map(|row| format!("{:?}", row.ids)).collect();
    if request.rows < 10 && drawn.len() < repeated {
        return Ok(Some(Fault::new("two rows repeat the same segment.").mistake("E07-153")));
    }
    Ok(None)
}
