//! Attention views: hover, lock, unlock, dropdown, masks, values and colors.

use circuit_vis::{
    AttentionOptions, View, attention_heads, attention_pattern, attention_patterns, head_names, head_view, model_view,
};
use ndarray::{Array2, Array3, s};
use serde_json::json;

use crate::driver::{Page, keys, with_browser};

const TOKENS: [&str; 5] = ["<bos>", " a", "b", "\n", " cat"];

/// Causal, every value different, none of them round.
fn pattern(heads: usize, n: usize) -> Array3<f32> {
    Array3::from_shape_fn((heads, n, n), |(head, query, key)| {
        if key > query { 0.0 } else { ((head * 31 + query * 7 + key * 3 + 1) as f32 * 0.377).sin().abs() }
    })
}

fn view() -> View {
    attention_patterns(&TOKENS, pattern(3, 5).view(), AttentionOptions::new().head_names(head_names(0, 3))).unwrap()
}

fn head(index: usize) -> String {
    format!(".head[data-index='{index}']")
}

fn token(index: usize) -> String {
    format!(".token[data-index='{index}']")
}

fn values(page: &Page) -> Vec<String> {
    page.texts(".token .value")
}

/// Attention to sources, or from destinations; what the causal mask forbids is not shown.
fn three_decimals<'a>(values: impl IntoIterator<Item = &'a f32>) -> Vec<String> {
    let text = |value: &f32| if *value == 0.0 { String::new() } else { format!("{value:.3}") };
    values.into_iter().map(text).collect()
}

/// A pixel of a canvas, read from a copy, so that the page's own canvas is not one that Chromium warns about.
fn pixel(page: &Page, css: &str, x: usize, y: usize) -> Vec<i64> {
    let script = "const copy = document.createElement('canvas').getContext('2d');
        copy.drawImage(document.querySelector(CSS), -(LEFT), -(TOP)); return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3)";
    let script =
        script.replace("CSS", &json!(css).to_string()).replace("LEFT", &x.to_string()).replace("TOP", &y.to_string());
    page.run(&script).as_array().unwrap().iter().map(|channel| channel.as_i64().unwrap()).collect()
}

fn tint(page: &Page, index: usize) -> Vec<i64> {
    let css = page.run(&format!("return getComputedStyle(document.querySelector(`{}`)).backgroundColor", token(index)));
    let numbers = css.as_str().unwrap().trim_start_matches("rgb(").trim_end_matches(')').to_owned();
    numbers.split(", ").map(|channel| channel.parse().unwrap()).collect()
}

/// White at no attention, one of twelve colors at all of it: the head colors of the light theme, written down a second time.
fn head_color(head: usize, attention: f32) -> [f64; 3] {
    let full = [0x3300ee, 0xff0000, 0xee88cc, 0x661144, 0xaa66ee, 0x44bb77][head];
    [16, 8, 0].map(|shift| 255.0 + (f64::from(full >> shift & 0xff) - 255.0) * f64::from(attention))
}

#[track_caller]
fn assert_color(got: &[i64], want: [f64; 3]) {
    let close = got.iter().zip(want).all(|(got, want)| (*got as f64 - want).abs() <= 1.0);
    assert!(close, "got {got:?}, want {want:?}");
}

#[test]
fn tokens_hover_lock_and_unlock_and_show_the_values_given() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        assert_eq!(values(page), [""; 5]);

        page.click(&head(1)); // so that values are one head's
        page.hover(&token(3));
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 3, ..])));
        page.leave();
        assert_eq!(values(page), [""; 5], "hover alone does not stay");

        page.click(&token(3));
        page.leave();
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 3, ..])), "a click locks");
        assert_eq!(page.pressed(".token"), [3]);
        page.hover(&token(4));
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 4, ..])), "hover goes before the lock");
        let between = format!("0.1: {:.4}", pattern[[1, 3, 2]]);
        page.hover(&token(2));
        assert_eq!(page.tooltip(), ["destination: 3 ⏎", "source: 2 b", &between]);
        page.leave();
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 3, ..])), "and then the lock is back");

        page.click(&token(3));
        page.leave();
        assert_eq!(values(page), [""; 5], "a second click unlocks");
        assert!(page.pressed(".token").is_empty());
    });
}

