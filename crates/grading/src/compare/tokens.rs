//! Token ids, which are names and not quantities: the first that differs, with its text and those around it.

use std::fmt::Write as _;

use super::arrays::shape_report;
use super::{Difference, counted};
use crate::value::Tensor;

/// Token by token: the first that differs, with its text and those around it.
pub(super) fn compare_tokens(got: &Tensor, want: &Tensor, vocabulary: &[String]) -> Result<f64, Difference> {
    let differs = |at: &usize| got.data.get(*at) != want.data.get(*at);
    let length = got.data.len().max(want.data.len());
    let Some(first) = (0..length).find(differs) else {
        return if got.shape == want.shape {
            Ok(0.0)
        } else {
            Err(Difference { report: shape_report(got, want, &["pos"]), largest: f64::INFINITY })
        };
    };
    let text = |id: f64| vocabulary.get(id as usize).cloned().unwrap_or_else(|| "not in the vocabulary".into());
    let named = |tokens: &Tensor| match tokens.data.get(first) {
        Some(id) => format!("{id} ({:?})", text(*id)),
        None => "nothing".into(),
    };
    let around = |tokens: &Tensor| {
        let from = first.saturating_sub(CONTEXT);
        let shown = (from..tokens.data.len().min(first + CONTEXT + 1)).map(|at| {
            let text = format!("{:?}", text(tokens.data[at]));
            if at == first { format!("[{text}]") } else { text }
        });
        let dots = |more: bool| if more { "… " } else { "" };
        let shown: Vec<String> = shown.collect();
        let after = if tokens.data.len() > first + CONTEXT + 1 { " …" } else { "" };
        format!("{}{}{after}", dots(from > 0), shown.join(" "))
    };
    let mut report = format!(
        "  The first token that differs is at position {first}: got {}, want {}\n    got   {}\n    want  {}",
        named(got),
        named(want),
        around(got),
        around(want)
    );
    let (came, due) = (got.data.len(), want.data.len());
    if came != due {
        let _ = write!(report, "\n  got {}, want {due}", counted(came, "token"));
    } else if length > 1 {
        let _ = write!(report, "\n  {} of {length} differ", (0..length).filter(differs).count());
    }
    Err(Difference { report, largest: f64::INFINITY })
}

/// So many tokens are shown on each side of one that differs.
const CONTEXT: usize = 3;
