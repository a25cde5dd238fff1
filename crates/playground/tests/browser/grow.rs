//! The training run of the page: an induction head forms, the run rests, steps back, and the half-grown model is looked into.

use serde_json::Value;
use training::{Recipe, Trainer};

use crate::driver::Page;
use crate::{and_drawn, numbers, press_button, wait_for, with_playground};

const PANEL: &str = "document.querySelector('.runs').parentElement";

fn data(page: &Page, name: &str) -> Value {
    page.run(&format!("return {PANEL}.dataset.{name}"))
}

fn steps(page: &Page) -> usize {
    data(page, "step").as_str().unwrap().parse().unwrap()
}

/// Moves the range to the checkpoint at this step, and lets go of it.
fn step_back_to(page: &Page, step: usize) {
    let script = format!(
        "const range = document.querySelector('[aria-label=\"Checkpoint to step back to\"]');
         range.focus();
         for (let at = 0; at <= Number(range.max); at++) {{
             range.value = at;
             range.dispatchEvent(new Event('input'));
             if (range.parentElement.querySelector('output').textContent === 'step {step}') break;
         }}
         range.dispatchEvent(new Event('change'))"
    );
    page.run(&script);
}

#[test]
fn an_induction_head_forms_in_two_layers_and_not_in_one() {
    with_playground("#tab=grow", |page| {
        let began = std::time::Instant::now();
        press_button(page, "Train");
        wait_for(page, &format!("Number({PANEL}.dataset.step) >= 16"));

        // Pause: no step is taken after it.
        press_button(page, "Pause");
        wait_for(page, &format!("{PANEL}.dataset.status === 'resting'"));
        let rested = steps(page);
        std::thread::sleep(std::time::Duration::from_millis(400));
        assert_eq!(steps(page), rested);

        // The losses of the first ten batches are the trainer's own, for both models. (Those of the last frame before a pause
        // may not have come to the page.)
        for (run, layers) in [(0, 2), (1, 1)] {
            let mut trainer = Trainer::new(Recipe { layers, ..Recipe::grow() }).unwrap();
            let got = numbers(&page.run(&format!("return window.playground.losses({run})")));
            assert!(got.len() >= 10, "{} losses", got.len());
            for (step, got) in got.iter().take(10).enumerate() {
                let want = trainer.step().unwrap().loss as f32;
                assert!(
                    (got - want).abs() <= 1e-4,
                    "{layers} layers, step {step}: the page has {got}, the trainer {want}"
                );
            }
        }

        press_button(page, "Go on");
        // In parts, since each wait has its end.
        wait_for(page, &format!("Number({PANEL}.dataset.step) >= 100"));
        wait_for(page, &format!("{PANEL}.dataset.bump !== ''"));
        println!("the bump came {:.1} s after the button was pressed", began.elapsed().as_secs_f64());
        wait_for(page, &format!("{PANEL}.dataset.status === 'resting'"));
        let bump: usize = data(page, "bump").as_str().unwrap().parse().unwrap();
        assert!(
            (150..400).contains(&bump) && steps(page) >= bump + 120,
            "the bump came at {bump}, the run rests at {}",
            steps(page)
        );
        let stories = page.texts(".run .story");
        assert!(stories[0].starts_with(&format!("The bump came at step {bump}.")), "{}", stories[0]);
        assert!(stories[1].contains("One layer is not enough"), "{}", stories[1]);
        assert_eq!(page.texts(".run:first-child .event text"), vec![format!("bump: step {bump}"); 3]);
        assert_eq!(page.texts(".run:last-child .event text"), [""; 0]);
        // Four heads and two, each with its pattern.
        let tiles = page.attributes(".run [data-grown]", "data-grown");
        assert_eq!(tiles, ["0.0", "0.1", "1.0", "1.1", "0.0", "0.1"]);

        // Back to before the bump: the head is gone, and the model of that time can be looked into.
        step_back_to(page, 100);
        wait_for(page, &format!("{PANEL}.dataset.step === '100'"));
        assert_eq!(data(page, "bump"), "");
        let induction = look_inside(page);
        assert!(induction < 0.4, "at step 100 the best induction score is {induction}");

        // And on to the same bump, since a checkpoint holds everything.
        page.click("#tab-grow");
        press_button(page, "Go on");
        wait_for(page, &format!("{PANEL}.dataset.bump !== '' && {PANEL}.dataset.status === 'resting'"));
        assert_eq!(data(page, "bump"), bump.to_string().as_str());
        let induction = look_inside(page);
        assert!(induction > 0.5, "after the bump the best induction score is {induction}");
        poke(page);
    });
}

