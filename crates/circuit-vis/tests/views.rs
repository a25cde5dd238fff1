//! What each function puts into the page and prints in a terminal, and what it refuses. Snapshots show arrays decoded.

use circuit_vis::{
    AttentionOptions, ColorOptions, Line, NeuronOptions, NeuronSample, PlotOptions, View, VisError, attention_heads,
    attention_pattern, attention_patterns, colored_tokens, colored_tokens_multi, component_names, head_names, heatmap,
    lines, plot_logit_attribution, text_heatmap, text_neuron_activations, token_log_probs, topk_samples, topk_tokens,
};
use ndarray::{Array2, Array3, ArrayD, array};
use serde_json::{Map, Value};

const TOKENS: [&str; 3] = ["<bos>", " a", "\n"];

fn pattern(heads: usize, n: usize) -> Array3<f32> {
    Array3::from_shape_fn((heads, n, n), |(head, query, key)| {
        if key > query { 0.0 } else { (1 + head + key) as f32 / ((query + 1) * (head + 2)) as f32 }
    })
}

/// The data block, with each array block as its shape, layout and numbers.
fn readable(view: &View) -> Value {
    // A view decodes only arrays of its own, by name: those inside lists are decoded through a view of the same data.
    fn decode(value: &Value) -> Value {
        match value {
            Value::Object(entries) if entries.contains_key("base64") => Value::String(format!(
                "{} {}: {:?}",
                entries["layout"].as_str().unwrap(),
                entries["shape"],
                numbers(value)
            )),
            Value::Object(entries) => {
                Value::Object(entries.iter().map(|(k, v)| (k.clone(), decode(v))).collect::<Map<_, _>>())
            }
            Value::Array(items) if items.iter().all(|item| item.is_string() || item.is_number()) => {
                Value::String(value.to_string())
            }
            Value::Array(items) => Value::Array(items.iter().map(decode).collect()),
            other => other.clone(),
        }
    }
    decode(view.data())
}

/// The stored numbers in the order of the file, by a decoder of its own.
fn numbers(block: &Value) -> Vec<f32> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(block["base64"].as_str().unwrap()).unwrap();
    bytes.chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

/// The snapshot of one view: what the page gets, and what the terminal gets.
macro_rules! snapshot {
    ($name:literal, $view:expr) => {
        let view = $view.unwrap();
        let json = serde_json::to_string_pretty(&readable(&view)).unwrap();
        insta::assert_snapshot!($name, format!("{json}\n\n{}", view.to_text()));
    };
}

#[test]
fn attention_blocks() {
    let named = AttentionOptions::new().head_names(head_names(1, 2)).mask_bos(true);
    snapshot!("attention_patterns", attention_patterns(&TOKENS, pattern(2, 3).view(), named));
    let mut leaky = pattern(1, 3);
    leaky[[0, 0, 2]] = f32::NAN;
    snapshot!("attention_heads_leaky", attention_heads(&TOKENS, leaky.view(), AttentionOptions::new().range(0.0, 0.5)));
    let one = pattern(1, 3).remove_axis(ndarray::Axis(0));
    snapshot!(
        "attention_pattern",
        attention_pattern(&TOKENS, one.view(), AttentionOptions::new().mask_upper_tri(false))
    );
}

#[test]
fn token_blocks() {
    snapshot!("colored_tokens", colored_tokens(&TOKENS, array![0.5, f32::INFINITY, -1.0].view(), ColorOptions::new()));
    let values = array![[1.0, 0.0], [0.5, -2.0], [f32::NAN, 4.0]];
    snapshot!(
        "colored_tokens_multi",
        colored_tokens_multi(&TOKENS, values.view(), &["p", "log p"], ColorOptions::new())
    );
    let log_probs = array![[0.1f32, 0.6, 0.3], [0.2, 0.7, 0.1], [0.4, 0.3, 0.3]].mapv(f32::ln);
    snapshot!("token_log_probs", token_log_probs(&[0u32, 2, 2], log_probs.view(), |token| TOKENS[token].into(), 2));
}

