//! What can go wrong at the edges: files, names, text and shapes that come from outside.
//!
//! Every variant says what was expected, what came, and where. `Debug` prints the variant's name and the
//! same prose as `Display`, so that an `unwrap()` in a notebook-like program still reads as a sentence. Index mistakes *inside* numerical code are not
//! errors but panics that name both shapes: they are faults of the code, not of the input.

use std::fmt;
use std::path::PathBuf;

#[cfg(test)]
mod texts;

/// A `Result` whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The one error type of this crate.
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file was read but is not what its name promises (broken JSON, a truncated safetensors header, …).
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was expected, what came, and where in the file.
        problem: String,
    },
    /// The configuration contradicts itself or asks for something that does not exist.
    Config {
        /// The field at fault, by its TransformerLens name.
        field: &'static str,
        /// What was expected and what came.
        problem: String,
    },
    /// The files describe a model that this crate cannot express.
    Unsupported {
        /// The file that says so.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
    /// A model, or a file of it, could not be had from the hub or its cache.
    Hub {
        /// The repository, such as `openai-community/gpt2`.
        repo: String,
        /// The file, if it is about one.
        file: Option<String>,
        /// Why.
        cause: HubCause,
    },
    /// A model name that is neither in the registry, nor a folder, nor `owner/name` of a repository.
    UnknownModel {
        /// The name.
        name: String,
        /// The names that look most like it.
        nearest: Vec<String>,
    },
    /// The weights file lacks a tensor that the configuration calls for.
    MissingTensor {
        /// Where the weights came from.
        source: String,
        /// The name that was looked for.
        name: String,
        /// The names in the file that look most like it.
        nearest: Vec<String>,
    },
    /// A tensor has another shape than the configuration says.
    TensorShape {
        /// Where the weights came from.
        source: String,
        /// The tensor.
        name: String,
        /// The shape by the configuration, axis by axis.
        expected: Vec<usize>,
        /// The shape in the file.
        got: Vec<usize>,
    },
    /// A tensor is stored in a number format that cannot be read as weights.
    TensorDtype {
        /// Where the weights came from.
        source: String,
        /// The tensor.
        name: String,
        /// The format in the file.
        got: String,
    },
    /// The weights file holds tensors that the configuration has no place for.
    UnexpectedTensors {
        /// Where the weights came from.
        source: String,
        /// Their names.
        names: Vec<String>,
    },
    /// No activation or hook point of this name exists here.
    UnknownName {
        /// What was looked up, after shorthand was expanded.
        name: String,
        /// Where it was looked up: "this model's hook points", "the activations of this cache".
        place: &'static str,
        /// Why a name that exists elsewhere does not exist here, if that is known.
        reason: Option<String>,
        /// The names that look most like it.
        nearest: Vec<String>,
    },
    /// A filter selected none of the hook points or weights of this model.
    FilterMatchedNothing {
        /// How many names it was asked about.
        of: usize,
        /// What they are names of: "hook points", "weights".
        what: &'static str,
        /// A few of them.
        examples: Vec<String>,
    },
    /// A token id lies outside the vocabulary.
    TokenOutOfRange {
        /// The id.
        id: usize,
        /// Ids run from 0 up to, but not including, this.
        d_vocab: usize,
        /// Row and column of the first such id.
        at: (usize, usize),
    },
    /// More tokens than the model has positions for.
    TooLong {
        /// How many tokens came.
        tokens: usize,
        /// How many fit.
        n_ctx: usize,
    },
    /// A batch without rows or without positions.
    EmptyInput {
        /// The shape that came.
        shape: Vec<usize>,
    },
    /// An array from the caller has the wrong shape.
    Shape {
        /// What the array is.
        what: String,
        /// What was expected, in words and axes.
        expected: String,
        /// The shape that came.
        got: Vec<usize>,
    },
    /// An argument is outside the range that makes sense.
    Argument {
        /// The argument's name.
        name: &'static str,
        /// What was expected and what came.
        problem: String,
    },
    /// A number that has to be compared is NaN: no logit is the largest, no distribution is defined.
    NotANumber {
        /// Which number.
        what: String,
    },
    /// A lasting hook ran the model that it belongs to, where it would fire inside itself.
    HookInsideItself {
        /// The points where it fires.
        at: Vec<String>,
    },
    /// No token can be drawn: the logits give no distribution.
    NoDistribution {
        /// What is wrong with them.
        problem: String,
    },
    /// Text was given to a model that has no tokenizer.
    NoTokenizer,
    /// The tokenizer refused the text, or its file cannot be used.
    Tokenizer {
        /// What it said.
        problem: String,
    },
    /// A string that should be one token is none or several.
    NotOneToken {
        /// The string.
        text: String,
        /// The tokens it becomes.
        tokens: Vec<String>,
    },
    /// A token was looked for in a prompt that does not contain it.
    TokenNotInPrompt {
        /// The token.
        token: String,
        /// The prompt's tokens.
        prompt: Vec<String>,
    },
    /// A step of weight processing would change what this model computes.
    CannotProcess {
        /// The step, by the name of its method.
        step: &'static str,
        /// Why it cannot be taken.
        reason: String,
    },
    /// The cache was made without a model, so what needs the weights cannot be computed from it.
    NoModel {
        /// The method that was called.
        method: &'static str,
    },
}

