//! Views of tokens and neurons: tooltips, selectors, pages and tables show the values given.

use circuit_vis::{
    ColorOptions, NeuronOptions, NeuronSample, colored_tokens, colored_tokens_multi, text_neuron_activations,
    token_log_probs, topk_samples, topk_tokens,
};
use ndarray::{Array2, Array3, array};

use crate::driver::{Page, keys, with_browser};

const TOKENS: [&str; 4] = ["<bos>", " a", "b", " cat"];

fn token(index: usize) -> String {
    format!(".token[data-index='{index}']")
}

fn backgrounds(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.token')].map((e) => getComputedStyle(e).backgroundColor)";
    page.run(script).as_array().unwrap().iter().map(|color| color.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_token_tells_its_value_and_has_its_color() {
    with_browser(|page| {
        let values = array![0.0, 0.123456, 2.0, -1.0];
        page.open(&colored_tokens(&TOKENS, values.view(), ColorOptions::new()).unwrap().to_html());
        assert!(page.texts(".choice").is_empty(), "one value: nothing to choose");
        page.hover(&token(1));
        assert_eq!(page.tooltip(), ["value: 0.1235"]);
        page.leave();
        assert!(page.tooltip().is_empty());
        let colors = backgrounds(page);
        assert_eq!(colors[0], "rgb(255, 255, 255)", "zero has no color");
        assert_eq!(colors[2], "rgb(9, 80, 190)", "the largest is full blue");
        assert_eq!(colors[3], "rgb(196, 30, 40)", "the smallest is full red");

        page.press(&[keys::TAB; 5]); // theme, from, to, reset, tokens
        page.press(&[keys::RIGHT, keys::RIGHT, keys::RIGHT]);
        assert_eq!(page.tooltip(), ["value: −1.0000"], "the keyboard gets the tooltip too");
        assert_eq!(page.attributes(".token", "aria-label")[3], "token 3 ·cat, value −1.0000");
    });
}

#[test]
fn several_values_are_chosen_by_label_and_keep_their_own_bounds() {
    with_browser(|page| {
        let values = array![[1.0, -4.0], [2.0, 0.0], [0.0, 0.0], [f32::NAN, 8.0]];
        let view = colored_tokens_multi(&TOKENS, values.view(), &["logits", "probs"], ColorOptions::new()).unwrap();
        page.open(&view.to_html());
        assert_eq!(page.pressed(".choice"), [0]);
        let full = "rgb(9, 80, 190)";
        assert_eq!(backgrounds(page)[1], full);
        assert_eq!(page.attributes(".token", "class"), ["token", "token", "token", "token odd"]);
        page.hover(".choice[data-index='1']");
        page.leave();
        assert_eq!(page.pressed(".choice"), [1], "what was hovered stays");
        assert_eq!(backgrounds(page)[3], full);
        page.hover(&token(3));
        assert_eq!(page.tooltip(), ["logits: NaN", "probs: 8.0000"]);

        page.set(".controls label:nth-of-type(2) input", "16");
        assert_ne!(backgrounds(page)[3], full, "half of the new bound");
        page.set(".controls label:nth-of-type(2) input", "-100");
        assert_eq!(page.attributes(".controls label:nth-of-type(2) input", "aria-invalid"), ["true"]);
        page.click(".controls > button");
        assert_eq!(backgrounds(page)[3], full, "reset");
    });
}

#[test]
fn neurons_are_chosen_by_two_selectors_on_pages_of_five_samples() {
    with_browser(|page| {
        let value = |sample: usize, pos: usize, layer: usize, neuron: usize| {
            (sample * 1000 + pos * 100 + layer * 10 + neuron) as f32 / 100.0
        };
        let arrays: Vec<Array3<f32>> = (0..7)
            .map(|sample| Array3::from_shape_fn((4, 2, 3), |(pos, layer, neuron)| value(sample, pos, layer, neuron)))
            .collect();
        let views: Vec<_> = arrays.iter().map(|array| array.view()).collect();
        let options = NeuronOptions::new().names("Block", "Unit").first_labels(["early", "late"]);
        page.open(&text_neuron_activations(&[TOKENS; 7], &views, options).unwrap().to_html());
        assert_eq!(page.texts(".caption"), ["Sample 0", "Sample 1", "Sample 2", "Sample 3", "Sample 4"]);
        assert_eq!(page.texts(".control > span")[..2], ["Block", "Unit"]);
        page.set(".control:nth-of-type(1) select", "1");
        page.set(".control:nth-of-type(2) select", "2");
        page.hover(".text-sample:nth-child(2) .token[data-index='3']");
        assert_eq!(page.tooltip(), [format!("activation: {:.4}", value(1, 3, 1, 2))]);
        let largest = format!("{:.4}", value(6, 3, 1, 2));
        assert!(
            page.text(".color-bar").ends_with(largest.trim_end_matches('0').trim_end_matches('.')),
            "all samples share the range of the chosen neuron"
        );
        page.click(".pager button:last-child");
        assert_eq!(page.texts(".caption"), ["Sample 5", "Sample 6"]);
        assert_eq!(page.text(".where"), "samples 5–6 of 7");
        page.hover(".text-sample:nth-child(2) .token[data-index='0']");
        assert_eq!(page.tooltip()[0], format!("activation: {:.4}", value(6, 0, 1, 2)));
    });
}

#[test]
fn many_neurons_are_typed() {
    with_browser(|page| {
        let array = Array3::from_shape_fn((4, 1, 300), |(pos, _, neuron)| (pos + neuron) as f32);
        page.open(&text_neuron_activations(&[TOKENS], &[array.view()], NeuronOptions::new()).unwrap().to_html());
        page.set("input[type=number]", "299");
        page.hover(&token(2));
        assert_eq!(page.tooltip()[0], "activation: 301.0000");
        page.set("input[type=number]", "300");
        assert_eq!(page.attributes("input[type=number]", "aria-invalid"), ["true"]);
        page.leave();
        page.hover(&token(2));
        assert_eq!(page.tooltip()[0], "activation: 301.0000", "a neuron that is not there changes nothing");
    });
}

#[test]
fn numbers_of_a_table_line_up() {
    with_browser(|page| {
        let values = |scale: f32| array![[[2.0], [-3e-6], [1e-7], [0.5]]] * scale;
        let open = |scale: f32| {
            page.open(&topk_tokens(&[TOKENS], &[values(scale).view()], 2, NeuronOptions::new()).unwrap().to_html());
            page.texts(".number")
        };
        assert_eq!(open(1.0), ["2.0000", "0.5000", "0.0000", "0.0000"]);
        // All are small: four digits each.
        assert_eq!(open(1e-3)[..2], ["0.0020", "0.0005000"]);
    });
}

#[test]
fn top_tokens_are_a_table_with_a_column_a_neuron() {
    with_browser(|page| {
        let array = array![
            [[1.0, 0.5], [3.0, 0.25], [2.0, 0.75], [-1.0, 0.0]],
            [[0.0, 9.0], [0.0, 8.0], [0.0, 7.0], [0.0, 6.0]]
        ];
        page.open(&topk_tokens(&[TOKENS], &[array.view()], 2, NeuronOptions::new()).unwrap().to_html());
        let cells = page.texts("td");
        assert_eq!(page.texts("thead th"), ["", "Neuron 0", "Neuron 1"]);
        assert_eq!(page.texts("tbody th"), ["most 1", "most 2", "least 1", "least 2"]);
        assert_eq!(
            cells,
            ["·a3.0000", "b0.7500", "b2.0000", "<bos>0.5000", "·cat−1.0000", "·cat0.0000", "<bos>1.0000", "·a0.2500"]
        );
        page.set(".control:nth-of-type(1) select", "1");
        assert_eq!(page.texts("td")[1], "<bos>9.0000");
        page.set(".control:nth-of-type(2) select", "1");
        assert_eq!(page.texts("thead th"), ["", "Neuron 1"]);
    });
}

#[test]
fn top_samples_come_in_descending_order() {
    with_browser(|page| {
        let sample = |neuron: usize, activations: [f32; 2]| NeuronSample {
            layer: 0,
            neuron,
            tokens: vec!["x".into(), format!(" {neuron}")],
            activations: activations.to_vec(),
        };
        let samples = [sample(0, [1.0, 2.0]), sample(2, [7.0, 0.0]), sample(0, [5.0, -1.0])];
        page.open(&topk_samples(&samples, NeuronOptions::new()).unwrap().to_html());
        assert_eq!(page.texts(".caption"), ["Sample 0, largest 5.0000", "Sample 1, largest 2.0000"]);
        page.set(".control:nth-of-type(2) select", "2");
        assert_eq!(page.texts(".caption"), ["Sample 0, largest 7.0000"]);
        page.hover(&token(0));
        assert_eq!(page.tooltip(), ["activation: 7.0000"]);
        page.set(".control:nth-of-type(2) select", "1");
        assert_eq!(page.text(".texts"), "No samples for this neuron.");
    });
}

#[test]
fn predictions_tell_rank_probability_and_competitors() {
    with_browser(|page| {
        let probabilities = array![[0.1f32, 0.6, 0.3], [0.996, 0.0035, 0.0005], [0.2, 0.2, 0.6]];
        let view =
            token_log_probs(&[0u32, 2, 1], probabilities.mapv(f32::ln).view(), |token| TOKENS[token].to_owned(), 2)
                .unwrap();
        page.open(&view.to_html());
        assert_eq!(page.texts(".token .text"), ["b", "·a"], "BOS is not predicted");
        page.hover(&token(1));
        let want =
            ["0 <bos> → 1 b", "rank: 2 of 3", "probability: 30.00 %", "log-probability: −1.2040", "top predictions"];
        assert_eq!(page.tooltip()[..5], want);
        assert_eq!(page.tooltip()[5..], ["1. ·a: 60.00 %", "2. b ←: 30.00 %"]);
        assert_eq!(backgrounds(page)[1], "rgb(255, 255, 255)", "a log-probability of -5.7 has no color");
    });
}

#[test]
fn tokens_of_all_kinds_stay_text_and_keep_their_order() {
    with_browser(|page| {
        let hostile = [
            "</script>",
            "<img src=x onerror=\"window.hacked=1\">",
            "\n",
            "  ",
            "",
            " שלום",
            "👩‍🚀",
            "\u{202e}abc",
            "&amp;",
            "]]>",
        ];
        let values = Array2::from_shape_fn((hostile.len(), 2), |(pos, k)| (pos + k) as f32);
        let labels = ["<b>bold</b>", "</script><script>window.hacked=1</script>"];
        let view = colored_tokens_multi(&hostile, values.view(), &labels, ColorOptions::new()).unwrap();
        page.open(&view.title("<img src=x onerror=window.hacked=1></title>").to_html());
        let shown = [
            "</script>",
            "<img·src=x·onerror=\"window.hacked=1\">",
            "⏎",
            "··",
            "∅",
            "·שלום",
            "👩‍🚀",
            "‹202E›abc",
            "&amp;",
            "]]>",
        ];
        assert_eq!(page.texts(".token .text"), shown);
        assert_eq!(page.texts(".choice"), labels);
        assert_eq!(page.text("h1"), "<img src=x onerror=window.hacked=1></title>");
        assert_eq!(page.run("return document.title"), "<img src=x onerror=window.hacked=1></title>");
        page.hover(&token(1));
        assert_eq!(page.tooltip()[0], format!("token: 1 {}", shown[1]), "a token that is cut is named in full");
        assert_eq!(page.run("return window.hacked ?? 'no'"), "no");
        assert_eq!(page.run("return document.querySelectorAll('img, b, main script:not([type])').length"), 0);
        let lefts = page.run(
            "return [...document.querySelectorAll('.token')].slice(4, 7).map((e) => e.getBoundingClientRect().left)",
        );
        assert!(lefts[0].as_f64() < lefts[1].as_f64() && lefts[1].as_f64() < lefts[2].as_f64(), "{lefts}");
    });
}
