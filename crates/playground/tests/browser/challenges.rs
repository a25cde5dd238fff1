//! Each challenge is solved by what a person can click, and a wrong edit does not solve it.

use crate::driver::Page;
use crate::{and_drawn, numbers, with_playground};

/// Begins the challenge of this number, and goes to the heads.
fn begin(page: &Page, number: usize) {
    page.click("#tab-challenges");
    and_drawn(page, || {
        let button =
            format!("document.querySelectorAll(\".panel [aria-label='Challenges'] .choice\")[{number}].click()");
        page.run(&button);
    });
    page.click("#tab-heads");
    assert!(page.run("return window.playground.state().edits.length") == 0);
}

/// Opens a head and presses one of its buttons.
fn silence(page: &Page, (layer, head): (usize, usize), how: &str) {
    and_drawn(page, || {
        page.run(&format!(
            "document.querySelector(\"[data-layer='{layer}'][data-head='{head}']\").click(); document.querySelector(\".large [data-silence='{how}']\").click()"
        ));
    });
}

fn undo(page: &Page) {
    and_drawn(page, || page.click(".edit"));
}

/// What the page says now: nothing while the notice is hidden.
fn notice(page: &Page) -> String {
    let hidden = page.run("return document.getElementById('notice').hidden") == true;
    if hidden { String::new() } else { page.text("#notice") }
}

#[track_caller]
fn assert_solved(page: &Page, number: usize, name: &str) {
    assert!(notice(page).starts_with(&format!("“{name}” is solved.")), "{:?}", notice(page));
    page.click("#tab-challenges");
    let marks = page.texts(".panel [aria-label='Challenges'] .choice");
    assert!(marks[number].starts_with('✓'), "{marks:?}");
}

#[test]
fn the_second_bird() {
    with_playground("#tab=challenges", |page| {
        begin(page, 0);
        silence(page, (3, 0), "zero");
        assert_eq!(notice(page), "");
        undo(page);
        silence(page, (2, 1), "zero");
        assert_solved(page, 0, "The second bird");
    });
}

#[test]
fn blind_the_induction_head() {
    with_playground("#tab=challenges", |page| {
        begin(page, 1);
        silence(page, (2, 1), "zero");
        assert_eq!(notice(page), "", "silencing the head itself is not the task");
        undo(page);
        silence(page, (0, 4), "zero");
        assert_solved(page, 1, "Blind the induction head");
    });
}

#[test]
fn better_without() {
    with_playground("#tab=challenges", |page| {
        begin(page, 2);
        silence(page, (2, 1), "zero");
        assert_eq!(notice(page), "", "this text needs that head");
        undo(page);
        // Which heads are in the way, the sweep of the Find tab says.
        let answer = page.run_async(
            "const { model, text } = window.playground.state();
             window.playground.ask({ do: 'sweep', model, text, second: null, edits: [], silence: 'zero', measure: 'loss' })
                .then(({ unedited, arrays }) => arguments[0](arrays.values.values.indexOf(Math.min(...arrays.values.values))))",
        );
        let best = answer.as_u64().unwrap() as usize;
        silence(page, (best / 8, best % 8), "zero");
        assert_solved(page, 2, "Better without");
    });
}

#[test]
fn keep_the_pattern() {
    with_playground("#tab=challenges", |page| {
        begin(page, 3);
        and_drawn(page, || page.click(".mlp[data-mlp='0']"));
        assert_eq!(notice(page), "");
        // What each frozen pattern gives back, from the engine; then the worst and the best one by clicks.
        let losses = page.run_async(
            "const { model, text, edits } = window.playground.state();
             const frozen = (at) => ({ layer: Math.floor(at / 8), component: { head: at % 8 }, silence: 'freeze' });
             const losses = [];
             const next = () => (losses.length === 32 ? arguments[0](losses) : window.playground
                .ask({ do: 'look', model, text, second: null, edits: [...edits, frozen(losses.length)] })
                .then((answer) => { losses.push(answer.edited_loss); next(); }));
             next()",
        );
        let losses = numbers(&losses);
        let by_loss = |a: &usize, b: &usize| losses[*a].total_cmp(&losses[*b]);
        let (best, worst) = ((0..32).min_by(by_loss).unwrap(), (0..32).max_by(by_loss).unwrap());
        silence(page, (worst / 8, worst % 8), "freeze");
        assert_eq!(notice(page), "", "this pattern gives nothing back");
        silence(page, (worst / 8, worst % 8), "freeze");
        silence(page, (best / 8, best % 8), "freeze");
        assert_solved(page, 3, "Keep the pattern");
    });
}
