//! Generation: keys and values of past tokens are kept, so that each step computes one new token only.

pub(crate) mod kv_cache;

pub use kv_cache::KeyValueCache;
