//! What an answer may do instead of returning: each attempt ends in the outcome that it deserves, and none of them passes.
//!
//! Each test is a check like those of the exercises, and is started again as its own child.

mod reaching;
mod reporting;

use std::io::{self, Write as _};
use std::time::Duration;
use std::{env, fs, process, thread};

use grading::call::Outcome;
use grading::compare::Want;
use grading::exercise::{CheckInfo, Exercise};
use grading::value::Tensor;
use grading::{Cases, Check, Kind, Verdict};

static EXERCISE: Exercise = Exercise { slug: "99-forgeries", mistakes: &[] };

/// A check of that name with three cases, the last of which wants a number that cannot be guessed.
macro_rules! graded {
    ($name:ident, $answer:expr) => {{
        static CHECK: CheckInfo = CheckInfo { exercise: &EXERCISE, name: stringify!($name), function: "answer" };
        cases(&CHECK, $answer).grade()
    }};
}
pub(crate) use graded;

/// Wants 1, 2 and 1234.5.
fn cases(check: &'static CheckInfo, answer: fn(usize) -> f64) -> Cases {
    Cases::of(check, |cases| {
        cases.limit(Duration::from_secs(2));
        for (case, want) in [(0, 1.0), (1, 2.0), (2, 1234.5)] {
            let want = move || Want::Array { values: Tensor::from(want), axes: &[], tolerance: 1e-6 };
            cases.case(format!("case {case}"), want, move || answer(case));
        }
        Ok(())
    })
}

/// The right answers of the first two cases, and then whatever is done instead of the third.
fn then(case: usize, instead: impl FnOnce() -> f64) -> f64 {
    if case < 2 { case as f64 + 1.0 } else { instead() }
}

#[track_caller]
fn rejected(graded: Check, kind: Kind, words: &str) {
    let verdict: Verdict = graded.expect_err("accepted");
    assert_eq!(verdict.kind, kind, "{verdict}");
    let text = verdict.to_string();
    assert!(text.contains(words), "{text}");
}

#[test]
fn an_honest_answer_passes() -> Check {
    graded!(an_honest_answer_passes, |case| then(case, || 1234.5))
}

#[test]
fn a_wrong_one_does_not() {
    rejected(graded!(a_wrong_one_does_not, |case| then(case, || 7.0)), Kind::Wrong, "Case: case 2");
}

#[test]
fn lines_of_a_harness_and_exit() {
    let graded = graded!(lines_of_a_harness_and_exit, |case| then(case, || {
        println!("test checks::answer ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored");
        process::exit(0)
    }));
    rejected(graded, Kind::Ended, "exit code 0");
}

#[test]
fn the_exit_code_of_the_grader() {
    let graded = graded!(the_exit_code_of_the_grader, |case| then(case, || process::exit(86)));
    rejected(graded, Kind::Ended, "not all answers arrived");
}

#[test]
fn an_exit_between_two_calls() {
    let graded = graded!(an_exit_between_two_calls, |case| {
        if case == 1 {
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(30));
                process::exit(86);
            });
        }
        then(case, || {
            thread::sleep(Duration::from_secs(1));
            1234.5
        })
    });
    rejected(graded, Kind::Ended, "not all answers arrived");
}

#[test]
fn an_abort() {
    rejected(graded!(an_abort, |case| then(case, || process::abort())), Kind::Ended, "aborted");
}

#[test]
fn a_stack_that_overflows() {
    #[expect(unconditional_recursion, reason = "that is the point")]
    fn deeper(x: f64) -> f64 {
        std::hint::black_box([x; 256])[7] + deeper(x + 1.0) + deeper(x)
    }
    rejected(graded!(a_stack_that_overflows, |case| then(case, || deeper(0.0))), Kind::Ended, "The stack overflowed");
}

#[test]
fn a_loop_without_end() {
    let graded = graded!(a_loop_without_end, |case| then(case, || loop {
        thread::sleep(Duration::from_millis(5));
    }));
    rejected(graded, Kind::TooLong, "after 2 seconds");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_without_end() {
    let graded = graded!(memory_without_end, |case| then(case, || {
        let mut all: Vec<Vec<u8>> = Vec::new();
        loop {
            all.push(Vec::with_capacity(1 << 28));
        }
    }));
    rejected(graded, Kind::Ended, "more memory");
}

#[test]
fn a_panic_is_not_an_end() {
    let graded = graded!(a_panic_is_not_an_end, |case| then(case, || panic!("no such head")));
    rejected(graded, Kind::Panicked, "no such head");
}

#[test]
fn raw_writes_lose_nothing() -> Check {
    graded!(raw_writes_lose_nothing, |case| then(case, || {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        for _ in 0..5000 {
            out.write_all(b"test x ... FAILED\r\x1b[2J\xff{\"state\":\"wrong\"}").unwrap();
            err.write_all(b"error: test failed").unwrap();
        }
        1234.5
    }))
}

#[test]
#[cfg(unix)]
fn closed_files() {
    // The child has no file of its own to speak of but the one it sends through.
    let graded = graded!(closed_files, |case| then(case, || {
        let status = process::Command::new("/bin/sh").args(["-c", &format!("kill -STOP {}", process::id())]).status();
        f64::from(u8::from(status.is_ok()))
    }));
    rejected(graded, Kind::TooLong, "2 seconds");
}

#[test]
fn a_child_that_stays_does_not_hold_the_verdict_up() -> Check {
    graded!(a_child_that_stays_does_not_hold_the_verdict_up, |case| then(case, || {
        let sleeps = if cfg!(windows) { ("timeout", "60") } else { ("sleep", "60") };
        let spawned = process::Command::new(sleeps.0).arg(sleeps.1).spawn();
        assert!(spawned.is_ok());
        1234.5
    }))
}

#[test]
fn its_own_program_started_again() {
    let graded = graded!(its_own_program_started_again, |case| then(case, || {
        let mut again = process::Command::new(env::current_exe().unwrap());
        again.args(["its_own_program_started_again", "--nocapture", "--test-threads=1"]);
        // As it is, the copy takes itself for the child, and finds that one is at work.
        let status = again.status().unwrap();
        f64::from(status.code().unwrap_or(0))
    }));
    rejected(graded, Kind::Wrong, "case 2");
}

#[test]
fn expected_value_in_the_environment() {
    // No variable holds the expected value, and the file of results is not named.
    let graded = graded!(expected_value_in_the_environment, |case| then(case, || {
        let names = env::vars().filter(|(name, value)| name == "GRADING_RESULTS" || value.contains("1234"));
        if names.count() == 0 { 0.25 } else { 1234.5 }
    }));
    rejected(graded, Kind::Wrong, "0.25");
}

#[test]
fn values_of_its_own_in_the_file_of_answers() {
    // It may send what it likes: values, that is, and they are compared.
    let graded = graded!(values_of_its_own_in_the_file_of_answers, |case| then(case, || {
        let path = env::var("GRADING_ANSWERS").unwrap();
        if let Ok(mut file) = fs::OpenOptions::new().append(true).open(path) {
            let _ = file.write_all(&[9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
        }
        process::exit(0)
    }));
    rejected(graded, Kind::Ended, "exit code 0");
}

#[test]
fn an_outcome_is_plain_data() {
    // The parent reads what a child sends; nothing in it can be run.
    let outcome: Outcome<f64> = Outcome::Ended("it ended".into());
    assert_eq!(format!("{outcome:?}"), "Ended(\"it ended\")");
}
