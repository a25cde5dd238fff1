//! Where the reference data lies, how it is read, and how two arrays are compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
use ndarray::{ArrayD, ArrayViewD, Ix2};
use safetensors::{Dtype, SafeTensors};

/// A path below `reference_data/`.
pub fn reference(path: &str) -> PathBuf {
    // cargo names the folder when it runs the test, so that a copy of the repository reads its own files.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("tests are run by cargo");
    Path::new(&crate_folder).join("../../reference_data").join(path)
}

/// The embedded model of this name.
pub fn model(name: &str) -> HookedTransformer {
    HookedTransformer::load(reference("models").join(name)).unwrap()
}

/// A tiny random model of the parity files, with weights, biases and gains none of which is zero; and the file's arrays.
pub fn random_model(name: &str) -> (HookedTransformer, Arrays) {
    let text = std::fs::read_to_string(reference("parity/configs.json")).unwrap();
    let configs: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cfg = HookedTransformerConfig::from_json(configs[name]["config"].clone()).unwrap();
    let arrays = Arrays::read(&format!("parity/{name}.safetensors"));
    let model = HookedTransformer::from_state_dict(cfg, |tensor| arrays.find(&format!("weights.{tensor}"))).unwrap();
    (model, arrays)
}

/// A safetensors file: numbers of any kind as f32.
pub struct Arrays(BTreeMap<String, ArrayD<f32>>);

impl Arrays {
    pub fn read(path: &str) -> Self {
        let path = reference(path);
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let read = |(name, tensor): (String, safetensors::tensor::TensorView<'_>)| {
            let values: Vec<f32> = match tensor.dtype() {
                Dtype::F32 => tensor.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
                Dtype::F64 => tensor.data().as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
                Dtype::I64 => tensor.data().as_chunks::<8>().0.iter().map(|b| i64::from_le_bytes(*b) as f32).collect(),
                other => panic!("{name}: {other:?}"),
            };
            let array = ArrayD::from_shape_vec(tensor.shape().to_vec(), values).unwrap();
            (name, array)
        };
        Arrays(tensors.tensors().into_iter().map(read).collect())
    }

    pub fn get(&self, name: &str) -> ArrayViewD<'_, f32> {
        self.0.get(name).unwrap_or_else(|| panic!("no array `{name}`")).view()
    }

    pub fn find(&self, name: &str) -> Option<ArrayViewD<'_, f32>> {
        self.0.get(name).map(|array| array.view())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn tokens(&self, name: &str) -> hooked_transformer::Tokens {
        self.get(name).into_dimensionality::<Ix2>().unwrap().mapv(|id| id as usize)
    }
}

/// A stored activation or gradient with the axes that it has here, where these differ: the classic library normalizes
/// queries and keys as a list of vectors, so that its hook points there see `[batch * pos * head, …]`.
pub fn with_head_axes<'a>(point: &str, stored: ArrayViewD<'a, f32>, shape: &[usize]) -> ArrayViewD<'a, f32> {
    if !point.contains(".q_norm.") && !point.contains(".k_norm.") {
        return stored;
    }
    assert_eq!(stored.shape()[1..], shape[shape.len() - 1..], "{point}: the last axis");
    stored.into_shape_with_order(shape).unwrap_or_else(|e| panic!("{point}: {e}"))
}

/// The largest difference; infinite where one is NaN or only one is infinite. Where no entry is infinite and the number
/// itself is not needed, `approx::assert_abs_diff_eq!` says the same.
pub fn largest_difference<'a>(got: ArrayViewD<'_, f32>, want: impl Into<ArrayViewD<'a, f32>>) -> f32 {
    let want = want.into();
    assert_eq!(got.shape(), want.shape(), "shapes");
    let difference = |(&got, &want): (&f32, &f32)| {
        let difference = if got == want { 0.0 } else { (got - want).abs() };
        if difference.is_nan() { f32::INFINITY } else { difference }
    };
    got.iter().zip(want.iter()).map(difference).fold(0.0, f32::max)
}

/// Whether every entry agrees within `absolute + relative * |want|`.
pub fn close(got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>, absolute: f32, relative: f32) -> bool {
    got.shape() == want.shape()
        && got
            .iter()
            .zip(want.iter())
            .all(|(got, want)| got == want || (got - want).abs() <= absolute + relative * want.abs())
}