#[test]
fn neuron_blocks() {
    let one = Array3::from_shape_fn((3, 1, 2), |(pos, _, neuron)| pos as f32 - neuron as f32);
    let options = NeuronOptions::new().names("Layer", "Head").second_labels(["x", "y"]);
    snapshot!("text_neuron_activations", text_neuron_activations(&[TOKENS], &[one.view()], options));
    let by_layer = one.clone().permuted_axes([1, 0, 2]);
    snapshot!("topk_tokens", topk_tokens(&[TOKENS], &[by_layer.view()], 2, NeuronOptions::new()));
    let sample = |activations: Vec<f32>| NeuronSample {
        layer: 0,
        neuron: 1,
        tokens: vec![" a".into(), "b".into()],
        activations,
    };
    let samples = [sample(vec![0.0, 1.0]), sample(vec![3.0, 2.0])];
    snapshot!("topk_samples", topk_samples(&samples, NeuronOptions::new()));
}

#[test]
fn plot_blocks() {
    let scores = array![[0.9, -0.1], [0.0, f32::NAN]];
    let options = PlotOptions::new().x("Head").y("Layer").value("Score").range(-1.0, 1.0);
    snapshot!("heatmap", heatmap(scores.view(), &["0", "1"], &["0", "1"], options));
    let attr = Array2::from_shape_fn((2, 3), |(pos, component)| pos as f32 - component as f32);
    snapshot!(
        "plot_logit_attribution",
        plot_logit_attribution(&TOKENS, attr.view(), &component_names(1, 2), PlotOptions::new())
    );
    let series = [
        Line::new("loss", array![3.0, 2.0, f32::NAN, 1.0].view()),
        Line::new("effect", array![1.0, 2.5].view()).over(array![-10.0, 10.0].view()),
    ];
    snapshot!("lines", lines(&series, PlotOptions::new().x("position").y("loss")));
}

#[test]
fn a_terminal_sees_got_beside_want() {
    let want = pattern(1, 5).remove_axis(ndarray::Axis(0));
    let mut got = want.clone();
    got.swap((4, 0), (4, 4));
    got[[3, 1]] = f32::NAN;
    got[[2, 0]] = -0.3;
    got[[1, 0]] = 7.0;
    let tokens = ["<bos>", " the", " 日本語", " 👩‍🚀", ""].map(str::to_owned);
    insta::assert_snapshot!(
        "text_got_beside_want",
        text_heatmap(got.view(), Some(want.view()), &tokens, &tokens).unwrap()
    );
    let none: [&str; 0] = [];
    insta::assert_snapshot!("text_without_labels", text_heatmap(got.view(), None, &none, &none).unwrap());
    let large = Array2::from_shape_fn((60, 70), |(row, column)| if row == column { 1.0 } else { 0.0 });
    insta::assert_snapshot!("text_large", text_heatmap(large.view(), Some(large.view()), &none, &none).unwrap());
    let long = ["a very long label indeed", "another one that is long"];
    insta::assert_snapshot!(
        "text_long_labels",
        text_heatmap(array![[1.0, 2.0]].view(), None, &["row"], &long).unwrap()
    );
}

/// An empty layer has nothing to compare, and still prints.
#[test]
fn a_terminal_heat_map_of_zeros_or_nothing_is_no_panic() {
    let none: [&str; 0] = [];
    for shape in [(0, 0), (0, 3), (3, 0), (2, 2)] {
        let zeros = Array2::<f32>::zeros(shape);
        text_heatmap(zeros.view(), Some(zeros.view()), &none, &none).unwrap();
    }
}

