//! Text and tokens: the tokenizer, and what a model takes as input.

pub(crate) mod input;
pub(crate) mod tokens;

pub use input::{Input, Sequence};
pub use tokens::{PaddingSide, Texts, TokenBatch, Tokenizer, Tokens};
