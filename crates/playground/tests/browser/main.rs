//! The page in a real browser: what a person does, what they then see, and that it is what the library computes.
//!
//! The page is the single file that `cargo xtask playground --out FILE.html` writes, opened as a file.

#[allow(dead_code, reason = "circuit-vis's tests use the rest of it")]
#[path = "../../../circuit-vis/tests/browser/driver.rs"]
mod driver;

mod book;
mod challenges;
mod grow;
mod latency;
mod looks;
mod take;
mod tools;
mod trouble;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use hooked_transformer::HookedTransformer;
use serde_json::Value;

use driver::{Page, with_browser};

const TEXT: &str = "The little prince looked at the golden bird, and the golden bird looked at the little prince.";

fn model(name: &str) -> HookedTransformer {
    HookedTransformer::load(format!("{}/../../reference_data/models/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The page, written once for all tests.
fn page_file() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("playground.html");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let made =
            Command::new(cargo).args(["xtask", "playground", "--out"]).arg(&file).current_dir(root).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        file
    })
}

/// Opens the page with the end of an address, and waits for its first picture.
fn with_playground(hash: &str, test: impl FnOnce(&Page)) {
    with_browser(|page| {
        // Without an end, the address would be that of a first visit, which begins with the tour.
        visit(page, if hash.is_empty() { "#tab=heads" } else { hash });
        test(page);
    });
}

fn visit(page: &Page, hash: &str) {
    // A page of a file may lead to another file; the empty page that the browser starts with may not.
    page.open("<!doctype html><html data-ready=\"true\"><link rel=\"icon\" href=\"data:,\"><title>before</title>");
    let address = format!("file://{}{hash}", page_file().display());
    page.run(&format!("location.href = {}", serde_json::json!(address)));
    wait_for(page, "document.title !== 'before' && document.documentElement.dataset.ready === 'true'");
}

/// Waits until an expression is true.
#[track_caller]
fn wait_for(page: &Page, expression: &str) {
    let began = Instant::now();
    while page.run(&format!("return Boolean({expression})")) != true {
        let notice = page.run("return document.getElementById('notice')?.textContent");
        assert!(began.elapsed() < Duration::from_secs(60), "still not true: {expression}; the page says {notice}");
        std::thread::sleep(Duration::from_millis(30));
    }
    page.settle();
}

/// Does something that the page answers with a new picture, and waits for it.
#[track_caller]
fn and_drawn(page: &Page, act: impl FnOnce()) {
    let drawn = |page: &Page| page.run("return Number(document.documentElement.dataset.drawn ?? 0)").as_i64().unwrap();
    let before = drawn(page);
    act();
    wait_for(page, &format!("Number(document.documentElement.dataset.drawn) > {before}"));
}

/// Presses the button with this text.
#[track_caller]
fn press_button(page: &Page, text: &str) {
    let found = page.run(&format!(
        "const found = [...document.querySelectorAll('button')].find((button) => button.textContent === {}); found?.click(); return Boolean(found)",
        serde_json::json!(text)
    ));
    assert_eq!(found, true, "there is no button {text}");
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().map_or(f32::NAN, |x| x as f32)).collect()
}

/// Asks the engine in the page, and returns an array of its answer.
fn ask(page: &Page, request: &Value, array: &str) -> Vec<f32> {
    let script = format!(
        "window.playground.ask({request}).then((answer) => arguments[0]([...answer.arrays[{}].values]), (error) => arguments[0](String(error)))",
        serde_json::json!(array)
    );
    let answer = page.run_async(&script);
    assert!(answer.is_array(), "{answer}");
    numbers(&answer)
}

/// Within the tolerance of the page, 1e-4.
#[track_caller]
fn assert_close<'a>(got: &[f32], want: impl IntoIterator<Item = &'a f32>) {
    let want: Vec<f32> = want.into_iter().copied().collect();
    assert_eq!(got.len(), want.len());
    for (at, (got, want)) in got.iter().zip(&want).enumerate() {
        assert!((got - want).abs() <= 1e-4, "at {at}: the page has {got}, the library {want}");
    }
}