/// Why something could not be had from the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HubCause {
    /// Only the cache may be used (offline, or built without the feature `hub`), and it lacks the file or the repository.
    NotCached {
        /// The cache that was searched.
        cache: PathBuf,
        /// Why no download was tried.
        because: &'static str,
    },
    /// No answer: no network, no such host, refused, or too slow.
    NoNetwork(String),
    /// The repository, revision or file does not exist.
    NotFound {
        /// The revision that was asked for.
        revision: String,
    },
    /// The hub wants a token, or the token's owner has not been granted access.
    NoAccess {
        /// 401: no token or a wrong one; 403: not granted.
        status: u16,
        /// What the hub said.
        message: String,
    },
    /// The hub answered with another error, after several tries where that makes sense.
    Status {
        /// The HTTP status.
        status: u16,
        /// What the hub said.
        message: String,
    },
    /// The disk is full.
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// What came is longer or shorter than announced.
    WrongLength {
        /// Bytes announced.
        expected: u64,
        /// Bytes that came.
        got: u64,
    },
    /// What came is not what the hub keeps under this name.
    WrongContent {
        /// The checksum that the hub announced.
        expected: String,
        /// The checksum of what came.
        got: String,
    },
    /// The connection broke, again and again.
    Interrupted {
        /// Bytes that came.
        got: u64,
        /// Bytes announced.
        expected: u64,
        /// What the last error was.
        last: String,
    },
    /// The repository lacks what every model needs.
    Incomplete(String),
    /// Something else.
    Other(String),
}

impl fmt::Display for HubCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HubCause::NotCached { cache, because } => {
                write!(f, "it is not in the cache {}, and nothing is downloaded: {because}", cache.display())
            }
            HubCause::NoNetwork(message) => write!(f, "the hub could not be reached: {message}"),
            HubCause::NotFound { revision } => write!(f, "it does not exist on the hub at revision `{revision}`"),
            HubCause::NoAccess { status: 401, message } => write!(
                f,
                "the hub requires a token (401: {message}); the name may be misspelled, or the model is private or gated: set \
                 HF_TOKEN to a token that may read it"
            ),
            HubCause::NoAccess { status, message } => write!(
                f,
                "access is not granted to you ({status}: {message}); accept the model's terms on its page, with the \
                 account whose token you use"
            ),
            HubCause::Status { status, message } => write!(f, "the hub answered {status}: {message}"),
            HubCause::DiskFull { path } => write!(f, "the disk is full: {} could not be written", path.display()),
            HubCause::WrongLength { expected, got } => {
                write!(f, "{expected} bytes were announced and {got} came; nothing of it is kept")
            }
            HubCause::WrongContent { expected, got } => {
                write!(f, "its checksum should be {expected} and is {got}; nothing of it is kept")
            }
            HubCause::Interrupted { got, expected, last } => write!(
                f,
                "the connection broke after {got} of {expected} bytes ({last}); what came is kept, and the next try \
                 goes on from there"
            ),
            HubCause::Incomplete(what) | HubCause::Other(what) => write!(f, "{what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.variant())
    }
}

