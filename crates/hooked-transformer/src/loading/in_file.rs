//! A parameter that stays in its mapped file until it is used: see [`Weight`](crate::architecture::weight::Weight).

use std::ops::Range;
use std::sync::Arc;

use super::model_file::Mapped;
use super::stored::{Format, Stored};
use crate::architecture::weight::InFile;

/// What was found and checked, and not read.
pub(crate) struct Unread {
    file: Arc<Mapped>,
    /// From the parameter's first value to the end of its tensor.
    bytes: Range<usize>,
    format: Format,
    shape: Vec<usize>,
    strides: Vec<usize>,
    scale: f32,
    add: f32,
}

impl Unread {
    /// - `tensor`: the bytes of the whole tensor
    /// - `stored`: the parameter, at their end
    pub(crate) fn new(file: &Arc<Mapped>, tensor: Range<usize>, stored: Stored<'_>) -> Self {
        let Stored { format, shape, strides, bytes, scale, add } = stored;
        let bytes = tensor.end - bytes.len()..tensor.end;
        Unread { file: Arc::clone(file), bytes, format, shape, strides, scale, add }
    }

    fn stored(&self) -> Stored<'_> {
        let stored = Stored::new(self.format, self.shape.clone(), self.strides.clone(), &self.file[self.bytes.clone()]);
        Stored { scale: self.scale, add: self.add, ..stored }
    }
}

impl InFile for Unread {
    fn n_rows(&self) -> usize {
        self.shape[0]
    }

    fn in_place(&self) -> Option<&[f32]> {
        self.stored().in_place()
    }

    fn read_rows(&self, first: usize, out: &mut [f32]) {
        let mut rows = self.stored();
        let row: usize = self.shape[1..].iter().product();
        rows.range(0, first, out.len() / row);
        rows.read(out);
    }

    fn was_read(&self) {
        self.file.release(self.bytes.start, self.bytes.end);
    }
}
