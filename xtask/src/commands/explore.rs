//! `explore` and `view`: a page of pictures of a model on a text, opened in the browser.
//!
//! The pictures are made by the example `explore` of the library; this crate stays free of dependencies.

use std::fs;
use std::path::{self, Path};

use super::Done;
use crate::cargo;
use crate::course;
use crate::nearest::{did_you_mean, nearest};
use crate::workspace;

const MODELS: &str = "reference_data/models";
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

/// Opens the pictures of an exercise: `view NN [--model NAME] [--out FILE]`.
pub(crate) fn view(arguments: &[&str]) -> Done {
    let Words { text, model, out } = Words::of(arguments)?;
    let [number] = text[..] else {
        return Err("Which exercise? For example: cargo xtask view 02".to_string());
    };
    let exercise = course::find(number)?;
    let found = OF_EXERCISE.iter().find(|(number, ..)| *number == exercise.number());
    let (_, own_model, text) = found.ok_or_else(|| format!("{} has no pictures.", exercise.slug))?;
    open(model.unwrap_or(own_model), text, out)
}

/// Opens a report on any text: `explore "text" [--model NAME] [--out FILE]`.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let Words { text, model, out } = Words::of(arguments)?;
    if text.is_empty() {
        return Err("Which text? For example: cargo xtask explore \"Once upon a time\"".to_string());
    }
    open(model.unwrap_or(MODEL), &text.join(" "), out)
}

/// What a command line says.
#[derive(Debug, PartialEq)]
struct Words<'a> {
    text: Vec<&'a str>,
    model: Option<&'a str>,
    out: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// # Errors
    /// An option is unknown, or lacks what should follow it.
    fn of(arguments: &[&'a str]) -> Result<Self, String> {
        let mut words = Words { text: Vec::new(), model: None, out: None };
        let mut rest = arguments.iter().copied();
        while let Some(argument) = rest.next() {
            match argument {
                "--model" => words.model = Some(rest.next().ok_or("--model needs a name or a folder.")?),
                "--out" => words.out = Some(rest.next().ok_or("--out needs a file.")?),
                option if option.starts_with("--") => {
                    let near = did_you_mean(option, ["--model", "--out"]);
                    return Err(format!("There is no option {option}.{near}"));
                }
                word => words.text.push(word),
            }
        }
        Ok(words)
    }
}

fn open(model: &str, text: &str, out: Option<&str>) -> Done {
    let (model, features) = model_and_features(model)?;
    let program = [&["--package", "hooked-transformer", "--example", "explore"], features].concat();
    // Apart from the run, so that a first build shows what it compiles.
    cargo::build(&program)?;
    let mut command = cargo::command();
    command.args(["run", "--quiet"]).args(program).args(["--", "--model", &model]);
    if let Some(out) = out {
        let out = path::absolute(out).map_err(|error| format!("{out}: {error}."))?;
        command.arg("--out").arg(out);
    }
    let status = command.arg(text).status().map_err(|error| format!("cargo could not be started: {error}."))?;
    Ok(status.success())
}

/// The model as the example should be told, which runs at the root and not here; and what it has to be built with.
/// Published models are downloaded by an optional part of the library, which is built when it is first needed, but not for
/// a slip of the fingers.
fn model_and_features(model: &str) -> Result<(String, &'static [&'static str]), String> {
    let is_name = Path::new(model).file_name().is_some_and(|last| last == model);
    if is_name && workspace::root().join(MODELS).join(model).is_dir() {
        return Ok((model.to_string(), &[]));
    }
    if Path::new(model).is_dir() {
        let folder = path::absolute(model).map_err(|error| format!("{model}: {error}."))?;
        return Ok((folder.display().to_string(), &[]));
    }
    if let Some(near) = nearest(model, embedded()?.iter().map(String::as_str)) {
        return Err(format!("There is no model `{model}`. Did you mean `{near}`?"));
    }
    println!(
        "`{model}` is not part of the course, so it is looked for among published models. The first time, the part of\n\
         the library that downloads them is built, which takes some minutes."
    );
    Ok((model.to_string(), &["--features", "hub"]))
}

/// The names of the models that are part of the repository.
fn embedded() -> Result<Vec<String>, String> {
    let entries = fs::read_dir(workspace::root().join(MODELS)).map_err(|error| format!("{MODELS}: {error}."))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_may_stand_anywhere() {
        let words = Words::of(&["--out", "f.html", "one", "--model", "gpt2", "two"]).unwrap();
        assert_eq!(words, Words { text: vec!["one", "two"], model: Some("gpt2"), out: Some("f.html") });
        assert!(Words::of(&["one", "--model"]).is_err());
        assert!(Words::of(&["one", "--modle", "gpt2"]).unwrap_err().contains("Did you mean `--model`?"));
    }

    #[test]
    fn a_slip_in_the_name_of_a_model_builds_nothing() {
        assert!(model_and_features("gpt2-tails").unwrap_err().contains("Did you mean `gpt2-tales`?"));
    }

    /// Only what has to be downloaded needs the network code, and with it a C compiler.
    #[test]
    fn downloads_alone_need_the_feature() {
        let needs = |model: &str| !model_and_features(model).unwrap().1.is_empty();
        assert!(!needs(MODEL));
        assert!(needs("gpt2-small"));
        let folder = workspace::root().join("reference_data/families/gpt2");
        assert!(!needs(&folder.display().to_string()));
        // Tests run in the folder of their crate.
        let (folder, features) = model_and_features("src").unwrap();
        assert!(Path::new(&folder).is_absolute() && features.is_empty(), "{folder}");
    }
}