#[test]
fn the_dropdown_turns_rows_into_columns() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.click(&head(2));
        page.click(&token(1));
        page.leave();
        assert_eq!(values(page), three_decimals(pattern.slice(s![2, 1, ..])));
        assert!(page.text(".status").contains("destination 1 ·a looks most at source"), "{}", page.text(".status"));
        assert_eq!(page.texts("select option"), ["Source ← Destination", "Destination ← Source"]);
        page.set("select", "to");
        assert_eq!(values(page), three_decimals(pattern.slice(s![2, .., 1])));
        assert!(
            page.text(".status").contains("source 1 ·a is looked at most by destination"),
            "{}",
            page.text(".status")
        );
        page.set("select", "from");
        assert_eq!(values(page), three_decimals(pattern.slice(s![2, 1, ..])));
    });
}

#[test]
fn heads_hover_lock_and_unlock_in_their_colors() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        let one = |head: usize, query: usize, key: usize| head_color(head, pattern[[head, query, key]]);
        let darkest = |query, key| {
            let [a, b, c] = [0, 1, 2].map(|head| one(head, query, key));
            [0, 1, 2].map(|channel| a[channel].min(b[channel]).min(c[channel]))
        };
        assert_eq!(page.texts(".head"), ["0.0", "0.1", "0.2"]);
        assert_color(&pixel(page, ".grid", 1, 4), darkest(4, 1));
        assert_color(&pixel(page, ".grid", 4, 1), [255.0; 3]);

        page.hover(&head(2));
        assert_color(&pixel(page, ".grid", 1, 4), one(2, 4, 1));
        assert_color(&pixel(page, ".head[data-index='2'] canvas", 1, 4), one(2, 4, 1));
        page.leave();
        assert_color(&pixel(page, ".grid", 1, 4), darkest(4, 1));
        page.click(&head(0));
        page.leave();
        assert_eq!(page.pressed(".head"), [0]);
        assert_color(&pixel(page, ".grid", 1, 4), one(0, 4, 1));
        page.click(&head(0));
        page.leave();
        assert!(page.pressed(".head").is_empty());
        assert_color(&pixel(page, ".grid", 1, 4), darkest(4, 1));
    });
}

#[test]
fn tokens_are_tinted_by_the_attention_that_they_get_or_by_one_cell() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.click(&head(1));
        page.leave();
        let cell = |query: usize, key: usize| head_color(1, pattern[[1, query, key]]);
        let received = |key: usize| (key + 1..5).map(|query| pattern[[1, query, key]]).sum::<f32>() / (4 - key) as f32;
        (0..4).for_each(|key| assert_color(&tint(page, key), head_color(1, received(key))));
        assert_color(&tint(page, 4), [255.0; 3]); // no token after it
        page.click(&token(3));
        page.leave();
        assert_color(&tint(page, 2), cell(3, 2));
        assert_color(&tint(page, 4), [255.0; 3]);
        page.set("select", "to");
        assert_color(&tint(page, 4), cell(4, 3));
    });
}

#[test]
fn the_switch_masks_token_0() {
    with_browser(|page| {
        let masked = [222.0, 225.0, 230.0];
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.click(&head(1));
        page.leave();
        page.click(".controls input[type=checkbox]");
        assert_color(&pixel(page, ".grid", 0, 3), masked);
        assert_color(&tint(page, 0), masked);
        page.click(".controls input[type=checkbox]");
        assert_color(&pixel(page, ".grid", 0, 3), head_color(1, pattern[[1, 3, 0]]));

        let options = AttentionOptions::new().mask_bos(true);
        page.open(&attention_patterns(&TOKENS, pattern.view(), options).unwrap().to_html());
        assert_color(&pixel(page, ".grid", 0, 3), masked);
    });
}

#[test]
fn the_grid_tells_the_value_under_the_pointer() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.hover_at(".grid", 0.3, 0.9); // column 1, row 4
        let mut want: Vec<(usize, f32)> = (0..3).map(|head| (head, pattern[[head, 4, 1]])).collect();
        want.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut lines = vec!["destination: 4 ·cat".to_owned(), "source: 1 ·a".to_owned()];
        lines.extend(want.iter().map(|(head, value)| format!("0.{head}: {value:.4}")));
        assert_eq!(page.tooltip(), lines);
        page.leave();
        assert!(page.tooltip().is_empty());
    });
}

