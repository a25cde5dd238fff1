//! How long a person waits, in Chromium: `cargo test -p playground --test browser latency -- --ignored --nocapture` prints a table.
//! On a machine that does nothing else; what is measured holds for that machine only.

use std::fs;

use serde_json::json;

use crate::driver::Page;
use crate::{numbers, visit, wait_for, with_playground};

/// One line of the table: what, measured, bound.
struct Line(&'static str, f64, f64, &'static str);

/// Sixty-four tokens of `gpt2-tales`, the one that begins a text included.
fn text_of_64_tokens() -> String {
    let model = crate::model("gpt2-tales");
    let story =
        "The little prince looked at the golden bird, and the golden bird looked at the little prince. ".repeat(6);
    let words: Vec<&str> = story.split_inclusive(' ').collect();
    let length = |n: usize| model.to_tokens(words[..n].concat().trim_end(), None).unwrap().ncols();
    let n = (1..words.len()).rfind(|&n| length(n) <= 64).unwrap();
    assert_eq!(length(n), 64);
    words[..n].concat().trim_end().to_string()
}

/// From each key press until the frame after the new picture, in milliseconds, smallest first.
fn key_presses(page: &Page) -> Vec<f64> {
    page.set("#text textarea", &text_of_64_tokens());
    wait_for(page, "document.querySelectorAll('#text .token').length === 64");
    page.run(
        "window.waits = [];
         let pressed = null;
         const area = document.querySelector('#text textarea');
         area.addEventListener('keydown', (event) => { pressed = event.timeStamp; });
         new MutationObserver(() => {
             if (pressed === null) return;
             const from = pressed;
             pressed = null;
             requestAnimationFrame(() => {
                 const { port1, port2 } = new MessageChannel();
                 port1.onmessage = () => window.waits.push(performance.now() - from);
                 port2.postMessage(null);
             });
         }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-drawn'] });
         area.focus();
         area.setSelectionRange(area.value.length, area.value.length);",
    );
    for (done, key) in " and then the prince sang a song of the golden bird and the sea".chars().enumerate() {
        page.press(&[key]);
        wait_for(page, &format!("window.waits.length > {done}"));
    }
    let mut waits: Vec<f64> = numbers(&page.run("return window.waits")).into_iter().map(f64::from).collect();
    waits.sort_by(f64::total_cmp);
    waits
}

/// Milliseconds from a press until something is true.
fn from_press(page: &Page, button: &str, until: &str) -> f64 {
    let script = format!(
        "const began = performance.now();
         [...document.querySelectorAll('button')].find((button) => button.textContent === {}).click();
         const look = () => (({until}) ? arguments[0](performance.now() - began) : requestAnimationFrame(look));
         requestAnimationFrame(look)",
        json!(button)
    );
    page.run_async(&script).as_f64().unwrap()
}

/// Tokens per second; each is written twice, with and without the direction.
fn generation(page: &Page) -> f64 {
    let request = json!({
        "do": "write", "model": "gpt2-tales", "text": "Once upon a time there was a", "tokens": 100, "temperature": 0.8, "seed": 1,
        "steering": { "pairs": [["They spoke of the bread.", "They spoke of the book."]], "pos": -2, "layer": 1, "coefficient": 1 }
    });
    let script = format!(
        "const began = performance.now(); window.playground.ask({request}).then(() => arguments[0](performance.now() - began))"
    );
    100.0 / (page.run_async(&script).as_f64().unwrap() / 1000.0)
}

/// The memory that the largest page of this browser has for itself, in megabytes: its workers are threads of it.
fn memory() -> f64 {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let private = processes.filter_map(|process| {
        let line = fs::read_to_string(process.join("cmdline")).ok()?;
        let memory = fs::read_to_string(process.join("smaps_rollup")).ok()?;
        let of = |name: &str| -> Option<f64> {
            memory.lines().find(|line| line.starts_with(name))?.split_whitespace().nth(1)?.parse().ok()
        };
        line.contains("--type=renderer").then_some((of("Private_Dirty:")? + of("Private_Clean:")?) / 1024.0)
    });
    private.fold(0.0, f64::max)
}

#[test]
#[ignore = "measures time: for a machine that does nothing else"]
fn latency() {
    with_playground("#tab=heads", |page| {
        let mut opened: Vec<f64> = (0..5)
            .map(|_| {
                visit(page, "#tab=heads");
                page.run("return Number(document.documentElement.dataset.opened)").as_f64().unwrap()
            })
            .collect();
        opened.sort_by(f64::total_cmp);
        let keys = key_presses(page);
        let share = |share: f64| keys[((keys.len() - 1) as f64 * share).round() as usize];
        page.set("#text textarea", &text_of_64_tokens());
        page.click("#tab-find");
        let map = from_press(
            page,
            "Try every head",
            "document.querySelector('progress').hidden && document.querySelectorAll('[data-found]').length",
        );
        let written = generation(page);
        let megabytes = memory();
        page.click("#tab-grow");
        let grown = from_press(page, "Train", "document.querySelector('.runs').parentElement.dataset.bump");
        let with_runs = memory();
        let table = [
            Line("first picture after opening, median of 5", opened[2], 1500.0, "ms"),
            Line("key press to picture, 64 tokens, median", share(0.5), 80.0, "ms"),
            Line("key press to picture, 64 tokens, 95 %", share(0.95), 150.0, "ms"),
            Line("map of 32 heads, 64 tokens", map, 2000.0, "ms"),
            Line("time per 100 tokens, written twice", 100_000.0 / written, 1000.0, "ms"),
            Line("memory of the page", megabytes, 300.0, "MB"),
            Line("Grow: to the bump, two runs side by side", grown / 1000.0, 60.0, "s"),
            Line("memory with two runs", with_runs, 300.0, "MB"),
        ];
        println!("| what | measured | bound |\n|---|---:|---:|");
        for Line(what, measured, bound, unit) in &table {
            println!("| {what} | {measured:.0} {unit} | {bound} {unit} |");
        }
        let missed: Vec<&str> = table.iter().filter(|line| !(line.1 <= line.2)).map(|line| line.0).collect();
        assert_eq!(missed, [""; 0]);
    });
}
