//! What is shown of a text and its heads, and what edits change.

use hooked_transformer::{fwd_hook, log_softmax};
use ndarray::{Array2, Ix4, s};
use serde_json::json;

use crate::driver::{Page, keys};
use crate::{TEXT, and_drawn, ask, assert_close, model, visit, wait_for, with_playground};

fn losses_of(page: &Page, css: &str) -> Vec<String> {
    page.texts(&format!("{css} .token .value")).into_iter().filter(|text| !text.is_empty()).collect()
}

fn one_decimal(losses: &Array2<f32>) -> Vec<String> {
    losses.iter().map(|loss| format!("{loss:.1}")).collect()
}

#[test]
fn the_first_picture_shows_the_librarys_numbers() {
    with_playground("", |page| {
        let model = model("gpt2-tales");
        let (logits, cache) = model.run_with_cache(TEXT).unwrap();
        let losses = model.run(TEXT).loss_per_token().unwrap();
        assert_eq!(losses_of(page, "#text"), one_decimal(&losses));
        assert!(page.text(".loss").starts_with(&format!("Loss: {:.3} nats per token", losses.mean().unwrap())));
        let request = json!({ "do": "look", "model": "gpt2-tales", "text": TEXT });
        assert_close(&ask(page, &request, "losses"), &losses);
        let patterns = ask(page, &request, "patterns");
        let n = losses.len() + 1;
        for layer in 0..4 {
            let want = cache.view::<Ix4>(("pattern", layer));
            assert_close(&patterns[layer * 8 * n * n..(layer + 1) * 8 * n * n], want);
        }
        assert_eq!(page.text(".large h3"), "Head 2.1");
        assert!(page.text("[data-layer='0'][data-head='4'] .badge").starts_with("previous ."));
        // What is expected after the token that is chosen.
        let row = log_softmax(logits.view()).slice(s![0, 12, ..]).to_owned();
        let best = hooked_transformer::argmax(row.view());
        assert_eq!(page.text(".prediction .word"), model.to_single_str_token(best).unwrap().replace(' ', "·"));
        let shown: f32 =
            page.text(".prediction .share").trim_start_matches("✓ ").trim_end_matches(" %").parse().unwrap();
        assert!((shown / 100.0 - row[best].exp()).abs() <= 0.0051);
    });
}

#[test]
fn typing_changes_the_picture_and_another_model_too() {
    with_playground("", |page| {
        and_drawn(page, || page.set("#text textarea", "A cat sat. A cat"));
        let model_2l = model("attn-only-2l-tales");
        let of =
            |model: &hooked_transformer::HookedTransformer| model.run("A cat sat. A cat").loss_per_token().unwrap();
        assert_eq!(losses_of(page, "#text"), one_decimal(&of(&model("gpt2-tales"))));
        assert_eq!(page.texts("#text .token .text")[1..3], ["A", "·cat"]);
        and_drawn(page, || page.set("#bar select", "attn-only-2l-tales"));
        assert_eq!(losses_of(page, "#text"), one_decimal(&of(&model_2l)));
        assert_eq!(page.texts(".layers .head .name").len(), 16);
        and_drawn(page, || page.set("#text textarea", ""));
        assert!(page.text(".loss").contains("no token to predict yet"));
    });
}

/// What is expected after the token that the caret is behind, or in: at first the arrow keys move it, then a letter is typed.
#[test]
fn predictions_follow_the_caret() {
    with_playground("", |page| {
        let place = |at: &str| {
            page.run(&format!(
                "const area = document.querySelector('#text textarea'); area.focus(); area.setSelectionRange({at}, {at})"
            ));
        };
        // "The little|": to the left of its last letter.
        place("10");
        page.press(&[keys::LEFT]);
        wait_for(page, "window.playground.state().pos === 2");
        assert!(page.text(".next h3").starts_with("After ·little"), "{}", page.text(".next h3"));
        place("area.value.length");
        and_drawn(page, || page.press(&['s']));
        let last = page.texts("#text .token").len() - 1;
        assert_eq!(page.pressed("#text .token"), [last]);
        place("0");
        page.press(&[keys::LEFT]);
        wait_for(page, "window.playground.state().pos === 0");
    });
}

