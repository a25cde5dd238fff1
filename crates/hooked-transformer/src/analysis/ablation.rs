//! Which heads matter: the metric of a run without a head, for every head.

use ndarray::{Array2, ArrayView1, ArrayViewMut2, ArrayViewMutD, Axis};

use super::metric::Metric;
use super::sweep::Sweep;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::text::input::Input;

/// What takes the place of a head's `z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ablation {
    /// Zeros: the head writes nothing (but for the bias that all heads share).
    #[default]
    Zero,
    /// The mean over the batch at each position, padding left out: what the head does for one text in particular is
    /// gone. Needs at least two rows, since the mean of one is what was there.
    BatchMean,
    /// The mean over batch and positions, padding left out: what depends on the position is gone as well.
    Mean,
}

/// The metric without each head in turn.
///
/// # Shapes
/// - output: `[layer, head]`
///
/// # Errors
/// The input does not suit the model (as in [`HookedTransformer::forward`]), has a single row where
/// [`Ablation::BatchMean`] needs several, or the metric fails.
pub fn head_ablation_sweep<'m>(
    model: &HookedTransformer,
    input: impl Into<Input>,
    ablation: Ablation,
    metric: impl Into<Metric<'m>>,
) -> Result<Array2<f32>> {
    let sweep = Sweep::new(model, input)?;
    let shape = (model.cfg().n_layers, model.cfg().n_heads);
    let n_rows = sweep.batch.tokens.nrows();
    if ablation == Ablation::BatchMean && n_rows < 2 {
        let problem = "BatchMean needs a batch of at least two rows: the mean of one row is that row".to_string();
        return Err(Error::Argument { name: "ablation", problem });
    }
    let heads: Vec<(usize, usize)> =
        (0..shape.0).flat_map(|layer| (0..shape.1).map(move |head| (layer, head))).collect();
    let names: Vec<_> = heads.iter().map(|&(layer, _)| ("z", layer)).collect();
    let real = |row: usize, pos: usize| sweep.batch.mask.as_ref().is_none_or(|mask| mask[[row, pos]]);
    let values = sweep.run(&metric.into(), &names, |index, z| ablate(z, heads[index].1, ablation, real))?;
    Ok(Array2::from_shape_vec(shape, values).expect("one value per head"))
}

/// # Shapes
/// - `z`: `[batch, pos, head, d_head]`
fn ablate(mut z: ArrayViewMutD<'_, f32>, head: usize, ablation: Ablation, real: impl Fn(usize, usize) -> bool) {
    let (n_batch, n_pos) = (z.shape()[0], z.shape()[1]);
    let mut of_head = z.index_axis_mut(Axis(2), head);
    match ablation {
        Ablation::Zero => of_head.fill(0.0),
        Ablation::BatchMean => {
            for pos in 0..n_pos {
                let at_pos = of_head.index_axis_mut(Axis(1), pos).into_dimensionality().expect("[batch, d_head]");
                replace_by_mean(at_pos, |row| real(row, pos));
            }
        }
        Ablation::Mean => {
            // Rows of the flattened [batch, pos]; a copy, since one head's z does not lie in one piece.
            let mut flat = of_head.to_owned().into_shape_with_order((n_batch * n_pos, of_head.shape()[2]));
            let flat = flat.as_mut().expect("a copy is contiguous");
            replace_by_mean(flat.view_mut(), |row| real(row / n_pos, row % n_pos));
            of_head.iter_mut().zip(flat.iter()).for_each(|(out, mean)| *out = *mean);
        }
    }
}

/// Every row becomes the mean of those that count.
fn replace_by_mean(mut rows: ArrayViewMut2<'_, f32>, counts: impl Fn(usize) -> bool) {
    let counted: Vec<usize> = (0..rows.nrows()).filter(|&row| counts(row)).collect();
    let mean = rows.select(Axis(0), &counted).mean_axis(Axis(0));
    // Where everything is padding there is no mean, and no position to replace.
    if let Some(mean) = mean {
        rows.rows_mut()
            .into_iter()
            .for_each(|mut row| row.assign(&ArrayView1::from(mean.as_slice().expect("a vector"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ArrayD, IxDyn};

    fn ablated(ablation: Ablation, real: impl Fn(usize, usize) -> bool) -> ArrayD<f32> {
        // z[b, p, h, d] = 100 b + 10 p + h: two rows, three positions, two heads, one dimension.
        let mut z = ArrayD::from_shape_fn(IxDyn(&[2, 3, 2, 1]), |at| (100 * at[0] + 10 * at[1] + at[2]) as f32);
        ablate(z.view_mut(), 1, ablation, real);
        z
    }

    fn head(z: &ArrayD<f32>, head: usize) -> Vec<f32> {
        z.index_axis(Axis(2), head).iter().copied().collect()
    }

    #[test]
    fn each_ablation_replaces_one_head_by_its_own_mean() {
        let all = |_, _| true;
        assert_eq!(head(&ablated(Ablation::Zero, all), 1), [0.0; 6]);
        assert_eq!(head(&ablated(Ablation::BatchMean, all), 1), [51.0, 61.0, 71.0, 51.0, 61.0, 71.0]);
        assert_eq!(head(&ablated(Ablation::Mean, all), 1), [61.0; 6]);
        assert_eq!(head(&ablated(Ablation::Mean, all), 0), [0.0, 10.0, 20.0, 100.0, 110.0, 120.0]);
    }

    #[test]
    fn padding_is_left_out_of_the_mean() {
        let real = |row, pos| (row, pos) != (0, 0);
        assert_eq!(head(&ablated(Ablation::BatchMean, real), 1)[..3], [101.0, 61.0, 71.0]);
        assert_eq!(head(&ablated(Ablation::Mean, real), 1), [73.0; 6]);
    }
}
