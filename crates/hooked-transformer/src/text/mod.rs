//! Text and tokens: the tokenizer, and what a model takes as input.

pub(crate) mod input;
pub(crate) mod sequence;
pub(crate) mod tokens;

pub use input::Input;
pub use sequence::{Sequence, Sequences, SingleToken};
pub use tokens::{PaddingSide, Texts, TokenBatch, Tokenizer, Tokens};
