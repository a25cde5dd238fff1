//! The check of a picture: not how it looks, but whether it shows the right tokens and the right numbers.

use circuit_vis::View;
use ndarray::{Array3, Ix3};

use super::stored::{Case, OF_PATTERNS, cases};
use super::{C12, Submission};
use crate::compare::{Want, compare};
use crate::grade::Grading;
use crate::probe::close;
use crate::value::{Tensor, Value};
use crate::verdict::{Check, Verdict};

/// What is wrong: the evidence, and the mistake where one is known.
type Fault = (String, Option<&'static str>);

/// The attention of all heads of a layer.
pub fn c12_show_attention(submission: &Submission) -> Check {
    let show_attention = submission.show_attention;
    let grading = Grading::of(&C12);
    for case in cases(&C12, "views")? {
        let (model, text, layer): (_, String, usize) = (case.model()?, case.get("text")?, case.get("layer")?);
        let name = format!("{}, layer {layer}, {text:?}", case.model_in_words()?);
        let view = grading.call(&name, move || show_attention(model, &text, layer))?;
        let fault = match frame_fault(&view, &case.get::<Vec<String>>("strings")?) {
            Some(fault) => Some(fault),
            None => attention_fault(&view, &case, layer)?,
        };
        if let Some((evidence, mistake)) = fault {
            return Err(grading.wrong(&format!("Case: {name}\n{evidence}"), mistake));
        }
    }
    Ok(())
}

/// The kind of the picture, and its tokens.
fn frame_fault(view: &View, strings: &[String]) -> Option<Fault> {
    match view.kind() {
        "attention_patterns" | "attention_heads" => {}
        "attention_pattern" => return Some(("the picture shows a single head.".into(), Some("E01-66"))),
        other => return Some((format!("the picture is of the kind `{other}`, which shows no attention."), None)),
    }
    let shown = view.data()["tokens"]["raw"].as_array()?;
    let shown: Vec<&str> = shown.iter().filter_map(|token| token.as_str()).collect();
    if shown == strings {
        return None;
    }
    let mistake = shown.iter().all(|token| token.parse::<usize>().is_ok()).then_some("E01-68");
    let at = (0..strings.len()).find(|at| shown.get(*at) != Some(&strings[*at].as_str())).unwrap_or(strings.len());
    let (got, want) = (shown.get(at).copied().unwrap_or(""), strings.get(at).map_or("", String::as_str));
    Some((format!("token {at} of the picture is {got:?}, but should be {want:?}."), mistake))
}

/// The numbers.
fn attention_fault(view: &View, case: &Case, layer: usize) -> Result<Option<Fault>, Verdict> {
    let pattern = |layer: usize| case.array::<Ix3>(&format!("view_{}.blocks.{layer}.attn.hook_pattern", case.index()));
    let want = pattern(layer)?;
    let got = view.array("attention").unwrap_or_default();
    let got = Tensor::from(got);
    let axes = &["head", "query_pos", "key_pos"];
    let wanted = Want::Array { values: Tensor::from(want.view()), axes, tolerance: OF_PATTERNS };
    let Err(difference) = compare(&Value::Array(got.clone()), &wanted) else {
        return Ok(None);
    };
    let is = |other: Array3<f32>| close(&got, &Tensor::from(other), OF_PATTERNS);
    let mistake = if layer > 0 && is(pattern(0)?) {
        Some("E01-65")
    } else if is(want.permuted_axes([0, 2, 1])) {
        Some("E01-67")
    } else {
        None
    };
    Ok(Some((difference.report, mistake)))
}
