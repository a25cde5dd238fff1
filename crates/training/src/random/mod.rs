//! The random numbers of NumPy and PyTorch, so that a seed means the same batches and the same initial weights here as in
//! the Python that trained the embedded models.
//!
//! | generator | used for | as in Python |
//! |---|---|---|
//! | [`Pcg64`] | batches | `numpy.random.default_rng(seed)` |
//! | [`Mt19937`] | initial weights, tokens of the evaluation | `torch.manual_seed(seed)`, `torch.Generator()` |

mod mt19937;
mod pcg64;

pub use mt19937::Mt19937;
pub use pcg64::Pcg64;
