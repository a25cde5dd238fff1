//! Heat maps and curves: values at the pointer and at the keyboard's cursor, the legend's switches, gaps.

use circuit_vis::{Line, PlotOptions, component_names, heatmap, lines, plot_logit_attribution};
use ndarray::{Array2, array};

use crate::driver::{Page, keys, with_browser};

/// The color of the middle of a cell, and the place to hover, come from where the page put the cursor.
fn walk_to(page: &Page, row: usize, column: usize) {
    page.run("document.querySelector('.matrix').focus()");
    page.press(&[keys::RIGHT]); // the first key goes to the first cell
    page.press(&vec![keys::RIGHT; column]);
    page.press(&vec![keys::DOWN; row]);
}

#[test]
fn a_heat_map_tells_labels_and_value_to_pointer_and_keyboard() {
    with_browser(|page| {
        let values = array![[0.5, -0.25, 1e-5], [f32::NAN, f32::NEG_INFINITY, 123456.0]];
        let options = PlotOptions::new().x("Head").y("Layer").value("Score");
        page.open(&heatmap(values.view(), &["0", "1"], &["a", "b", "<i>c</i>"], options).unwrap().to_html());
        walk_to(page, 0, 2);
        assert_eq!(page.tooltip(), ["Layer: 0", "Head: <i>c</i>", "Score: 0.00001000"]);
        page.press(&[keys::DOWN]);
        assert_eq!(page.tooltip()[2], "Score: 123,456");
        page.press(&[keys::LEFT]);
        assert_eq!(page.tooltip()[2], "Score: −∞");
        page.press(&[keys::LEFT, keys::LEFT]);
        assert_eq!(page.tooltip(), ["Layer: 1", "Head: a", "Score: NaN"], "the edge holds the cursor");
        page.press(&[keys::ESCAPE]);
        assert!(page.tooltip().is_empty());

        page.hover_at(".matrix", 0.99, 0.97);
        assert_eq!(page.tooltip()[2], "Score: 123,456");
        page.hover_at(".matrix", 0.0, 0.0);
        assert!(page.tooltip().is_empty(), "labels have no value");
    });
}

#[test]
fn logit_attribution_names_the_token_that_is_predicted() {
    with_browser(|page| {
        let values = Array2::from_shape_fn((2, 5), |(row, column)| (10 * row + column) as f32);
        let view =
            plot_logit_attribution(&["<bos>", " a", "\n"], values.view(), &component_names(2, 2), PlotOptions::new());
        page.open(&view.unwrap().to_html());
        walk_to(page, 1, 4);
        assert_eq!(page.tooltip(), ["Position: 1 ·a", "predicts: ⏎", "Component: 1.1", "Logit: 14.0000"]);
    });
}

#[test]
fn a_wide_table_scrolls_and_a_large_one_is_drawn() {
    with_browser(|page| {
        let values = Array2::from_shape_fn((300, 2000), |(row, column)| (row * column) as f32);
        let label = |n: usize| (0..n).map(|i| format!("a rather long label, number {i}")).collect::<Vec<_>>();
        page.open(&heatmap(values.view(), &label(300), &label(2000), PlotOptions::new()).unwrap().to_html());
        let overflow = page.run("return [document.documentElement.scrollWidth <= innerWidth, document.querySelector('.matrix').clientWidth > 2000]");
        assert_eq!(overflow, serde_json::json!([true, true]), "the table scrolls, the page does not");
        page.run("document.querySelector('.matrix-scroll').scrollLeft = 1e6");
        page.settle();
        walk_to(page, 3, 1);
        assert_eq!(page.tooltip()[2], "value: 3.0000");
    });
}