#[test]
fn input_that_does_not_fit_is_refused_with_what_was_expected_and_what_came() {
    let attention = |tokens: &[&str], shape, options| attention_patterns(tokens, Array3::zeros(shape).view(), options);
    let plain = AttentionOptions::new;
    let colored = |n| colored_tokens(&TOKENS, ndarray::Array1::zeros(n).view(), ColorOptions::new());
    let neurons = |shapes: &[(usize, usize, usize)], options| {
        let arrays: Vec<_> = shapes.iter().map(|&shape| Array3::<f32>::zeros(shape)).collect();
        let views: Vec<_> = arrays.iter().map(|array| array.view()).collect();
        text_neuron_activations(&[TOKENS, TOKENS], &views, options)
    };
    let log_probs =
        |tokens: &[i64], values: Array2<f32>| token_log_probs(tokens, values.view(), |token| token.to_string(), 3);
    let even = || Array2::from_elem((3, 4), 0.25f32.ln());
    let table = |rows: &[&str]| heatmap(array![[1.0, 2.0]].view(), rows, &["a", "b"], PlotOptions::new());
    let attribution = |rows| {
        plot_logit_attribution(&TOKENS, Array2::zeros((rows, 3)).view(), &component_names(1, 2), PlotOptions::new())
    };
    let y = array![1.0, 2.0];
    let got = [
        attention(&TOKENS, (2, 3, 4), plain()),
        attention(&TOKENS, (2, 4, 3), plain()),
        attention(&[], (2, 0, 0), plain()),
        attention(&TOKENS, (0, 3, 3), plain()),
        attention(&TOKENS, (2, 3, 3), plain().head_names(["just one"])),
        attention(&TOKENS, (2, 3, 3), plain().range(1.0, -1.0)),
        colored(4),
        colored_tokens_multi(&TOKENS, Array2::zeros((3, 2)).view(), &["one"], ColorOptions::new()),
        colored_tokens(&TOKENS, array![0.0, 1.0, 2.0].view(), ColorOptions::new().range(f32::NAN, 1.0)),
        neurons(&[(3, 1, 2)], NeuronOptions::new()),
        neurons(&[(3, 1, 2), (3, 1, 3)], NeuronOptions::new()),
        neurons(&[(3, 1, 2), (4, 1, 2)], NeuronOptions::new()),
        neurons(&[(3, 1, 2), (3, 1, 2)], NeuronOptions::new().first_labels(["a", "b"])),
        topk_tokens(&[TOKENS], &[Array3::zeros((1, 4, 2)).view()], 3, NeuronOptions::new()),
        topk_tokens(&[TOKENS], &[Array3::zeros((1, 3, 2)).view()], 0, NeuronOptions::new()),
        topk_samples(&[], NeuronOptions::new()),
        log_probs(&[0, 1], even()),
        log_probs(&[0, 4, 1], even()),
        log_probs(&[0, -1, 1], even()),
        log_probs(&[0, 1, 1], Array2::ones((3, 4))),
        table(&["r", "s"]),
        attribution(3),
        lines(&[], PlotOptions::new()),
        lines(&[Line::new("loss", y.view()).over(array![1.0].view())], PlotOptions::new()),
    ];
    let messages: Vec<String> = got.into_iter().map(|result| format!("{:?}", result.unwrap_err())).collect();
    insta::assert_snapshot!("errors", messages.join("\n"));
    let none: [&str; 0] = [];
    let shapes = text_heatmap(array![[1.0]].view(), Some(array![[1.0, 2.0]].view()), &none, &none).unwrap_err();
    assert!(matches!(shapes, VisError::Shape { .. }), "{shapes}");
}

#[test]
fn what_is_drawn_can_be_read_back_bit_by_bit() {
    let given = pattern(12, 128);
    let tokens: Vec<String> = (0..128).map(|i| i.to_string()).collect();
    let view = attention_patterns(&tokens, given.view(), AttentionOptions::new()).unwrap();
    assert_eq!(view.array("attention"), Some(given.into_dyn()));
    assert_eq!(view.array("tokens"), None);
    assert_eq!(view.array("nothing"), None::<ArrayD<f32>>);
    assert_eq!((view.kind(), &view.data()["tokens"]["raw"][5]), ("attention_patterns", &Value::from("5")));
    assert!(view.to_html().len() < 1 << 20, "{} bytes", view.to_html().len());
}

#[test]
fn a_view_is_written_whole_with_its_title() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("views/tokens.html");
    let view = colored_tokens(&["</script>"], array![1.0].view(), ColorOptions::new()).unwrap().title("A & B");
    view.write(&path).unwrap();
    let html = std::fs::read_to_string(&path).unwrap();
    assert_eq!(html, view.to_html());
    assert!(html.starts_with("<!doctype html>") && html.contains("<title>A &amp; B</title>"));
    assert_eq!(html.matches("</script>").count(), 2, "the data's and the program's: none of a token");
}
