//! A tensor as a file holds it, and the way from there into a slice of f32.
//!
//! Whatever the format, a file becomes a map of [`TensorInfo`]s: number format, shape, strides, and which bytes of the
//! mapped file belong to it. Reading a parameter means walking those bytes in the order in which the parameter wants
//! its values. No tensor is ever copied as a whole, so loading needs little more memory than the model itself; and what
//! lies there as it is wanted need not be copied at all.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use zerocopy::FromBytes;

/// A number format that can be read as weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    F64,
    F32,
    F16,
    BF16,
}

impl Format {
    pub(crate) fn size(self) -> usize {
        match self {
            Format::F64 => 8,
            Format::F32 => 4,
            Format::F16 | Format::BF16 => 2,
        }
    }
}

/// Where a tensor lies in its file, and how it is laid out.
#[derive(Clone, Debug)]
pub(crate) struct TensorInfo {
    /// The format, or the name of one that is not floating point.
    pub format: Result<Format, String>,
    pub shape: Vec<usize>,
    /// In elements, one an axis.
    pub strides: Vec<usize>,
    /// The first byte of the first element.
    pub start: usize,
    /// Just behind the last byte that belongs to the tensor.
    pub end: usize,
}

/// Row-major strides; `None` if the number of elements overflows.
pub(crate) fn contiguous(shape: &[usize]) -> Option<Vec<usize>> {
    let mut strides = vec![1; shape.len()];
    let mut count: usize = 1;
    for (stride, &length) in strides.iter_mut().zip(shape).rev() {
        *stride = count;
        count = count.checked_mul(length)?;
    }
    Some(strides)
}

/// How many elements from the first to the last one, both included; `None` if that overflows.
pub(crate) fn extent(shape: &[usize], strides: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .zip(strides)
        .try_fold(1usize, |reach, (&length, &stride)| reach.checked_add((length - 1).checked_mul(stride)?))
}

/// A tensor to read from: bytes that begin at its first element, and what each value is multiplied by and gets added.
#[derive(Clone)]
pub(crate) struct Stored<'a> {
    pub format: Format,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
    pub bytes: &'a [u8],
    pub scale: f32,
    pub add: f32,
}

impl<'a> Stored<'a> {
    /// A tensor as it is.
    pub(crate) fn new(format: Format, shape: Vec<usize>, strides: Vec<usize>, bytes: &'a [u8]) -> Self {
        Stored { format, shape, strides, bytes, scale: 1.0, add: 0.0 }
    }

    /// The values themselves, if they lie in memory as [`read`](Stored::read) would write them.
    pub(crate) fn in_place(&self) -> Option<&'a [f32]> {
        let same = self.format == Format::F32 && (self.scale, self.add) == (1.0, 0.0) && cfg!(target_endian = "little");
        if !same || contiguous(&self.shape).as_ref() != Some(&self.strides) {
            return None;
        }
        let bytes = self.bytes.get(..self.shape.iter().product::<usize>() * size_of::<f32>())?;
        // Fails where the file is not aligned.
        <[f32]>::ref_from_bytes(bytes).ok()
    }
}

