//! Edits as lasting hooks on a copy of the model: whatever runs on that copy runs edited.

use std::rc::Rc;

use hooked_transformer::{ActName, Error, HookedTransformer, Result};
use ndarray::{ArrayD, ArrayViewMutD, Axis, Slice};

use crate::loaded::Loaded;
use crate::request::{Component, Edit, Silence, State};
use crate::text_run::TextRun;

/// A request's texts, and the model with its edits.
pub(crate) struct Edited {
    pub(crate) model: HookedTransformer,
    pub(crate) run: Rc<TextRun>,
    pub(crate) second: Option<Rc<TextRun>>,
}

impl Edited {
    /// # Errors
    /// A text does not suit the model, or an edit names a part that it lacks, or needs a second text of the same length.
    pub(crate) fn new(loaded: &Loaded, state: &State) -> Result<Self> {
        let run = loaded.run(&state.text)?;
        let second = state.second.as_deref().map(|text| loaded.run(text)).transpose()?;
        let model = loaded.model.clone();
        for edit in &state.edits {
            let replacement = Replacement::new(loaded, edit, &run, second.as_deref())?;
            let at = match (edit.component, edit.silence) {
                (Component::Mlp, _) => ActName::from(("mlp_out", edit.layer)),
                (Component::Head(_), Silence::Freeze) => ActName::from(("pattern", edit.layer)),
                (Component::Head(_), _) => ActName::from(("z", edit.layer)),
            };
            model.add_hook(at, move |activation, _| replacement.write(activation))?;
        }
        Ok(Edited { model, run, second })
    }
}

/// What takes the place of a component's output: the axis and index of the component in the activation, and the new
/// values; both also for the sweep over all heads.
pub(crate) struct Replacement {
    component: Option<(Axis, usize)>,
    with: With,
}

enum With {
    Zero,
    /// The mean over positions of what is there.
    Mean,
    /// The same at every position.
    Everywhere(ArrayD<f32>),
    /// Position by position.
    Values(ArrayD<f32>),
}

/// Axes of a head in `z`, `[batch, pos, head, d_head]`, and in a pattern, `[batch, head, query_pos, key_pos]`.
const HEAD_OF_Z: Axis = Axis(2);
const HEAD_OF_PATTERN: Axis = Axis(1);

impl Replacement {
    /// # Errors
    /// As [`Edited::new`].
    pub(crate) fn new(loaded: &Loaded, edit: &Edit, run: &TextRun, second: Option<&TextRun>) -> Result<Self> {
        let cfg = loaded.model.cfg();
        if edit.layer >= cfg.n_layers {
            return Err(wrong(format!("there is no layer {}; the model has {}", edit.layer, cfg.n_layers)));
        }
        let Component::Head(head) = edit.component else {
            let with = match edit.silence {
                Silence::Zero => With::Zero,
                Silence::Mean => With::Mean,
                _ => return Err(wrong("an MLP can be silenced (zero, or the mean of this text), nothing else".into())),
            };
            return Ok(Replacement { component: None, with });
        };
        if head >= cfg.n_heads {
            return Err(wrong(format!("there is no head {head}; a layer has {}", cfg.n_heads)));
        }
        let with = match edit.silence {
            Silence::Zero => With::Zero,
            Silence::Mean => With::Mean,
            Silence::Sample => {
                let means = loaded.sample_means()?.index_axis(Axis(0), edit.layer);
                With::Everywhere(means.index_axis(Axis(0), head).to_owned().into_dyn())
            }
            Silence::Patch => With::Values(
                of_same_length(run, second)?.z(edit.layer).index_axis(HEAD_OF_Z, head).to_owned().into_dyn(),
            ),
            Silence::Freeze => {
                let frozen = run.pattern(edit.layer).index_axis(HEAD_OF_PATTERN, head).to_owned().into_dyn();
                return Ok(Replacement { component: Some((HEAD_OF_PATTERN, head)), with: With::Values(frozen) });
            }
        };
        Ok(Replacement { component: Some((HEAD_OF_Z, head)), with })
    }

    /// Writes the new values over the component.
    pub(crate) fn write(&self, activation: ArrayViewMutD<'_, f32>) {
        let mut part = match self.component {
            Some((axis, index)) => activation.index_axis_move(axis, index),
            None => activation,
        };
        match &self.with {
            With::Zero => part.fill(0.0),
            With::Mean => {
                let mean = part.mean_axis(Axis(1)).expect("there is a position").insert_axis(Axis(1));
                part.assign(&mean);
            }
            With::Everywhere(values) => part.assign(values),
            // A run of other positions than the stored ones (a text that grows) keeps what it has beyond them.
            With::Values(values) => {
                let n = part.len_of(Axis(1)).min(values.len_of(Axis(1)));
                part.slice_axis_mut(Axis(1), Slice::from(..n)).assign(&values.slice_axis(Axis(1), Slice::from(..n)));
            }
        }
    }
}

fn of_same_length<'r>(run: &TextRun, second: Option<&'r TextRun>) -> Result<&'r TextRun> {
    let second =
        second.ok_or_else(|| wrong("patching takes what a head writes on the second text; type one".into()))?;
    let (first, other) = (run.ids.len(), second.ids.len());
    if first == other {
        return Ok(second);
    }
    Err(wrong(format!(
        "patching goes position by position, but the first text has {first} tokens and the second {other}; change a word \
         for one of as many tokens"
    )))
}

/// An edit that cannot be made.
fn wrong(problem: String) -> Error {
    Error::Argument { name: "edit", problem }
}
