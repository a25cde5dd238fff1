//! Where a parameter's values come from: a tensor of a checkpoint, and the steps from its layout to ours.
//!
//! Architectures differ in how they store the same thing: queries, keys and values in one matrix, heads inside an axis,
//! matrices transposed, a gain as its difference from one. A [`Source`] says so once for each parameter, as data.

use super::stored::Stored;

/// A tensor by name, the shape it must have, and how it becomes a parameter.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Names under which files hold it; the first that is there counts.
    pub names: Vec<String>,
    /// The shape in the file.
    pub shape: Vec<usize>,
    steps: Vec<Step>,
    scale: f32,
    add: f32,
}

#[derive(Clone, Debug)]
enum Step {
    Range { axis: usize, start: usize, length: usize },
    Pick { axis: usize, index: usize },
    Split { axis: usize, into: Vec<usize> },
    Permute(Vec<usize>),
}

impl Source {
    pub(crate) fn new(name: impl Into<String>, shape: &[usize]) -> Self {
        Source { names: vec![name.into()], shape: shape.to_vec(), steps: Vec::new(), scale: 1.0, add: 0.0 }
    }

    /// A second name, where the first is absent.
    pub(crate) fn or(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Indices `start..start + length` of an axis.
    pub(crate) fn range(self, axis: usize, start: usize, length: usize) -> Self {
        self.step(Step::Range { axis, start, length })
    }

    /// One index of an axis; the axis goes.
    pub(crate) fn pick(self, axis: usize, index: usize) -> Self {
        self.step(Step::Pick { axis, index })
    }

    /// An axis taken apart into several.
    pub(crate) fn split(self, axis: usize, into: &[usize]) -> Self {
        self.step(Step::Split { axis, into: into.to_vec() })
    }

    /// The axes in another order.
    pub(crate) fn permute(self, order: &[usize]) -> Self {
        self.step(Step::Permute(order.to_vec()))
    }

    /// `[out, in]`, as `torch.nn.Linear` stores a matrix, to `[in, out]`.
    pub(crate) fn transposed(self) -> Self {
        self.permute(&[1, 0])
    }

    /// Multiplies every value.
    pub(crate) fn scaled(mut self, scale: f32) -> Self {
        self.scale = scale;
        self
    }

    /// Adds to every value: a gain that is stored as its difference from one.
    pub(crate) fn plus(mut self, add: f32) -> Self {
        self.add = add;
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The parameter inside the tensor, whose shape was checked.
    pub(crate) fn part_of<'a>(&self, mut stored: Stored<'a>) -> Stored<'a> {
        for step in &self.steps {
            match step {
                Step::Range { axis, start, length } => stored.range(*axis, *start, *length),
                Step::Pick { axis, index } => stored.pick(*axis, *index),
                Step::Split { axis, into } => stored.split(*axis, into),
                Step::Permute(order) => stored.permute(order),
            }
        }
        Stored { scale: self.scale, add: self.add, ..stored }
    }
}
