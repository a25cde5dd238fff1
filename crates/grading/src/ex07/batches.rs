//! The check of the batches that a model is trained on, which are made of such rows: each row, what it is to predict, and how
//! many repeat. As with the rows, what must hold is checked.

use std::collections::BTreeSet;

use hooked_transformer::Tokens;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::rows::{SHORTEST, TEXT, c12_text_window, c13_repeated_segment, made_up_text};
use super::{C14, Next, Submission};
use crate::cases::{Answers, Asked, Cases, Fault};
use crate::value::Value;

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
