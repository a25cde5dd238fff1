//! The checks of what can be told without running anything: sizes, shapes, names.

use hooked_transformer::HookedTransformerConfig;
use serde_json::{Map, Value as Json};

use super::stored::{self, Case, OF_COUNTS, cases, words};
use super::{C01, C02, C08, Submission};
use crate::compare::Want;
use crate::exercise::CheckInfo;
use crate::grade::Grading;
use crate::value::{Tensor, Value};
use crate::verdict::{Check, Verdict};

/// Layers, heads in all layers together, positions.
pub fn c01_sizes(submission: &Submission) -> Check {
    let sizes = submission.sizes;
    let mut grading = Grading::of(&C01);
    for case in cases(&C01, "configs")? {
        let (cfg, is_made_up) = configuration(&C01, &case)?;
        let want: [usize; 3] = case.get("sizes")?;
        let want = Want::Array { values: Tensor::from(want), axes: &["entry"], tolerance: OF_COUNTS };
        run(&mut grading, is_made_up, cfg.model_name.clone(), want, move || sizes(&cfg));
    }
    grading.verdict()
}

/// The shapes of the parameters. They are compared as words: the shape of a list of numbers would confuse.
pub fn c02_shape_of(submission: &Submission) -> Check {
    let shape_of = submission.shape_of;
    let mut grading = Grading::of(&C02);
    for case in cases(&C02, "configs")? {
        let (cfg, is_made_up) = configuration(&C02, &case)?;
        for (name, shape) in case.get::<Map<String, Json>>("shapes")? {
            let shape: Vec<usize> = serde_json::from_value(shape).map_err(|_| case.lacks("shapes"))?;
            let (cfg, of) = (cfg.clone(), format!("{name} of {}", cfg.model_name));
            let want = words(vec![format!("{shape:?}")], "shape");
            run(&mut grading, is_made_up, of, want, move || vec![format!("{:?}", shape_of(&cfg, &name))]);
        }
    }
    grading.verdict()
}

/// The configuration of an item, and whether it is made up, or that of an embedded model.
fn configuration(check: &'static CheckInfo, case: &Case) -> Result<(HookedTransformerConfig, bool), Verdict> {
    match case.get::<Option<Json>>("config")? {
        Some(json) => Ok((HookedTransformerConfig::from_json(json).map_err(|e| case.unusable(&e))?, true)),
        None => Ok((stored::config_of(check, &case.get::<String>("name")?)?, false)),
    }
}

fn run<T: Into<Value> + Send + 'static>(
    grading: &mut Grading,
    is_made_up: bool,
    of: String,
    want: Want,
    function: impl FnOnce() -> T + Send + 'static,
) {
    if is_made_up {
        grading.case(format!("{of}, a made-up model"), want, function);
    } else {
        grading.case_that_does_not_tell(of, want, function);
    }
}

/// Full names of activations.
pub fn c08_full_name(submission: &Submission) -> Check {
    let full_name = submission.full_name;
    let mut grading = Grading::of(&C08);
    for case in cases(&C08, "names")? {
        let (short, layer): (String, usize) = (case.get("short")?, case.get("layer")?);
        let want = words(vec![case.get("name")?], "name");
        grading.case(format!("{short:?} of layer {layer}"), want, move || vec![full_name(&short, layer)]);
    }
    grading.verdict()
}
