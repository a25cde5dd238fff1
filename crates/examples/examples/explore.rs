//! A page of pictures of a model on a text: its predictions, its attention, what each head contributed to them.
//!
//! ```text
//! cargo xtask explore "Once upon a time there was a king" --model attn-only-2l-tales
//! ```
//! `--model` takes the name of an embedded model, a folder, or a published model such as `gpt2-small` (downloaded once, if
//! this was built with the feature `hub`); `--out FILE` writes the page instead of opening it.

use std::path::PathBuf;
use std::process::ExitCode;

use circuit_vis::{
    AttentionOptions, PlotOptions, Report, VisError, attention_patterns, component_names, head_names, heatmap,
    plot_logit_attribution, token_log_probs,
};
use hooked_transformer::{ActivationCache, HookedTransformer, log_softmax};
use ndarray::{Array2, Array3, ArrayView1, Axis, Ix2, Ix3, concatenate, s};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Arguments {
    text: String,
    model: String,
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| explore(&arguments)) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Outcome<Arguments> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let model = examples::take_option(&mut words, "--model")?.unwrap_or_else(|| "attn-only-2l-tales".to_string());
    let out = examples::take_option(&mut words, "--out")?.map(PathBuf::from);
    let text = examples::text(&words)?;
    if text.trim().is_empty() {
        return Err("there is nothing to explore: give a text".into());
    }
    Ok(Arguments { text, model, out })
}

fn explore(arguments: &Arguments) -> Outcome<String> {
    let model = examples::load(&arguments.model)?;
    let report = report(&model, &arguments.text)?;
    match &arguments.out {
        Some(file) => {
            report.write(file)?;
            Ok(format!("Written to {}.", file.display()))
        }
        None => match report.open() {
            Ok(file) => Ok(format!("Opened {} in your browser.", file.display())),
            // The report is there, which is what was asked for.
            Err(without_browser @ VisError::Open { .. }) => Ok(format!("Done: {without_browser}.")),
            Err(error) => Err(error.into()),
        },
    }
}

fn report(model: &HookedTransformer, text: &str) -> Outcome<Report> {
    let tokens = model.to_tokens(text, true)?;
    let ids = tokens.row(0).to_vec();
    let str_tokens = model.to_str_tokens(&ids, None)?;
    let (logits, cache) = model.run(&tokens).names_filter(|_: &str| true).logits_and_cache()?;
    let cache = cache.remove_batch_dim()?;
    let log_probs = log_softmax(logits.view());
    let to_string = |id: usize| model.to_single_str_token(id).unwrap_or_default();

    let mut report = Report::new(format!("{} reads a text", model.cfg().model_name))
        .heading("What it expected")
        .prose("Each token is colored by the probability that the model gave to it. Point at one to see what else it thought of.")
        .view(&token_log_probs(&ids, log_probs.index_axis(Axis(0), 0), to_string, 10)?)
        .heading("Where its heads look")
        .prose("Point at a head or a token; click to lock it, click again to let go.");
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix3>(("pattern", layer));
        let options = AttentionOptions::new().head_names(head_names(layer, pattern.len_of(Axis(0))));
        report = report.view(&attention_patterns(&str_tokens, pattern, options)?.title(format!("Layer {layer}")));
    }
    report = report.heading("Habits of its heads").view(&habits(&cache)?);
    if model.cfg().attn_only && model.cfg().normalization_type.is_none() {
        report = report
            .heading("Who wrote that?")
            .prose("How much the direct path and each head added to the logit of the token that really came next.")
            .view(&attribution(model, &cache, &ids, &str_tokens)?);
    }
    Ok(report)
}

