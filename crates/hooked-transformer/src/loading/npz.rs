//! Arrays to and from numpy's `.npz`: an activation cache, weights, gradients, or any arrays that have names. Files by
//! their paths are in `npz_files`.
//!
//! An `.npz` file is a zip archive with one `.npy` file for each array, which `numpy.load` returns under its name. The
//! `.npy` files are written and read by the `ndarray-npy` crate, the archive by `zip`, which also reads PyTorch's
//! checkpoints. Arrays are stored uncompressed and in row-major order, as `numpy.savez` does.
//!
//! Around `ndarray-npy` stands one guard: it trusts the shape in a file's header and asks for so much memory at once. Here
//! the bytes are read first, at most as many as the file has, and the header must agree with them.

use std::io::{self, Cursor, Read, Seek, Write};

use ndarray::{ArrayD, ArrayView, ArrayViewD, CowArray, IxDyn};
use ndarray_npy::{ReadNpyError, ReadNpyExt, ViewNpyError, ViewNpyExt, WriteNpyExt};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const NPY: &str = ".npy";

/// Writes arrays as the content of a `.npz` file, under these names and in this order, to anything that can be written
/// and sought in, such as a `Cursor` over bytes.
///
/// # Errors
/// Writing fails, or a name comes twice.
pub fn write_npz_to<'a, N: AsRef<str>>(
    out: impl Write + Seek,
    arrays: impl IntoIterator<Item = (N, ArrayViewD<'a, f32>)>,
) -> io::Result<()> {
    let mut archive = ZipWriter::new(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, array) in arrays {
        // Sizes beyond 4 GiB need the larger form of the archive's records.
        let options = options.large_file(array.len() >= u32::MAX as usize / size_of::<f32>() - 1024);
        archive.start_file(format!("{}{NPY}", name.as_ref()), options)?;
        // numpy has no negative strides in a file: what is not row-major is copied.
        let array = CowArray::from(array);
        let array =
            if array.is_standard_layout() { array } else { CowArray::from(array.as_standard_layout().to_owned()) };
        array.write_npy(&mut archive).map_err(io::Error::other)?;
    }
    archive.finish()?.flush()
}

/// The arrays of a `.npz` file with their names, in the order of the file, from anything that can be read and sought in,
/// such as a `Cursor` over bytes. Numbers of 64 bits are narrowed to 32.
///
/// # Errors
/// What is wrong, in words.
pub fn read_npz_from(from: impl Read + Seek) -> std::result::Result<Vec<(String, ArrayD<f32>)>, String> {
    let mut archive = ZipArchive::new(from).map_err(|error| {
        format!("expected an .npz file, a zip archive of arrays, but the archive cannot be read ({error})")
    })?;
    let mut arrays = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(_) => {
                "the arrays are compressed; write them with `numpy.savez`, not `savez_compressed`".to_string()
            }
            other => format!("array {index} cannot be read ({other})"),
        })?;
        let file = entry.name().map_err(|error| format!("array {index} has no readable name ({error})"))?.into_owned();
        let name = file.strip_suffix(NPY).unwrap_or(&file).to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| format!("array `{name}` cannot be read ({error})"))?;
        arrays.push((name.clone(), parse(&bytes).map_err(|problem| format!("array `{name}`: {problem}"))?));
    }
    Ok(arrays)
}

/// One `.npy` file.
fn parse(bytes: &[u8]) -> std::result::Result<ArrayD<f32>, String> {
    match ArrayView::<f32, IxDyn>::view_npy(bytes) {
        Ok(view) => Ok(view.to_owned()),
        Err(ViewNpyError::MisalignedData) => read::<f32>(bytes),
        Err(ViewNpyError::WrongDescriptor(_)) => match ArrayView::<f64, IxDyn>::view_npy(bytes) {
            Ok(view) => Ok(view.mapv(|x| x as f32)),
            Err(ViewNpyError::MisalignedData) => read::<f64>(bytes),
            Err(ViewNpyError::WrongDescriptor(got)) => Err(format!(
                "expected numbers of type float32 or float64, got {got}; convert it with `.astype(\"float32\")`"
            )),
            Err(other) => Err(in_words(&other)),
        },
        Err(other) => Err(in_words(&other)),
    }
}

/// What is wrong, as numbers of bytes where some are missing.
fn in_words(error: &ViewNpyError) -> String {
    match error {
        ViewNpyError::MissingBytes(n) => format!("{n} bytes are missing at the end; the file was cut short"),
        ViewNpyError::ExtraBytes(n) => format!("{n} bytes follow the last number of its shape"),
        ViewNpyError::NonNativeEndian => {
            "the numbers are in the byte order of another processor; convert them with `.astype(\"<f4\")`".to_string()
        }
        other => other.to_string(),
    }
}

/// A copy, number by number. The header's shape was compared with the length of `bytes` before.
fn read<A: ndarray_npy::ReadableElement + Copy + Into<f64>>(bytes: &[u8]) -> std::result::Result<ArrayD<f32>, String> {
    let array = ArrayD::<A>::read_npy(Cursor::new(bytes)).map_err(|error: ReadNpyError| error.to_string())?;
    Ok(array.mapv(|x| x.into() as f32))
}
