//! The live views in the chapters of the guide: each a page of its own, made from the embedded models. They share one file
//! of scripts and one of styles.
//!
//! `cargo xtask guide` writes them, and they are committed, so that the guide can be built and read without building any of
//! this. The test compares what is committed with what the models give now. Numbers may differ by [`TOLERANCE`]: another
//! machine sums in another order, and a picture shows three digits.

use std::path::PathBuf;
use std::{env, fs};

use circuit_vis::{View, shared_assets};
use grading::Prose;
use grading::reference::repository;
use pictures::{Outcome, ex01, ex02, ex03, ex04, ex05, ex06, neurons, training};

const FOLDER: &str = "exercises/guide/src/views";

/// When this variable is set, views that are missing or stale are written before all are compared.
const WRITE: &str = "COURSE_WRITE_GUIDE";

/// Rounding moves these numbers by a few millionths; a view in which something changed is off by far more than this.
const TOLERANCE: f32 = 1e-3;

/// A page beyond this holds too much for a chapter, or scripts of its own.
const LARGEST: usize = 80_000;

type Make = fn() -> Outcome<View>;

/// Every view: the name of its file, and what makes it.
const VIEWS: [(&str, Make); 24] = [
    ("01-attention.html", ex01::of_a_sentence),
    ("01-neurons.html", neurons::on_sentences),
    ("01-top-tokens.html", neurons::top_tokens),
    ("02-bump.html", training::bump),
    ("02-layer-0.html", ex02::layer_0),
    ("02-layer-1.html", ex02::layer_1),
    ("03-ablation.html", ex03::ablation),
    ("03-attribution-sentence.html", ex03::of_a_sentence),
    ("03-attribution-repeated.html", ex03::of_repeated_tokens),
    ("04-gain.html", ex04::gain),
    ("04-cost.html", ex04::cost),
    ("04-trade-off.html", ex04::trade_off),
    ("04-random.html", ex04::random),
    ("05-positions.html", ex05::positions),
    ("05-matches.html", ex05::matches),
    ("05-composition-q.html", ex05::q_composition),
    ("05-composition-k.html", ex05::k_composition),
    ("05-composition-v.html", ex05::v_composition),
    ("05-paths.html", ex05::paths),
    ("06-residual-word.html", ex06::word_residual),
    ("06-residual-cue.html", ex06::cue_residual),
    ("06-heads-word.html", ex06::word_heads),
    ("06-heads-cue.html", ex06::cue_heads),
    ("06-estimate.html", ex06::cue_estimate),
];

#[test]
fn the_views_of_the_chapters_are_up_to_date() -> Result<(), Prose> {
    let views = VIEWS.iter().map(|(name, make)| trouble_with(name, *make));
    let assets = shared_assets().into_iter().map(|(name, content)| trouble_with_asset(name, &content));
    let stale: Vec<String> = views.chain(assets).filter_map(Result::err).collect();
    if stale.is_empty() { Ok(()) } else { Err(Prose(format!("{}\nRun `cargo xtask guide`.", stale.join("\n")))) }
}

fn trouble_with(name: &str, make: Make) -> Result<(), String> {
    let file = format!("{FOLDER}/{name}");
    let view = make().map_err(|error| format!("{file}: {error}"))?;
    let page = view.to_html_beside_assets();
    if page.len() > LARGEST {
        return Err(format!("{file} would be larger than {LARGEST} bytes: choose a shorter text"));
    }
    // What is not stale is left alone, so that writing on another machine changes no file.
    match (difference(&file, &view), env::var_os(WRITE)) {
        (Some(_), Some(_)) => fs::write(path(&file), page).map_err(|error| format!("{file}: {error}")),
        (Some(difference), None) => Err(format!("{file} is stale: {difference}")),
        (None, _) => Ok(()),
    }
}

fn difference(file: &str, view: &View) -> Option<String> {
    match fs::read_to_string(path(file)) {
        Ok(page) if page.len() > LARGEST => Some("it has scripts of its own".to_string()),
        Ok(page) => view.differs_from(&page, TOLERANCE),
        Err(error) => Some(error.to_string()),
    }
}

fn path(file: &str) -> PathBuf {
    repository().join(file)
}

/// The files that the views share are those of circuit-vis.
fn trouble_with_asset(name: &str, content: &str) -> Result<(), String> {
    let file = format!("{FOLDER}/{name}");
    let is_current = fs::read_to_string(path(&file)).is_ok_and(|stored| stored.replace("\r\n", "\n") == content);
    match (is_current, env::var_os(WRITE)) {
        (false, Some(_)) => fs::write(path(&file), content).map_err(|error| format!("{file}: {error}")),
        (false, None) => Err(format!("{file} is stale")),
        (true, _) => Ok(()),
    }
}

#[test]
fn every_stored_view_is_made_here() -> Outcome<()> {
    let assets = shared_assets().map(|(name, _)| name);
    for entry in fs::read_dir(path(FOLDER))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_made = assets.contains(&name.as_str()) || VIEWS.iter().any(|(made, _)| *made == name);
        assert!(is_made, "nothing makes {FOLDER}/{name}: delete it");
    }
    Ok(())
}
