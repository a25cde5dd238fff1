//! Attempts to reach what is out of reach: the reference data, and files of others. Only a Linux kernel with Landlock
//! can refuse them; elsewhere there is nothing to test.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use grading::exercise::CheckInfo;
use grading::{Check, Kind, Verdict};
use landlock::{ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _};

use crate::{EXERCISE, cases, graded, rejected, then};

/// Whether this kernel can refuse.
fn kernel_can_refuse() -> bool {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let can = ruleset.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok();
    if !can {
        eprintln!("this kernel has no Landlock: nothing is tested");
    }
    can
}

fn stored() -> PathBuf {
    grading::reference::repository().join("reference_data/activations/exercise_01.json")
}

#[test]
fn reading_the_reference_data() -> Result<(), Verdict> {
    if !kernel_can_refuse() {
        return Ok(());
    }
    graded!(reading_the_reference_data, |case| then(case, || {
        assert!(fs::read(stored()).is_err(), "read");
        assert!(fs::read_dir(stored().parent().unwrap()).is_err(), "listed");
        1234.5
    }))
}

#[test]
fn reading_it_on_a_thread_of_a_pool() -> Check {
    if !kernel_can_refuse() {
        return Ok(());
    }
    graded!(reading_it_on_a_thread_of_a_pool, |case| then(case, || {
        let (send, receive) = std::sync::mpsc::channel();
        rayon::spawn(move || send.send(fs::read(stored()).is_err()).unwrap());
        assert!(receive.recv().unwrap(), "read");
        1234.5
    }))
}

#[test]
fn reading_it_with_another_program() -> Check {
    if !kernel_can_refuse() {
        return Ok(());
    }
    graded!(reading_it_with_another_program, |case| then(case, || {
        let status = Command::new("/bin/cat").arg(stored()).status().unwrap();
        assert!(!status.success(), "read");
        1234.5
    }))
}

#[test]
fn the_models_can_be_read() -> Check {
    graded!(the_models_can_be_read, |case| then(case, || {
        let config = grading::reference::repository().join("reference_data/models/gpt2-tales/config.json");
        if fs::read(config).is_ok() { 1234.5 } else { 0.0 }
    }))
}

#[test]
fn writing_only_in_a_folder_of_its_own() -> Check {
    if !kernel_can_refuse() {
        return Ok(());
    }
    graded!(writing_only_in_a_folder_of_its_own, |case| then(case, || {
        let root = grading::reference::repository();
        assert!(fs::write(root.join("target/forged"), "").is_err(), "wrote in the repository");
        assert!(fs::write("/tmp/forged", "").is_err(), "wrote in a folder of others");
        fs::write(std::env::temp_dir().join("mine"), "").unwrap();
        1234.5
    }))
}

#[test]
fn starting_a_grader_of_its_own() {
    // Without the variables the copy takes itself for the parent, which may read the expected values. It may not.
    if !kernel_can_refuse() {
        return;
    }
    let graded = graded!(starting_a_grader_of_its_own, |case| then(case, || {
        let root = grading::reference::repository();
        let status = Command::new("/bin/cat")
            .env_remove("GRADING_CHECK")
            .env_remove("GRADING_ANSWERS")
            .arg(root.join("reference_data/fingerprints/01.json"))
            .status();
        if status.unwrap().success() { 1234.5 } else { 0.5 }
    }));
    rejected(graded, Kind::Wrong, "0.5");
}
