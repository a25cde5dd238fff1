//! `explore`: a page of pictures of a model on a text, opened in the browser.
//!
//! They are made by the example `explore` in `crates/examples`, so that this crate does not have to build the library.

use std::fs;
use std::path::{self, Path, PathBuf};

use super::arguments::Done;
use crate::reads::course::Course;
use crate::reads::workspace::Workspace;
use crate::runs::cargo;
use crate::says::nearest::{did_you_mean, nearest};
use crate::says::screen::say;

/// The package that has the example.
pub(super) const PACKAGE: &str = "examples";

const MODELS: &str = "reference_data/models";
const MODEL: &str = "attn-only-2l-tales";

/// Opens a report on any text: `explore "text" [--model NAME] [--out FILE]`.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let Words { text, model, out } = Words::of(arguments)?;
    if text.is_empty() {
        return Err("Which text? For example: cargo xtask explore \"Once upon a time\"".to_string());
    }
    open(&course.workspace, model.unwrap_or(MODEL), &text.join(" "), out)
}

/// What a command line says.
#[derive(Debug, PartialEq)]
pub(super) struct Words<'a> {
    pub(super) text: Vec<&'a str>,
    pub(super) model: Option<&'a str>,
    pub(super) out: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// # Errors
    /// An option is unknown, or lacks what should follow it.
    pub(super) fn of(arguments: &[&'a str]) -> Result<Self, String> {
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

/// Opens the report on a text, or writes it.
pub(super) fn open(workspace: &Workspace, model: &str, text: &str, out: Option<&str>) -> Done {
    let out = out.map(page_at).transpose()?;
    let (model, features) = model_and_features(workspace, model)?;
    let program = [&["--package", PACKAGE, "--example", "explore"], features].concat();
    // Apart from the run, so that a first build shows what it compiles.
    let build = cargo::build(workspace, &[&["build"], &program[..]].concat())?;
    if !build.succeeded {
        return Err(build.explanation());
    }
    let mut command = cargo::command(workspace);
    command.args(["run", "--quiet"]).args(program).args(["--", "--model", &model]);
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let status = command.arg(text).status().map_err(|error| format!("cargo could not be started: {error}."))?;
    Ok(status.success())
}

/// Where the page is to be written: never over a file that is not a page, such as the one that the learner edits.
pub(super) fn page_at(out: &str) -> Result<PathBuf, String> {
    let path = path::absolute(out).map_err(|error| format!("{out}: {error}."))?;
    let is_page =
        path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("html") || kind.eq_ignore_ascii_case("htm"));
    if path.exists() && !is_page {
        return Err(format!("{out} exists already, and is not a page (.html): choose another name for --out."));
    }
    Ok(path)
}

/// The model as the example needs it, which runs at the root and not here; and what it has to be built with.
/// Published models are downloaded by an optional part of the library, which is built when it is first needed, but not for
/// a slip of the fingers.
pub(super) fn model_and_features(
    workspace: &Workspace,
    model: &str,
) -> Result<(String, &'static [&'static str]), String> {
    let is_name = Path::new(model).file_name().is_some_and(|last| last == model);
    if is_name && workspace.path(MODELS).join(model).is_dir() {
        return Ok((model.to_string(), &[]));
    }
    if Path::new(model).is_dir() {
        let folder = path::absolute(model).map_err(|error| format!("{model}: {error}."))?;
        return Ok((folder.display().to_string(), &[]));
    }
    if let Some(near) = nearest(model, embedded(workspace)?.iter().map(String::as_str)) {
        return Err(format!("There is no model `{model}`. Did you mean `{near}`?"));
    }
    say!(
        "`{model}` is not part of the course, so it is looked for among published models. The first time, the part of\n\
         the library that downloads them is built, which takes some minutes."
    );
    Ok((model.to_string(), &["--features", "hub"]))
}

/// The names of the models that are part of the repository.
fn embedded(workspace: &Workspace) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(workspace.path(MODELS)).map_err(|error| format!("{MODELS}: {error}."))?;
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
    fn a_page_is_not_written_over_something_else() {
        let trouble = page_at("src/main.rs").unwrap_err();
        assert!(trouble.starts_with("src/main.rs exists already, and is not a page"), "{trouble}");
        assert!(page_at("new.html").unwrap().is_absolute());
    }

    #[test]
    fn a_slip_in_the_name_of_a_model_builds_nothing() {
        let course = Workspace::find().unwrap();
        assert!(model_and_features(&course, "gpt2-tails").unwrap_err().contains("Did you mean `gpt2-tales`?"));
    }

    /// Only what has to be downloaded needs the network code, and with it a C compiler.
    #[test]
    fn downloads_alone_need_the_feature() {
        let course = Workspace::find().unwrap();
        let needs = |model: &str| !model_and_features(&course, model).unwrap().1.is_empty();
        assert!(!needs(MODEL));
        assert!(needs("gpt2-small"));
        let folder = course.path("reference_data/families/gpt2");
        assert!(!needs(&folder.display().to_string()));
        // Tests run in the folder of their crate.
        let (folder, features) = model_and_features(&course, "src").unwrap();
        assert!(Path::new(&folder).is_absolute() && features.is_empty(), "{folder}");
    }
}
