//! A first look inside a model: what it expects of a text, and what its attention heads look at while it reads.
//!
//! ```text
//! cargo run --example first_look
//! cargo run --example first_look -- "Any text of your own, with something in it that repeats: any text of your own."
//! cargo run --example first_look -- --model FOLDER
//! cargo run -p examples --features hub --example first_look -- --model gpt2-small
//! ```

use std::io::{self, Write};
use std::process::ExitCode;

use hooked_transformer::{ActivationCache, HookedTransformer, argmax, log_softmax};
use ndarray::{ArrayView2, Axis, Ix3};

const TEXT: &str = "The little prince looked at the golden bird. \"Where do you come from?\" said the little prince, and the \
                    golden bird looked at the little prince and did not answer.";

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough, `head` for one.
        Err(error)
            if error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Outcome {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let model = examples::take_option(&mut words, "--model")?.unwrap_or_else(|| "attn-only-2l-tales".to_string());
    let text = if words.is_empty() { TEXT.to_string() } else { examples::text(&words)? };
    look(&examples::load(&model)?, &text, out)
}

// ANCHOR: look
fn look(model: &HookedTransformer, text: &str, out: &mut impl Write) -> Outcome {
    writeln!(out, "{model:?}\n")?;

    let tokens = model.to_tokens(text, true)?;
    let (logits, cache) = model.run_with_cache(&tokens)?;
    let log_probs = log_softmax(logits.view());
    print_predictions(model, tokens.row(0).as_slice().unwrap_or(&[]), log_probs.index_axis(Axis(0), 0), out)?;
    writeln!(out, "\nMean loss: {:.2} nats per token.\n", model.loss(&tokens)?)?;

    print_heads(&cache.remove_batch_dim()?, out)?;
    // ANCHOR_END: look
    writeln!(
        out,
        "\nSome words were hard the first time and easy the second. Which heads made that possible, and how?\n\
         You find them in exercise 02. The course begins here:\n\n    \
         cargo xtask\n\n\
         It says where you are and what is next.\n"
    )?;
    Ok(())
}

/// Each token with the probability that the model gave it, and what it would have said instead.
fn print_predictions(
    model: &HookedTransformer,
    tokens: &[usize],
    log_probs: ArrayView2<'_, f32>,
    out: &mut impl Write,
) -> Outcome {
    writeln!(out, "{:>4}  {:<14}{:>12}   the model's guess", "pos", "token", "probability")?;
    for (pos, pair) in tokens.windows(2).enumerate() {
        let guess = argmax(log_probs.row(pos));
        let mark = if guess == pair[1] { "  right" } else { "" };
        writeln!(
            out,
            "{:>4}  {:<14}{:>10.1} %   {}{mark}",
            pos + 1,
            format!("{:?}", model.to_single_str_token(pair[1])?),
            100.0 * log_probs[[pos, pair[1]]].exp(),
            // Some models have room for more tokens than their tokenizer knows.
            model.to_single_str_token(guess).map_or_else(|_| format!("token {guess}"), |guess| format!("{guess:?}")),
        )?;
    }
    Ok(())
}

/// For each head, how much of its attention goes to the current, the previous and the first token, on average.
fn print_heads(cache: &ActivationCache, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:<6}{:>9}{:>10}{:>8}", "head", "current", "previous", "first")?;
    for layer in 0..cache.n_layers() {
        for (head, pattern) in cache.view::<Ix3>(("pattern", layer)).outer_iter().enumerate() {
            let n = pattern.nrows();
            let current = pattern.diag().mean().unwrap_or(0.0);
            let previous = (1..n).map(|query| pattern[[query, query - 1]]).sum::<f32>() / (n.max(2) - 1) as f32;
            let first = pattern.column(0).mean().unwrap_or(0.0);
            writeln!(out, "{:<6}{current:>9.2}{previous:>10.2}{first:>8.2}", format!("{layer}.{head}"))?;
        }
    }
    Ok(())
}
