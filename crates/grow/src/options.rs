//! The command line, and the recipe that it means.

use std::path::PathBuf;
use std::str::FromStr;

use training::{OptimizerChoice, Recipe};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
cargo xtask grow [OPTIONS]: trains a small model from nothing, and opens a page that redraws as it learns.

  --layers N         layers of attention (2); with 1, no induction head can form
  --heads N          heads in a layer (2)
  --width N          width of the residual stream (64), divided among the heads
  --context N        tokens in a row (64)
  --rows N           rows in a batch (16)
  --repeated SHARE   share of the rows that repeat a random segment (0.5)
  --no-text          nothing but repeated random segments: the bump comes five times as late
  --optimizer NAME   muon or adamw, for the matrices inside the layers (muon)
  --rate X           AdamW's learning rate
  --muon-rate X      Muon's learning rate
  --seed N           of the initial weights and the batches (0)
  --steps N          stop after so many steps; without it, soon after the bump
  --every N          steps between lines of the log and checkpoints (100)
  --threads N        cores to use (as many as there are parts of a batch)
  --out DIR          folder for log, checkpoint, model and page (target/grow)
  --resume           go on from the checkpoint in DIR
  --no-open          open no browser
  --recipe NAME      grow, or attn-only-2l-tales: the embedded model's own training
  --corpus DIR       for attn-only-2l-tales: the folder of the books that reference_data/training/books.txt lists";

const NAMES: [&str; 19] = [
    "--layers",
    "--heads",
    "--width",
    "--context",
    "--rows",
    "--repeated",
    "--no-text",
    "--optimizer",
    "--rate",
    "--muon-rate",
    "--seed",
    "--steps",
    "--every",
    "--threads",
    "--out",
    "--resume",
    "--no-open",
    "--recipe",
    "--corpus",
];

/// The name of the embedded model's recipe.
pub(crate) const TALES: &str = "attn-only-2l-tales";

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) recipe: Recipe,
    pub(crate) is_tales: bool,
    /// Whether the number of steps was given: otherwise the run ends soon after the bump.
    pub(crate) all_steps: bool,
    pub(crate) every: usize,
    pub(crate) threads: Option<usize>,
    /// `None`: the usual folder, which is written over.
    pub(crate) out: Option<PathBuf>,
    pub(crate) resume: bool,
    pub(crate) open: bool,
    pub(crate) corpus: Option<PathBuf>,
    /// The root of the course.
    pub(crate) course: PathBuf,
}

impl Options {
    /// # Errors
    /// An option is unknown, lacks its value, or the recipe contradicts itself.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let is_tales = match value_of(words, "--recipe")? {
            None | Some("grow") => false,
            Some(TALES) => true,
            Some(other) => return Err(format!("--recipe: expected grow or {TALES}, got `{other}`")),
        };
        let recipe = if is_tales { Recipe::tales() } else { Recipe::grow() };
        let course = std::env::var_os("COURSE_ROOT").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let mut options = Options {
            recipe,
            is_tales,
            all_steps: is_tales,
            every: 100,
            threads: None,
            out: None,
            resume: false,
            open: true,
            corpus: None,
            course,
        };
        let mut rest = words.iter().map(String::as_str);
        while let Some(word) = rest.next() {
            options.take(word, &mut rest)?;
        }
        if options.resume && options.out.is_none() {
            return Err("--resume needs --out DIR, the folder of the run that is to go on".to_string());
        }
        options.recipe.check().map_err(|error| error.to_string())?;
        Ok(options)
    }

    fn take<'w>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'w str>) -> Result<(), String> {
        let recipe = &mut self.recipe;
        match word {
            "--layers" => recipe.layers = number(word, rest)?,
            "--heads" => recipe.heads = number(word, rest)?,
            "--width" => recipe.width = number(word, rest)?,
            "--context" => recipe.context = number(word, rest)?,
            "--rows" => recipe.rows = number(word, rest)?,
            "--repeated" => recipe.mixture.repeated = number(word, rest)?,
            "--no-text" => recipe.mixture.repeated = 1.0,
            "--optimizer" => {
                recipe.optimizer = match rest.next() {
                    Some("muon") => OptimizerChoice::Muon,
                    Some("adamw") => OptimizerChoice::AdamW,
                    other => return Err(format!("--optimizer: expected muon or adamw, got `{}`", other.unwrap_or(""))),
                }
            }
            "--rate" => recipe.rate = number(word, rest)?,
            "--muon-rate" => recipe.muon_rate = number(word, rest)?,
            "--seed" => recipe.seed = number(word, rest)?,
            "--steps" => {
                recipe.steps = number(word, rest)?;
                self.all_steps = true;
            }
            "--every" => self.every = number::<usize>(word, rest)?.max(1),
            "--threads" => self.threads = Some(number::<usize>(word, rest)?.max(1)),
            "--out" => self.out = Some(PathBuf::from(value(word, rest)?)),
            "--corpus" => self.corpus = Some(PathBuf::from(value(word, rest)?)),
            "--resume" => self.resume = true,
            "--no-open" => self.open = false,
            "--recipe" => drop(rest.next()),
            unknown => {
                let near = NAMES.iter().map(|name| (strsim::jaro_winkler(name, unknown), name));
                let near = near.filter(|(likeness, _)| *likeness > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
                let near = near.map_or(String::new(), |(_, name)| format!(" Did you mean {name}?"));
                return Err(format!("There is no option {unknown}.{near} All of them: cargo xtask grow --help"));
            }
        }
        Ok(())
    }
}

