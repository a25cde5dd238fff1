//! What a checkpoint may do wrong, one thing at a time, and a file that PyTorch really wrote.

use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::*;

/// A state dict of the classic library, saved by PyTorch.
fn real_file() -> Vec<u8> {
    // cargo names the folder when it runs the test, so that a copy of the repository reads its own files.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("tests are run by cargo");
    let path = Path::new(&crate_folder).join("../../reference_data/families/toy_gelu/model_final.pth");
    std::fs::read(path).unwrap()
}

/// An archive of these entries, as PyTorch lays them out.
fn archive_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, stored).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A pickle of `{"w": tensor}` in a storage of 6 floats, with any shape, strides and offset.
fn pickle_of(shape: &[i64], strides: &[i64], offset: i64) -> Vec<u8> {
    let mut p = vec![0x80, 2, b'}', b'X', 1, 0, 0, 0, b'w'];
    let text = |p: &mut Vec<u8>, text: &str| {
        p.push(b'X');
        p.extend((text.len() as u32).to_le_bytes());
        p.extend(text.as_bytes());
    };
    let int = |p: &mut Vec<u8>, n: i64| {
        p.extend([0x8a, 8]);
        p.extend(n.to_le_bytes());
    };
    p.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
    text(&mut p, "storage");
    p.extend(b"ctorch\nFloatStorage\n");
    text(&mut p, "0");
    text(&mut p, "cpu");
    p.extend(b"K\x06tQ");
    int(&mut p, offset);
    for sizes in [shape, strides] {
        p.push(b'(');
        sizes.iter().for_each(|&n| int(&mut p, n));
        p.push(b't');
    }
    // requires_grad, no hooks; call; set the item; done
    p.extend(b"\x89ccollections\nOrderedDict\n)RtRs.");
    p
}

fn read(pickle: &[u8]) -> Result<BTreeMap<String, TensorInfo>, String> {
    let floats: Vec<u8> = (0..6).flat_map(|i| (i as f32).to_le_bytes()).collect();
    tensors(&archive_of(&[("a/data.pkl", pickle), ("a/byteorder", b"little"), ("a/data/0", &floats)]))
}

#[track_caller]
fn refused(outcome: Result<BTreeMap<String, TensorInfo>, String>, part: &str) {
    let message = outcome.map(|tensors| tensors.keys().cloned().collect::<Vec<_>>()).unwrap_err();
    assert!(message.contains(part), "{message}");
}

#[test]
fn a_file_of_pytorch_reads() {
    let bytes = real_file();
    let tensors = tensors(&bytes).unwrap();
    let w = &tensors["blocks.1.attn.W_Q"];
    assert_eq!(
        (w.format.clone(), w.shape.as_slice(), w.strides.as_slice()),
        (Ok(Format::F16), &[3, 24, 8][..], &[192, 8, 1][..])
    );
    // A buffer of integers or booleans is listed, but is not a weight.
    assert!(tensors["blocks.0.attn.mask"].format.is_err());
}

#[test]
fn strides_and_offsets_are_taken_as_they_are() {
    let tensors = read(&pickle_of(&[2, 2], &[1, 2], 1)).unwrap();
    let w = &tensors["w"];
    assert_eq!((w.end - w.start, w.strides.as_slice()), (4 * 4, &[1, 2][..]));
}

#[test]
fn a_tensor_must_lie_inside_its_storage() {
    for (shape, strides, offset) in [
        (&[7][..], &[1][..], 0),
        (&[2, 3], &[4, 1], 0),
        (&[6], &[1], 1),
        (&[1], &[1], 6),
        (&[2], &[i64::MAX], 0),
        (&[i64::MAX, i64::MAX], &[1, 1], 0),
        (&[1], &[1], i64::MAX),
    ] {
        refused(read(&pickle_of(shape, strides, offset)), "does not fit");
    }
    refused(read(&pickle_of(&[2, 3], &[-3, 1], 0)), "negative");
    refused(read(&pickle_of(&[2, 3], &[3, 1], -1)), "negative");
    refused(read(&pickle_of(&[2, 3], &[1], 0)), "2 axes with 1 strides");
    refused(read(&pickle_of(&[1; 9], &[1; 9], 0)), "9 axes");
    assert!(read(&pickle_of(&[2, 0], &[i64::MAX, 1], 6)).is_ok(), "nothing at the end of the storage");
}

