//! What a wrong size or shape is instead: another number of the same configuration, or axes that are exchanged, missing or
//! too many.

use hooked_transformer::HookedTransformerConfig;

use crate::call::Outcome;
use crate::compare::Want;
use crate::general::code;
use crate::probe::Explanation;
use crate::run::CaseRun;
use crate::value::Value;

type Cfg = HookedTransformerConfig;

/// What it is called, and what it is of a configuration.
type Size = (&'static str, fn(&Cfg) -> usize);

/// Numbers that can be taken for those of `sizes`.
const SIZES: [Size; 20] = [
    ("n_layers", |cfg| cfg.n_layers),
    ("n_heads, those of one layer", |cfg| cfg.n_heads),
    ("d_model", |cfg| cfg.d_model),
    ("d_head", |cfg| cfg.d_head),
    ("d_vocab", |cfg| cfg.d_vocab),
    ("n_ctx", |cfg| cfg.n_ctx),
    ("one more than n_layers", |cfg| cfg.n_layers + 1),
    ("one less than n_layers", |cfg| cfg.n_layers.wrapping_sub(1)),
    ("one more than n_ctx", |cfg| cfg.n_ctx + 1),
    ("one less than n_ctx", |cfg| cfg.n_ctx.wrapping_sub(1)),
    ("n_layers times n_heads", |cfg| cfg.n_layers * cfg.n_heads),
    ("n_layers plus n_heads", |cfg| cfg.n_layers + cfg.n_heads),
    ("n_heads times d_head", |cfg| cfg.n_heads * cfg.d_head),
    ("n_layers times d_head", |cfg| cfg.n_layers * cfg.d_head),
    ("n_layers times n_heads times d_head", |cfg| cfg.n_layers * cfg.n_heads * cfg.d_head),
    ("n_layers times d_model", |cfg| cfg.n_layers * cfg.d_model),
    ("n_layers times n_ctx", |cfg| cfg.n_layers * cfg.n_ctx),
    ("n_heads times n_heads", |cfg| cfg.n_heads * cfg.n_heads),
    ("n_layers times n_layers times n_heads", |cfg| cfg.n_layers * cfg.n_layers * cfg.n_heads),
    ("d_model divided by d_head", |cfg| cfg.d_model / cfg.d_head.max(1)),
];

/// Which number of the configuration came instead of one of the sizes, in every case the same.
pub(super) fn other_size(configs: &[Cfg], runs: &[CaseRun]) -> Option<Explanation> {
    // Not every case has been run where it is only asked which mistake it is, so they are found by their names.
    let of = |run: &CaseRun| configs.iter().find(|cfg| run.name.split(", ").next() == Some(cfg.model_name.as_str()));
    let pairs: Vec<(&Cfg, &[f64], &[f64])> = runs.iter().map(|run| sizes(of(run)?, run)).collect::<Option<_>>()?;
    let names = match runs.first().map(|run| &run.want) {
        Some(Want::Numbers { names, .. }) => names,
        _ => return None,
    };
    let is_wrong = |at: &usize| pairs.iter().any(|(_, got, want)| got.get(*at) != want.get(*at));
    let wrong: Vec<usize> = (0..names.len()).filter(is_wrong).collect();
    let is_reordered = |(_, got, want): &(&Cfg, &[f64], &[f64])| {
        let sorted = |sizes: &[f64]| {
            let mut sizes = sizes.to_vec();
            sizes.sort_by(f64::total_cmp);
            sizes
        };
        sorted(got) == sorted(want)
    };
    if pairs.len() >= 2 && wrong.len() >= 2 && pairs.iter().all(is_reordered) {
        return Some(Explanation::named("the three numbers are the right ones, in another order.", code::OTHER_INDEX));
    }
    // Two that are wrong are told one after the other.
    let at = *wrong.first().filter(|_| pairs.len() >= 2)?;
    let fits = |size: &&Size| pairs.iter().all(|(cfg, got, _)| got.get(at) == Some(&(size.1(cfg) as f64)));
    let fitting: Vec<&Size> = SIZES.iter().filter(fits).collect();
    match fitting[..] {
        [(size, _)] => {
            let words = format!("where the number of {} is asked for, {size} came in every case.", names[at]);
            Some(Explanation::named(words, "E01-123"))
        }
        _ => None,
    }
}

fn sizes<'a>(cfg: &'a Cfg, run: &'a CaseRun) -> Option<(&'a Cfg, &'a [f64], &'a [f64])> {
    match (&run.outcome, &run.want) {
        (Outcome::Returned(Value::Array(got)), Want::Numbers { values, .. }) => Some((cfg, &got.data, &values.data)),
        _ => None,
    }
}

