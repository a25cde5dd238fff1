//! The checks of logit attribution: the table, its means by half, and the centered unembedding.

use hooked_transformer::NameFilter;
use ndarray::{Array2, Array3, Axis, Ix3, Ix4};

use super::stored::{ARRAYS, ATTN_ONLY, Case, stored};
use super::{C08, C09, C12, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::{self, Damaged};
use crate::value::Tensor;

/// Logits of the embedded model are around 10 to 30, so single precision leaves about 2e-5.
const LOGITS: f64 = 1e-3;
/// Means of a few numbers around 1.
const MEANS: f64 = 1e-5;

const COMPONENTS: &[&str] = &["pos", "component"];

/// Each component's share of the logit of the token that comes next.
pub fn c08_logit_attribution(submission: &Submission) -> Cases {
    let attribution = submission.logit_attribution;
    Cases::of(&C08, |cases| {
        for made_up in [MadeUp { n_pos: 5, n_heads: 3, d_model: 4, d_vocab: 11 }, MadeUp::ONE_HEAD] {
            let want = move || Want::Array { values: made_up.attribution(), axes: COMPONENTS, tolerance: LOGITS };
            cases.case(made_up.words(), want, move || {
                let (embed, l1, l2) = (made_up.embed(), made_up.results(1), made_up.results(2));
                let tokens = ndarray::Array1::from(made_up.tokens());
                attribution(embed.view(), l1.view(), l2.view(), made_up.w_u().view(), tokens.view())
            });
        }
        let stored_now = stored()?;
        let on = [
            (stored_now.tiny("attn_0")?, vec![0, 2]),
            (stored_now.embedded(ATTN_ONLY, "text")?, vec![0]),
            (stored_now.embedded(ATTN_ONLY, "repeated")?, vec![0]),
        ];
        for (case, rows) in on {
            rows.into_iter().for_each(|row| on_a_model(cases, &case, row, attribution));
        }
        cases.property(|_| {
            for key in ["text.attribution", "repeated.attribution"] {
                stored()?.not_zero(key, LOGITS)?;
            }
            Ok(())
        });
        Ok(())
    })
}

/// One row of a batch; the embedding and the heads' results are the input.
fn on_a_model(cases: &mut Cases, case: &Case, row: usize, attribution: super::Attribution) {
    let key = case.key;
    let want = move || {
        let all = stored()?.tensor(&format!("{key}.attribution"))?;
        let shape = all.shape.get(1..).unwrap_or_default();
        let values = all.gather(shape, |i| [&[row], i].concat());
        Ok(Want::Array { values, axes: COMPONENTS, tolerance: LOGITS })
    };
    let of_inputs = case.clone();
    let inputs = move || {
        let filter = |name: &str| name == "hook_embed" || name.ends_with("hook_result");
        let tokens = of_inputs.tokens.row(row).to_owned();
        Ok((of_inputs.cache(Some(NameFilter::from(filter)))?, of_inputs.model()?, tokens))
    };
    case.add(cases, &format!(", row {row}"), want, inputs, move |(cache, model, tokens)| {
        let embed = cache.view::<Ix3>("hook_embed").index_axis_move(Axis(0), row);
        let results = |layer: usize| cache.view::<Ix4>(("result", layer)).index_axis_move(Axis(0), row);
        attribution(embed, results(0), results(1), model.W_U(), tokens.view())
    });
}

/// Vectors and a vocabulary of plain numbers, in which the shares are easily added up.
#[derive(Clone, Copy)]
struct MadeUp {
    n_pos: usize,
    n_heads: usize,
    d_model: usize,
    d_vocab: usize,
}

impl MadeUp {
    const ONE_HEAD: Self = Self { n_pos: 7, n_heads: 1, d_model: 3, d_vocab: 13 };

    fn words(self) -> String {
        let Self { n_pos, n_heads, d_model, d_vocab } = self;
        format!("made-up vectors: {n_pos} positions, {n_heads} heads, d_model {d_model}, {d_vocab} tokens")
    }

    /// No two are alike.
    fn tokens(self) -> Vec<usize> {
        (0..self.n_pos).map(|pos| (3 + 5 * pos) % self.d_vocab).collect()
    }

    fn w_u(self) -> Array2<f32> {
        Array2::from_shape_fn((self.d_model, self.d_vocab), |(d, id)| {
            ((7 * d + 3 * id + d * id) % 11) as f32 / 4.0 - 1.0
        })
    }

    fn embed(self) -> Array2<f32> {
        Array2::from_shape_fn((self.n_pos, self.d_model), |(pos, d)| ((5 * pos + 2 * d) % 7) as f32 / 2.0 - 1.0)
    }

    fn results(self, layer: usize) -> Array3<f32> {
        Array3::from_shape_fn((self.n_pos, self.n_heads, self.d_model), |(pos, head, d)| {
            ((3 * pos + 4 * head + 5 * d + 6 * layer * (1 + d)) % 13) as f32 / 4.0 - 1.25
        })
    }

    /// Cell by cell.
    fn attribution(self) -> Tensor {
        let (tokens, w_u, embed) = (self.tokens(), self.w_u(), self.embed());
        let (l1, l2) = (self.results(1), self.results(2));
        let mut values = Vec::new();
        for pos in 0..self.n_pos - 1 {
            let next = tokens[pos + 1];
            for component in 0..=2 * self.n_heads {
                let entry = |d: usize| match component {
                    0 => embed[[pos, d]],
                    _ if component <= self.n_heads => l1[[pos, component - 1, d]],
                    _ => l2[[pos, component - 1 - self.n_heads, d]],
                };
                values.push((0..self.d_model).map(|d| f64::from(entry(d)) * f64::from(w_u[[d, next]])).sum());
            }
        }
        Tensor::new(&[self.n_pos - 1, 1 + 2 * self.n_heads], values)
    }
}

/// The means over the first copy and over the second.
pub fn c09_attribution_by_half(submission: &Submission) -> Cases {
    let by_half = submission.attribution_by_half;
    Cases::of(&C09, |cases| {
        for (seq_len, components) in [(3, 5), (4, 7), (1, 3)] {
            let table = move || {
                Array2::from_shape_fn((2 * seq_len, components), |(pos, component)| {
                    let copy = if pos < seq_len { 0.0 } else { 2.0 };
                    let step = ((3 * pos + 5 * component) % 7) as f32 / 4.0;
                    copy + (pos * pos) as f32 / 8.0 + step - component as f32 / 2.0
                })
            };
            let want = move || {
                let table = table();
                let mean = |half: usize, component: usize| {
                    let rows = half * seq_len..(half + 1) * seq_len;
                    rows.map(|pos| f64::from(table[[pos, component]])).sum::<f64>() / seq_len as f64
                };
                let cells = (0..2).flat_map(|half| (0..components).map(move |component| (half, component)));
                let values = cells.map(|(half, component)| mean(half, component)).collect();
                let values = Tensor::new(&[2, components], values);
                Want::Array { values, axes: &["half", "component"], tolerance: MEANS }
            };
            cases.case(format!("made-up attributions, segment {seq_len}"), want, move || by_half(table().view()));
        }
        let means = || {
            let table = of_repeated_tokens()?;
            let half = table.shape[0] / 2;
            let mean =
                |i: &[usize]| (0..half).map(|pos| table.at(&[i[0] * half + pos, i[1]])).sum::<f64>() / half as f64;
            let components = table.shape[1];
            let values = (0..2 * components).map(|flat| mean(&[flat / components, flat % components])).collect();
            let values = Tensor::new(&[2, components], values);
            Ok(Want::Array { values, axes: &["half", "component"], tolerance: LOGITS })
        };
        let inputs = || {
            let table = of_repeated_tokens()?;
            let entry = |(pos, component): (usize, usize)| table.at(&[pos, component]) as f32;
            Ok(Array2::from_shape_fn((table.shape[0], table.shape[1]), entry))
        };
        let name = format!("{ATTN_ONLY} on repeated tokens, row 0");
        let asked = cases.case_without_diagnosis(name, means, inputs, move |table| by_half(table.view()));
        cases.found(move |answers| most_on_the_second_copy(answers.array(asked).ok()?));
        Ok(())
    })
}

/// The stored shares of the first row of repeated tokens, an even number of predictions.
fn of_repeated_tokens() -> Result<Tensor, Damaged> {
    let all = stored()?.tensor("repeated.attribution")?;
    let &[_, n_pos, components] = &all.shape[..] else {
        return Err(reference::lacks(ARRAYS, "repeated.attribution [batch, pos, component]"));
    };
    Ok(all.gather(&[n_pos / 2 * 2, components], |i| vec![0, i[0], i[1]]))
}

/// The component that adds most on the second copy, by its name.
fn most_on_the_second_copy(means: &Tensor) -> Option<String> {
    let components = *means.shape.get(1)?;
    let (at, second) = means.data.get(components..)?.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let n_heads = components.checked_sub(1)? / 2;
    let name = match at.checked_sub(1) {
        None => "the direct path".to_string(),
        Some(head) => format!("head {}.{}", head / n_heads, head % n_heads),
    };
    let first = means.data.get(at)?;
    Some(format!(
        "On these tokens {name} adds {second:.1} to the right logit in the second copy on average, more than any other \
         component, and {first:.1} in the first copy."
    ))
}

/// Every row of the unembedding has the mean zero, and is moved as a whole.
pub fn c12_center_unembed(submission: &Submission) -> Cases {
    let center = submission.center_unembed;
    Cases::of(&C12, |cases| {
        for (d_model, d_vocab) in [(4, 7), (6, 5), (1, 3)] {
            let w_u = move || {
                Array2::from_shape_fn((d_model, d_vocab), |(d, id)| {
                    ((5 * d + 3 * id + d * id) % 7) as f32 / 4.0 + d as f32 / 2.0 - 0.75
                })
            };
            let want = move || {
                let w_u = w_u();
                let entry = |d: usize, id: usize| f64::from(w_u[[d, id]]);
                let mean = |d: usize| (0..d_vocab).map(|id| entry(d, id)).sum::<f64>() / d_vocab as f64;
                let cells = (0..d_model).flat_map(|d| (0..d_vocab).map(move |id| (d, id)));
                let values = Tensor::new(&[d_model, d_vocab], cells.map(|(d, id)| entry(d, id) - mean(d)).collect());
                Want::Array { values, axes: &["d_model", "d_vocab"], tolerance: MEANS }
            };
            cases.case(format!("made-up W_U, d_model {d_model}, {d_vocab} tokens"), want, move || center(w_u().view()));
        }
        Ok(())
    })
}
