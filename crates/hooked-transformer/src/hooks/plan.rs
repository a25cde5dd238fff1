//! What happens at each hook point of one run: worked out once, before the pass begins.
//!
//! A name that the model lacks is found here, before anything is computed. During the pass, [`Pass::watches`] lets a
//! component skip what no hook or cache asks for, and [`Pass::point`] runs the hooks and stores the activation.

use ndarray::{ArcArray, Dimension, IxDyn};

use super::{Firing, HookFn, HookPoint, HookPoints, LastingFn, NameFilter, Site, Tape, lasting};
use crate::error::{Error, Result};
use crate::numerics::share::in_pool;

/// Which hooks fire at which point, and which points are stored.
pub(crate) struct Plan<'a> {
    functions: Vec<Function<'a>>,
    /// For each hook point of the model: indices into `functions`, in firing order.
    at_point: Vec<Vec<usize>>,
    cached: Vec<bool>,
    /// The last hook point that the run has to reach; `None` if it goes through to its end.
    last: Option<usize>,
}

enum Function<'a> {
    Scoped(HookFn<'a>),
    Lasting(LastingFn),
}

impl<'a> Plan<'a> {
    /// # Errors
    /// A hook names a point that the model lacks, or its predicate selects none; or a lasting hook started this run.
    pub(crate) fn new(
        points: &HookPoints,
        of_model: Vec<(Vec<usize>, LastingFn)>,
        hooks: impl IntoIterator<Item = (NameFilter<'a>, HookFn<'a>)>,
    ) -> Result<Self> {
        let n_points = points.as_slice().len();
        let mut plan = Plan {
            functions: Vec::new(),
            at_point: vec![Vec::new(); n_points],
            cached: vec![false; n_points],
            last: None,
        };
        for (at, function) in of_model {
            if lasting::is_running(&function) {
                let names = at.iter().map(|&point| points.as_slice()[point].name().to_string()).collect();
                return Err(Error::HookInsideItself { at: names });
            }
            plan.add(&at, Function::Lasting(function));
        }
        for (filter, function) in hooks {
            let at = select(points, &filter)?;
            plan.add(&at, Function::Scoped(function));
        }
        Ok(plan)
    }

    /// Does a pass with this plan: on the calling thread if it has hooks, which belong there; otherwise, if the pass is
    /// large, on one of rayon's.
    pub(crate) fn carry_out<T: Send>(self, large: bool, pass: impl FnOnce(Plan<'_>) -> T + Send) -> T {
        if !(large && self.functions.is_empty()) {
            return pass(self);
        }
        let Plan { cached, last, .. } = self;
        in_pool(|| pass(Plan { functions: Vec::new(), at_point: vec![Vec::new(); cached.len()], cached, last }))
    }

    /// Whether hooks fire at this point.
    pub(crate) fn fires(&self, point: usize) -> bool {
        !self.at_point[point].is_empty()
    }

    /// Whether hooks fire at this point, or it is stored.
    pub(crate) fn wants(&self, point: usize) -> bool {
        self.cached[point] || self.fires(point)
    }

    fn add(&mut self, at: &[usize], function: Function<'a>) {
        for &point in at {
            self.at_point[point].push(self.functions.len());
        }
        self.functions.push(function);
    }

    /// Marks the points to store: those that the filter selects, or without one all that are cached by default.
    ///
    /// # Errors
    /// The filter names a point that the model lacks, or selects none.
    pub(crate) fn cache(&mut self, points: &HookPoints, filter: Option<&NameFilter<'_>>) -> Result<()> {
        match filter {
            Some(filter) => select(points, filter)?.into_iter().for_each(|point| self.cached[point] = true),
            None => {
                for (cached, point) in self.cached.iter_mut().zip(points.as_slice()) {
                    *cached |= point.cached_by_default();
                }
            }
        }
        Ok(())
    }

    /// Ends the run at the last point that is stored or, where nothing is, at the last that is hooked. Hooks beyond it do
    /// not fire.
    pub(crate) fn stop_after_last(&mut self) {
        let hooked = || self.at_point.iter().rposition(|functions| !functions.is_empty());
        let last = self.cached.iter().rposition(|&cached| cached).or_else(hooked);
        let after = last.map_or(0, |last| last + 1);
        self.at_point[after..].iter_mut().for_each(Vec::clear);
        // A run that neither stores nor hooks anything has nothing to do.
        self.last = Some(last.unwrap_or(0));
    }
}

/// The hook points that a filter means.
///
/// # Errors
/// A name that the model lacks, or a predicate that selects nothing.
pub(crate) fn select(points: &HookPoints, filter: &NameFilter<'_>) -> Result<Vec<usize>> {
    match filter {
        NameFilter::Names(names) => {
            let n_layers = points.as_slice().iter().filter_map(HookPoint::layer).max().map_or(0, |layer| layer + 1);
            names.iter().map(|name| points.find(&name.resolve(n_layers))).collect()
        }
        NameFilter::Predicate(predicate) => {
            let all = points.as_slice();
            let chosen: Vec<usize> = (0..all.len()).filter(|&i| predicate(all[i].name())).collect();
            if chosen.is_empty() {
                let step = (all.len() / 4).max(1);
                let examples = all.iter().step_by(step).map(|point| point.name().to_string()).collect();
                return Err(Error::FilterMatchedNothing { of: all.len(), what: "hook points", examples });
            }
            Ok(chosen)
        }
    }
}

/// One forward pass under way: the components report each activation to it.
pub(crate) struct Pass<'p, 'a> {
    pub(crate) points: &'p HookPoints,
    pub(crate) plan: Plan<'a>,
    pub(crate) record: Record<'p>,
    /// What is kept for a backward pass.
    pub(crate) tape: Option<&'p mut Tape>,
}

/// Takes the activations that are to be stored.
pub(crate) type Record<'p> = Box<dyn FnMut(&HookPoint, ArcArray<f32, IxDyn>) + 'p>;

impl Pass<'_, '_> {
    /// Whether a hook or a cache asks for this activation, so that it must be computed.
    pub(crate) fn watches(&self, site: Site, layer: Option<usize>) -> bool {
        self.points
            .index(site, layer)
            .is_some_and(|point| self.plan.wants(point) || self.tape.as_ref().is_some_and(|tape| tape.record[point]))
    }

