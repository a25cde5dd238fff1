//! The loss of a batch and its gradient by every weight.
//!
//! Rows do not depend on each other, so a batch is cut into parts that run side by side, each on a thread of its own with
//! everything inside it in sequence. For a small model and many short rows that is faster than threads inside every
//! matrix product, which is over before a second thread has woken up. The parts are the recipe's, not the machine's: sums
//! in another order round differently, and a run should be the same on any number of cores.

use hooked_transformer::{Gradients, HookedTransformer, Scalar};
use ndarray::Axis;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::batches::Batch;
use crate::error::Result;
use crate::optimizers::is_trained;

/// Threads that each compute a part by themselves.
#[derive(Debug, Default)]
pub struct Workers {
    /// Pools of one thread; none: everything runs where it is called.
    pools: Vec<ThreadPool>,
}

impl Workers {
    /// Up to `threads` threads; none of its own where there is only one, or where no thread can be made (in a browser).
    pub fn new(threads: usize) -> Self {
        let pools = (0..threads).map(|_| ThreadPoolBuilder::new().num_threads(1).build());
        let pools: Vec<_> = if threads > 1 { pools.map_while(std::result::Result::ok).collect() } else { Vec::new() };
        Workers { pools: if pools.len() > 1 { pools } else { Vec::new() } }
    }

    /// `work` on every task, results in their order.
    fn map<T: Sync, R: Send>(&self, tasks: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let threads = self.pools.len().min(tasks.len());
        if threads <= 1 {
            return tasks.iter().map(work).collect();
        }
        let work = &work;
        let of_pool = |pool: usize| tasks.iter().skip(pool).step_by(threads).map(work).collect::<Vec<R>>();
        let mut done: Vec<std::vec::IntoIter<R>> = std::thread::scope(|scope| {
            let spawn = |pool: usize| scope.spawn(move || self.pools[pool].install(|| of_pool(pool)));
            let others: Vec<_> = (1..threads).map(spawn).collect();
            let first = self.pools[0].install(|| of_pool(0));
            let others =
                others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            std::iter::once(first).chain(others).map(Vec::into_iter).collect()
        });
        (0..tasks.len()).map(|task| done[task % threads].next().expect("every task was done")).collect()
    }
}

/// The mean loss of the predictions that count, and its gradients by the weights that are trained.
///
/// # Errors
/// The loss is not a number, or a token is outside the vocabulary.
pub fn gradients(
    model: &HookedTransformer,
    batch: &Batch,
    parts: usize,
    workers: &Workers,
) -> Result<(f64, Gradients)> {
    let total = batch.counts.iter().filter(|&&counts| counts).count() as f64;
    let rows_per_part = batch.tokens.nrows().div_ceil(parts.max(1));
    let chunks = batch
        .tokens
        .axis_chunks_iter(Axis(0), rows_per_part)
        .zip(batch.counts.axis_chunks_iter(Axis(0), rows_per_part));
    let tasks: Vec<Batch> = chunks.map(|(t, c)| Batch { tokens: t.to_owned(), counts: c.to_owned() }).collect();
    let of_part = |part: &Batch| {
        let run = model.run(&part.tokens).backward(Scalar::loss_where(part.counts.clone()));
        run.weights(is_trained).grads()
    };
    let mut loss = 0.0;
    let mut sum: Option<Gradients> = None;
    for (task, part) in tasks.iter().zip(workers.map(&tasks, of_part)) {
        let part = part?;
        // Each is a mean over what counts in its part.
        let share = task.counts.iter().filter(|&&counts| counts).count() as f64 / total;
        loss += share * f64::from(part.value());
        match &mut sum {
            None => {
                let mut first = part;
                scale(&mut first, share as f32);
                sum = Some(first);
            }
            Some(sum) => add_scaled(sum, &part, share as f32),
        }
    }
    Ok((loss, sum.expect("a batch has at least one row")))
}

fn scale(gradients: &mut Gradients, by: f32) {
    if by != 1.0 {
        gradients.weights_mut().into_par_iter().for_each(|(_, mut gradient)| gradient.mapv_inplace(|value| value * by));
    }
}

fn add_scaled(sum: &mut Gradients, part: &Gradients, by: f32) {
    let pairs = sum.weights_mut().into_par_iter().zip(part.weights());
    pairs.for_each(|((_, mut sum), (_, part))| sum.scaled_add(by, &part));
}
