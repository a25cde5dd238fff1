//! Writes one page with every view, on made-up data: `cargo run -p circuit-vis --example gallery -- gallery.html`.

use circuit_vis::{
    AttentionOptions, ColorOptions, Line, NeuronOptions, NeuronSample, PlotOptions, Report, View, VisError,
    attention_heads, attention_pattern, attention_patterns, colored_tokens, colored_tokens_multi, component_names,
    head_names, head_view, heatmap, lines, model_view, plot_logit_attribution, text_neuron_activations,
    token_log_probs, topk_samples, topk_tokens,
};
use ndarray::{Array1, Array2, Array3, Axis, s};

const TEXT: [&str; 24] = [
    "<|endoftext|>",
    "The",
    " Mole",
    " had",
    " been",
    " working",
    " very",
    " hard",
    " all",
    " the",
    " morning",
    ",",
    "\n",
    " spring",
    "-",
    "cleaning",
    " his",
    " little",
    " home",
    ".",
    " שלום",
    " 👩‍🚀",
    "",
    " <b>incomprehensibilities</b>",
];

fn main() -> Result<(), VisError> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "gallery.html".to_owned());
    gallery()?.write(&path)?;
    println!("wrote {path}");
    Ok(())
}

fn gallery() -> Result<Report, VisError> {
    let pattern = attention(12, TEXT.len());
    let named = || AttentionOptions::new().head_names(head_names(0, 12));
    Ok(Report::new("Gallery of circuit-vis")
        .prose(
            "Every view of the crate, on made-up numbers. Hover, click, or use Tab, the arrow keys, Enter and Escape.",
        )
        .heading("Attention")
        .view(&attention_patterns(&TEXT, pattern.view(), named())?.title("Layer 0: attention_patterns"))
        .view(&attention_heads(&TEXT, pattern.view(), named())?.title("Layer 0: attention_heads"))
        .view(&attention_pattern(&TEXT[..8], pattern.slice(s![2, ..8, ..8]), AttentionOptions::new().mask_bos(true))?)
        .view(&head_view(&TEXT[..12], pattern.slice(s![..4, ..12, ..12]), AttentionOptions::new())?)
        .view(&all_heads()?)
        .heading("Tokens")
        .view(&colored_tokens(&TEXT, wave(TEXT.len(), 1).view(), ColorOptions::new())?)
        .view(&odd_values()?)
        .view(&predictions()?)
        .heading("Neurons")
        .view(&neurons()?)
        .view(&top_tokens()?)
        .view(&top_samples()?)
        .heading("Plots")
        .view(&induction_scores()?)
        .view(&attribution()?)
        .view(&curves()?))
}

/// Numbers that look like something and are the same everywhere: no generator of random numbers is needed for that.
fn wave(len: usize, seed: usize) -> Array1<f32> {
    Array1::from_shape_fn(len, |i| ((i * 7 + seed * 13) as f32 * 0.7).sin() * ((i + seed) as f32 * 0.31).cos() * 2.0)
}

/// Heads of several habits: previous token, first token, current token, an offset, and the mean of all.
fn attention(heads: usize, n: usize) -> Array3<f32> {
    let mut scores = Array3::from_shape_fn((heads, n, n), |(head, query, key)| {
        let wanted = [query.saturating_sub(1), 0, query, query.saturating_sub(5)][head % 4];
        let sharp = [0.0, 2.0, 4.0, 1.0, 6.0][head % 5];
        if key > query {
            f32::NEG_INFINITY
        } else {
            sharp * f32::from(u8::from(key == wanted)) + 0.3 * ((head + 3 * key) as f32).sin()
        }
    });
    for mut row in scores.lanes_mut(Axis(2)) {
        row.mapv_inplace(f32::exp);
        let total = row.sum();
        row /= total;
    }
    scores
}

fn all_heads() -> Result<View, VisError> {
    let layers = attention(24, 12).into_shape_with_order((3, 8, 12, 12)).expect("24 heads");
    model_view(&TEXT[..12], layers.view(), AttentionOptions::new())
}

