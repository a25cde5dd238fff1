//! When a hook fires while text is generated.
//!
//! The columns of the token array are numbered from 0, left padding included. The first step runs over the prompt's
//! columns, each later step over the one column of the token made last. **A scheduled hook sees each column that it is
//! meant for exactly once: in the step in which the column is new.** The view that it gets is cut down to those
//! columns (along `pos`, or `query_pos` in scores and patterns), so a hook need not know where in the text it is.
//!
//! Without the key-value cache every step runs over all columns again. A hook is not called for old columns then; what
//! it made of them in their own step is put in their place. So a hook sees the same, and the text comes out the same,
//! with and without the cache, even if the hook counts its calls or takes the mean over what it sees.

use ndarray::{ArrayD, ArrayViewMutD, Axis, Slice};

use crate::error::Result;
use crate::hooks::{FwdHook, HookPoint, HookPoints, NameFilter, select};
use crate::model::hooked_transformer::HookedTransformer;

/// Which columns of the text, and so which steps of the generation, a hook is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// The prompt's columns: the hook fires in the first step, and never again. (Activation addition steers so.)
    PromptOnly,
    /// All columns: those of the prompt in the first step, then the one new column of each step.
    EveryStep,
    /// The columns from this one on, wherever they lie: it may be inside the prompt or after it. In a batch that is
    /// padded on the left, the prompt's last token is in column `prompt length - 1` of every row. (Contrastive
    /// activation addition steers so, from the end of the instruction.)
    FromPosition(usize),
}

impl Schedule {
    /// The columns, out of those from `start` to `end`, that are meant.
    fn columns(self, n_prompt: usize, start: usize, end: usize) -> (usize, usize) {
        match self {
            Schedule::EveryStep => (start, end),
            Schedule::FromPosition(first) => (start.max(first).min(end), end),
            Schedule::PromptOnly => (start.min(n_prompt), end.min(n_prompt)),
        }
    }
}

/// A hook with its schedule, and what it made of the columns so far.
pub(crate) struct ScheduledHook<'a> {
    schedule: Schedule,
    hook: FwdHook<'a>,
    /// The names of the points where it fires.
    names: Vec<String>,
    /// For each of them, what the hook left behind: pairs of first column and values. Kept only without a cache.
    edits: Vec<Vec<(usize, ArrayD<f32>)>>,
}

/// The columns that one step computes, and which of them are new.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub n_prompt: usize,
    /// The column at index 0 of this step's activations: 0 without a cache.
    pub first: usize,
    /// The first new column.
    pub new: usize,
    /// The end of the columns.
    pub end: usize,
    /// Whether later steps compute these columns again.
    pub recomputes: bool,
}

impl<'a> ScheduledHook<'a> {
    /// # Errors
    /// The hook names a point that the model lacks, or its predicate selects none.
    pub(crate) fn new(points: &HookPoints, schedule: Schedule, hook: FwdHook<'a>) -> Result<Self> {
        let at = select(points, &hook.filter)?;
        let names: Vec<String> = at.iter().map(|&point| points.as_slice()[point].name().to_string()).collect();
        Ok(ScheduledHook { schedule, hook, edits: vec![Vec::new(); names.len()], names })
    }

    /// The hook for one step, to be handed to a run; `None` if it would find nothing to do.
    pub(crate) fn at_step(&mut self, step: Step) -> Option<FwdHook<'_>> {
        let (start, end) = self.schedule.columns(step.n_prompt, step.new, step.end);
        if start == end && self.edits.iter().all(Vec::is_empty) {
            return None;
        }
        let filter = NameFilter::from(self.names.clone());
        let (function, names, edits) = (&mut self.hook.function, &self.names, &mut self.edits);
        let fire = move |mut value: ArrayViewMutD<'_, f32>, point: &HookPoint| {
            let axis = column_axis(point);
            let edits = &mut edits[names.iter().position(|name| name == point.name()).expect("a point of its own")];
            edits.iter().for_each(|(column, edit)| put_back(&mut value, axis, column - step.first, edit));
            if start == end {
                return;
            }
            let cut = Slice::from(start - step.first..end - step.first);
            function(value.slice_axis_mut(axis, cut), point);
            if step.recomputes {
                edits.push((start, value.slice_axis(axis, cut).to_owned()));
            }
        };
        Some(FwdHook { filter, function: Box::new(fire) })
    }
}

/// Where the columns lie: the axis of positions, which for scores and patterns is that of the queries.
fn column_axis(point: &HookPoint) -> Axis {
    let at = point.axes().iter().position(|(name, _)| matches!(*name, "pos" | "query_pos"));
    Axis(at.expect("every activation has positions"))
}

/// Writes an earlier step's values over columns that were computed again. A pattern has more keys by now; the earlier
/// queries do not see them, so what stands there already is right.
fn put_back(value: &mut ArrayViewMutD<'_, f32>, axis: Axis, at: usize, edit: &ArrayD<f32>) {
    let mut place = value.slice_axis_mut(axis, Slice::from(at..at + edit.len_of(axis)));
    for other in (0..edit.ndim()).map(Axis).filter(|&other| other != axis) {
        place.slice_axis_inplace(other, Slice::from(..edit.len_of(other)));
    }
    place.assign(edit);
}

/// All scheduled hooks of a generation.
pub(crate) fn resolve<'a>(
    model: &HookedTransformer,
    hooks: Vec<(Schedule, FwdHook<'a>)>,
) -> Result<Vec<ScheduledHook<'a>>> {
    hooks.into_iter().map(|(schedule, hook)| ScheduledHook::new(&model.points, schedule, hook)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schedule_means_its_own_columns() {
        // A prompt of five columns, then the columns 5 and 6.
        let steps = [(0, 5), (5, 6), (6, 7)];
        let columns = |schedule: Schedule| steps.map(|(start, end)| schedule.columns(5, start, end));
        assert_eq!(columns(Schedule::EveryStep), [(0, 5), (5, 6), (6, 7)]);
        assert_eq!(columns(Schedule::PromptOnly), [(0, 5), (5, 5), (5, 5)]);
        assert_eq!(columns(Schedule::FromPosition(3)), [(3, 5), (5, 6), (6, 7)]);
        assert_eq!(columns(Schedule::FromPosition(6)), [(5, 5), (6, 6), (6, 7)]);
    }
}
