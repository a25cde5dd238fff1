//! PyTorch checkpoints (`.bin`, `.pt`, `.pth`) as tensors, without executing anything.
//!
//! `torch.save` writes a zip archive of uncompressed entries: `NAME/data.pkl`, a program for Python's pickle machine that
//! builds the state dict, and `NAME/data/0`, `1`, …, the bytes of the tensors. The archive is read by the `zip` crate. The
//! program is run by [`pickle`], a machine that knows only what a state dict needs, and whose only objects are tensors,
//! texts, numbers and collections of them: an instruction to call anything else ends the reading.

mod pickle;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::Range;

use zip::{CompressionMethod, ZipArchive};

use self::pickle::Tensor;
use super::stored::{Format, TensorInfo, extent};

/// What is said about a file in the format that PyTorch wrote before version 1.6.
pub(crate) const OLD_FORMAT: &str = "this is a PyTorch file in the format from before version 1.6 (or a bare pickle), \
    which is not read; in Python, `torch.save(torch.load(path, weights_only=True), path)` rewrites it, and \
    `safetensors.torch.save_file` makes a safer one";

/// The largest pickle that is looked at. The program of a state dict takes some hundred bytes a tensor.
const MAX_PICKLE: u64 = 16 << 20;

type Entries = BTreeMap<String, Range<usize>>;

/// The tensors of a mapped file.
///
/// # Errors
/// What is wrong, and where.
pub(crate) fn tensors(bytes: &[u8]) -> Result<BTreeMap<String, TensorInfo>, String> {
    let (pickle, entries) = archive(bytes)?;
    let (program, root) = pickle;
    let tensors = pickle::state_dict(&program).map_err(|e| format!("{root}data.pkl: {e}"))?;
    let info = |(name, tensor): (String, Tensor)| {
        let info = place(&tensor, &entries, &root).map_err(|e| format!("tensor `{name}`: {e}"))?;
        Ok((name, info))
    };
    tensors.into_iter().map(info).collect()
}

/// The pickle with the folder that it lies in, and where each entry's bytes are.
fn archive(bytes: &[u8]) -> Result<((Vec<u8>, String), Entries), String> {
    let damaged = |e| format!("not a whole PyTorch checkpoint (zip: {e}); its {} bytes may be truncated", bytes.len());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut entries = Entries::new();
    let mut pickle = None;
    let mut order = String::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index_raw(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if entry.compression() != CompressionMethod::Stored {
            return Err(format!("entry `{name}` is compressed ({:?}), which PyTorch never does", entry.compression()));
        }
        let size = entry.compressed_size();
        if name.ends_with("data.pkl") || name.ends_with("byteorder") {
            if size > MAX_PICKLE {
                return Err(format!("entry `{name}` has {size} bytes; more than {MAX_PICKLE} is no state dict"));
            }
            let mut content = Vec::new();
            (&mut entry).take(MAX_PICKLE).read_to_end(&mut content).map_err(|e| format!("entry `{name}`: {e}"))?;
            match name.strip_suffix("data.pkl") {
                Some(root) => pickle = Some((content, root.to_string())),
                None => order = String::from_utf8_lossy(&content).into_owned(),
            }
        }
        let start = entry.data_start().and_then(|start| usize::try_from(start).ok());
        let end = start.zip(usize::try_from(size).ok()).and_then(|(start, size)| start.checked_add(size));
        match start.zip(end) {
            Some((start, end)) if end <= bytes.len() => entries.insert(name, start..end),
            _ => return Err(format!("entry `{name}` of {size} bytes reaches beyond the end of the file")),
        };
    }
    if !matches!(order.trim(), "" | "little") {
        return Err(format!("it was written on a machine with byte order `{}`; only `little` is read", order.trim()));
    }
    refuse_overlaps(&entries)?;
    let pickle = pickle.ok_or_else(|| {
        let names: Vec<&str> = entries.keys().take(4).map(String::as_str).collect();
        format!("a zip archive without `data.pkl`, so not a PyTorch checkpoint; it begins with {names:?}")
    })?;
    Ok((pickle, entries))
}

/// Entries of an honest archive lie one behind the other.
fn refuse_overlaps(entries: &Entries) -> Result<(), String> {
    let mut sorted: Vec<_> = entries.iter().filter(|(_, range)| !range.is_empty()).collect();
    sorted.sort_by_key(|(_, range)| range.start);
    match sorted.windows(2).find(|pair| pair[0].1.end > pair[1].1.start) {
        Some(pair) => Err(format!("entries `{}` and `{}` overlap", pair[0].0, pair[1].0)),
        None => Ok(()),
    }
}

/// Where a tensor lies in the file.
fn place(tensor: &Tensor, entries: &Entries, root: &str) -> Result<TensorInfo, String> {
    let key = format!("{root}data/{}", tensor.storage.key);
    let entry = entries.get(&key).ok_or_else(|| format!("its data `{key}` is not in the archive"))?;
    let (format, size) = match tensor.storage.class.as_str() {
        "DoubleStorage" => (Ok(Format::F64), 8),
        "FloatStorage" => (Ok(Format::F32), 4),
        "HalfStorage" => (Ok(Format::F16), 2),
        "BFloat16Storage" => (Ok(Format::BF16), 2),
        "LongStorage" => (Err("int64".to_string()), 8),
        "IntStorage" => (Err("int32".to_string()), 4),
        "ShortStorage" => (Err("int16".to_string()), 2),
        // Of one byte an element: bool, uint8, int8.
        other => (Err(other.trim_end_matches("Storage").to_lowercase()), 1),
    };
    let out_of_range = || {
        format!(
            "shape {:?} with strides {:?} from element {} on does not fit into the {} elements of `{key}`",
            tensor.shape,
            tensor.strides,
            tensor.offset,
            entry.len() / size
        )
    };
    let elements = extent(&tensor.shape, &tensor.strides).ok_or_else(out_of_range)?;
    let end = tensor.offset.checked_add(elements).filter(|&end| end <= entry.len() / size).ok_or_else(out_of_range)?;
    Ok(TensorInfo {
        format,
        shape: tensor.shape.clone(),
        strides: tensor.strides.clone(),
        start: entry.start + tensor.offset.min(end) * size,
        end: entry.start + end * size,
    })
}
