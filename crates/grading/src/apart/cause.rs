//! A function that calls another of the learner's is wrong when that one is. Then the other is what to mend, and what the
//! verdict must show first.

use super::parent;
use crate::call::LIMIT;
use crate::cases::{Cases, Halves};
use crate::grade::judge;
use crate::verdict::{Explains, Kind, Verdict};

/// So many lines of the other verdict are shown; the rest is in its own check.
const SHOWN: usize = 5;

/// The verdict, behind that on the first of the functions it may use that is wrong as well.
pub(super) fn shown_first(verdict: Verdict, uses: Vec<Cases>) -> Verdict {
    if matches!(verdict.kind, Kind::CourseDamaged) {
        return verdict;
    }
    let Some(cause) = uses.into_iter().find_map(failing) else { return verdict };
    let (function, check) = (cause.check.function, cause.check.name.split('_').next().unwrap_or(cause.check.name));
    let what = match cause.kind {
        Kind::NotStarted => format!("which is not written yet ({check})"),
        _ => format!("which fails {check}"),
    };
    let mistake = cause.mistake.filter(|_| cause.explains == Explains::Every);
    let shown = cause.evidence.lines().take(SHOWN).map(|line| format!("  {line}"));
    let shown: Vec<String> = shown.chain(mistake.map(|mistake| format!("    {}", mistake.heading()))).collect();
    let evidence =
        format!("  If it uses your `{function}`, {what}, begin there:\n{}\n\n{}", shown.join("\n"), verdict.evidence);
    Verdict { evidence, ..verdict }
}

/// The verdict on another function, if it does not pass.
fn failing(cases: Cases) -> Option<Verdict> {
    let limit = cases.limit_of_a_call().unwrap_or(LIMIT);
    let Halves { info, steps, damaged, .. } = cases.halves();
    if damaged.is_some() {
        return None;
    }
    let judged = parent::outcomes(info, limit).0.and_then(|outcomes| judge(info, steps, None, None, &outcomes));
    judged.err().filter(|verdict| verdict.kind != Kind::CourseDamaged)
}