    /// Whether the run goes as far as this activation.
    pub(crate) fn reaches(&self, site: Site, layer: Option<usize>) -> bool {
        let Some(last) = self.plan.last else { return true };
        self.points.index(site, layer).is_some_and(|point| point <= last)
    }

    /// Whether a hook may edit this activation.
    pub(crate) fn hooked(&self, site: Site, layer: Option<usize>) -> bool {
        self.points.index(site, layer).is_some_and(|point| self.plan.fires(point))
    }

    /// Whether the heads of this layer get inputs of their own, because a backward pass asks for them.
    pub(crate) fn splits(&self, layer: usize) -> bool {
        self.tape.as_ref().is_some_and(|tape| tape.split[layer])
    }

    /// Keeps what a norm normalizes, if a backward pass needs it.
    pub(crate) fn norm_input<D: Dimension>(&mut self, scale: Site, layer: Option<usize>, x: &ArcArray<f32, D>) {
        if let (Some(tape), Some(point)) = (&mut self.tape, self.points.index(scale, layer))
            && tape.record[point]
        {
            tape.push_norm_input(point, x.clone().into_dyn());
        }
    }

    /// Runs the hooks on an activation, stores it if asked to, and hands it on.
    ///
    /// Arrays are shared, not copied: the cache and the pass hold the same memory until it is edited, and an edit
    /// by a later hook does not reach back into the cache.
    pub(crate) fn point<D: Dimension>(
        &mut self,
        site: Site,
        layer: Option<usize>,
        mut value: ArcArray<f32, D>,
    ) -> ArcArray<f32, D> {
        let Some(index) = self.points.index(site, layer) else {
            return value;
        };
        let point = &self.points.as_slice()[index];
        let before = (self.tape.is_some() && self.plan.fires(index)).then(|| value.clone().into_dyn());
        for &function in &self.plan.at_point[index] {
            match &mut self.plan.functions[function] {
                Function::Scoped(function) => function(value.view_mut().into_dyn(), point),
                Function::Lasting(function) => lasting::call(function, value.view_mut().into_dyn(), point),
            }
        }
        if self.plan.cached[index] {
            (self.record)(point, value.clone().into_dyn());
        }
        if let Some(tape) = &mut self.tape
            && (tape.record[index] || before.is_some())
        {
            tape.push(index, Firing { before, after: value.clone().into_dyn() });
        }
        value
    }
}
