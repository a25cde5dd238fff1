//! The safetensors format: the table of contents on reading, the whole file on writing.

use std::collections::BTreeMap;

use ndarray::ArrayViewD;
use safetensors::tensor::Dtype;
use safetensors::{SafeTensors, View};

use super::stored::{Format, TensorInfo, contiguous};
use crate::error::{Error, Result};

/// The tensors of a mapped file.
///
/// # Errors
/// The header is damaged, or promises more bytes than there are.
pub(crate) fn tensors(bytes: &[u8]) -> std::result::Result<BTreeMap<String, TensorInfo>, String> {
    let damaged = |e| {
        format!(
            "not a whole safetensors file ({e}); it has {} bytes, and may be truncated or of another format",
            bytes.len()
        )
    };
    let (header, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    // The header is preceded by its length, a u64.
    let data = header + 8;
    let info = |(name, tensor): (String, &safetensors::tensor::TensorInfo)| {
        let format = match tensor.dtype {
            Dtype::F64 => Ok(Format::F64),
            Dtype::F32 => Ok(Format::F32),
            Dtype::F16 => Ok(Format::F16),
            Dtype::BF16 => Ok(Format::BF16),
            other => Err(format!("{other:?}")),
        };
        let strides = contiguous(&tensor.shape).ok_or_else(|| format!("tensor `{name}`: its shape overflows"))?;
        let (start, end) = (data + tensor.data_offsets.0, data + tensor.data_offsets.1);
        Ok((name, TensorInfo { format, shape: tensor.shape.clone(), strides, start, end }))
    };
    metadata.tensors().into_iter().map(info).collect()
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
