//! Runs that are interrupted, and runs on several machines: the results are those of one run that was not.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::{
    thread,
    time::{Duration, Instant},
};

use crate::attacks::no_sandbox;
use crate::class::{Class, log, program, solution, stub, verdicts, with_body};

/// What is made from the log.
const REPORTS: [&str; 3] = ["grades.csv", "junit.xml", "class.html"];

fn reports(out: &Path) -> [String; 3] {
    REPORTS.map(|name| fs::read_to_string(out.join(name)).unwrap())
}

/// A class that is quick to grade: one wrong answer and its copy, and three that are not run.
fn class() -> Class {
    let class = Class::new();
    let wrong = with_body(&solution(), "prev_attn_detector", "current_attn_detector(cache)");
    class.hands_in("ann", &wrong);
    class.hands_in("bo", &wrong.replace("cache", "activations").replace("//! ", "//! My "));
    class.hands_in("cy", &stub());
    class.hands_in("di", &with_body(&solution(), "prev_attn_detector", "no_such_function(cache)"));
    class.hands_in("eve", &stub().replace("\n", "\r\n"));
    class
}

#[test]
fn interrupted_and_on_several_machines() {
    let class = class();
    let whole = class.grade("whole", &["--jobs", "2"]);
    if no_sandbox(&whole) {
        return;
    }
    assert_eq!(whole.status.code(), Some(0), "{}", String::from_utf8_lossy(&whole.stderr));
    what_the_class_did(&class.out("whole"));
    goes_on(&class);
    #[cfg(unix)]
    is_killed(&class);
    again_is_nothing_new(&class);
    on_machines(&class);
}

fn what_the_class_did(out: &Path) {
    let all = verdicts(out);
    for name in ["ann", "bo"] {
        let (state, mistake, _) = &all[name]["c03"];
        assert_eq!((state.as_str(), mistake.as_deref()), ("wrong", Some("E02-9")), "{name}");
        assert_eq!(all[name]["c02"].0, "passed");
    }
    assert!(all["di"]["c03"].2.contains("cannot find function `no_such_function`"), "{}", all["di"]["c03"].2);
    assert_eq!(all["eve"]["c03"].0, "not_started");
    let csv = fs::read_to_string(out.join("grades.csv")).unwrap();
    let ann = csv.lines().find(|line| line.starts_with("\"ann\",")).unwrap();
    let want = r#""ann",7,8,87.5,7,0,"bo","passed","passed","wrong E02-9","passed","#;
    assert!(ann.starts_with(want), "{ann}");
    let page = fs::read_to_string(out.join("class.html")).unwrap();
    assert!(page.contains("<li>02-induction: ann, bo"), "copies are not marked");
    assert!(page.contains(">2<td>E02-9 "), "mistakes are not counted");
}

/// A log that ends in the middle of a line, as after a loss of power.
fn goes_on(class: &Class) {
    let (whole, part) = (class.out("whole"), class.out("part"));
    let text = fs::read_to_string(whole.join("results.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let half = &lines[5][..lines[5].len() / 2];
    fs::create_dir_all(part.join(".work/job-0")).unwrap();
    fs::write(part.join("results.jsonl"), format!("{}\n{half}", lines[..5].join("\n"))).unwrap();
    let kept = lines[..5].iter().filter(|line| line.contains("\"line\":\"exercise\"")).count();
    assert!(class.grade("part", &[]).status.success());
    let graded = log(&part).iter().skip(5).filter(|line| line["line"] == "exercise").count();
    assert_eq!(graded, 5 - kept, "what was graded before was graded again");
    assert_eq!(reports(&part), reports(&whole));
}

/// As a supervisor does it, and as the system does when memory is short: each while the next submission is graded. Ctrl-C
/// has the effect of the former, but is ignored by what a script has started in the background, as these tests may be.
#[cfg(unix)]
fn is_killed(class: &Class) {
    use rustix::process::{Pid, Signal, kill_process};
    let out = class.out("killed");
    for (signal, graded) in [(Signal::TERM, 1), (Signal::KILL, 2)] {
        let mut run = class.start_to_grade("killed", &["--jobs", "1"]);
        let begin = Instant::now();
        while exercises(&out) < graded {
            assert!(begin.elapsed() < Duration::from_secs(300), "nothing is graded");
            thread::sleep(Duration::from_millis(20));
        }
        kill_process(Pid::from_child(&run), signal).unwrap();
        assert!(!run.wait().unwrap().success());
        assert!(exercises(&out) < 5, "it was over before it was killed");
    }
    assert!(class.grade("killed", &[]).status.success());
    // Each of the five once.
    assert_eq!((exercises(&out), verdicts(&out).len()), (5, 5));
    assert_eq!(reports(&out), reports(&class.out("whole")));
    assert!(!out.join(".work").exists());
}

/// So many exercises have been graded, as far as the log says.
fn exercises(out: &Path) -> usize {
    let text = fs::read_to_string(out.join("results.jsonl")).unwrap_or_default();
    text.lines().filter(|line| line.contains("\"line\":\"exercise\"")).count()
}

fn again_is_nothing_new(class: &Class) {
    let before = exercises(&class.out("whole"));
    class.hands_in("cy", "not Rust");
    assert!(class.grade("whole", &[]).status.success());
    assert_eq!(exercises(&class.out("whole")), before + 1, "only what has changed is graded");
    assert_eq!(verdicts(&class.out("whole"))["cy"]["c02"].0, "does_not_compile");
}

fn on_machines(class: &Class) {
    for shard in 1..=2 {
        assert!(class.grade(&format!("shard-{shard}"), &["--shard", &format!("{shard}/2")]).status.success());
    }
    let (one, two, merged) = (class.out("shard-1"), class.out("shard-2"), class.out("merged"));
    assert_eq!((verdicts(&one).len(), verdicts(&two).len()), (3, 2));
    let merge = |folders: &[&Path], out: &Path| {
        program().args(["grade", "merge"]).args(folders).arg("--out").arg(out).output().unwrap()
    };
    assert!(merge(&[&two, &one], &merged).status.success());
    assert_eq!(reports(&merged), reports(&class.out("whole")));
    // Of one submission there cannot be two results.
    let text = fs::read_to_string(one.join("results.jsonl")).unwrap();
    fs::create_dir_all(class.out("other")).unwrap();
    fs::write(class.out("other/results.jsonl"), text.replace("\"wrong\"", "\"passed\"")).unwrap();
    let refused = merge(&[&one, &class.out("other")], &class.out("refused"));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("has other results for 02-induction of ann"));
}
