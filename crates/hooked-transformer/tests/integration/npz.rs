//! `.npz` files, both ways: numpy reads ours where there is numpy, and we read what numpy wrote.

use std::io::Cursor;
use std::process::Command;

use hooked_transformer::{
    ActivationCache, Error, HookedTransformer, HookedTransformerConfig, read_npz, read_npz_from, write_npz,
    write_npz_to,
};
use ndarray::{Array, ArrayD, Axis, IxDyn, array};

use crate::fixtures::reference;

fn model() -> HookedTransformer {
    let cfg = HookedTransformerConfig { seed: Some(3), ..HookedTransformerConfig::new(2, 8, 5, 4, 11) };
    HookedTransformer::from_config(cfg).unwrap()
}

#[test]
fn a_cache_comes_back_with_names_order_and_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache.npz");
    let (_, cache) = model().run_with_cache(&array![[1, 4, 2], [0, 9, 3]]).unwrap();
    cache.write_npz(&path).unwrap();
    let back = ActivationCache::read_npz(&path).unwrap();
    assert!(back.keys().eq(cache.keys()));
    for (name, value) in cache.iter() {
        assert_eq!(back[name], *value, "{name}");
    }
}

#[test]
fn weights_come_back_as_the_same_model() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weights.npz");
    let model = model();
    model.write_npz(&path).unwrap();
    let back = HookedTransformer::from_npz(model.cfg().clone(), &path).unwrap();
    let tokens = array![[1, 4, 2]];
    assert_eq!(back.forward(&tokens).unwrap(), model.forward(&tokens).unwrap());
}

/// The file was written by numpy: `reference_data/oracle/numpy_file.py` says with what in it.
#[test]
fn what_numpy_wrote_is_read() {
    let arrays = read_npz(reference("analysis/numpy.npz")).unwrap();
    let names: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["blocks.0.attn.hook_pattern", "double", "fortran", "scalar", "empty"]);
    let counted = |shape: &[usize]| -> ArrayD<f32> {
        let n = shape.iter().product::<usize>();
        Array::from_iter((0..n).map(|i| i as f32 / 4.0 - 1.0)).into_shape_with_order(IxDyn(shape)).unwrap()
    };
    assert_eq!(arrays[0].1, counted(&[2, 3, 4, 5]));
    assert_eq!(arrays[1].1, counted(&[3, 2]));
    assert_eq!(arrays[2].1, counted(&[4, 3]));
    assert_eq!(arrays[3].1, Array::from_elem(IxDyn(&[]), 2.5));
    assert_eq!(arrays[4].1.shape(), [0, 3]);
}

/// Where Python has numpy; elsewhere nothing can be tried.
#[test]
fn numpy_reads_what_we_wrote() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ours.npz");
    let rows = Array::from_iter((0..24).map(|i| i as f32)).into_shape_with_order((2, 3, 4)).unwrap();
    let transposed = rows.view().permuted_axes([2, 0, 1]);
    write_npz(&path, [("blocks.1.hook_resid_pre", rows.view().into_dyn()), ("transposed", transposed.into_dyn())])
        .unwrap();
    let program = "import sys, numpy\n\
        f = numpy.load(sys.argv[1])\n\
        a = numpy.arange(24, dtype='float32').reshape(2, 3, 4)\n\
        assert f.files == ['blocks.1.hook_resid_pre', 'transposed'], f.files\n\
        assert f['blocks.1.hook_resid_pre'].dtype == numpy.float32\n\
        assert (f['blocks.1.hook_resid_pre'] == a).all()\n\
        assert (f['transposed'] == a.transpose(2, 0, 1)).all()\n";
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_string());
    let has_numpy = Command::new(&python).args(["-c", "import numpy"]).output().is_ok_and(|out| out.status.success());
    if !has_numpy {
        println!("no numpy here: skipped");
        return;
    }
    let out = Command::new(&python).args(["-c", program]).arg(&path).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

fn bytes_of(arrays: &[(&str, ArrayD<f32>)]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write_npz_to(&mut out, arrays.iter().map(|(name, array)| (*name, array.view()))).unwrap();
    out.into_inner()
}

#[test]
fn damage_is_an_error_that_names_the_array() {
    let whole = bytes_of(&[("z", ArrayD::ones(IxDyn(&[3, 7])))]);
    assert!(read_npz_from(Cursor::new(&whole)).is_ok());
    let error = read_npz_from(Cursor::new(&whole[..whole.len() / 2])).unwrap_err();
    assert!(error.contains("the archive cannot be read"), "{error}");
    // A header that promises more numbers than there are: nothing is allocated for them.
    let shape = b"(3, 7)";
    let at = whole.windows(shape.len()).position(|bytes| bytes == shape).unwrap();
    for promised in [b"(9, 7)", b"(9,9 )"] {
        let mut changed = whole.clone();
        changed[at..at + shape.len()].copy_from_slice(promised);
        // The archive has a checksum for each file, which notices first.
        let error = read_npz_from(Cursor::new(&changed)).unwrap_err();
        assert!(error.contains('z'), "{error}");
    }
}

#[test]
fn a_name_that_comes_twice_is_an_error() {
    let twice = [("z", ArrayD::<f32>::ones(IxDyn(&[1]))), ("z", ArrayD::ones(IxDyn(&[2])))];
    let error = write_npz_to(Cursor::new(Vec::new()), twice.iter().map(|(name, array)| (*name, array.view())));
    assert!(error.is_err());
}

#[test]
fn a_missing_file_is_named() {
    let error = ActivationCache::read_npz("no/such/cache.npz").unwrap_err();
    assert!(matches!(error, Error::Io { .. }));
    assert!(error.to_string().contains("no/such/cache.npz"), "{error}");
}

#[test]
fn every_view_is_written_in_the_order_of_its_axes() {
    let array = Array::from_iter((0..6).map(|i| i as f32)).into_shape_with_order((2, 3)).unwrap();
    let mut reversed = array.view();
    reversed.invert_axis(Axis(1));
    let mut out = Cursor::new(Vec::new());
    write_npz_to(&mut out, [("reversed", reversed.into_dyn()), ("turned", array.t().into_dyn())]).unwrap();
    let back = read_npz_from(Cursor::new(out.into_inner())).unwrap();
    assert_eq!(back[0].1, array![[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]].into_dyn());
    assert_eq!(back[1].1, array![[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]].into_dyn());
}