/// Mean attention of each head to the current, the previous and the first token.
fn habits(cache: &ActivationCache) -> Outcome<circuit_vis::View> {
    let (mut rows, mut names) = (Vec::new(), Vec::new());
    for layer in 0..cache.n_layers() {
        for (head, pattern) in cache.view::<Ix3>(("pattern", layer)).outer_iter().enumerate() {
            let below = pattern.slice(s![1.., ..]);
            let mean = |line: ArrayView1<'_, f32>| line.mean().unwrap_or(0.0);
            rows.extend([mean(pattern.diag()), mean(below.diag()), mean(pattern.column(0))]);
            names.push(format!("{layer}.{head}"));
        }
    }
    let scores = Array2::from_shape_vec((names.len(), 3), rows)?;
    let options = PlotOptions::new().x("looks at").y("head").value("mean attention").range(0.0, 1.0);
    Ok(heatmap(scores.view(), &names, &["current", "previous", "first"], options)?.title("Mean attention"))
}

/// What each component adds to the logit of the next token, `[pos - 1, component]`.
fn attribution(
    model: &HookedTransformer,
    cache: &ActivationCache,
    ids: &[usize],
    str_tokens: &[String],
) -> Outcome<circuit_vis::View> {
    let embed = cache.view::<Ix2>("embed").insert_axis(Axis(1));
    let results: Vec<_> = (0..cache.n_layers()).map(|layer| cache.view::<Ix3>(("result", layer))).collect();
    let parts: Vec<_> = std::iter::once(embed).chain(results).collect();
    let parts: Array3<f32> = concatenate(Axis(1), &parts)?;
    let n_pos = ids.len();
    let attribution = Array2::from_shape_fn((n_pos - 1, parts.len_of(Axis(1))), |(pos, component)| {
        parts.slice(s![pos, component, ..]).dot(&model.W_U().column(ids[pos + 1]))
    });
    let names = component_names(cache.n_layers(), model.cfg().n_heads);
    Ok(plot_logit_attribution(str_tokens, attribution.view(), &names, PlotOptions::new())?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The folder of a model in its publisher's format, with a tokenizer of four tokens.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let family = examples::reference_data().join("families/gpt2");
        for file in ["config.json", "model.safetensors"] {
            fs::copy(family.join(file), dir.path().join(file)).unwrap();
        }
        let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).unwrap();
        write("vocab.json", r#"{"<s>": 0, "a": 1, "b": 2, "Ġ": 3, "ab": 4}"#);
        write("merges.txt", "#version: 0.2\na b\n");
        write("tokenizer_config.json", r#"{"bos_token": "<s>", "eos_token": "<s>"}"#);
        dir
    }

    #[test]
    fn a_folder_and_an_embedded_model_are_explored() {
        let folder = folder();
        let out = folder.path().join("page.html");
        for (model, shown) in [(folder.path().to_str().unwrap(), "Layer 1"), ("gpt2-tales", "Layer 3")] {
            let arguments = Arguments { text: "ab a ab a".into(), model: model.into(), out: Some(out.clone()) };
            explore(&arguments).unwrap_or_else(|error| panic!("{model}: {error}"));
            assert!(fs::read_to_string(&out).unwrap().contains(shown), "{model}");
        }
    }

    #[test]
    fn an_unknown_model_is_answered_with_the_nearest_names() {
        let arguments = Arguments { text: "a".into(), model: "gpt2-smal".into(), out: None };
        assert!(explore(&arguments).unwrap_err().to_string().contains("`gpt2-small`"));
    }

    #[test]
    fn options_are_taken_out_of_the_words() {
        let mut words: Vec<String> = ["one", "--model", "m", "two"].map(String::from).to_vec();
        assert_eq!(examples::take_option(&mut words, "--model").unwrap().as_deref(), Some("m"));
        assert_eq!(examples::take_option(&mut words, "--out").unwrap(), None);
        assert_eq!(examples::text(&words).unwrap(), "one two");
        words.push("--model".to_string());
        assert!(examples::take_option(&mut words, "--model").is_err());
        assert!(examples::text(&words).unwrap_err().contains("--model"));
    }
}