fn value_of<'w>(words: &'w [String], name: &str) -> Result<Option<&'w str>, String> {
    match words.iter().position(|word| word == name) {
        None => Ok(None),
        Some(at) => value(name, &mut words[at + 1..].iter().map(String::as_str)).map(Some),
    }
}

fn value<'w>(name: &str, rest: &mut impl Iterator<Item = &'w str>) -> Result<&'w str, String> {
    rest.next().filter(|value| !value.starts_with("--")).ok_or_else(|| format!("{name} needs a value."))
}

fn number<'w, T: FromStr>(name: &str, rest: &mut impl Iterator<Item = &'w str>) -> Result<T, String> {
    let value = value(name, rest)?;
    value.parse().map_err(|_| format!("{name}: expected a number, got `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_change_the_recipe() {
        let options = parse("--layers 1 --no-text --seed 7 --out x --optimizer adamw").unwrap();
        assert_eq!((options.recipe.layers, options.recipe.mixture.repeated, options.recipe.seed), (1, 1.0, 7));
        assert_eq!(
            (options.recipe.optimizer, options.out, options.all_steps),
            (OptimizerChoice::AdamW, Some("x".into()), false)
        );
        assert!(parse("--steps 20").unwrap().all_steps);
        assert_eq!(parse("--recipe attn-only-2l-tales --steps 10").unwrap().recipe.vocabulary, 4096);
        assert_eq!(parse("").unwrap().recipe, Recipe::grow());
    }

    #[test]
    fn a_wrong_line_says_what_was_expected() {
        for (line, want) in [
            ("--width 65", "2 heads do not divide a width of 65; a width of 64 or 66 would do"),
            ("--widht 64", "There is no option --widht. Did you mean --width?"),
            ("--width", "--width needs a value."),
            ("--width --heads", "--width needs a value."),
            ("--seed x", "--seed: expected a number, got `x`"),
            ("--recipe tales", "--recipe: expected grow or attn-only-2l-tales, got `tales`"),
            ("--optimizer sgd", "--optimizer: expected muon or adamw, got `sgd`"),
            ("--resume", "--resume needs --out DIR"),
            ("--repeated 2", "repeated: expected a share from 0 to 1, got 2"),
            ("--rate 0", "rate: expected a number above 0, got 0"),
        ] {
            let trouble = parse(line).unwrap_err();
            assert!(trouble.contains(want), "{line}: {trouble}");
        }
    }

    #[test]
    fn help_lists_every_option() {
        assert!(NAMES.iter().all(|name| HELP.contains(&format!("\n  {name} "))));
    }
}