/// Presses "Look inside", and returns the largest induction score of the model on the row of the run.
fn look_inside(page: &Page) -> f64 {
    and_drawn(page, || press_button(page, "Look inside"));
    assert_eq!(page.run("return window.playground.state().model"), "grown");
    assert_eq!(page.run("return window.playground.state().tab"), "heads");
    assert_eq!(page.texts(".layers .head .name"), ["0.0", "0.1", "1.0", "1.1"]);
    let scores = page.texts(".large .scores").concat();
    let (_, induction) = scores.split_once("induction ").unwrap();
    induction.trim().parse().unwrap()
}

/// The mean loss of the second half of the text that is shown, with its edits.
fn second_copy(page: &Page) -> f64 {
    let script = "const { model, text, edits } = window.playground.state();
        window.playground.ask({ do: 'look', model, text, second: null, edits }).then(({ arrays }) => {
            const { values } = arrays.edited_losses ?? arrays.losses;
            const second = [...values.slice(values.length / 2)];
            arguments[0](second.reduce((sum, loss) => sum + loss, 0) / second.length);
        })";
    page.run_async(script).as_f64().unwrap()
}

/// The other tabs work on the grown model: a head is silenced, the stream is read, the heads are tried one by one.
fn poke(page: &Page) {
    let before = second_copy(page);
    and_drawn(page, || page.click(".large [data-silence='zero']"));
    let after = second_copy(page);
    assert!(after > before + 0.5, "without its induction head the second copy costs {after} instead of {before}");
    page.click("#tab-stream");
    wait_for(page, "document.querySelectorAll('.lens tbody tr').length === 3");
    page.click("#tab-find");
    press_button(page, "Try every head");
    wait_for(page, "document.querySelectorAll('[data-found]').length === 4");
    page.click("#tab-take");
    wait_for(page, "document.querySelector('pre').textContent.includes('target/grow/model')");
}

#[test]
fn settings_that_cannot_be_are_refused_and_leave_nothing() {
    with_playground("#tab=grow&grow.width=15&grow.layers=2", |page| {
        for (label, value, said) in [
            ("Width of the residual stream", "15", "a width of 14 or 16 would do"),
            ("Width of the residual stream", "4096", "at most 128 in this page, got 4096"),
            ("Width of the residual stream", "", "got 0"),
            ("Heads in a layer", "-3", "got 0"),
            ("Share of the rows that repeat a random segment", "7", "expected a share from 0 to 1, got 7"),
        ] {
            page.set("[aria-label='Width of the residual stream']", "64");
            page.set("[aria-label='Heads in a layer']", "2");
            page.set("[aria-label='Share of the rows that repeat a random segment']", "0.5");
            page.set(&format!("[aria-label='{label}']"), value);
            press_button(page, "Train");
            wait_for(page, "!document.getElementById('notice').hidden");
            assert!(page.text("#notice").contains(said), "{value:?}: {}", page.text("#notice"));
            assert_eq!(page.texts(".run"), [""; 0]);
            page.run("document.getElementById('notice').hidden = true");
        }
        // Nothing else is harmed.
        page.click("#tab-heads");
        and_drawn(page, || page.set("#text textarea", "All is well."));
    });
}

/// Pressed again and again, one run is left; typing goes on meanwhile; and the page may be left in the middle.
#[test]
fn a_run_gives_way_to_the_next_and_to_the_end_of_the_page() {
    with_playground("#tab=grow&grow.width=16", |page| {
        let counted = "const made = window.Worker; window.alive = 0;
            window.Worker = class extends made { constructor(...a) { super(...a); window.alive += 1; } terminate() { window.alive -= 1; super.terminate(); } }";
        page.run(counted);
        page.run("const grow = [...document.querySelectorAll('button')].find((button) => button.textContent === 'Train'); for (let i = 0; i < 5; i++) grow.click()");
        wait_for(page, &format!("Number({PANEL}.dataset.step) >= 8"));
        assert_eq!(page.run("return window.alive"), 2);
        assert_eq!(page.texts(".run h3"), ["Two layers", "One layer"]);
        and_drawn(page, || page.set("#text textarea", "The run goes on while this is typed."));
        let before = steps(page);
        wait_for(page, &format!("Number({PANEL}.dataset.step) > {before}"));
        // A model is taken from the middle of the run, which pauses for it.
        and_drawn(page, || press_button(page, "Look inside"));
        assert_eq!(page.run("return window.playground.state().model"), "grown");
        page.click("#tab-grow");
        press_button(page, "Go on");
        crate::visit(page, "#tab=grow");
        assert_eq!(page.texts(".run"), [""; 0]);
        page.run("location.hash = '#model=grown&text=abc'");
        wait_for(page, "!document.getElementById('notice').hidden");
        assert!(page.text("#notice").contains("press Train"), "{}", page.text("#notice"));
    });
}
