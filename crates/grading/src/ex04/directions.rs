//! The check of the random direction that a steering vector is compared with: its length, what it is drawn from, and the law
//! that the draws follow.
//!
//! Any use of the generator is right, and any law with both properties that the task names. So the statistics are divided
//! by what was measured of the draws themselves, and bounded so that a right answer fails once in a thousand million.

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{C11, Submission};
use crate::cases::{Answers, Asked, Cases, Fault};
use crate::value::{Tensor, Value};

/// How many draws the law is read off, and of how many entries each.
const DRAWS: usize = 2000;
const ENTRIES: usize = 12;

/// A vector whose length the random one must have.
fn like() -> Array1<f32> {
    (0..201).map(|i| if i % 3 == 0 { -1.5 } else { 0.2 + i as f32 / 100.0 }).collect()
}

/// One of the same norm with other entries.
fn as_long() -> Array1<f32> {
    let other: Array1<f32> = (0..201).map(|i| 0.3 + (i * i % 17) as f32 - 6.0).collect();
    let scale = (like().dot(&like()) / other.dot(&other)).sqrt();
    scale * other
}

/// A shorter one, for many draws.
fn short() -> Array1<f32> {
    (0..ENTRIES).map(|i| if i < 2 { 8.0 } else { 0.25 * i as f32 }).collect()
}

fn norm(entries: &[f64]) -> f64 {
    entries.iter().map(|x| x.powi(2)).sum::<f64>().sqrt()
}

fn entries(vector: Array1<f32>) -> Vec<f64> {
    Tensor::from(vector).data
}

/// What the function is asked.
struct Asks {
    /// Two directions in a row for seed 1, again for seed 1, and for seed 2.
    seeds: [Asked; 3],
    /// Seed 1 again, for another vector of the same norm, and for one that is twice as long.
    as_long: Asked,
    twice: Asked,
    /// Many directions from one generator, `[draw, entry]`.
    many: Asked,
}

/// A direction of the right length, drawn evenly from the given generator and from nothing else.
pub fn c11_random_direction(submission: &Submission) -> Cases {
    let function = submission.random_direction;
    Cases::of(&C11, |cases| {
        let words = format!("a vector of {} entries with norm {:.3}", like().len(), norm(&entries(like())));
        let mut ask = |like: Array1<f32>, seed: u64| {
            cases.ask(&words, move || {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let [first, second] = [(); 2].map(|()| Value::from(function(&like, &mut rng)));
                Value::parts([("first", first), ("second", second)])
            })
        };
        let seeds = [1, 1, 2].map(|seed| ask(like(), seed));
        let (as_long, twice) = (ask(as_long(), 1), ask(2.0 * like(), 1));
        let many = cases.ask(format!("{DRAWS} directions for a vector of {ENTRIES} entries"), move || {
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let drawn: Vec<f32> = (0..DRAWS).flat_map(|_| function(&short(), &mut rng)).collect();
            Array2::from_shape_vec((DRAWS, ENTRIES), drawn).unwrap_or_default()
        });
        let asks = Asks { seeds, as_long, twice, many };
        cases.property(move |answers| {
            let fault = match length_fault(answers, &asks)? {
                None => source_fault(answers, &asks)?,
                found => found,
            };
            if let Some(fault) = fault {
                return fault.in_case(&words).found();
            }
            let fault = law_fault(answers.array(asks.many)?);
            fault.map_or(Ok(()), |fault| fault.in_case(&format!("{DRAWS} draws of {ENTRIES} entries")).found())
        });
        Ok(())
    })
}

/// As many entries as the given vector, and its norm.
fn length_fault(answers: &Answers<'_>, asks: &Asks) -> Result<Option<Fault>, Fault> {
    let first = |asked: Asked| answers.array_at(asked, "first");
    let (got, like) = (first(asks.seeds[0])?, Tensor::from(like()));
    if got.shape != like.shape {
        return Ok(Some(Fault::new(format!("{} entries came, want {}.", got.data.len(), like.data.len()))));
    }
    let (got_norm, want) = (norm(&got.data), norm(&like.data));
    // Written so that NaN does not pass.
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-3 * y;
    if near(got_norm, want) {
        return Ok(None);
    }
    let sum = |entries: &[f64]| entries.iter().map(|x| x.abs()).sum::<f64>();
    let most = |entries: &[f64]| entries.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let grows = norm(&first(asks.twice)?.data) / got_norm;
    let mistake = if near(got_norm, 1.0) {
        Some("E04-51")
    } else if near(sum(&got.data), sum(&like.data)) || near(most(&got.data), most(&like.data)) {
        Some("E04-67")
    } else if near(grows, 1.0) {
        Some("E04-68")
    } else if near(grows, 4.0) {
        Some("E04-69")
    } else {
        None
    };
    Ok(Some(Fault::new(format!("the norm is {got_norm:.3}, want {want:.3}.")).mistake(mistake)))
}

/// Drawn with the given generator, and with nothing else.
fn source_fault(answers: &Answers<'_>, asks: &Asks) -> Result<Option<Fault>, Fault> {
    let [once, again, other_seed] = asks.seeds;
    let first = answers.array_at(once, "first")?;
    let evidence = if answers.value(once)? != answers.value(again)? {
        "two generators with the same seed gave different directions."
    } else if answers.array_at(other_seed, "first")? == first {
        "two generators with different seeds gave the same direction."
    } else if answers.array_at(once, "second")? == first {
        "two calls one after the other with one generator gave the same direction."
    } else {
        let other = answers.array_at(asks.as_long, "first")?;
        let gap = first.data.iter().zip(&other.data).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let evidence = "for another vector of the same length, the same generator gave another direction. Only the \
                        length of the direction may depend on the vector.";
        let is_same = gap <= 1e-3 && first.shape == other.shape;
        return Ok((!is_same).then(|| Fault::new(evidence).mistake("E04-70")));
    };
    Ok(Some(Fault::new(evidence).mistake("E04-53")))
}