impl Error {
    /// The name of the variant, such as `UnknownName`.
    pub fn variant(&self) -> &'static str {
        match self {
            Error::Io { .. } => "Io",
            Error::Malformed { .. } => "Malformed",
            Error::Config { .. } => "Config",
            Error::Unsupported { .. } => "Unsupported",
            Error::Hub { .. } => "Hub",
            Error::UnknownModel { .. } => "UnknownModel",
            Error::MissingTensor { .. } => "MissingTensor",
            Error::TensorShape { .. } => "TensorShape",
            Error::TensorDtype { .. } => "TensorDtype",
            Error::UnexpectedTensors { .. } => "UnexpectedTensors",
            Error::UnknownName { .. } => "UnknownName",
            Error::FilterMatchedNothing { .. } => "FilterMatchedNothing",
            Error::TokenOutOfRange { .. } => "TokenOutOfRange",
            Error::TooLong { .. } => "TooLong",
            Error::EmptyInput { .. } => "EmptyInput",
            Error::Shape { .. } => "Shape",
            Error::Argument { .. } => "Argument",
            Error::NotANumber { .. } => "NotANumber",
            Error::HookInsideItself { .. } => "HookInsideItself",
            Error::NoDistribution { .. } => "NoDistribution",
            Error::NoTokenizer => "NoTokenizer",
            Error::Tokenizer { .. } => "Tokenizer",
            Error::NotOneToken { .. } => "NotOneToken",
            Error::TokenNotInPrompt { .. } => "TokenNotInPrompt",
            Error::CannotProcess { .. } => "CannotProcess",
            Error::NoModel { .. } => "NoModel",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Error::Malformed { path, problem } => write!(f, "{}: {problem}", path.display()),
            Error::Config { field, problem } => write!(f, "config field `{field}`: {problem}"),
            Error::Unsupported { path, what } => write!(f, "{}: not supported: {what}", path.display()),
            Error::Hub { repo, file: Some(file), cause } => write!(f, "file `{file}` of `{repo}`: {cause}"),
            Error::Hub { repo, file: None, cause } => write!(f, "model `{repo}`: {cause}"),
            Error::UnknownModel { name, nearest } => write!(
                f,
                "`{name}` is not a model of the registry (`list_models()`), a folder, or a repository `owner/name`{}",
                did_you_mean(nearest)
            ),
            Error::MissingTensor { source, name, nearest } => {
                write!(f, "{source}: tensor `{name}` is missing{}", did_you_mean(nearest))
            }
            Error::TensorShape { source, name, expected, got } => {
                write!(f, "{source}: tensor `{name}` has shape {got:?}, but the config calls for {expected:?}")
            }
            Error::TensorDtype { source, name, got } => {
                write!(f, "{source}: tensor `{name}` is stored as {got}; weights are read from F64, F32, F16 or BF16")
            }
            Error::UnexpectedTensors { source, names } => write!(
                f,
                "{source}: the config has no place for {} tensor(s) of the file: {}; is it the config of another model?",
                names.len(),
                list(names)
            ),
            Error::UnknownName { name, place, reason, nearest } => {
                write!(f, "`{name}` is not among {place}")?;
                if let Some(reason) = reason {
                    write!(f, ": {reason}")?;
                }
                write!(f, "{}", did_you_mean(nearest))
            }
            Error::FilterMatchedNothing { of, what, examples } => write!(
                f,
                "the name filter selects none of this model's {of} {what}, so it would silently do nothing; \
                 names look like {}",
                list(examples)
            ),
            Error::TokenOutOfRange { id, d_vocab, at: (row, position) } => write!(
                f,
                "token id {id} at batch {row}, pos {position} is outside the vocabulary of {d_vocab} (ids 0 to {})",
                d_vocab.saturating_sub(1)
            ),
            Error::TooLong { tokens, n_ctx } => write!(
                f,
                "the input has {tokens} tokens (the beginning-of-sequence token included), but the model has n_ctx = \
                 {n_ctx} positions; shorten the text, or slice the tokens"
            ),
            Error::EmptyInput { shape } => {
                write!(f, "the input has shape {shape:?}: at least one row and one token are needed")
            }
            Error::Shape { what, expected, got } => write!(f, "{what}: expected {expected}, got shape {got:?}"),
            Error::Argument { name, problem } => write!(f, "argument `{name}`: {problem}"),
            Error::NotANumber { what } => write!(
                f,
                "{what} is not a number (NaN); a hook that divides by zero, or weights that overflow, may be the cause"
            ),
            Error::HookInsideItself { at } => write!(
                f,
                "a lasting hook on {} ran its own model, and would fire inside itself without end; let it run a clone, \
                 which shares the weights and has no lasting hooks",
                list(at)
            ),
            Error::NoDistribution { problem } => write!(f, "no token can be drawn: {problem}"),
            Error::NoTokenizer => write!(
                f,
                "this model has no tokenizer, so it takes token ids only; load one with `set_tokenizer`, or put a \
                 tokenizer.json beside the weights"
            ),
            Error::Tokenizer { problem } => write!(f, "tokenizer: {problem}"),
            Error::NotOneToken { text, tokens } => write!(
                f,
                "{text:?} should be exactly one token, but it becomes {}: {tokens:?} (a leading space often matters)",
                tokens.len()
            ),
            Error::TokenNotInPrompt { token, prompt } => {
                write!(f, "the token {token:?} does not occur in the prompt {prompt:?}")
            }
            Error::CannotProcess { step, reason } => write!(
                f,
                "`{step}` would change what this model computes: {reason}; `ProcessOptions::applicable` chooses the \
                 steps that a model allows"
            ),
            Error::NoModel { method } => write!(
                f,
                "`{method}` needs the model's weights, but this cache was built from plain arrays; use a cache from \
                 `run_with_cache`"
            ),
        }
    }
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!("; the nearest are {}", list(names)),
    }
}

/// The first few names in backticks; a long list ends in how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
