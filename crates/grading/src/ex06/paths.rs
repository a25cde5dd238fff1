//! The check of a patched edge.

use super::stored::Direction::Denoising;
use super::stored::{EMBEDDED, Patching, TINY, files, metric, patching, tensor, tolerance_of, words};
use super::{C12, Submission};
use crate::cases::Cases;
use crate::compare::Want;

/// Edges of the tiny models and of the embedded one, the hook in a run that the grader measures.
pub fn c12_patch_path_to_keys(submission: &Submission) -> Cases {
    let hook = submission.patch_path_to_keys;
    Cases::of(&C12, |cases| {
        for key in TINY.into_iter().chain(EMBEDDED) {
            let paths = tensor(&format!("{key}.paths"))?;
            for row in paths.data.chunks_exact(paths.shape[1]) {
                let &[from_layer, from_head, to_layer, to_head, value] = row else { continue };
                let (from, to) = ((from_layer as usize, from_head as usize), (to_layer as usize, to_head as usize));
                let name = format!("{}, {}.{} into the keys of {}.{}", words(key)?, from.0, from.1, to.0, to.1);
                let want = move || Want::number(value, tolerance_of(key));
                let inputs = move || patching(key, Denoising);
                let call = move |p: Patching| {
                    let run = p.model.run(&p.base).hook(hook(&p.model, &p.base_cache, &p.source, from, to));
                    metric(run.logits().expect("tokens of this model").view(), &p.right, &p.wrong)
                };
                if TINY.contains(&key) {
                    cases.case_on(name, want, inputs, call);
                } else {
                    cases.case_without_diagnosis(name, want, inputs, call);
                }
            }
        }
        cases.found(|_| {
            let found = &files().ok()?.facts["found"];
            let path = |kind: &str| found[kind]["path_previous_to_induction_keys"].as_f64();
            Some(format!(
                "With the adjectives exchanged, the one edge from 0.4 into the keys of 2.1 brings back {:.2} of the answer. With \
                 another noun it brings back {:.2}.",
                path("cue")?,
                path("word")?.abs()
            ))
        });
        Ok(())
    })
}
