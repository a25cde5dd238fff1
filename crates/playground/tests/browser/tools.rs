//! The other tabs: the stream, steering, finding heads.

use hooked_transformer::analysis::{Ablation, Metric, head_ablation_sweep};
use serde_json::{Value, json};

use crate::{TEXT, ask, assert_close, model, press_button, wait_for, with_playground};

#[test]
fn the_stream_is_read_layer_by_layer_and_taken_apart() {
    with_playground("", |page| {
        page.click("#tab-stream");
        wait_for(page, "document.querySelector('.lens td')");
        let model = model("gpt2-tales");
        let (logits, cache) = model.run_with_cache(TEXT).unwrap();
        let row = logits.slice(ndarray::s![0, 12, ..]);
        let best = hooked_transformer::argmax(row);
        assert!(page.text(".panel .status").starts_with(&format!("Logit {:.2} after position 12", row[best])));
        assert_eq!(page.texts(".lens tbody th"), ["layer 0", "layer 1", "layer 2", "layer 3", "the end"]);
        let last = page.texts(".lens tbody tr:last-child td");
        assert_eq!(last[12], model.to_single_str_token(best).unwrap().replace(' ', "·"));
        let request = json!({ "do": "stream", "model": "gpt2-tales", "text": TEXT, "pos": 12 });
        let stack = cache.stack_head_results(hooked_transformer::StackOptions::new().pos_slice(12)).unwrap();
        let want = cache.logit_attrs(&stack, best).unwrap();
        assert_close(&ask(page, &request, "direct")[..32], want.view::<ndarray::Ix3>().iter());
        // Another position, by a click into the table; another token, by the chooser.
        page.click(".lens tbody tr:first-child td[data-pos='3']");
        wait_for(page, "document.querySelector('.panel .status').textContent.includes('position 3.')");
        let other = page.run("return document.querySelector('.panel select').options[1].value");
        page.set(".panel select", other.as_str().unwrap());
        let id: usize = other.as_str().unwrap().parse().unwrap();
        wait_for(
            page,
            &format!(
                "document.querySelector('.panel .status').textContent.startsWith('Logit {:.2} ')",
                logits[[0, 3, id]]
            ),
        );
    });
}

#[test]
fn steered_writing_stands_beside_the_plain_one() {
    with_playground("#tab=steering", |page| {
        let stored: Value = serde_json::from_slice(
            &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference_data/activations/exercise_04.json"))
                .unwrap(),
        )
        .unwrap();
        // The page's own directions are the exercise's.
        let sets = stored["sets"].as_array().unwrap();
        let names: Vec<&str> = sets.iter().map(|set| set["name"].as_str().unwrap()).chain(["of your own"]).collect();
        assert_eq!(page.texts(".panel select[aria-label='Direction'] option"), names);
        let pairs = page.run("return document.querySelector('.own textarea').value");
        let first = sets[1]["pairs"][0].as_array().unwrap(); // food, which is chosen at first
        assert!(pairs.as_str().unwrap().starts_with(&format!(
            "{} => {}",
            first[0].as_str().unwrap(),
            first[1].as_str().unwrap()
        )));
        page.set("[aria-label^='Temperature']", "0");
        page.set("[aria-label='Coefficient']", "4");
        page.click(".panel button.primary");
        wait_for(
            page,
            "document.querySelectorAll('.written').length === 2 && document.querySelector('.written p').textContent.length > 150",
        );
        let library = model("gpt2-tales")
            .generate("Once upon a time there was a")
            .greedy()
            .max_new_tokens(60)
            .stop_at_eos(false)
            .run()
            .unwrap();
        wait_for(
            page,
            &format!("document.querySelector('.written p').textContent === {}", json!(library.continuations[0])),
        );
        assert_ne!(page.texts(".written p")[0], page.texts(".written p")[1]);
        page.click(".panel button.primary + button");
        wait_for(page, "document.querySelector('.plot small')?.textContent.includes('9 of 9')");
        assert_eq!(page.run("return document.querySelectorAll('.plot polyline').length"), 2);
    });
}

#[test]
fn heads_are_found_by_what_they_look_at_and_by_what_they_do() {
    with_playground("#tab=find", |page| {
        press_button(page, "Search");
        wait_for(page, "document.querySelector('[data-found]')");
        assert_eq!(page.attributes("[data-found]", "data-found")[0], "2.1");
        // The map, against the library's own sweep.
        press_button(page, "Try every head");
        wait_for(
            page,
            "document.querySelector('progress').hidden && document.querySelectorAll('[data-found]').length === 12",
        );
        let model = model("gpt2-tales");
        let text = crate::TEXT;
        let want = head_ablation_sweep(&model, text, Ablation::Zero, Metric::loss()).unwrap();
        let request =
            json!({ "do": "sweep", "model": "gpt2-tales", "text": text, "silence": "zero", "measure": "loss" });
        assert_close(&ask(page, &request, "values"), &want);
        let base = model.loss(text).unwrap();
        let change = |at: (usize, usize)| want[at] - base;
        let worst =
            (0..32).map(|i| (i / 8, i % 8)).max_by(|&a, &b| change(a).abs().total_cmp(&change(b).abs())).unwrap();
        assert_eq!(page.attributes("[data-found]", "data-found")[6], format!("{}.{}", worst.0, worst.1));
        // As under Heads, red is worse; the worst head is the end of the scale.
        let scale = page.texts(".color-bar").pop().unwrap_or_default();
        let end = change(worst).abs();
        assert_eq!(scale, format!("worse +{end:.3}better −{end:.3}"));
        // A head that was found opens.
        page.run("document.querySelectorAll('[data-found]')[6].click()");
        wait_for(page, "!document.querySelector('.large').closest('[hidden]')");
        assert_eq!(page.text(".large h3"), format!("Head {}.{}", worst.0, worst.1));
    });
}

#[test]
fn the_first_visit_begins_with_a_tour() {
    with_playground("", |page| {
        crate::visit(page, "");
        assert!(page.text(".tour p").starts_with("1 of 4."));
        for step in 2..=4 {
            page.click(".tour .primary");
            assert!(page.text(".tour p").starts_with(&format!("{step} of 4.")));
        }
        page.click(".tour .primary");
        assert_eq!(page.texts(".tour"), [""; 0]);
        crate::visit(page, "");
        assert_eq!(page.texts(".tour"), [""; 0], "only the first visit");
    });
}
