//! The check of a picture: not how it looks, but whether it shows the right tokens and the right numbers.

use ndarray::{Array3, Axis, Ix3, s};

use super::stored::{Case, OF_PATTERNS, items};
use super::{C12, Submission};
use crate::cases::{Cases, Fault};
use crate::compare::Want;
use crate::probe::close;
use crate::reference::Damaged;
use crate::value::{Tensor, Value};
use crate::views::{Shown, parts_of};

/// The attention of all heads of a layer.
pub fn c12_show_attention(submission: &Submission) -> Cases {
    let show_attention = submission.show_attention;
    Cases::of(&C12, |cases| {
        for case in items("views")? {
            let (text, layer): (String, usize) = (case.get("text")?, case.get("layer")?);
            let name = format!("{}, layer {layer}, {text:?}", case.model_in_words()?);
            let call = move |model| parts_of(&show_attention(model, &text, layer));
            let asked = cases.ask_on(&name, move || case.model(), call);
            cases.property(move |answers| {
                let Some(view) = Shown::of(answers.value(asked)?) else {
                    return Fault::new("no picture came.").found();
                };
                let fault = match frame_fault(&view, &case.get::<Vec<String>>("strings")?) {
                    Some(fault) => Some(fault),
                    None => attention_fault(&view, &case, layer)?,
                };
                fault.map_or(Ok(()), |fault| fault.in_case(&name).found())
            });
        }
        Ok(())
    })
}

/// The kind of the picture, and its tokens.
fn frame_fault(view: &Shown<'_>, strings: &[String]) -> Option<Fault> {
    match view.kind {
        "attention_patterns" | "attention_heads" => {}
        "attention_pattern" => return Some(Fault::new("the picture shows a single head.").mistake("E01-66")),
        other => {
            return Some(Fault::new(format!("the picture is of the kind `{other}`, which does not show attention.")));
        }
    }
    let shown = view.tokens;
    if shown == strings {
        return None;
    }
    let mistake = if shown.iter().all(|token| token.parse::<usize>().is_ok()) {
        Some("E01-68")
    } else if *shown == strings[1..] {
        Some("E01-103")
    } else if shown.iter().eq(strings.iter().map(|token| token.trim())) {
        Some("E01-106")
    } else {
        None
    };
    let at = (0..strings.len()).find(|at| shown.get(*at) != Some(&strings[*at])).unwrap_or(strings.len());
    let of = |list: &[String]| list.get(at).cloned().unwrap_or_default();
    let evidence = format!("token {at} of the picture is {:?}, but should be {:?}.", of(shown), of(strings));
    Some(Fault::new(evidence).mistake(mistake))
}

/// The numbers.
fn attention_fault(view: &Shown<'_>, case: &Case, layer: usize) -> Result<Option<Fault>, Damaged> {
    let pattern = |layer: usize| case.array::<Ix3>(&format!("view_{}.blocks.{layer}.attn.hook_pattern", case.index()));
    let want = pattern(layer)?;
    let got = view.attention;
    let axes = &["head", "query_pos", "key_pos"];
    let wanted = Want::Array { values: Tensor::from(want.view()), axes, tolerance: OF_PATTERNS };
    let Some(fault) = Fault::compared(&Value::Array(got.clone()), &wanted) else {
        return Ok(None);
    };
    let is = |other: Array3<f32>| close(got, &Tensor::from(other), OF_PATTERNS);
    let mean = want.mean_axis(Axis(0)).unwrap_or_default().insert_axis(Axis(0));
    // Every row of a pattern sums to one, and what is hidden is zero; scores do neither.
    let scores = got.data.iter().any(|x| *x < -OF_PATTERNS || x.is_infinite());
    let mistake = if layer > 0 && is(pattern(0)?) {
        Some("E01-65")
    } else if is(want.slice(s![..1, .., ..]).to_owned()) {
        Some("E01-66")
    } else if is(mean) {
        Some("E01-105")
    } else if scores && got.shape == want.shape() {
        Some("E01-104")
    } else if is(want.permuted_axes([0, 2, 1])) {
        Some("E01-67")
    } else {
        None
    };
    Ok(Some(fault.of("The attention in the picture:").mistake(mistake)))
}