/// Taking a part of a tensor, or looking at it from another side; nothing is copied.
impl Stored<'_> {
    /// Keeps indices `start..start + length` of an axis.
    pub(crate) fn range(&mut self, axis: usize, start: usize, length: usize) {
        assert!(start + length <= self.shape[axis], "{start} + {length} of axis {axis} of {:?}", self.shape);
        self.skip(start * self.strides[axis]);
        self.shape[axis] = length;
    }

    /// Keeps one index of an axis, and drops the axis.
    pub(crate) fn pick(&mut self, axis: usize, index: usize) {
        self.range(axis, index, 1);
        self.shape.remove(axis);
        self.strides.remove(axis);
    }

    /// Takes an axis apart into several, the last of which runs fastest.
    pub(crate) fn split(&mut self, axis: usize, into: &[usize]) {
        assert_eq!(self.shape[axis], into.iter().product::<usize>(), "axis {axis} of {:?} into {into:?}", self.shape);
        let stride = self.strides[axis];
        let inner = contiguous(into).expect("the product was just computed");
        self.shape.splice(axis..=axis, into.iter().copied());
        self.strides.splice(axis..=axis, inner.into_iter().map(|s| s * stride));
    }

    /// Reorders the axes: axis `order[i]` becomes axis `i`.
    pub(crate) fn permute(&mut self, order: &[usize]) {
        assert_eq!(order.len(), self.shape.len(), "{order:?} of {:?}", self.shape);
        self.shape = order.iter().map(|&axis| self.shape[axis]).collect();
        self.strides = order.iter().map(|&axis| self.strides[axis]).collect();
    }

    fn skip(&mut self, elements: usize) {
        let bytes = elements * self.format.size();
        self.bytes = &self.bytes[bytes.min(self.bytes.len())..];
    }

    /// Writes the values, row-major and widened to f32, into `out`.
    ///
    /// # Shapes
    /// - `out`: as many values as the tensor has now
    pub(crate) fn read(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.shape.iter().product::<usize>(), "a slice for {:?}", self.shape);
        if out.is_empty() {
            return;
        }
        self.convert(out);
        if (self.scale, self.add) != (1.0, 0.0) {
            out.iter_mut().for_each(|x| *x = *x * self.scale + self.add);
        }
    }

    fn convert(&self, out: &mut [f32]) {
        match self.format {
            Format::F64 => self.walk(
                out,
                |b: &[u8; 8]| f64::from_le_bytes(*b) as f32,
                |bytes, out| {
                    out.iter_mut().zip(bytes.as_chunks().0).for_each(|(x, b)| *x = f64::from_le_bytes(*b) as f32);
                },
            ),
            Format::F32 => self.walk(
                out,
                |b: &[u8; 4]| f32::from_le_bytes(*b),
                |bytes, out| {
                    out.iter_mut().zip(bytes.as_chunks().0).for_each(|(x, b)| *x = f32::from_le_bytes(*b));
                },
            ),
            Format::F16 => self.walk(
                out,
                |b: &[u8; 2]| f16::from_le_bytes(*b).to_f32(),
                |bytes, out| {
                    widen(bytes, out, f16::from_le_bytes);
                },
            ),
            Format::BF16 => self.walk(
                out,
                |b: &[u8; 2]| bf16::from_le_bytes(*b).to_f32(),
                |bytes, out| {
                    widen(bytes, out, bf16::from_le_bytes);
                },
            ),
        }
    }

    /// Visits the values in row-major order. `one` reads a single value, `many` a contiguous run of them.
    fn walk<const SIZE: usize>(
        &self,
        out: &mut [f32],
        one: impl Fn(&[u8; SIZE]) -> f32,
        many: impl Fn(&[u8], &mut [f32]),
    ) {
        let (values, _) = self.bytes.as_chunks::<SIZE>();
        let rank = self.shape.len();
        if contiguous(&self.shape).as_deref() == Some(&self.strides) {
            return many(&self.bytes[..out.len() * SIZE], out);
        }
        // Two axes are walked in small tiles: the last one, along which `out` is contiguous, and the one along which
        // the file is. Row after row, a transposed matrix would touch a new cache line for every value.
        let last = rank - 1;
        let fast = (0..rank).min_by_key(|&axis| (self.shape[axis] == 1, self.strides[axis])).unwrap_or(last);
        let out_strides = contiguous(&self.shape).expect("the values fit into memory");
        let outer: Vec<usize> = (0..rank).filter(|&axis| axis != last && axis != fast).collect();
        let mut index = vec![0; outer.len()];
        loop {
            let at =
                |strides: &[usize]| -> usize { index.iter().zip(&outer).map(|(i, &axis)| i * strides[axis]).sum() };
            let (from, to) = (at(&self.strides), at(&out_strides));
            if fast == last {
                let stride = self.strides[last];
                if stride == 1 {
                    many(
                        &self.bytes[from * SIZE..(from + self.shape[last]) * SIZE],
                        &mut out[to..to + self.shape[last]],
                    );
                } else {
                    (0..self.shape[last]).for_each(|i| out[to + i] = one(&values[from + i * stride]));
                }
            } else {
                let tile = Tile {
                    rows: (self.shape[fast], self.strides[fast], out_strides[fast]),
                    columns: (self.shape[last], self.strides[last]),
                };
                tile.visit(|i, o| out[to + o] = one(&values[from + i]));
            }
            if !advance(&mut index, |axis| self.shape[outer[axis]]) {
                return;
            }
        }
    }
}

/// Two axes of a transposed copy.
struct Tile {
    /// Length, stride in the file, stride in the output.
    rows: (usize, usize, usize),
    /// Length and stride in the file; contiguous in the output.
    columns: (usize, usize),
}

impl Tile {
    /// Calls with the place in the file and in the output of every pair of indices.
    fn visit(&self, mut f: impl FnMut(usize, usize)) {
        const SIDE: usize = 32;
        for row_block in (0..self.rows.0).step_by(SIDE) {
            for column_block in (0..self.columns.0).step_by(SIDE) {
                for row in row_block..(row_block + SIDE).min(self.rows.0) {
                    for column in column_block..(column_block + SIDE).min(self.columns.0) {
                        f(row * self.rows.1 + column * self.columns.1, row * self.rows.2 + column);
                    }
                }
            }
        }
    }
}

/// The next index in row-major order; false after the last.
fn advance(index: &mut [usize], length: impl Fn(usize) -> usize) -> bool {
    for axis in (0..index.len()).rev() {
        index[axis] += 1;
        if index[axis] < length(axis) {
            return true;
        }
        index[axis] = 0;
    }
    false
}