/// How the first wrong shape differs from the right one.
pub(super) fn other_shape(asked: &[(Cfg, String)], runs: &[CaseRun]) -> Option<Explanation> {
    let of = |run: &CaseRun| {
        let is_that = |(cfg, name): &&(Cfg, String)| {
            run.name.split(", ").next() == Some(format!("{name} of {}", cfg.model_name).as_str())
        };
        asked.iter().find(is_that)
    };
    let mut wrong = runs.iter().filter_map(|run| {
        let (cfg, name) = of(run)?;
        let (got, want) = shapes(run)?;
        (got != want).then_some((cfg, name, got, want))
    });
    let (cfg, name, got, want) = wrong.next()?;
    let axes = axes_of(name);
    let sorted = |shape: &[usize]| {
        let mut shape = shape.to_vec();
        shape.sort_unstable();
        shape
    };
    if sorted(&got) == sorted(&want) {
        let words = format!("the lengths of {name} are right, but the order of its axes is not [{}].", axes.join(", "));
        return Some(Explanation::named(words, "E01-124"));
    }
    let without = |shape: &[usize], axis: usize| [&shape[..axis], &shape[axis + 1..]].concat();
    // Of two axes of one length, either may be the one that is missing.
    let missing: Vec<&str> =
        (0..want.len()).filter(|axis| without(&want, *axis) == got).map(|axis| axes[axis]).collect();
    if !missing.is_empty() {
        let words = format!("of the axes [{}] of {name}, {} is missing.", axes.join(", "), missing.join(" or "));
        return Some(Explanation::named(words, "E01-125"));
    }
    if let Some(axis) = (0..got.len()).find(|axis| without(&got, *axis) == want) {
        let words =
            format!("{name} has the axes [{}], and yours has one more, of length {}.", axes.join(", "), got[axis]);
        return Some(Explanation::named(words, "E01-126"));
    }
    let off: Vec<usize> = (0..want.len()).filter(|axis| got.get(*axis) != want.get(*axis)).collect();
    match off[..] {
        [axis] if got.len() == want.len() => {
            let like: Vec<&str> =
                fields(cfg).into_iter().filter(|(_, n)| *n == got[axis]).map(|(name, _)| name).collect();
            let as_field = if let [field] = like[..] { format!(", which is {field}") } else { String::new() };
            let words = format!(
                "of {name}, the axis {} should be as long as {}; yours is {}{as_field}.",
                axes[axis], want[axis], got[axis]
            );
            Some(Explanation::named(words, "E01-127"))
        }
        _ => None,
    }
}

fn fields(cfg: &Cfg) -> [(&'static str, usize); 7] {
    [
        ("n_layers", cfg.n_layers),
        ("n_heads", cfg.n_heads),
        ("d_model", cfg.d_model),
        ("d_head", cfg.d_head),
        ("d_vocab", cfg.d_vocab),
        ("n_ctx", cfg.n_ctx),
        ("d_mlp", cfg.d_mlp()),
    ]
}

/// The axes of a parameter.
fn axes_of(name: &str) -> &'static [&'static str] {
    match name {
        "W_E" => &["d_vocab", "d_model"],
        "W_pos" => &["n_ctx", "d_model"],
        "W_Q" | "W_K" | "W_V" => &["layer", "head", "d_model", "d_head"],
        "W_O" => &["layer", "head", "d_head", "d_model"],
        "W_in" => &["layer", "d_model", "d_mlp"],
        "W_out" => &["layer", "d_mlp", "d_model"],
        _ => &["d_model", "d_vocab"],
    }
}

/// The shapes that came and that were due, which are compared as words.
fn shapes(run: &CaseRun) -> Option<(Vec<usize>, Vec<usize>)> {
    let parsed = |words: &[String]| serde_json::from_str::<Vec<usize>>(words.first()?).ok();
    match (&run.outcome, &run.want) {
        (Outcome::Returned(Value::Words(got)), Want::Words { words, .. }) => Some((parsed(got)?, parsed(words)?)),
        _ => None,
    }
}
