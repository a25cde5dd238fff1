//! Damaged and hostile model files, through the public way in: a typed error or a model, no panic, and no more memory
//! than a multiple of what lies on the disk. This is a test program of its own since it counts what is allocated.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use hooked_transformer::HookedTransformer;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// The system's allocator, and how much it has given out, now and at most.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a load may allocate: the model in f32 and tables of contents, with room for the configuration to be wrong about
/// biases. The folders that are loaded have about 50 KB.
const LIMIT: usize = 64 << 20;

fn families(name: &str) -> PathBuf {
    // cargo names the folder when it runs the test, so that a copy of the repository reads its own files.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("tests are run by cargo");
    Path::new(&crate_folder).join("../../reference_data/families").join(name)
}

/// Loads a folder's copy in which one file was replaced.
fn load_with(name: &str, file: &str, content: &[u8]) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(families(name)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    std::fs::write(dir.path().join(file), content).unwrap();
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let outcome = HookedTransformer::load(dir.path()).map(drop).map_err(|e| e.to_string());
    let most = MOST.load(Ordering::Relaxed).saturating_sub(before);
    assert!(most < LIMIT, "{name}/{file}: {most} bytes were allocated");
    outcome
}

/// A file with some bytes changed, mostly near its ends, where the tables of contents are, or cut short.
fn damage(content: &[u8]) -> impl Strategy<Value = Vec<u8>> {
    let length = content.len();
    let near = 2000.min(length);
    let place = prop_oneof![0..near, length - near..length, 0..length];
    let changes = prop::collection::vec((place, any::<u8>()), 0..8);
    let cut = prop_oneof![3 => Just(length), 1 => 0..length];
    let content = content.to_vec();
    (changes, cut).prop_map(move |(changes, cut)| {
        let mut damaged = content.clone();
        changes.into_iter().for_each(|(at, byte)| damaged[at] = byte);
        damaged.truncate(cut);
        damaged
    })
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn damaged_files_are_errors_and_cost_nothing() {
    for (name, file) in [
        ("toy_gelu", "model_final.pth"),
        ("gptj", "pytorch_model.bin"),
        ("qwen2", "model.safetensors"),
        ("llama", "model.safetensors.index.json"),
        ("gemma3", "config.json"),
        ("toy_gelu", "config.json"),
    ] {
        let content = std::fs::read(families(name).join(file)).unwrap();
        load_with(name, file, &content).unwrap();
        assert!(load_with(name, file, &content[..content.len() / 2]).is_err(), "{file} cut in half");
        assert!(load_with(name, file, b"").is_err(), "{file} is empty");
        let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
        let run = runner.run(&damage(&content), |damaged| {
            let _ = load_with(name, file, &damaged);
            Ok(())
        });
        run.unwrap_or_else(|e| panic!("{name}/{file}: {e}"));
    }
}
