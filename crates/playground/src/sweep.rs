//! The map of all heads: what a number becomes when each of them in turn is silenced or patched.

use std::rc::Rc;

use hooked_transformer::analysis::{Metric, Sweep};
use hooked_transformer::{Error, Result};
use ndarray::Array2;

use crate::answer::{Answer, Step};
use crate::edits::{Edited, Replacement};
use crate::engine::Job;
use crate::loaded::Loaded;
use crate::request::{Component, Edit, Measure, Silence, State};

/// A sweep in progress; each step is a layer.
pub(crate) struct SweepJob {
    loaded: Rc<Loaded>,
    edited: Edited,
    silence: Silence,
    measure: Measure,
    layer: usize,
    /// `[layer, head]`, as far as it is known.
    values: Array2<f32>,
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
        Ok(SweepJob { edited, silence, measure, layer: 0, values, loaded })
    }
}

impl Job for SweepJob {
    fn step(&mut self) -> Result<Step> {
        let (layer, n_heads) = (self.layer, self.values.ncols());
        let metric = match self.measure {
            Measure::Loss => Metric::loss(),
            Measure::Logit { pos, token } => Metric::at(pos as isize, move |logits| logits[[0, 0, token]]),
        };
        let (run, second) = (&self.edited.run, self.edited.second.as_deref());
        let replace = |head: usize| {
            let edit = Edit { layer, component: Component::Head(head), silence: self.silence };
            Replacement::new(&self.loaded, &edit, run, second)
        };
        let replacements = (0..n_heads).map(replace).collect::<Result<Vec<_>>>()?;
        let sweep = Sweep::new(&self.edited.model, run.ids.as_slice())?;
        let names = vec![("z", layer); n_heads];
        let values = sweep.run(&metric, &names, |head, z| replacements[head].write(z))?;
        self.values.row_mut(layer).iter_mut().zip(values).for_each(|(out, value)| *out = value);
        self.layer += 1;
        let answer = Answer::default()
            .with("done", self.layer)
            .with("of", self.values.nrows())
            .with("unedited", sweep.unedited(&metric)?)
            .array("values", self.values.clone());
        Ok(if self.layer == self.values.nrows() { Step::Done(answer) } else { Step::Progress(answer) })
    }
}