/// By the button of the open head, by the key S on the grid, and off again.
#[test]
fn a_silenced_head_changes_what_the_library_says_it_does() {
    with_playground("", |page| {
        let model = model("gpt2-tales");
        let before = model.run(TEXT).loss_per_token().unwrap();
        let silence = fwd_hook(("z", 2), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.0));
        let after = model.run(TEXT).hook(silence).loss_per_token().unwrap();
        and_drawn(page, || page.click(".large [data-silence='zero']"));
        assert_eq!(page.texts(".edit"), ["2.1: zero ✕"]);
        let signed = |x: f32| format!("{}{:.1}", if x <= -0.05 { "−" } else { "+" }, x.abs());
        let changes: Vec<String> = (&after - &before).iter().map(|&x| signed(x)).collect();
        assert_eq!(losses_of(page, ".changes"), changes);
        let edits = json!([{ "layer": 2, "component": { "head": 1 }, "silence": "zero" }]);
        let request = json!({ "do": "look", "model": "gpt2-tales", "text": TEXT, "edits": edits });
        assert_close(&ask(page, &request, "edited_losses"), &after);
        assert!(page.text(".loss").contains(&format!("after the edits {:.3}", after.mean().unwrap())));
        assert_eq!(page.texts(".prediction h4"), ["Before the edits", "With the edits"]);
        // The same edit from the keyboard takes it off.
        page.run("document.querySelector(\"[data-layer='2'][data-head='1']\").focus()");
        and_drawn(page, || page.press(&['s']));
        assert_eq!(page.texts(".edit"), [""; 0]);
        page.press(&[keys::LEFT]);
        and_drawn(page, || page.press(&['s']));
        assert_eq!(page.texts(".edit"), ["2.0: zero ✕"]);
        and_drawn(page, || page.click(".mlp[data-mlp='0']"));
        assert_eq!(page.texts(".edit"), ["2.0: zero ✕", "MLP 0: zero ✕"]);
        and_drawn(page, || page.click(".edit:nth-of-type(1)"));
        assert_eq!(page.texts(".edit"), ["MLP 0: zero ✕"]);
    });
}

#[test]
fn a_head_is_patched_from_the_second_text() {
    with_playground("", |page| {
        assert_eq!(page.attributes(".large [data-silence='patch']", "disabled"), [""]);
        and_drawn(page, || page.click(".compare"));
        let second = TEXT.replace("prince", "king");
        and_drawn(page, || page.set(".second textarea", &second));
        let model = model("gpt2-tales");
        let (_, other) = model.run_with_cache(second.as_str()).unwrap();
        let of_other = other.view::<Ix4>(("z", 2));
        let patch =
            fwd_hook(("z", 2), |mut z, _| z.slice_mut(s![.., .., 1, ..]).assign(&of_other.slice(s![.., .., 1, ..])));
        let after = model.run(TEXT).hook(patch).loss_per_token().unwrap();
        and_drawn(page, || page.click(".large [data-silence='patch']"));
        assert!(
            page.text(".loss").contains(&format!("after the edits {:.3}", after.mean().unwrap())),
            "{}",
            page.text(".loss")
        );
        // With a text of another length there is nothing to patch from, and the page says why.
        page.set(".second textarea", "Short.");
        wait_for(page, "!document.getElementById('notice').hidden");
        assert!(page.text("#notice").contains("position by position"), "{}", page.text("#notice"));
    });
}

#[test]
fn a_link_holds_everything() {
    let hash = "#model=gpt2-tales&text=A+king+and+a+queen%2C+a+king&edits=0.4z%2C1.mz&head=0.4&pos=3&tab=heads";
    with_playground(hash, |page| {
        assert_eq!(page.texts(".edit"), ["0.4: zero ✕", "MLP 1: zero ✕"]);
        assert_eq!((page.text(".large h3").as_str(), page.pressed("#text .token")), ("Head 0.4", vec![3]));
        page.click("#tab-take");
        wait_for(page, "document.querySelector('pre').textContent.includes('fn main')");
        let rust = page.text("pre");
        assert!(
            rust.contains("z.slice_mut(s![.., .., 4, ..]).fill(0.0)") && rust.contains("(\"mlp_out\", 1)"),
            "{rust}"
        );
        let link = page.run("return document.querySelector('.panel input[readonly]').value");
        let (_, taken) = link.as_str().unwrap().split_once('#').unwrap();
        visit(page, &format!("#{taken}"));
        assert_eq!(page.run("return window.playground.state()")["edits"].as_array().unwrap().len(), 2);
        assert_eq!(page.run("return window.playground.state()")["tab"], "take");
    });
}
