//! The pages in a real browser: what a person does, and what they then see.

mod attention;
mod driver;
mod pages;
mod plots;
mod tokens;
