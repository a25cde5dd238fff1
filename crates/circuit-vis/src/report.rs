//! Several views, headings and prose in one page.

use std::path::{Path, PathBuf};

use crate::{View, VisError, file, page};

/// One page of headings, paragraphs and views, which share one copy of the scripts and one theme.
///
/// ```
/// use circuit_vis::{ColorOptions, Report, colored_tokens};
///
/// let loss = colored_tokens(&["a", " b"], ndarray::array![0.5, 2.0].view(), ColorOptions::new())?;
/// let html = Report::new("My model").heading("Loss").prose("Dark tokens surprise it.").view(&loss).to_html();
/// assert!(html.contains("Dark tokens surprise it."));
/// # Ok::<(), circuit_vis::VisError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    title: String,
    body: String,
}

impl Report {
    /// An empty report.
    pub fn new(title: impl Into<String>) -> Self {
        let title = title.into();
        let body = format!("<h1>{}</h1>\n", page::escape(&title));
        Self { title, body }
    }

    /// Add a heading.
    #[must_use]
    pub fn heading(mut self, text: &str) -> Self {
        self.body += &format!("<h2>{}</h2>\n", page::escape(text));
        self
    }

    /// Add prose: plain text, where an empty line starts a new paragraph.
    #[must_use]
    pub fn prose(mut self, text: &str) -> Self {
        for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            self.body += &format!("<p>{}</p>\n", page::escape(paragraph));
        }
        self
    }

    /// Add a view.
    #[must_use]
    pub fn view(mut self, view: &View) -> Self {
        self.body += &page::section(view.data());
        self
    }

    /// The whole page.
    pub fn to_html(&self) -> String {
        page::document(&self.title, &self.body)
    }

    /// The page as an `<iframe>`, as [`View::fragment`] makes it.
    pub fn fragment(&self) -> String {
        page::iframe(&self.title, &self.to_html())
    }

    /// Write the page to a file, as [`View::write`] does.
    ///
    /// # Errors
    /// [`VisError::Write`], with the path, if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), VisError> {
        file::write(path.as_ref(), &self.to_html())
    }

    /// Open the page in the default browser, as [`View::open`] does.
    ///
    /// # Errors
    /// [`VisError::Write`] or [`VisError::Open`], as for [`View::open`].
    pub fn open(&self) -> Result<PathBuf, VisError> {
        file::open(&self.title, &self.to_html())
    }
}
