//! The map of all heads: what a number becomes when each of them in turn is silenced or patched.

use std::rc::Rc;

use hooked_transformer::analysis::{Metric, PreparedSweep, Sweep};
use hooked_transformer::{Error, Result};
use ndarray::{Array2, s};

use crate::answer::{Answer, Step};
use crate::edits::{Edited, Replacement};
use crate::engine::Job;
use crate::loaded::Loaded;
use crate::request::{Component, Edit, Measure, Silence, State};

/// The most heads of a step, which go through the model as one batch: enough for the products to run at full speed, and few
/// enough that a text that is typed meanwhile is answered soon.
const HEADS_AT_A_TIME: usize = 4;

/// A sweep in progress; each step is some heads of a layer.
pub(crate) struct SweepJob {
    loaded: Rc<Loaded>,
    edited: Edited,
    silence: Silence,
    measure: Measure,
    /// The head that comes next.
    at: (usize, usize),
    /// `[layer, head]`, as far as it is known.
    values: Array2<f32>,
    /// What the first step leaves to the others: the sweep, and the number without a replacement.
    begun: Option<(PreparedSweep, f32)>,
}

impl SweepJob {
    /// # Errors
    /// A text or an edit does not suit the model; freezing is not a sweep; there is no such position.
    pub(crate) fn new(loaded: Rc<Loaded>, state: &State, silence: Silence, measure: Measure) -> Result<Self> {
        let edited = Edited::new(&loaded, state)?;
        if silence == Silence::Freeze {
            let problem = "a frozen pattern changes nothing by itself; choose zero, a mean or a patch".to_string();
            return Err(Error::Argument { name: "silence", problem });
        }
        let cfg = loaded.model.cfg();
        if let Measure::Logit { pos, token } = measure
            && (pos >= edited.run.ids.len() || token >= cfg.d_vocab_out())
        {
            let problem = format!("position {pos} of {}, token {token}", edited.run.ids.len());
            return Err(Error::Argument { name: "measure", problem });
        }
        let values = Array2::from_elem((cfg.n_layers, cfg.n_heads), f32::NAN);
        Ok(SweepJob { edited, silence, measure, at: (0, 0), values, begun: None, loaded })
    }
}

impl Job for SweepJob {
    fn step(&mut self) -> Result<Step> {
        let (n_layers, n_heads) = self.values.dim();
        let (layer, first) = self.at;
        let heads = first..(first + HEADS_AT_A_TIME).min(n_heads);
        let metric = match self.measure {
            Measure::Loss => Metric::loss(),
            Measure::Logit { pos, token } => Metric::at(pos as isize, move |logits| logits[[0, 0, token]]),
        };
        let (run, second) = (&self.edited.run, self.edited.second.as_deref());
        let replace = |head: usize| {
            let edit = Edit { layer, component: Component::Head(head), silence: self.silence };
            Replacement::new(&self.loaded, &edit, run, second)
        };
        let replacements = heads.clone().map(replace).collect::<Result<Vec<_>>>()?;
        let (sweep, unedited) = match self.begun.take() {
            Some((prepared, unedited)) => (Sweep::resume(&self.edited.model, prepared), unedited),
            None => {
                let sweep = Sweep::new(&self.edited.model, run.ids.as_slice())?;
                let unedited = sweep.unedited(&metric)?;
                (sweep, unedited)
            }
        };
        let names = vec![("z", layer); heads.len()];
        let values = sweep.run(&metric, &names, |index, z| replacements[index].write(z))?;
        self.values.slice_mut(s![layer, heads.clone()]).iter_mut().zip(values).for_each(|(out, value)| *out = value);
        self.begun = Some((sweep.leave(), unedited));
        self.at = if heads.end == n_heads { (layer + 1, 0) } else { (layer, heads.end) };
        let answer = Answer::default()
            .with("done", self.at.0 * n_heads + self.at.1)
            .with("of", self.values.len())
            .with("unedited", unedited)
            .array("values", self.values.clone());
        Ok(if self.at.0 == n_layers { Step::Done(answer) } else { Step::Progress(answer) })
    }
}
