//! The check of a picture: not how it looks, but whether it shows the right tokens and the right numbers.

use ndarray::{Array3, Axis, Ix3, Ix4, s};

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
        let mut asked = Vec::new();
        for case in items("views")? {
            let (text, layer): (String, usize) = (case.get("text")?, case.get("layer")?);
            let name = format!("{}, layer {layer}, {text:?}", case.model_in_words()?);
            let call = move |model| parts_of(&show_attention(model, &text, layer));
            asked.push((cases.ask_on(&name, move || case.model(), call), case, layer, name));
        }
        cases.property(move |answers| {
            let mut drawings = Vec::new();
            for (asked, case, layer, name) in &asked {
                let Some(view) = Shown::of(answers.value(*asked)?) else {
                    return Fault::new("no picture came.").in_case(name).found();
                };
                drawings.push(Drawing { view, case, layer: *layer, name });
            }
            for of in &drawings {
                let fault = match frame_fault(&of.view, &of.case.get::<Vec<String>>("strings")?) {
                    Some(fault) => Some(fault),
                    None => attention_fault(of, &drawings)?,
                };
                let n_layers = of.case.model()?.cfg().n_layers;
                let fault = fault.or_else(|| names_fault(of, n_layers));
                if let Some(fault) = fault {
                    return fault.in_case(of.name).found();
                }
            }
            Ok(())
        });
        Ok(())
    })
}

/// What was drawn of a layer.
struct Drawing<'a> {
    view: Shown<'a>,
    case: &'a Case,
    layer: usize,
    name: &'a str,
}

/// Which mistake chooses the layers that were drawn, of all pictures alike: layer 0 may be drawn always, or because it
/// comes after the last.
fn wrong_layer(drawings: &[Drawing<'_>]) -> Result<Option<&'static str>, Damaged> {
    let known: [(&str, fn(usize, usize) -> usize); 3] = [
        ("E01-65", |_, _| 0),
        ("E01-118", |layer, n_layers| (layer + 1) % n_layers),
        ("E01-118", |layer, n_layers| (layer + 1).min(n_layers - 1)),
    ];
    let mut fits = known.to_vec();
    for of in drawings {
        let (model, text): (_, String) = (of.case.model()?, of.case.get("text")?);
        let patterns = model.run(text.as_str()).names_filter(|name: &str| name.ends_with("hook_pattern")).cache();
        let patterns = patterns.map_err(|e| of.case.lacks(&format!("a usable model ({e})")))?;
        fits.retain(|(_, layer)| {
            let pattern = patterns.view::<Ix4>(("pattern", layer(of.layer, model.cfg().n_layers)));
            close(of.view.attention, &Tensor::from(pattern.index_axis_move(Axis(0), 0)), OF_PATTERNS)
        });
    }
    // Two explanations are none.
    let first = fits.first().map(|(mistake, _)| *mistake);
    Ok(first.filter(|first| fits.iter().all(|(mistake, _)| mistake == first)))
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

/// The names of the heads, of a picture that is right otherwise.
fn names_fault(of: &Drawing<'_>, n_layers: usize) -> Option<Fault> {
    let (heads, layer) = (of.view.heads, of.layer);
    of.view.names_another_layer(layer, n_layers).then(|| {
        let evidence =
            format!("the picture shows layer {layer}, but calls its heads {} to {}.", heads[0], heads[heads.len() - 1]);
        Fault::new(evidence).mistake("E01-129")
    })
}

/// The numbers.
fn attention_fault(of: &Drawing<'_>, all: &[Drawing<'_>]) -> Result<Option<Fault>, Damaged> {
    let (case, layer, got) = (of.case, of.layer, of.view.attention);
    let want = case.array::<Ix3>(&format!("view_{}.blocks.{layer}.attn.hook_pattern", case.index()))?;
    let axes = &["head", "query_pos", "key_pos"];
    let wanted = Want::Array { values: Tensor::from(want.view()), axes, tolerance: OF_PATTERNS };
    let Some(fault) = Fault::compared(&Value::Array(got.clone()), &wanted) else {
        return Ok(None);
    };
    let is = |other: Array3<f32>| close(got, &Tensor::from(other), OF_PATTERNS);
    let mean = want.mean_axis(Axis(0)).unwrap_or_default().insert_axis(Axis(0));
    // Every row of a pattern sums to one, and what is hidden is zero; scores do neither.
    let scores = got.data.iter().any(|x| *x < -OF_PATTERNS || x.is_infinite());
    let mistake = if let Some(mistake) = wrong_layer(all)? {
        Some(mistake)
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
