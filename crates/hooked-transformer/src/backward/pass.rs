//! One backward pass under way: the components report each gradient to it, from the top of the model to the bottom.

use ndarray::{ArcArray, Dimension};

use super::edits::Edits;
use super::wanted::Wanted;
use crate::architecture::weights::Weights;
use crate::cache::Activation;
use crate::hooks::{Firing, Pass, Site, Tape};
use crate::numerics::memory;

/// Hooks, what is on record of the forward pass, and the gradients so far.
pub(super) struct BackwardPass<'p, 'a> {
    /// Runs the backward hooks, and stores the gradients of activations.
    pub at_points: Pass<'p, 'a>,
    pub tape: Tape,
    pub wanted: Wanted,
    pub edits: Edits,
    /// The gradients of weights: zeros until they are written.
    pub weights: Weights,
    /// Whether the unembedding is the embedding.
    pub tied: bool,
}

impl BackwardPass<'_, '_> {
    /// Whether something at this point, or before it in the computation, is wanted.
    pub(super) fn reaches(&self, site: Site, layer: Option<usize>) -> bool {
        self.at_points.points.index(site, layer).is_some_and(|point| self.wanted.floor <= point)
    }

    /// Whether something before this point is wanted.
    pub(super) fn goes_below(&self, site: Site, layer: Option<usize>) -> bool {
        self.at_points.points.index(site, layer).is_some_and(|point| self.wanted.floor < point)
    }

    /// Whether the gradient at this point is stored or hooked, or stops there, so that it must be computed as it is.
    pub(super) fn watches(&self, site: Site, layer: Option<usize>) -> bool {
        let edited = |point| self.edits == Edits::Stop && self.tape.peek(point).is_some_and(|f| f.before.is_some());
        self.at_points.points.index(site, layer).is_some_and(|point| self.wanted.active[point] || edited(point))
    }

    pub(super) fn wants_weight(&self, layer: Option<usize>, part: &str) -> bool {
        self.wanted.weight(layer, part)
    }

    /// The value on record that the model went on with.
    pub(super) fn value<D: Dimension>(&self, site: Site, layer: Option<usize>) -> ArcArray<f32, D> {
        of_rank(self.firing(site, layer).after.clone())
    }

    /// The value on record before hooks edited it.
    pub(super) fn computed<D: Dimension>(&self, site: Site, layer: Option<usize>) -> ArcArray<f32, D> {
        of_rank(self.firing(site, layer).computed().clone())
    }

    /// The value that the model went on with the `n`-th time that this point fired.
    pub(super) fn nth_value<D: Dimension>(&self, site: Site, layer: Option<usize>, n: usize) -> ArcArray<f32, D> {
        let point = self.at_points.points.index(site, layer);
        let firing = point.and_then(|point| self.tape.firings(point).nth(n));
        let firing = firing.unwrap_or_else(|| panic!("{site:?} of layer {layer:?} should have been recorded"));
        of_rank(firing.after.clone())
    }

    fn firing(&self, site: Site, layer: Option<usize>) -> &Firing {
        let firing = self.at_points.points.index(site, layer).and_then(|point| self.tape.peek(point));
        firing.unwrap_or_else(|| panic!("{site:?} of layer {layer:?} should have been recorded"))
    }

    /// Whether the forward pass recorded this point.
    pub(super) fn has_value(&self, site: Site, layer: Option<usize>) -> bool {
        self.at_points.points.index(site, layer).is_some_and(|point| self.tape.peek(point).is_some())
    }

    /// What the norm with this scale normalized, if it is on record and has not been taken.
    pub(super) fn peek_norm_input<D: Dimension>(&self, scale: Site, layer: Option<usize>) -> Option<ArcArray<f32, D>> {
        let point = self.at_points.points.index(scale, layer)?;
        self.tape.peek_norm_input(point).cloned().map(of_rank)
    }

    /// What the norm with this scale normalized.
    pub(super) fn take_norm_input<D: Dimension>(&mut self, scale: Site, layer: Option<usize>) -> ArcArray<f32, D> {
        let point = self.at_points.points.index(scale, layer);
        let x = point.and_then(|point| self.tape.take_norm_input(point));
        of_rank(x.unwrap_or_else(|| panic!("the input of {scale:?} of layer {layer:?} should have been recorded")))
    }

    /// Runs the hooks on the gradient by the value that the model went on with, stores it if asked to, and hands on what
    /// goes further up the computation. Then the value is no longer needed.
    pub(super) fn point<D: Dimension>(
        &mut self,
        site: Site,
        layer: Option<usize>,
        gradient: ArcArray<f32, D>,
    ) -> ArcArray<f32, D> {
        let mut gradient = self.at_points.point(site, layer, gradient);
        let firing = self.at_points.points.index(site, layer).and_then(|point| self.tape.take(point));
        let Some(Firing { before, after }) = firing else { return gradient };
        if let (Edits::Stop, Some(before)) = (self.edits, before) {
            let overwritten = before.iter().zip(after.iter()).map(|(before, after)| before != after);
            gradient.iter_mut().zip(overwritten).filter(|(_, overwritten)| *overwritten).for_each(|(g, _)| *g = 0.0);
        }
        memory::used(after);
        gradient
    }
}

fn of_rank<D: Dimension>(value: Activation) -> ArcArray<f32, D> {
    value.into_dimensionality().expect("a hook point has one rank")
}