/// The tokens that the grid marks in the row of tokens: those of the cell under the pointer.
fn marked(page: &Page) -> [Vec<String>; 2] {
    ["at-query", "at-key"].map(|class| page.texts(&format!(".token.{class} .text")))
}

#[test]
fn the_grid_names_its_tokens_marks_them_and_zooms() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        let names = ["<bos> (0)", "·a (1)", "b (2)", "⏎ (3)", "·cat (4)"].map(|name| {
            let (text, place) = name.split_once(' ').unwrap();
            format!("\u{2068}{text}\u{2069} {place}")
        });
        assert_eq!(page.texts(".grid-queries bdi"), names);
        assert_eq!(page.texts(".grid-keys bdi"), names);
        assert!(page.text(".controls .legend").starts_with("attention"), "a legend");

        page.hover_at(".grid", 0.3, 0.9); // column 1, row 4
        assert_eq!(marked(page), [vec!["·cat".to_owned()], vec!["·a".to_owned()]]);
        assert_eq!(page.texts(".grid-plot .chosen"), [names[1].clone(), names[4].clone()]);
        page.click(&head(1));
        page.hover_at(".grid", 0.9, 0.9);
        page.run("document.querySelector('.grid').dispatchEvent(new KeyboardEvent('keydown', { key: '+' }))");
        page.settle();
        assert_eq!(page.text(".zoom .where"), "destinations 1–4, sources 1–4 of 5");
        assert_eq!(page.texts(".grid-keys bdi"), names[1..]);
        page.leave();
        assert_color(&pixel(page, ".grid", 0, 3), head_color(1, pattern[[1, 4, 1]]));
        page.click(".zoom button:first-child");
        assert_eq!(page.text(".zoom .where"), "");
        assert_eq!(page.texts(".grid-keys bdi"), names);
    });
}

#[test]
fn a_token_says_where_it_looks_most() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.click(&head(1));
        page.hover(&token(4));
        let mut sources: Vec<(usize, f32)> = pattern.slice(s![1, 4, ..]).iter().copied().enumerate().collect();
        sources.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown = ["<bos>", "·a", "b", "⏎", "·cat"];
        let mut want = vec!["looks most at".to_owned()];
        want.extend(sources[..3].iter().map(|(key, value)| format!("{key} {}: {value:.4}", shown[*key])));
        assert_eq!(page.tooltip(), want);
    });
}

#[test]
fn lines_between_tokens_are_those_of_the_heads_and_of_the_token_that_are_chosen() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&head_view(&TOKENS, pattern.view(), AttentionOptions::new()).unwrap().to_html());
        assert_eq!(page.pressed(".head-choice"), [0, 1, 2]);
        assert_eq!(page.texts(".thread-column").len(), 2);
        page.click(".head-choice:nth-child(1)");
        page.click(".head-choice:nth-child(3)");
        assert_eq!(page.pressed(".head-choice"), [1]);
        page.hover(".thread-token[data-index='4']"); // destination 4
        let best = (0..5).max_by(|a, b| pattern[[1, 4, *a]].total_cmp(&pattern[[1, 4, *b]])).unwrap();
        let shown = ["<bos>", "·a", "b", "⏎", "·cat"];
        let want = format!("{best} {} (Head 1): {:.4}", shown[best], pattern[[1, 4, best]]);
        assert_eq!(page.tooltip()[..2], ["looks most at".to_owned(), want]);
        let painted = "const c = document.querySelector('.threads');
            const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
            copy.drawImage(c, 0, 0); const d = copy.getImageData(0, 0, c.width, c.height).data;
            return [...d].some((v, i) => i % 4 === 3 && v > 0)";
        assert_eq!(page.run(painted), true);
        page.click(".head-choice:nth-child(2)");
        page.leave();
        assert_eq!(page.run(painted), false, "without heads there are no lines");
    });
}