#[test]
fn lines_tell_the_values_at_the_pointer_and_can_be_switched_off() {
    with_browser(|page| {
        let coefficients = array![-10.0, 0.0, 10.0];
        let series = [
            Line::new("one", array![1.0, 2.0, 3.0].view()).over(coefficients.view()),
            Line::new("two", array![0.5, f32::NAN, 0.25].view()).over(coefficients.view()),
        ];
        page.open(&lines(&series, PlotOptions::new().x("coefficient").y("effect")).unwrap().to_html());
        page.hover_at(".lines", 0.97, 0.5);
        assert_eq!(page.tooltip(), ["coefficient: 10", "one: 3.0000", "two: 0.2500"]);
        page.run("document.querySelector('.lines').focus()");
        page.press(&[keys::LEFT]);
        assert_eq!(page.tooltip(), ["coefficient: 0", "one: 2.0000", "two: NaN"]);
        assert_eq!(page.texts(".lines .odd"), ["×"]);
        let count = |css: &str| page.run(&format!("return document.querySelectorAll('{css}').length"));
        assert_eq!(count(".lines polyline"), 1, "a gap, and two single points");
        assert_eq!(count(".lines .marker"), 5, "every point that has a value");
        let shapes = page.attributes(".lines .marker", "d");
        assert_ne!(shapes[0], shapes[4], "the curves have markers of different shapes");
        page.click(".choice:nth-child(1)");
        assert_eq!(page.pressed(".choice"), [1]);
        page.hover_at(".lines", 0.97, 0.5);
        assert_eq!(page.tooltip(), ["coefficient: 10", "two: 0.2500"]);
        page.click(".choice:nth-child(1)");
        assert_eq!(page.pressed(".choice"), [0, 1]);
    });
}

#[test]
fn series_may_differ_in_length_and_be_constant() {
    with_browser(|page| {
        let series = [Line::new("short", array![1.0, 1.0].view()), Line::new("single", array![1.0].view())];
        page.open(&lines(&series, PlotOptions::new()).unwrap().to_html());
        page.hover_at(".lines", 0.97, 0.5);
        assert_eq!(page.tooltip(), ["x: 1", "short: 1.0000"]);
    });
}

/// The text that a button of a view copies or saves, caught before it leaves the page.
fn exported(page: &Page, button: usize) -> String {
    page.run("window.saved = ''; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return 'data:,'; }");
    page.click(&format!(".exports button:nth-of-type({button})"));
    page.settle();
    page.run("return window.saved").as_str().unwrap().to_owned()
}

#[test]
fn numbers_are_saved_in_full_and_the_picture_as_an_image() {
    with_browser(|page| {
        let values = array![[0.123_456_79, -1.5], [f32::NAN, 3.0]];
        let options = PlotOptions::new().x("Head").y("Layer");
        page.open(&heatmap(values.view(), &["0", "=1+1"], &["a", "b, \"c\""], options).unwrap().to_html());
        let csv = "Layer \\ Head,a,\"b, \"\"c\"\"\"\n0,0.12345679104328156,-1.5\n'=1+1,NaN,3\n";
        assert_eq!(exported(page, 2), csv);
        assert!(exported(page, 3).contains("PNG"));
        assert_eq!(page.text(".exports .done"), "saved as heat-map.png");

        let series = [Line::new("loss", array![2.0, 1.0].view())];
        page.open(&lines(&series, PlotOptions::new().x("step")).unwrap().to_html());
        assert_eq!(exported(page, 2), "step,loss\n0,2\n1,1\n");
        assert!(exported(page, 3).contains("PNG"));
    });
}

#[test]
fn the_legend_has_no_half_that_no_cell_needs() {
    with_browser(|page| {
        let legend = |cells: [f32; 2]| {
            let options = PlotOptions::new().value("share").range(-1.0, 1.0);
            page.open(&heatmap(array![cells].view(), &["r"], &["a", "b"], options).unwrap().to_html());
            page.text(".color-bar")
        };
        assert_eq!(legend([0.0, 0.75]), "share01");
        assert_eq!(legend([0.0, -0.75]), "share−10");
        assert_eq!(legend([-0.25, 0.75]), "share−11");
        // Less than a color shows.
        assert_eq!(legend([-0.001, 0.75]), "share01");
        assert_eq!(legend([0.0, 0.0]), "share−11");
    });
}

#[test]
fn a_click_pins_a_value_until_the_next() {
    with_browser(|page| {
        page.open(&heatmap(array![[1.0, 2.0]].view(), &["r"], &["a", "b"], PlotOptions::new()).unwrap().to_html());
        page.click(".matrix"); // in its middle
        let pinned = page.tooltip();
        assert!(pinned.len() == 3, "{pinned:?}");
        page.leave();
        page.hover_at(".matrix", 0.99, 0.9);
        assert_eq!(page.tooltip(), pinned, "neither leaving nor hovering elsewhere changes it");
        page.click(".matrix");
        page.leave();
        assert!(page.tooltip().is_empty(), "a second click lets it go");
        page.click(".matrix");
        page.press(&[keys::ESCAPE]);
        assert!(page.tooltip().is_empty());
    });
}