/// What the task says of the entries: positive as often as negative, none larger than another on average; and, so that
/// all directions can come, independent of each other and of the draw before.
fn law_fault(draws: &Tensor) -> Option<Fault> {
    if draws.shape != [DRAWS, ENTRIES] {
        return Some(Fault::new("some of the directions have another number of entries than the vector."));
    }
    let size = norm(&entries(short()));
    let unit: Vec<f64> = draws.data.iter().map(|x| x * (ENTRIES as f64).sqrt() / size).collect();
    let rows: Vec<&[f64]> = unit.chunks(ENTRIES).collect();
    if !rows.iter().all(|row| (norm(row) - (ENTRIES as f64).sqrt()).abs() <= 1e-2) {
        return Some(Fault::new(format!("not all of them have the norm {size:.3}.")));
    }
    sign_fault(&rows).or_else(|| size_fault(&rows)).or_else(|| dependence_fault(&rows))
}

fn sign_fault(rows: &[&[f64]]) -> Option<Fault> {
    let share = |of: fn(f64) -> bool| {
        rows.iter().flat_map(|row| row.iter()).filter(|x| of(**x)).count() as f64 / (DRAWS * ENTRIES) as f64
    };
    let (positive, zero) = (share(|x| x > 0.0), share(|x| x == 0.0));
    let one_sign = rows.iter().all(|row| row.iter().all(|x| *x >= 0.0) || row.iter().all(|x| *x <= 0.0));
    let sign = |x: f64| f64::from(u8::from(x > 0.0)) - f64::from(u8::from(x < 0.0));
    let signs = |i: usize| rows.iter().map(|row| sign(row[i])).sum::<f64>();
    let statistic: f64 = (0..ENTRIES).map(|i| signs(i).powi(2) / DRAWS as f64).sum();
    let evidence =
        format!("{:.1} % of the entries are positive, and {:.1} % are zero.", 100.0 * positive, 100.0 * zero);
    if one_sign && zero < 0.7 {
        return Some(Fault::new(format!("{evidence}\nIn each draw all entries have the same sign.")).mistake("E04-52"));
    }
    if zero > 0.4 {
        return Some(Fault::new(evidence).mistake("E04-71"));
    }
    let uneven = (positive + zero / 2.0 - 0.5).abs() > 0.02;
    let evidence = if uneven {
        evidence
    } else {
        format!("{evidence}\nBut some entries have one sign more often than the other.")
    };
    (statistic > bound(ENTRIES)).then(|| Fault::new(evidence).mistake(uneven.then_some("E04-72")))
}

fn size_fault(rows: &[&[f64]]) -> Option<Fault> {
    let mean_square = |i: usize| rows.iter().map(|row| row[i].powi(2)).sum::<f64>() / DRAWS as f64;
    let spread = rows.iter().flat_map(|row| row.iter()).map(|x| (x.powi(2) - 1.0).powi(2)).sum::<f64>();
    // Entries of plus and minus one have no spread but that of rounding.
    let spread = (spread / (DRAWS * ENTRIES) as f64).max(1e-6);
    let statistic: f64 = (0..ENTRIES).map(|i| (mean_square(i) - 1.0).powi(2) * DRAWS as f64 / spread).sum();
    if statistic <= bound(ENTRIES) {
        return None;
    }
    let sizes: Vec<String> = (0..ENTRIES).map(|i| format!("{:.2}", mean_square(i).sqrt())).collect();
    let evidence = format!("the root mean square of each entry, where 1 would be even: {}.", sizes.join(" "));
    Some(Fault::new(evidence).mistake("E04-73"))
}

fn dependence_fault(rows: &[&[f64]]) -> Option<Fault> {
    let mut within = 0.0;
    for i in 0..ENTRIES {
        for j in 0..i {
            within += dependence(rows.iter().map(|row| row[i] * row[j]));
        }
    }
    if within > bound(ENTRIES * (ENTRIES - 1) / 2) {
        let evidence = "entries of one direction depend on each other: one says something about another.";
        return Some(Fault::new(evidence).mistake("E04-74"));
    }
    let next = |i: usize| dependence(rows.windows(2).map(move |pair| pair[0][i] * pair[1][i]));
    let evidence = "a direction depends on the one that was drawn before it.";
    ((0..ENTRIES).map(next).sum::<f64>() > bound(ENTRIES)).then(|| Fault::new(evidence))
}

/// The squared mean of products, in units of its variance: about 1 if they are as often positive as negative.
fn dependence(products: impl Iterator<Item = f64>) -> f64 {
    let (sum, squares) = products.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
    if squares == 0.0 { 0.0 } else { sum * sum / squares }
}

/// What a chi-squared variable exceeds once in a thousand million: the Wilson-Hilferty approximation at six standard
/// deviations.
fn bound(degrees_of_freedom: usize) -> f64 {
    let k = degrees_of_freedom as f64;
    k * (1.0 - 2.0 / (9.0 * k) + 6.0 * (2.0 / (9.0 * k)).sqrt()).powi(3)
}