#[test]
fn all_heads_are_there_and_one_is_large() {
    with_browser(|page| {
        let pattern = pattern(6, 5).into_shape_with_order((2, 3, 5, 5)).unwrap();
        page.open(&model_view(&TOKENS, pattern.view(), AttentionOptions::new()).unwrap().to_html());
        assert_eq!(page.texts(".model-view tbody th"), ["Layer 0", "Layer 1"]);
        assert_eq!(page.texts(".model-view thead th"), ["Head 0", "Head 1", "Head 2"]);
        assert_eq!(page.pressed(".model-head"), [0]);
        page.click(".model-head[data-index='5']");
        page.leave();
        assert_eq!(page.text("h4"), "Head 1.2");
        hover_cell(page, (5, 26), 4, 1);
        let value = format!("attention: {:.4}", pattern[[1, 2, 4, 1]]);
        assert_eq!(page.tooltip(), ["head 1.2", "destination: 4 ·cat", "source: 1 ·a", &value]);
    });
}

#[test]
fn the_legend_has_no_half_that_no_value_needs() {
    with_browser(|page| {
        let pattern = pattern(1, 5);
        let open = |pattern: &Array3<f32>| {
            page.open(&attention_heads(&TOKENS, pattern.view(), AttentionOptions::new()).unwrap().to_html());
            page.text(".color-bar")
        };
        assert_eq!(open(&pattern), "attention01");
        assert_eq!(open(&-pattern), "attention−11");
    });
}

#[test]
fn the_keyboard_does_what_the_pointer_does() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        page.open(&view().to_html());
        page.press(&[keys::TAB; 4]); // theme, dropdown, mask, grid
        page.press(&[keys::RIGHT, keys::DOWN, keys::DOWN, keys::RIGHT]); // the first key goes to the first cell
        assert_eq!(page.tooltip()[..2], ["destination: 2 b", "source: 1 ·a"]);
        page.press(&[keys::TAB, keys::TAB]); // zoom in, heads
        page.press(&[keys::RIGHT, keys::ENTER]);
        assert_eq!(page.pressed(".head"), [1]);
        page.press(&[keys::TAB, keys::RIGHT, keys::RIGHT, keys::RIGHT]);
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 3, ..])), "focus is hover");
        page.press(&[keys::LEFT, keys::ENTER, keys::RIGHT, keys::RIGHT]);
        assert_eq!(page.pressed(".token"), [2]);
        assert_eq!(values(page), three_decimals(pattern.slice(s![1, 4, ..])));
        page.press(&[keys::ESCAPE]);
        assert!(page.pressed(".token").is_empty() && page.pressed(".head").is_empty());
    });
}

#[test]
fn attention_that_leaks_into_the_future_is_shown() {
    with_browser(|page| {
        let mut leaky = pattern(2, 5);
        leaky[[1, 0, 4]] = 0.75;
        page.open(&attention_patterns(&TOKENS, leaky.view(), AttentionOptions::new()).unwrap().to_html());
        page.hover(&head(1));
        assert_color(&pixel(page, ".grid", 4, 0), head_color(1, 0.75));
    });
}

#[test]
fn values_that_are_no_numbers_are_marked_and_counted() {
    with_browser(|page| {
        let mut odd = pattern(2, 5);
        odd[[1, 3, 1]] = f32::NAN;
        odd[[0, 4, 4]] = f32::INFINITY;
        page.open(&attention_patterns(&TOKENS, odd.view(), AttentionOptions::new()).unwrap().to_html());
        assert_eq!(page.text(".notice"), "Not finite: 1 NaN, 1 infinite. Such values are marked.");
        assert_color(&pixel(page, ".grid", 1, 3), [255.0, 176.0, 0.0]);
        page.click(&head(1));
        page.hover(&token(3));
        assert_eq!(values(page)[1], "NaN");
        page.hover_at(".grid", 0.3, 0.7);
        assert_eq!(page.tooltip()[2], "Head 1: NaN");
    });
}

#[test]
fn attention_heads_starts_with_head_0_and_zooms() {
    with_browser(|page| {
        let pattern = pattern(3, 5);
        let options = AttentionOptions::new().head_names(head_names(4, 3));
        page.open(&attention_heads(&TOKENS, pattern.view(), options).unwrap().to_html());
        assert_eq!(page.pressed(".head"), [0]);
        assert!(page.texts("h4").contains(&"4.0 Zoomed".to_owned()));
        page.hover(&head(2));
        assert!(page.texts("h4").contains(&"4.2 Zoomed".to_owned()));
        page.click(&head(2));
        page.leave();
        assert!(page.texts("h4").contains(&"4.2 Zoomed".to_owned()));

        let cell = |row: usize, column: usize| hover_cell(page, (5, 30), row, column);
        cell(4, 1);
        let value = format!("Val: {:.4}", pattern[[2, 4, 1]]);
        assert_eq!(page.tooltip(), ["(4, 1)", "Src: 1 ·a", "Dest: 4 ·cat", &value]);
        cell(1, 3);
        assert_eq!(page.tooltip()[3], "Val: N/A");
    });
}

