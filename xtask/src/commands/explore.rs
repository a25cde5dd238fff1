//! `explore` and `view`: a page of pictures of a model on a text, opened in the browser.
//!
//! The pictures are made by the example `explore` of the library; this crate stays free of dependencies.

use std::env;
use std::process::Command;

use super::Done;
use crate::course;
use crate::workspace;

const MODEL: &str = "attn-only-2l-tales";

/// The texts that the sections look at, and the model that they use.
const OF_EXERCISE: [(&str, &str, &str); 4] = [
    ("01", "gpt2-tales", "The old king had three sons, and the youngest of them was called the Simpleton."),
    (
        "02",
        MODEL,
        "The queen looked into her mirror every morning, and every morning the mirror told her that she was the \
                   fairest in the land.",
    ),
    ("03", MODEL, "The little prince looked at the golden bird, and the golden bird looked at the little prince."),
    ("04", "gpt2-tales", "The girl went down to the sea, and there she saw a great ship with white sails."),
];

/// Opens the pictures of an exercise.
pub(crate) fn view(arguments: &[&str]) -> Done {
    let [number, options @ ..] = arguments else {
        return Err("Which exercise? For example: cargo xtask view 02".to_string());
    };
    let exercise = course::find(number)?;
    let found = OF_EXERCISE.iter().find(|(number, ..)| *number == exercise.number());
    let (_, model, text) = found.ok_or_else(|| format!("{} has no pictures.", exercise.slug))?;
    open(model, text, options)
}

/// Opens a report on any text: `explore "text" [--model NAME] [--out FILE]`.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let mut model = MODEL;
    let (mut words, mut options) = (Vec::new(), Vec::new());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--model" => model = rest.next().ok_or("--model needs a name or a folder.")?,
            "--out" => options.extend(["--out", rest.next().ok_or("--out needs a file.")?]),
            word => words.push(word),
        }
    }
    if words.is_empty() {
        return Err("Which text? For example: cargo xtask explore \"Once upon a time\"".to_string());
    }
    open(model, &words.join(" "), &options)
}

fn open(model: &str, text: &str, options: &[&str]) -> Done {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Published models are downloaded by an optional part of the library, which is built when it is first needed.
    let embedded = workspace::root().join("reference_data/models").join(model).exists();
    let features: &[&str] = if embedded { &[] } else { &["--features", "hub"] };
    let status = Command::new(cargo)
        .current_dir(workspace::root())
        .args(["run", "--quiet", "--package", "hooked-transformer", "--example", "explore"])
        .args(features)
        .arg("--")
        .args(["--model", model])
        .args(options)
        .arg(text)
        .status()
        .map_err(|error| format!("cargo could not be started: {error}."))?;
    Ok(status.success())
}