fn odd_values() -> Result<View, VisError> {
    let mut values =
        Array2::from_shape_fn((TEXT.len(), 3), |(pos, k)| wave(TEXT.len(), k)[pos] * 10f32.powi(k as i32 - 1));
    values[[3, 0]] = f32::NAN;
    values[[4, 0]] = f32::INFINITY;
    let view = colored_tokens_multi(&TEXT, values.view(), &["logits", "log_probs", "probs"], ColorOptions::new())?;
    Ok(view.title("Several values a token, two of them not finite"))
}

fn predictions() -> Result<View, VisError> {
    let vocabulary = TEXT.len();
    let mut log_probs = Array2::from_shape_fn((TEXT.len(), vocabulary), |(pos, token)| {
        let right = if token == pos + 1 { (pos % 7) as f32 } else { 0.0 };
        right + ((pos * 5 + token * 3) as f32).sin() * 2.0
    });
    for mut row in log_probs.rows_mut() {
        let total = row.mapv(f32::exp).sum().ln();
        row -= total;
    }
    let tokens: Vec<usize> = (0..TEXT.len()).collect();
    token_log_probs(&tokens, log_probs.view(), |token| TEXT[token].to_owned(), 5)
}

fn activations(n: usize, seed: usize) -> Array3<f32> {
    Array3::from_shape_fn((n, 2, 40), |(pos, layer, neuron)| ((pos * (neuron + 1) + seed + layer) as f32).sin() + 0.4)
}

fn neurons() -> Result<View, VisError> {
    let texts: Vec<&[&str]> = vec![&TEXT[..16], &TEXT[3..], &TEXT[8..20], &TEXT[1..9], &TEXT[12..], &TEXT[5..15]];
    let values: Vec<Array3<f32>> = texts.iter().enumerate().map(|(i, text)| activations(text.len(), i)).collect();
    let values: Vec<_> = values.iter().map(|array| array.view()).collect();
    text_neuron_activations(&texts, &values, NeuronOptions::new())
}

fn top_tokens() -> Result<View, VisError> {
    let values = activations(TEXT.len(), 3).permuted_axes([1, 0, 2]); // [layer, pos, neuron]
    topk_tokens(&[TEXT.as_slice()], &[values.view()], 7, NeuronOptions::new())
}

fn top_samples() -> Result<View, VisError> {
    let sample = |seed: usize| {
        let tokens = &TEXT[seed..seed + 12];
        let activations = wave(tokens.len(), seed).mapv(|v| v.max(0.0)).to_vec();
        let tokens = tokens.iter().map(|&token| token.to_owned()).collect();
        NeuronSample { layer: seed % 2, neuron: seed % 3, tokens, activations }
    };
    let samples: Vec<NeuronSample> = (0..12).map(sample).collect();
    topk_samples(&samples, NeuronOptions::new())
}

fn induction_scores() -> Result<View, VisError> {
    let scores = Array2::from_shape_fn((2, 8), |(layer, head)| wave(16, 2)[8 * layer + head] * 0.4);
    let heads: Vec<String> = (0..8).map(|head| head.to_string()).collect();
    let options = PlotOptions::new().x("Head").y("Layer").value("Score");
    Ok(heatmap(scores.view(), &["0", "1"], &heads, options)?.title("Induction score by head"))
}

fn attribution() -> Result<View, VisError> {
    let names = component_names(2, 8);
    let values = Array2::from_shape_fn((TEXT.len() - 1, names.len()), |(pos, component)| {
        wave(TEXT.len(), component)[pos] * if component == 0 { 5.0 } else { 1.0 }
    });
    plot_logit_attribution(&TEXT, values.view(), &names, PlotOptions::new())
}

fn curves() -> Result<View, VisError> {
    let coefficients = Array1::linspace(-10.0, 10.0, 21);
    let effect = |scale: f32| coefficients.mapv(|c: f32| (c * scale).tanh() * 3.0 - c * c * 0.02);
    let mut broken = effect(-0.2);
    broken[7] = f32::NAN;
    let series = [
        Line::new("wedding", effect(0.5).view()).over(coefficients.view()),
        Line::new("anger", effect(0.1).view()).over(coefficients.view()),
        Line::new("one value missing", broken.view()).over(coefficients.view()),
    ];
    let options = PlotOptions::new().x("steering coefficient").y("log-probability");
    Ok(lines(&series, options)?.title("Effect of steering"))
}