#[test]
fn attention_pattern_is_one_head_and_has_no_selector() {
    with_browser(|page| {
        let pattern = pattern(1, 5);
        let view = attention_pattern(&TOKENS, pattern.slice(s![0, .., ..]), AttentionOptions::new()).unwrap();
        page.open(&view.to_html());
        assert!(page.texts(".head").is_empty());
        hover_cell(page, (5, 30), 3, 2);
        assert_eq!(page.tooltip()[3], format!("Val: {:.4}", pattern[[0, 3, 2]]));
    });
}

/// The cells are at the lower right of the canvas: `n` of `size` pixels each way.
fn hover_cell(page: &Page, (n, size): (usize, usize), row: usize, column: usize) {
    let box_size = page.run("const e = document.querySelector('.matrix'); return [e.clientWidth, e.clientHeight]");
    let share = |side: usize, index: usize| {
        let length = box_size[side].as_f64().unwrap();
        1.0 - (((n - index) * size) as f64 - size as f64 / 2.0 + 1.0) / length
    };
    page.hover_at(".matrix", share(0, column), share(1, row));
}

/// The time from a hover to the end of its layout, as the page measures it. Other work may share the machine, so the page
/// tries until once it is quick enough, and gives up after some seconds with the best that it saw.
fn hover_milliseconds(page: &Page, enough: f64) -> f64 {
    let script = "
        const done = arguments[0], tokens = document.querySelectorAll('.token'), until = performance.now() + 8000;
        let best = Infinity;
        const measure = (i) => {
            if (best < ENOUGH || performance.now() > until) return done(best);
            let start;
            requestAnimationFrame(() => { start = performance.now(); });
            tokens[tokens.length - 1 - (i % 50)].dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
            requestAnimationFrame(() => { document.body.offsetHeight; best = Math.min(best, performance.now() - start); measure(i + 1); });
        };
        measure(0);";
    page.run_async(&script.replace("ENOUGH", &enough.to_string())).as_f64().unwrap()
}

#[test]
fn long_texts_are_small_and_quick() {
    with_browser(|page| {
        // A frame for 128 tokens; 512 tokens take some 20 ms on an idle machine, and have room for a busy one.
        for (n, bytes, milliseconds) in [(128, 1 << 20, 16.0), (512, 3 << 20, 200.0)] {
            let tokens: Vec<String> = (0..n).map(|i| format!(" t{i}")).collect();
            let html = attention_patterns(&tokens, pattern(12, n).view(), AttentionOptions::new()).unwrap().to_html();
            assert!(html.len() < bytes, "{n} tokens: {} bytes", html.len());
            page.open(&html);
            let took = hover_milliseconds(page, milliseconds);
            println!("12 heads × {n} tokens: {} bytes, a hover takes {took:.1} ms", html.len());
            assert!(took < milliseconds, "{n} tokens: a hover takes {took:.1} ms");
            let says_so =
                page.run("return document.querySelector('.notice')?.textContent.includes('rounded') ?? false");
            assert_eq!(says_so, n > 300, "{n} tokens");
        }
    });
}

#[test]
fn many_tokens_fit_the_labeled_matrix() {
    with_browser(|page| {
        let tokens: Vec<String> = (0..512).map(|i| format!(" token{i}")).collect();
        let pattern = Array2::from_shape_fn((512, 512), |(q, k)| if k <= q { 1.0 / (q + 1) as f32 } else { 0.0 });
        page.open(&attention_pattern(&tokens, pattern.view(), AttentionOptions::new()).unwrap().to_html());
        hover_cell(page, (512, 1), 400, 30);
        assert_eq!(page.tooltip()[0], "(400, 30)");
        assert_eq!(page.tooltip()[3], format!("Val: {:.4}", 1.0 / 401.0));
    });
}
