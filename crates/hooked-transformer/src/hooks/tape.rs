//! What a forward pass leaves for the backward pass: the values at the hook points that some derivative needs.
//!
//! Arrays are shared with the pass and the cache, not copied. What is kept is decided before the pass begins.

use std::collections::VecDeque;

use ndarray::{ArcArray, IxDyn};

/// A value at a hook point.
type Value = ArcArray<f32, IxDyn>;

/// The values of one forward pass.
#[derive(Default)]
pub(crate) struct Tape {
    /// By hook point: whether its values are kept.
    pub(crate) record: Vec<bool>,
    /// By layer: whether queries, keys and values have inputs of their own for each head.
    pub(crate) split: Vec<bool>,
    /// By hook point: what fired, in order. Only the norm of split inputs fires several times.
    fired: Vec<VecDeque<Firing>>,
    /// By hook point of a norm's scale: what was normalized.
    norm_inputs: Vec<VecDeque<Value>>,
}

/// A value at a hook point.
pub(crate) struct Firing {
    /// Before the hooks, where there are any.
    pub(crate) before: Option<Value>,
    /// What the model went on with.
    pub(crate) after: Value,
}

impl Firing {
    /// What was computed upstream, whatever hooks made of it.
    pub(crate) fn computed(&self) -> &Value {
        self.before.as_ref().unwrap_or(&self.after)
    }

    /// How many entries hooks have changed.
    pub(crate) fn n_changed(&self) -> usize {
        self.before.iter().flat_map(|before| before.iter().zip(&self.after)).filter(|(b, a)| b != a).count()
    }
}

impl Tape {
    /// A tape that keeps nothing yet.
    pub(crate) fn new(n_points: usize, n_layers: usize) -> Self {
        Tape {
            record: vec![false; n_points],
            split: vec![false; n_layers],
            fired: (0..n_points).map(|_| VecDeque::new()).collect(),
            norm_inputs: (0..n_points).map(|_| VecDeque::new()).collect(),
        }
    }

    pub(crate) fn push(&mut self, point: usize, firing: Firing) {
        self.fired[point].push_back(firing);
    }

    pub(crate) fn push_norm_input(&mut self, scale_point: usize, x: Value) {
        self.norm_inputs[scale_point].push_back(x);
    }

    /// The first firing of those that have not been taken yet.
    pub(crate) fn peek(&self, point: usize) -> Option<&Firing> {
        self.fired[point].front()
    }

    pub(crate) fn take(&mut self, point: usize) -> Option<Firing> {
        self.fired[point].pop_front()
    }

    pub(crate) fn peek_norm_input(&self, scale_point: usize) -> Option<&Value> {
        self.norm_inputs[scale_point].front()
    }

    pub(crate) fn take_norm_input(&mut self, scale_point: usize) -> Option<Value> {
        self.norm_inputs[scale_point].pop_front()
    }

    pub(crate) fn firings(&self, point: usize) -> impl Iterator<Item = &Firing> {
        self.fired[point].iter()
    }
}