#[test]
fn nothing_but_the_tensor_rebuilders_may_be_named() {
    refused(read(b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR."), "`os.system`");
    refused(read(b"\x80\x02cbuiltins\neval\n."), "nothing was executed");
    refused(read(b"\x80\x04\x8c\x05posix\x8c\x06system\x93."), "`posix.system`");
    refused(read(b"\x80\x02ctorch._utils\n_rebuild_qtensor\n."), "_rebuild_qtensor");
    refused(read(b"\x80\x02ctorch\nFloatStorage\n)R."), "makes no state dict");
    refused(read(b"\x80\x02ccollections\nOrderedDict\n(K\x01tR."), "makes no state dict");
}

#[test]
fn a_damaged_program_is_refused() {
    refused(read(b""), "1 more bytes");
    refused(read(b"\x80\x02"), "1 more bytes");
    refused(read(b"\x80\x09N."), "protocol 9");
    refused(read(b"\x80\x02\xff."), "instruction 0xff");
    refused(read(b"\x80\x02i."), "instruction 0x69");
    refused(read(b"\x80\x02R."), "stack is empty");
    refused(read(b"\x80\x02t."), "no mark");
    refused(read(b"\x80\x02h\x07."), "nothing was remembered as 7");
    refused(read(b"\x80\x02X\xff\xff\xff\xff."), "more bytes were promised");
    refused(read(b"\x80\x02X\x01\x00\x00\x00\xff."), "not UTF-8");
    refused(read(b"\x80\x02N."), "not a state dict");
    refused(read(b"\x80\x02}."), "no named tensors");
    refused(read(b"\x80\x02}(K\x01u."), "1 values set");
    refused(read(b"\x80\x02]K\x01s."), "set");
    refused(read(b"\x80\x02X\x01\x00\x00\x00aQ."), "tuple was expected");
}

#[test]
fn an_archive_that_is_none_of_pytorchs_is_refused() {
    let pickle = pickle_of(&[6], &[1], 0);
    refused(tensors(b"PK\x03\x04"), "zip");
    refused(tensors(&archive_of(&[("readme", b"hello")])), "without `data.pkl`");
    refused(tensors(&archive_of(&[("a/data.pkl", &pickle)])), "not in the archive");
    let big = archive_of(&[("a/data.pkl", &pickle), ("a/byteorder", b"big"), ("a/data/0", &[0; 24])]);
    refused(tensors(&big), "byte order `big`");
    // The method in the central directory becomes deflate.
    let mut compressed = archive_of(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 24])]);
    let entry = compressed.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    compressed[entry + 10] = 8;
    refused(tensors(&compressed), "compressed");
    // The second entry's content is said to be where the first one's is.
    let mut overlapping = archive_of(&[("a/data.pkl", &pickle), ("a/data/0", &pickle)]);
    let entries: Vec<usize> =
        overlapping.windows(4).enumerate().filter(|(_, window)| window == b"PK\x01\x02").map(|(at, _)| at).collect();
    overlapping[entries[1] + 42..entries[1] + 46].fill(0);
    refused(tensors(&overlapping), "overlap");
    // An entry is said to be longer than the file.
    let mut long = archive_of(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 24])]);
    let entry = long.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    long[entry + 20..entry + 24].copy_from_slice(&0x7fff_0000u32.to_le_bytes());
    refused(tensors(&long), "");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = real_file();
    for length in (0..bytes.len()).step_by(97).chain(bytes.len() - 30..bytes.len()) {
        assert!(tensors(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
}

proptest! {
    /// Bytes at random, with instructions that are known more often than chance has them.
    #[test]
    fn no_program_makes_it_panic(
        program in prop::collection::vec(prop_oneof![
            any::<u8>(),
            prop::sample::select(b".()tR}]uesaqhXKMJNQcb0\x80\x85\x86\x87\x88\x8a\x8c\x93\x94\x95\n".to_vec()),
        ], 0..200)
    ) {
        let _ = pickle::state_dict(&program);
    }

    /// A few bytes of a good program are others.
    #[test]
    fn no_change_of_a_program_makes_it_panic(changes in prop::collection::vec((0usize..400, any::<u8>()), 1..6)) {
        let mut program = pickle_of(&[2, 3], &[3, 1], 0);
        for (at, byte) in changes {
            let at = at % program.len();
            program[at] = byte;
        }
        let _ = read(&program);
    }
}
