//! What the page can ask.

use serde::Deserialize;
use training::OptimizerChoice;

/// One request, as JSON with the entry `do`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Keep a model under a name. Its files come beside the request, one behind the other.
    Load {
        /// The name.
        model: String,
        /// The files' names and lengths.
        files: Vec<FileInfo>,
    },
    /// Tokens, losses, predictions, patterns and scores, before and after edits.
    Look(State),
    /// The logit lens, and who wrote the logit of a token at a position.
    Stream {
        /// The texts and edits.
        #[serde(flatten)]
        state: State,
        /// The position whose prediction is looked at.
        pos: usize,
        /// Whose logit; the most probable token without it.
        token: Option<usize>,
    },
    /// Every head silenced or patched in turn.
    Sweep {
        /// The texts and edits.
        #[serde(flatten)]
        state: State,
        /// What takes the place of each head's output.
        silence: Silence,
        /// What is measured.
        measure: Measure,
    },
    /// Scores on random tokens that come twice.
    Find {
        /// The model's name.
        model: String,
        /// Seed of the random tokens.
        seed: u64,
        /// How many there are before they come again.
        length: usize,
    },
    /// Text written with and without a vector that is added to the stream.
    Write {
        /// The model's name.
        model: String,
        /// The prompt.
        text: String,
        /// How many tokens.
        tokens: usize,
        /// 0 is greedy.
        temperature: f32,
        /// Seed of the sampling.
        seed: u64,
        /// What is added.
        steering: Steering,
    },
    /// What steering gains and costs, by coefficient.
    Curve {
        /// The model's name.
        model: String,
        /// Neutral prompts.
        prompts: Vec<String>,
        /// Words that should become more likely.
        words: Vec<String>,
        /// The coefficients.
        coefficients: Vec<f32>,
        /// What is added; its own coefficient does not count.
        steering: Steering,
    },
    /// All activations as an `.npz` archive.
    Take(State),
    /// A training run from its beginning, in place of the one before.
    Grow(Plan),
    /// Train until so many steps are taken. A newer one takes its place, so one that asks for no step is a pause.
    Train {
        /// The number of steps.
        until: usize,
    },
    /// Go back to the checkpoint at this step, or to the last one before it.
    Back {
        /// The step.
        step: usize,
    },
    /// The model as it is now, as files.
    Grown,
    /// A product of two matrices of small integers, for a test of the module's arithmetic.
    Product {
        /// Rows of the first.
        m: usize,
        /// The inner length.
        k: usize,
        /// Columns of the second.
        n: usize,
    },
}

/// Kinds of work, most urgent first. A request replaces the one of its kind that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    Load,
    Look,
    Stream,
    Find,
    Take,
    Write,
    Curve,
    Sweep,
    Grow,
}

impl Request {
    pub(crate) fn lane(&self) -> Lane {
        match self {
            Request::Load { .. } => Lane::Load,
            Request::Look(_) => Lane::Look,
            Request::Stream { .. } => Lane::Stream,
            Request::Find { .. } => Lane::Find,
            Request::Take(_) | Request::Product { .. } => Lane::Take,
            Request::Write { .. } => Lane::Write,
            Request::Curve { .. } => Lane::Curve,
            Request::Sweep { .. } => Lane::Sweep,
            Request::Grow(_) | Request::Train { .. } | Request::Back { .. } | Request::Grown => Lane::Grow,
        }
    }
}

/// What a training run may have otherwise than [`Recipe::grow`](training::Recipe::grow).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Plan {
    /// Layers of attention.
    pub layers: usize,
    /// Heads in a layer.
    pub heads: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Share of the rows that repeat a random segment.
    pub repeated: f64,
    /// What trains the matrices inside the layers.
    pub optimizer: OptimizerChoice,
    /// Seed of the initial weights and of the batches.
    pub seed: u64,
}

/// A file beside a request.
#[derive(Clone, Debug, Deserialize)]
pub struct FileInfo {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub length: usize,
}

/// What most requests are about: a model, a text, perhaps a second one, and edits.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct State {
    /// The model's name.
    pub model: String,
    /// The text.
    pub text: String,
    /// The text to compare with and to patch from.
    pub second: Option<String>,
    /// What is done to the model.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// One component, edited.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Edit {
    /// The layer.
    pub layer: usize,
    /// The head, or the whole MLP.
    pub component: Component,
    /// What takes the place of what it writes.
    pub silence: Silence,
}

/// A part of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// A head by its number.
    Head(usize),
    /// The MLP.
    Mlp,
}

/// What takes the place of a component's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Zero.
    Zero,
    /// Its mean over the positions of this text.
    Mean,
    /// Its mean over the positions of a stored sample.
    Sample,
    /// What it writes on the second text, position by position.
    Patch,
    /// Nothing: its pattern stays what it is without edits, while queries and keys change.
    Freeze,
}

/// One number for each run.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The mean loss.
    Loss,
    /// The logit of a token at a position.
    Logit {
        /// The position.
        pos: usize,
        /// The token.
        token: usize,
    },
}

/// A vector from pairs of prompts, and where it is added to the stream.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Steering {
    /// Prompts that have something, and prompts that lack it.
    pub pairs: Vec<(String, String)>,
    /// The position of a prompt that is read, from its end: -1 is the last token.
    pub pos: isize,
    /// The layer before which the vector is read and added.
    pub layer: usize,
    /// How much of it is added.
    pub coefficient: f32,
    /// Where it is added.
    #[serde(default)]
    pub at: At,
}

/// Positions that are steered; never the first, which holds no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// All.
    #[default]
    All,
    /// Those of the prompt.
    Prompt,
    /// Those that are written.
    New,
}
