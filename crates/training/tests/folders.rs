//! Runs in folders: what is written, what goes on, and what happens when a file cannot be written or read.

use std::fs;
use std::path::Path;

use training::files::{Folder, Interrupt, Observer, Outcome, run};
use training::{Checkpoint, Measured, Recipe, Step, Text, Trainer, TrainingError};

fn small(steps: usize) -> Recipe {
    Recipe { width: 16, heads: 2, context: 24, rows: 3, steps, ..Recipe::grow() }
}

/// Asks the run to stop at a step.
struct StopAt(usize, Interrupt);

impl Observer for StopAt {
    fn stepped(&mut self, trainer: &Trainer, _: Step) -> training::Result<()> {
        if trainer.steps() == self.0 {
            self.1.request();
        }
        Ok(())
    }

    fn measured(&mut self, _: &Trainer, _: &Measured) -> training::Result<()> {
        Ok(())
    }
}

fn run_until(trainer: &mut Trainer, folder: &Folder, stop_at: usize) -> training::Result<Outcome> {
    let interrupt = Interrupt::new();
    run(trainer, folder, 4, &interrupt, &mut StopAt(stop_at, interrupt.clone()))
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn an_interrupted_run_goes_on_and_ends_as_if_nothing_had_happened() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [whole, cut] = folders.each_ref().map(|folder| Folder::open(folder.path()).unwrap());
    let mut trainer = Trainer::new(small(10)).unwrap();
    assert_eq!(run_until(&mut trainer, &whole, usize::MAX).unwrap(), Outcome::Finished);
    let steps: Vec<usize> = whole.log().unwrap().iter().map(|record| record.step).collect();
    assert_eq!(steps, [0, 4, 8, 10]);

    let mut trainer = Trainer::new(small(10)).unwrap();
    assert_eq!(run_until(&mut trainer, &cut, 6).unwrap(), Outcome::Interrupted);
    // What a kill leaves: a line that is cut off, and a file that was being written.
    let log = cut.path().join("log.jsonl");
    fs::write(&log, fs::read_to_string(&log).unwrap() + "{\"step\":8,\"tok").unwrap();
    let half_written = cut.path().join(".writing-abc");
    fs::write(half_written, "half").unwrap();

    let checkpoint = cut.checkpoint().unwrap().unwrap();
    assert_eq!(checkpoint.step(), 6);
    let mut trainer = checkpoint.resume(&small(10), &Text::alice()).unwrap();
    assert_eq!(run_until(&mut trainer, &cut, usize::MAX).unwrap(), Outcome::Finished);
    assert_eq!(cut.checkpoint().unwrap(), whole.checkpoint().unwrap());
    assert_eq!(cut.log().unwrap(), whole.log().unwrap());
    assert_eq!(files(whole.path()), ["checkpoint.safetensors", "log.jsonl"]);
}

#[test]
fn a_model_is_written_that_the_library_loads() {
    let folder = tempfile::tempdir().unwrap();
    let trainer = Trainer::new(small(1)).unwrap();
    let path = Folder::open(folder.path()).unwrap().write_model(trainer.model()).unwrap();
    let loaded = hooked_transformer::HookedTransformer::load(path).unwrap();
    assert_eq!(loaded.state_dict(), trainer.model().state_dict());
}

#[test]
fn a_folder_that_is_not_writable_is_refused_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let trouble = Folder::open(file.join("below")).unwrap_err();
    assert!(matches!(trouble, TrainingError::File { .. }));
    let words = trouble.to_string();
    assert!(words.contains("a-file") && words.contains("cannot be written to; choose another with --out"), "{words}");
}

/// On Linux the file system `/proc` refuses new files even from an administrator.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_exists_but_takes_no_file_is_refused() {
    let words = Folder::open("/proc/self").unwrap_err().to_string();
    assert!(words.starts_with("/proc/self: the folder cannot be written to"), "{words}");
}

#[test]
fn a_diverging_run_keeps_its_last_good_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Folder::open(folder.path()).unwrap();
    let mut trainer = Trainer::new(Recipe { rate: 1e30, ..small(1000) }).unwrap();
    let trouble = run_until(&mut trainer, &folder, usize::MAX).unwrap_err();
    assert!(matches!(trouble, TrainingError::Diverged { .. }), "{trouble}");
    let kept = folder.checkpoint().unwrap().unwrap();
    assert!(kept.model().unwrap().state_dict().iter().all(|(_, values)| values.iter().all(|value| value.is_finite())));
}

#[test]
fn a_checkpoint_that_cannot_be_replaced_is_an_error_and_the_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = Folder::open(folder.path()).unwrap();
    let checkpoint = Checkpoint::of(&Trainer::new(small(1)).unwrap());
    // A folder of that name with something in it cannot be replaced by a file, as little as a file on a full disk.
    let occupied = folder.path().join("checkpoint.safetensors");
    fs::create_dir(&occupied).unwrap();
    fs::write(occupied.join("old"), "the old one").unwrap();
    let words = place.write_checkpoint(&checkpoint).unwrap_err().to_string();
    assert!(
        words.contains("checkpoint.safetensors: the checkpoint cannot be written, so the one before it was kept"),
        "{words}"
    );
    assert_eq!(fs::read_to_string(occupied.join("old")).unwrap(), "the old one");
    assert_eq!(files(folder.path()), ["checkpoint.safetensors"], "nothing half-written is left");
}

#[test]
fn a_damaged_log_says_which_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log.jsonl"), "{}\n").unwrap();
    let words = Folder::open(folder.path()).unwrap().log().unwrap_err().to_string();
    assert!(words.starts_with("log, line 1: "), "{words}");
}
