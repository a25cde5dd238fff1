//! Pages as a whole: themes, contrast, several views on one page, frames in a page of someone else.

use circuit_vis::{
    AttentionOptions, ColorOptions, Line, NeuronOptions, NeuronSample, PlotOptions, Report, attention_heads,
    attention_patterns, colored_tokens, heatmap, lines, token_log_probs, topk_samples, topk_tokens,
};
use ndarray::{Array2, Array3, array};
use serde_json::json;

use crate::driver::{keys, with_browser};

const TOKENS: [&str; 4] = ["<bos>", " a", "b", " cat"];

fn pattern() -> Array3<f32> {
    Array3::from_shape_fn((2, 4, 4), |(head, q, k)| if k <= q { (1.0 + head as f32) / (q + 2) as f32 } else { 0.0 })
}

/// Every kind of element that has a color.
fn everything() -> Report {
    let values = array![0.1, f32::NAN, -2.0, 1.0];
    let table = Array3::from_shape_fn((1, 4, 6), |(_, pos, neuron)| (pos * neuron) as f32 - 3.0);
    let sample = NeuronSample { layer: 0, neuron: 0, tokens: vec!["x".into(); 3], activations: vec![0.5, 1.0, 0.7] };
    let even = Array2::from_elem((4, 4), 0.25f32.ln());
    Report::new("Everything")
        .heading("Views")
        .prose("Some prose.\n\nAnd <b>more</b>.")
        .view(&attention_patterns(&TOKENS, pattern().view(), AttentionOptions::new()).unwrap())
        .view(&attention_heads(&TOKENS, pattern().view(), AttentionOptions::new()).unwrap())
        .view(&colored_tokens(&TOKENS, values.view(), ColorOptions::new()).unwrap())
        .view(&topk_tokens(&[TOKENS], &[table.view()], 2, NeuronOptions::new()).unwrap())
        .view(&topk_samples(&[sample], NeuronOptions::new()).unwrap())
        .view(&token_log_probs(&[0, 1, 2, 3], even.view(), |token| TOKENS[token].to_owned(), 2).unwrap())
        .view(&heatmap(array![[1.0, -1.0]].view(), &["r"], &["a", "b"], PlotOptions::new()).unwrap())
        .view(&lines(&[Line::new("loss", array![1.0, 2.0].view())], PlotOptions::new().x("x").y("y")).unwrap())
}

#[test]
fn a_report_holds_every_view_and_each_works_by_itself() {
    with_browser(|page| {
        page.open(&everything().to_html());
        assert_eq!(page.texts("h1"), ["Everything"]);
        assert_eq!(page.texts("main > p"), ["Some prose.", "And <b>more</b>."]);
        assert_eq!(page.run("return document.querySelectorAll('section.view > .title').length"), 8);
        page.click(".view:nth-of-type(1) .head[data-index='1']");
        page.leave();
        assert_eq!(page.pressed(".view:nth-of-type(1) .head"), [1]);
        assert_eq!(page.pressed(".view:nth-of-type(2) .head"), [0], "the other view keeps its lock");
        assert_eq!(page.run("return document.querySelectorAll('main [id]').length"), 0, "no ids that could clash");
    });
}

#[test]
fn both_themes_are_readable() {
    with_browser(|page| {
        for theme in ["light", "dark"] {
            page.prefer(theme);
            page.open(&everything().to_html());
            assert_eq!(page.run("return document.documentElement.dataset.theme"), theme);
            page.hover(".view:nth-of-type(3) .token[data-index='2']"); // with the tooltip
            assert_eq!(page.faint(), [""; 0], "{theme}");
        }
    });
}

#[test]
fn the_button_changes_the_theme_and_paints_again() {
    with_browser(|page| {
        page.open(&everything().to_html());
        let corner =
            "const c = document.querySelector('.grid'), copy = document.createElement('canvas').getContext('2d');
            copy.drawImage(c, 0, 0); return [...copy.getImageData(3, 0, 1, 1).data]";
        assert_eq!(page.run(corner), json!([255, 255, 255, 255]));
        assert_eq!(page.text(".theme"), "☾ Dark theme");
        page.click(".theme");
        assert_eq!(page.run("return document.documentElement.dataset.theme"), "dark");
        assert_eq!(page.text(".theme"), "☀ Light theme");
        assert_eq!(page.run(corner), json!([24, 27, 33, 255]));
        page.press(&[keys::ENTER]);
        assert_eq!(page.run("return document.documentElement.dataset.theme"), "light");
    });
}