/// Goes through a small aligned buffer, so that the conversion of a whole slice (and with it the processor's own
/// instruction) can be used however the file is aligned.
fn widen<H: Copy + Default>(bytes: &[u8], out: &mut [f32], from_le_bytes: impl Fn([u8; 2]) -> H)
where
    [H]: HalfFloatSliceExt,
{
    const BLOCK: usize = 1024;
    let mut buffer = [H::default(); BLOCK];
    for (bytes, out) in bytes.chunks(2 * BLOCK).zip(out.chunks_mut(BLOCK)) {
        for (bytes, half) in bytes.as_chunks::<2>().0.iter().zip(&mut buffer) {
            *half = from_le_bytes(*bytes);
        }
        buffer[..out.len()].convert_to_f32_slice(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ArrayD, Axis, IxDyn, Slice};

    fn bytes_of(values: &[f32], format: Format) -> Vec<u8> {
        let bytes = |&x: &f32| match format {
            Format::F64 => f64::from(x).to_le_bytes().to_vec(),
            Format::F32 => x.to_le_bytes().to_vec(),
            Format::F16 => f16::from_f32(x).to_le_bytes().to_vec(),
            Format::BF16 => bf16::from_f32(x).to_le_bytes().to_vec(),
        };
        values.iter().flat_map(bytes).collect()
    }

    /// The same steps on an `ndarray` give the same values, in every format and with ragged tiles.
    #[test]
    fn views_agree_with_ndarray() {
        let shape = [6, 70, 35];
        let values: Vec<f32> = (0..shape.iter().product::<usize>()).map(|i| (i % 251) as f32 - 100.0).collect();
        let array = ArrayD::from_shape_vec(IxDyn(&shape), values.clone()).unwrap();
        let strides = contiguous(&shape).unwrap();
        for format in [Format::F64, Format::F32, Format::F16, Format::BF16] {
            let bytes = bytes_of(&values, format);
            for order in [[0, 1, 2, 3], [0, 3, 2, 1], [3, 0, 1, 2], [2, 3, 1, 0], [1, 2, 0, 3]] {
                let mut stored = Stored::new(format, shape.to_vec(), strides.clone(), &bytes);
                stored.range(1, 3, 66);
                stored.split(0, &[2, 3]);
                stored.permute(&order);
                let mut out = vec![0.0; 6 * 66 * 35];
                stored.read(&mut out);
                let want = array.slice_axis(Axis(1), Slice::from(3..69)).to_owned();
                let want = want.into_shape_with_order(IxDyn(&[2, 3, 66, 35])).unwrap().permuted_axes(IxDyn(&order));
                assert_eq!(out, want.iter().copied().collect::<Vec<_>>(), "{format:?} {order:?}");
            }
        }
    }

    #[test]
    fn only_what_would_be_copied_as_it_is_is_in_place() {
        let values: Vec<f32> = (0..24).map(|i| i as f32).collect();
        // Aligned, whatever the allocator does: the bytes begin where a number does.
        let bytes: &[u8] = zerocopy::IntoBytes::as_bytes(values.as_slice());
        let whole = Stored::new(Format::F32, vec![2, 3, 4], vec![12, 4, 1], bytes);
        assert_eq!(whole.in_place(), Some(values.as_slice()));
        let mut rows = whole.clone();
        rows.pick(0, 1);
        rows.range(0, 1, 2);
        assert_eq!(rows.in_place(), Some(&values[16..]));
        let mut columns = whole.clone();
        columns.range(2, 0, 2);
        let mut transposed = whole.clone();
        transposed.permute(&[0, 2, 1]);
        let scaled = Stored { scale: 2.0, ..whole.clone() };
        let shifted = Stored { add: 1.0, ..whole.clone() };
        let other = Stored { format: Format::F16, ..whole.clone() };
        let unaligned = Stored { bytes: &bytes[1..], shape: vec![23], strides: vec![1], ..whole.clone() };
        let short = Stored { bytes: &bytes[..95], ..whole };
        for stored in [columns, transposed, scaled, shifted, other, unaligned, short] {
            assert_eq!(stored.in_place(), None, "{:?} {:?}", stored.shape, stored.strides);
        }
    }

    #[test]
    fn one_index_of_an_axis_and_strides_that_skip() {
        let bytes = bytes_of(&(0..24).map(|i| i as f32).collect::<Vec<_>>(), Format::F32);
        let mut stored = Stored::new(Format::F32, vec![2, 3, 4], vec![12, 4, 1], &bytes);
        stored.pick(1, 2);
        let mut out = [0.0; 8];
        stored.read(&mut out);
        assert_eq!(out, [8.0, 9.0, 10.0, 11.0, 20.0, 21.0, 22.0, 23.0]);
        let skipping = Stored::new(Format::F32, vec![3, 2], vec![8, 3], &bytes);
        let mut out = [0.0; 6];
        skipping.read(&mut out);
        assert_eq!(out, [0.0, 3.0, 8.0, 11.0, 16.0, 19.0]);
    }

    #[test]
    fn extents_that_overflow_are_none() {
        assert_eq!(extent(&[2, 3], &[3, 1]), Some(6));
        assert_eq!(extent(&[2, 0], &[usize::MAX, 1]), Some(0));
        assert_eq!(extent(&[usize::MAX, 2], &[usize::MAX, 1]), None);
        assert_eq!(contiguous(&[usize::MAX, 2, 2]), None);
    }
}
