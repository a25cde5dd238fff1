//! A view: a kind, a block of data, and the ways to look at it.

use std::path::{Path, PathBuf};

use ndarray::ArrayD;
use serde_json::Value;

use crate::{VisError, array, file, page, same};

/// One picture. Made by the functions of this crate, such as [`attention_patterns`](crate::attention_patterns).
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    data: Value,
    text: String,
}

impl View {
    /// `kind` names the function in `assets/` that draws `data`; it becomes the first entry of the data block.
    pub(crate) fn new(kind: &str, title: &str, data: Value, text: String) -> Self {
        let mut block = serde_json::Map::new();
        block.insert("kind".into(), kind.into());
        block.insert("title".into(), title.into());
        if let Value::Object(entries) = data {
            block.extend(entries);
        }
        Self { data: Value::Object(block), text }
    }

    /// Add an entry to the data block.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.data[name] = value;
        self
    }

    /// Replace the heading above the picture.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.data["title"] = Value::String(title.into());
        self
    }

    /// Which function made this view, for example `"attention_patterns"`.
    pub fn kind(&self) -> &str {
        self.data["kind"].as_str().unwrap_or_default()
    }

    /// The data block: all that the page draws. Arrays are base64 blocks, which [`array`](View::array) decodes.
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// An array of the data block by name, for example `"attention"` or `"samples/0/values"`, as it was given, bit by bit
    /// unless it is attention on a long text, which is rounded;
    /// `None` if this view has no such array.
    pub fn array(&self, name: &str) -> Option<ArrayD<f32>> {
        array::decode(self.data.pointer(&format!("/{name}"))?)
    }

    /// The view for a terminal: shades of Unicode blocks with labels.
    pub fn to_text(&self) -> &str {
        &self.text
    }

    /// A whole page that needs nothing else: no network, no other file.
    pub fn to_html(&self) -> String {
        page::document(self.heading(), &page::section(&self.data))
    }

    /// A page for a folder with many: scripts and styles are in the files of [`shared_assets`](crate::shared_assets), which must
    /// be in the same folder.
    pub fn to_html_beside_assets(&self) -> String {
        page::document_beside_assets(self.heading(), &page::section(&self.data))
    }

    /// An `<iframe>` on one line, to be put into another page (an mdBook chapter too). A frame of its own keeps ids,
    /// styles and scripts apart however many there are; it takes the height of its content, and the light or dark theme
    /// of an mdBook around it.
    pub fn fragment(&self) -> String {
        page::iframe(self.heading(), &self.to_html())
    }

    /// What differs first between this view and a page that [`write`](View::write) made earlier, or that
    /// [`to_html_beside_assets`](View::to_html_beside_assets) did, in words; `None` if the page still shows this view. Numbers may differ by `tolerance` (in proportion, where they are larger than one),
    /// since another machine rounds otherwise; all else must be equal.
    pub fn differs_from(&self, html: &str, tolerance: f32) -> Option<String> {
        let beside = self.to_html_beside_assets();
        if same::share_a_frame(html, &beside) {
            return same::first_difference(html, &beside, tolerance);
        }
        same::first_difference(html, &self.to_html(), tolerance)
    }

    /// Write the page to a file: whole or not at all. Folders that are missing are made.
    ///
    /// # Errors
    /// [`VisError::Write`], with the path, if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), VisError> {
        file::write(path.as_ref(), &self.to_html())
    }

    /// Write the page to a file in the temporary folder and open it in the default browser. Returns the file.
    ///
    /// # Errors
    /// [`VisError::Write`] if the file cannot be written, [`VisError::Open`], with the path, if no browser can be started.
    pub fn open(&self) -> Result<PathBuf, VisError> {
        file::open(self.heading(), &self.to_html())
    }

    fn heading(&self) -> &str {
        self.data["title"].as_str().unwrap_or_default()
    }
}
