//! Reading and writing safetensors: mapped into memory, checked against the configuration, widened to f32.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use memmap2::Mmap;
use ndarray::ArrayViewD;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, View};

use super::layout::{Parameter, Role, grouped_name};
use crate::act_name::nearest;
use crate::error::{Error, Result};

/// Buffers that the classic library stores beside the weights, and that are computed here.
const NOT_PARAMETERS: [&str; 4] = [".attn.mask", ".attn.IGNORE", ".attn.rotary_sin", ".attn.rotary_cos"];

/// A safetensors file, mapped.
pub(crate) struct SafetensorsFile {
    path: PathBuf,
    bytes: Mmap,
}

impl SafetensorsFile {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let fail = |source| Error::Io { path: path.to_path_buf(), source };
        let file = File::open(path).map_err(fail)?;
        // SAFETY: the map is read-only and private to this loader. Should another process shorten the file meanwhile,
        // the operating system stops this one; it never reads foreign memory.
        #[allow(unsafe_code)]
        let bytes = unsafe { Mmap::map(&file) }.map_err(fail)?;
        Ok(SafetensorsFile { path: path.to_path_buf(), bytes })
    }

    /// # Errors
    /// The header is damaged, or promises more bytes than there are.
    pub(crate) fn reader(&self) -> Result<SafetensorsReader<'_>> {
        let tensors = SafeTensors::deserialize(&self.bytes).map_err(|e| Error::Malformed {
            path: self.path.clone(),
            problem: format!(
                "not a whole safetensors file ({e}); it has {} bytes, and may be truncated or of another format",
                self.bytes.len()
            ),
        })?;
        let unread = RefCell::new(tensors.names().into_iter().map(str::to_string).collect());
        Ok(SafetensorsReader { source: self.path.display().to_string(), tensors, unread })
    }
}

/// Hands out tensors, and remembers which were asked for.
pub(crate) struct SafetensorsReader<'a> {
    source: String,
    tensors: SafeTensors<'a>,
    unread: RefCell<BTreeSet<String>>,
}

impl SafetensorsReader<'_> {
    /// Copies a parameter's values, widened to f32, into `out`.
    ///
    /// # Errors
    /// The file lacks it (unless it is a bias), or has it in another shape or a format that is no floating point.
    pub(crate) fn read(&self, parameter: &Parameter<'_>, out: &mut [f32]) -> Result<()> {
        let names = [Some(parameter.name.to_string()), grouped_name(parameter.name)];
        let found = names.into_iter().flatten().find_map(|name| Some((self.tensors.tensor(&name).ok()?, name)));
        let Some((tensor, name)) = found else {
            if parameter.role == Role::Bias {
                return Ok(());
            }
            let names = self.tensors.names();
            return Err(Error::MissingTensor {
                source: self.source.clone(),
                name: parameter.name.to_string(),
                nearest: nearest(parameter.name, names.into_iter(), 3),
            });
        };
        if tensor.shape() != parameter.shape {
            return Err(Error::TensorShape {
                source: self.source.clone(),
                name: parameter.name.to_string(),
                expected: parameter.shape.to_vec(),
                got: tensor.shape().to_vec(),
            });
        }
        self.unread.borrow_mut().remove(&name);
        widen(&tensor, out).ok_or_else(|| Error::TensorDtype {
            source: self.source.clone(),
            name: parameter.name.to_string(),
            got: format!("{:?}", tensor.dtype()),
        })
    }

    /// # Errors
    /// The file holds parameters that nobody asked for: it belongs to another configuration.
    pub(crate) fn refuse_leftovers(&self) -> Result<()> {
        let is_buffer = |name: &str| NOT_PARAMETERS.iter().any(|suffix| name.ends_with(suffix));
        let unread = self.unread.borrow();
        let names: Vec<String> = unread.iter().filter(|name| !is_buffer(name)).cloned().collect();
        if names.is_empty() { Ok(()) } else { Err(Error::UnexpectedTensors { source: self.source.clone(), names }) }
    }
}

/// `None` if the format is not one of the three.
fn widen(tensor: &TensorView<'_>, out: &mut [f32]) -> Option<()> {
    let bytes = tensor.data();
    match tensor.dtype() {
        Dtype::F32 => {
            for (bytes, out) in bytes.as_chunks::<4>().0.iter().zip(out) {
                *out = f32::from_le_bytes(*bytes);
            }
        }
        Dtype::F16 => widen_halves(bytes, out, f16::from_le_bytes),
        Dtype::BF16 => widen_halves(bytes, out, bf16::from_le_bytes),
        _ => return None,
    }
    Some(())
}

/// Goes through a small aligned buffer, so that the conversion of a whole slice (and with it the processor's own
/// instruction) can be used however the file is aligned.
fn widen_halves<H: Copy + Default>(bytes: &[u8], out: &mut [f32], from_le_bytes: impl Fn([u8; 2]) -> H)
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

/// A whole safetensors file in f32.
pub(crate) fn to_bytes(tensors: &[(String, ArrayViewD<'_, f32>)]) -> Result<Vec<u8>> {
    let tensors = tensors.iter().map(|(name, values)| (name, F32Tensor(values.view())));
    safetensors::serialize(tensors, None).map_err(|e| Error::Argument {
        name: "tensors",
        problem: format!("they cannot be written as safetensors: {e}"),
    })
}

struct F32Tensor<'a>(ArrayViewD<'a, f32>);

impl View for F32Tensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn data(&self) -> std::borrow::Cow<'_, [u8]> {
        self.0.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into()
    }

    fn data_len(&self) -> usize {
        self.0.len() * size_of::<f32>()
    }
}