#[test]
fn fragments_live_side_by_side_in_a_page_of_someone_else() {
    with_browser(|page| {
        let view =
            attention_patterns(&TOKENS, pattern().view(), AttentionOptions::new()).unwrap().title("A & <b>\"B\"</b>");
        let other = colored_tokens(&TOKENS, array![1.0, 2.0, 3.0, 4.0].view(), ColorOptions::new()).unwrap();
        let host = format!(
            "<!doctype html><html class=\"navy\"><style>button {{ display: none !important }}</style><h1 id=title>Host</h1>{}\n{}\n{}",
            view.fragment(),
            other.fragment(),
            view.fragment()
        );
        page.open(&host);
        page.run_async("setTimeout(arguments[0], 300)");
        let inside = |index: usize, script: &str| {
            page.run(&format!("const d = document.querySelectorAll('iframe')[{index}].contentDocument; {script}"))
        };
        assert_eq!(inside(0, "return d.querySelector('h1').textContent"), "A & <b>\"B\"</b>");
        assert_eq!(inside(1, "return d.querySelectorAll('.token').length"), 4);
        assert_eq!(
            inside(2, "return getComputedStyle(d.querySelector('.token')).display"),
            "flex",
            "the host's styles stay outside"
        );
        assert_eq!(inside(2, "return d.documentElement.dataset.theme"), "dark", "as the theme of the book");
        page.run("document.documentElement.className = 'rust'");
        page.settle();
        assert_eq!(inside(0, "return d.documentElement.dataset.theme"), "light");

        inside(0, "d.querySelector('.head[data-index=\"1\"]').click()");
        page.settle();
        assert_eq!(inside(0, "return d.querySelectorAll('.head[aria-pressed=true]').length"), 1);
        assert_eq!(inside(2, "return d.querySelectorAll('.head[aria-pressed=true]').length"), 0);
        let fits = "return [...document.querySelectorAll('iframe')].map((f) => Math.abs(f.clientHeight - f.contentDocument.querySelector('main').offsetHeight))";
        assert_eq!(page.run(fits), json!([0, 0, 0]), "each frame is as high as its content");
    });
}

/// The script that the course's guide brings along for its live views.
const OF_THE_GUIDE: &str = include_str!("../../../../exercises/guide/views.js");

#[test]
fn a_view_in_a_page_opened_from_a_file_takes_its_height_and_theme_by_messages() {
    with_browser(|page| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("view.html");
        heatmap(array![[1.0], [2.0]].view(), &["a", "b"], &["x"], PlotOptions::new()).unwrap().write(&file).unwrap();
        let src = file.display();
        page.open(&format!(
            "<!doctype html><html class=\"navy\" data-ready=\"true\"><iframe class=\"live-view\" src=\"file://{src}\" \
             height=\"17\"></iframe><script>{OF_THE_GUIDE}</script>"
        ));
        page.run_async("setTimeout(arguments[0], 500)");
        assert_eq!(page.run("return document.querySelector('iframe').contentDocument"), json!(null), "kept apart");
        let height =
            page.run_in_frame(0, "return Math.ceil(document.querySelector('main').getBoundingClientRect().height)");
        assert_eq!(page.run("return document.querySelector('iframe').clientHeight"), height);
        let theme = "return [document.documentElement.dataset.theme, document.querySelector('.theme').hidden]";
        assert_eq!(page.run_in_frame(0, theme), json!(["dark", true]));
        page.run("document.documentElement.className = 'rust'");
        page.run_async("setTimeout(arguments[0], 200)");
        assert_eq!(page.run_in_frame(0, theme), json!(["light", true]));
    });
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    with_browser(|page| {
        page.open(&everything().to_html());
        assert_eq!(page.run("return performance.getEntriesByType('resource').length"), 0);
        assert_eq!(
            page.run_async(
                "fetch('https://example.invalid/').then(() => arguments[0]('loaded'), () => arguments[0]('refused'))"
            ),
            "refused"
        );
        let refusals = page.console();
        assert!(refusals.iter().all(|line| line.contains("Content Security Policy")), "{refusals:?}");
    });
}
