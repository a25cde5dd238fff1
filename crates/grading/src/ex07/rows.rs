//! The checks of the rows that a model is trained on: windows of a text, and repeated segments. Any use of the given generator
//! is right, so no output is compared: what must hold is checked. The made-up text counts upward from far above the
//! vocabulary, so each of its tokens says where it is from.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C12, C13, Submission};
use crate::cases::{Answers, Asked, Cases, Fault, Holds};
use crate::general::code;
use crate::randomness::{dependent, uneven};
use crate::value::Value;

/// The first token of the made-up text.
pub(super) const TEXT: usize = 1000;

/// The shortest segment, as the exercise says.
pub(super) const SHORTEST: usize = 8;

pub(super) fn made_up_text(length: usize) -> Vec<usize> {
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
