//! The checks of what can be told without running anything: sizes, shapes, names.

use hooked_transformer::HookedTransformerConfig;
use serde_json::{Map, Value as Json};

use super::configs;
use super::stored::{self, Case, OF_COUNTS, items, words};
use super::{C01, C02, C08, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};

/// Layers, heads in all layers together, positions.
pub fn c01_sizes(submission: &Submission) -> Cases {
    let sizes = submission.sizes;
    Cases::of(&C01, |cases| {
        let mut configs = Vec::new();
        for case in items("configs")? {
            let (cfg, is_made_up) = configuration(&case)?;
            configs.push(cfg.clone());
            let want = move || {
                let values = Tensor::from(case.get::<[usize; 3]>("sizes")?);
                Ok(Want::Numbers {
                    values,
                    names: &["layers", "heads in all layers", "positions"],
                    tolerance: OF_COUNTS,
                })
            };
            add(cases, is_made_up, cfg.model_name.clone(), want, move || sizes(&cfg));
        }
        cases.look(move |runs| configs::other_size(&configs, runs));
        Ok(())
    })
}

/// The shapes of the parameters. They are compared as words: the shape of a list of numbers would confuse.
pub fn c02_shape_of(submission: &Submission) -> Cases {
    let shape_of = submission.shape_of;
    Cases::of(&C02, |cases| {
        let mut asked = Vec::new();
        for case in items("configs")? {
            let (cfg, is_made_up) = configuration(&case)?;
            for (name, _) in case.get::<Map<String, Json>>("shapes")? {
                asked.push((cfg.clone(), name.clone()));
                let (cfg, of, parameter) = (cfg.clone(), format!("{name} of {}", cfg.model_name), name.clone());
                let want = move || {
                    let mut shapes: Map<String, Json> = case.get("shapes")?;
                    let shape = shapes.remove(&parameter).unwrap_or_default();
                    let shape: Vec<usize> = serde_json::from_value(shape).map_err(|_| case.lacks("shapes"))?;
                    Ok(words(vec![format!("{shape:?}")], "shape"))
                };
                add(cases, is_made_up, of, want, move || vec![format!("{:?}", shape_of(&cfg, &name))]);
            }
        }
        cases.look(move |runs| configs::other_shape(&asked, runs));
        Ok(())
    })
}

/// The configuration of an item, and whether it is made up, or that of an embedded model.
fn configuration(case: &Case) -> Result<(HookedTransformerConfig, bool), Damaged> {
    match case.get::<Option<Json>>("config")? {
        Some(json) => {
            let cfg = HookedTransformerConfig::from_json(json);
            Ok((cfg.map_err(|e| case.lacks(&format!("a usable configuration ({e})")))?, true))
        }
        None => Ok((stored::config_of(&case.get::<String>("name")?)?, false)),
    }
}

fn add<T: Into<Value>>(
    cases: &mut Cases,
    is_made_up: bool,
    of: String,
    want: impl FnOnce() -> Result<Want, Damaged> + 'static,
    call: impl FnOnce() -> T + Send + 'static,
) {
    if is_made_up {
        cases.case(format!("{of}, a made-up model"), want, call);
    } else {
        cases.case_without_diagnosis(of, want, || Ok(()), |()| call());
    }
}

/// Full names of activations.
pub fn c08_full_name(submission: &Submission) -> Cases {
    let full_name = submission.full_name;
    Cases::of(&C08, |cases| {
        for case in items("names")? {
            let (short, layer): (String, usize) = (case.get("short")?, case.get("layer")?);
            let want = move || Ok(words(vec![case.get("name")?], "name"));
            cases.case(format!("{short:?} of layer {layer}"), want, move || vec![full_name(&short, layer)]);
        }
        Ok(())
    })
}
