//! What a learner's first build compiles: no C, for which a machine may lack a compiler, and nothing large twice.
//!
//! `Cargo.lock` sees to it. After `cargo update`, put back what this test names: `cargo update NAME --precise VERSION`.

use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn the_first_build_needs_no_c_compiler_and_reads_rust_with_one_parser() {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--package", "examples", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let versions = |name: &str| -> BTreeSet<&str> {
        let packages = tree.lines().filter_map(|line| line.split_once(' '));
        packages.filter(|(package, _)| *package == name).filter_map(|(_, rest)| rest.split(' ').next()).collect()
    };
    assert_eq!(versions("ndarray").len(), 1, "the list is one of packages:\n{tree}");
    assert!(
        versions("cc").is_empty(),
        "`cargo tree -p examples -i cc` says who brings a C compiler's driver (pest from 2.9 on)"
    );
    let parsers = versions("syn");
    assert_eq!(parsers.len(), 1, "{parsers:?}: `cargo tree -p examples -i syn@VERSION` says who wants which");
}
