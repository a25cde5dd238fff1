//! How the checks of an exercise ended, by the file that the grader writes: one line of JSON per check, in the file that
//! the variable `GRADING_RESULTS` names.
//!
//! ```text
//! {"exercise":"02-induction","check":"c02_current_attn_detector","function":"current_attn_detector","state":"wrong",
//!  "mistake":"E02-3","text":"WRONG: …","found":null,"printed":""}
//! ```
//!
//! Nothing that is printed counts: it depends on settings, and a learner's function may print what it likes. A check
//! without a line (its process was killed, say) is neither passed nor failed.

use serde_json::{Value as Json, json};

use crate::reads::checks::Check;

/// The variable by which the grader learns where to write.
pub(crate) const VARIABLE: &str = "GRADING_RESULTS";

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Passed,
    NotStarted,
    Wrong,
    Panicked,
    TooLong,
    /// The function ended its process.
    Ended,
    /// The reference data or another part of the course is damaged.
    Damaged,
    /// The learner's code does not compile, so it could not run.
    DoesNotCompile,
    /// There is no line about it.
    Unknown,
}

impl State {
    const NAMES: [(State, &'static str, &'static str); 9] = [
        (State::Passed, "passed", "passed"),
        (State::NotStarted, "not_started", "not started"),
        (State::Wrong, "wrong", "WRONG"),
        (State::Panicked, "panicked", "PANICKED"),
        (State::TooLong, "too_long", "TOO LONG"),
        (State::Ended, "ended", "ENDED THE PROGRAM"),
        (State::Damaged, "damaged", "course damaged"),
        (State::DoesNotCompile, "does_not_compile", "does not compile"),
        (State::Unknown, "unknown", "no result"),
    ];

    fn parse(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, known, _)| *known == name).map_or(State::Unknown, |(state, ..)| *state)
    }

    fn entry(self) -> (&'static str, &'static str) {
        Self::NAMES.iter().find(|(state, ..)| *state == self).map_or(("", ""), |(_, name, words)| (name, words))
    }

    /// The word for programs.
    pub(crate) fn name(self) -> &'static str {
        self.entry().0
    }

    /// The words for people.
    pub(crate) fn words(self) -> &'static str {
        self.entry().1
    }

    /// Whether the learner's function was called and is not right.
    pub(crate) fn is_wrong(self) -> bool {
        matches!(self, State::Wrong | State::Panicked | State::TooLong | State::Ended)
    }

    /// Which state to tell of first.
    fn urgency(self) -> usize {
        match self {
            _ if self.is_wrong() => 0,
            State::Damaged => 1,
            State::NotStarted => 2,
            _ => 3,
        }
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckResult {
    pub(crate) check: Check,
    pub(crate) state: State,
    /// The code of the mistake that was recognized: `E02-3`.
    pub(crate) mistake: Option<String>,
    /// The verdict.
    pub(crate) text: String,
    /// What a pass has found out.
    pub(crate) found: Option<String>,
    /// What the learner's code printed.
    pub(crate) printed: String,
}

impl CheckResult {
    pub(crate) fn unknown(check: Check) -> Self {
        CheckResult {
            check,
            state: State::Unknown,
            mistake: None,
            text: String::new(),
            found: None,
            printed: String::new(),
        }
    }

    /// The line about it, for editors and other programs.
    pub(crate) fn line(&self, exercise: &str) -> String {
        let CheckResult { check: Check { name, function }, state, mistake, text, found, printed } = self;
        json!({"exercise": exercise, "check": name, "function": function, "state": state.name(), "mistake": mistake,
               "text": text, "found": found, "printed": printed})
        .to_string()
    }
}

/// How these checks of an exercise ended, in their order, by the content of the file of results.
///
/// Of two lines about a check, the one that tells of a failure counts: a function that finds the file and adds a line has
/// not passed by that.
pub(crate) fn read(lines: &[u8], exercise: &str, checks: &[Check]) -> Vec<CheckResult> {
    let text = String::from_utf8_lossy(lines);
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let lines: Vec<Json> = lines.filter(|line| line["exercise"] == exercise).collect();
    checks.iter().map(|check| result_of(check, &lines)).collect()
}

fn result_of(check: &Check, lines: &[Json]) -> CheckResult {
    let own = lines.iter().filter(|line| line["check"] == check.name.as_str()).map(|line| {
        let words = |key: &str| line[key].as_str().map(str::to_string);
        CheckResult {
            check: Check {
                name: check.name.clone(),
                function: words("function").unwrap_or_else(|| check.function.clone()),
            },
            state: State::parse(line["state"].as_str().unwrap_or_default()),
            mistake: words("mistake"),
            text: words("text").unwrap_or_default(),
            found: words("found"),
            printed: words("printed").unwrap_or_default(),
        }
    });
    // What is not known counts as a failure here: a line that makes no sense must not hide behind one that does.
    let worst = own.min_by_key(|result| match result.state {
        State::Passed => usize::MAX,
        state => state.urgency(),
    });
    worst.unwrap_or_else(|| CheckResult::unknown(check.clone()))
}

/// The result to tell of: the first that is wrong; or else the first that is not passed.
pub(crate) fn first_to_tell(results: &[CheckResult]) -> Option<&CheckResult> {
    results.iter().filter(|result| result.state != State::Passed).min_by_key(|result| result.state.urgency())
}

/// The function that failed first.
pub(crate) fn first_wrong(results: &[CheckResult]) -> Option<&str> {
    results.iter().find(|result| result.state.is_wrong()).map(|result| result.check.function.as_str())
}

/// The functions all of whose checks passed.
pub(crate) fn right_functions(results: &[CheckResult]) -> Vec<&str> {
    let passes = |function: &str| {
        results.iter().filter(|result| result.check.function == function).all(|r| r.state == State::Passed)
    };
    results.iter().map(|result| result.check.function.as_str()).filter(|function| passes(function)).collect()
}

/// Whether every one of these checks passed.
pub(crate) fn all_passed(results: &[CheckResult]) -> bool {
    !results.is_empty() && results.iter().all(|result| result.state == State::Passed)
}

/// Whether one of them is known not to have passed, by the learner's own doing.
pub(crate) fn any_failed(results: &[CheckResult]) -> bool {
    results.iter().any(|result| result.state.is_wrong() || result.state == State::NotStarted)
}

#[cfg(test)]
pub(crate) fn fixture(states: &[(&str, State)]) -> Vec<CheckResult> {
    let result = |&(function, state): &(&str, State)| CheckResult {
        check: Check { name: format!("c_{function}"), function: function.into() },
        state,
        mistake: (state == State::Wrong).then(|| "E02-3".to_string()),
        text: format!("{}: `{function}`\n  Case: one", state.words()),
        found: (state == State::Passed).then(|| format!("Heads found by {function}: 0.7.")),
        printed: if state == State::Panicked { "a line of the learner's\n".to_string() } else { String::new() },
    };
    states.iter().map(result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> Vec<Check> {
        let check = |name: &str| Check { name: name.into(), function: name[3..].into() };
        ["c1_a", "c2_b", "c3_c"].map(check).to_vec()
    }

    fn line(check: &str, state: &str) -> String {
        format!(
            r#"{{"exercise":"02","check":"{check}","function":"f","state":"{state}","mistake":null,"text":"t","found":null}}"#
        )
    }

    fn states(lines: &[String]) -> [State; 3] {
        let results = read(lines.join("\n").as_bytes(), "02", &checks());
        std::array::from_fn(|at| results[at].state)
    }

    #[test]
    fn results_come_in_the_order_of_the_checks_and_a_missing_line_is_no_pass() {
        let lines = [line("c3_c", "passed"), line("c1_a", "too_long")];
        assert_eq!(states(&lines), [State::TooLong, State::Unknown, State::Passed]);
    }

    #[test]
    fn lines_that_make_no_sense_or_are_about_something_else_are_passed_over() {
        let half = line("c1_a", "passed")[..40].to_string();
        let other = line("c2_b", "passed").replace("\"02\"", "\"03\"");
        assert_eq!(states(&[half, other, "\u{fffd}".into(), line("c3_c", "splendid")]), [State::Unknown; 3]);
    }

    /// A line that a function of the learner added does not make a pass, wherever it is.
    #[test]
    fn of_two_lines_the_failure_counts() {
        for pair in [["passed", "wrong"], ["wrong", "passed"]] {
            assert_eq!(states(&pair.map(|state| line("c1_a", state)))[0], State::Wrong);
        }
        assert_eq!(states(&["passed", "splendid"].map(|state| line("c1_a", state)))[0], State::Unknown);
    }

    #[test]
    fn what_is_wrong_is_told_before_what_is_not_started() {
        use State::{Damaged, NotStarted, Passed, Unknown, Wrong};
        let told =
            |states: &[(&str, State)]| first_to_tell(&fixture(states)).map(|result| result.check.function.clone());
        assert_eq!(told(&[("a", Passed), ("b", NotStarted), ("c", Wrong), ("d", Wrong)]).as_deref(), Some("c"));
        assert_eq!(told(&[("a", Unknown), ("b", NotStarted), ("c", Damaged)]).as_deref(), Some("c"));
        assert_eq!(told(&[("a", Unknown), ("b", NotStarted)]).as_deref(), Some("b"));
        assert_eq!(told(&[("a", Passed)]), None);
    }

    #[test]
    fn a_function_is_right_when_all_its_checks_passed() {
        use State::{Passed, Wrong};
        assert_eq!(right_functions(&fixture(&[("a", Passed), ("b", Passed), ("a", Wrong)])), ["b"]);
    }

    #[test]
    fn no_checks_are_no_pass_and_no_line_is_no_failure() {
        assert!(!all_passed(&[]));
        assert!(!all_passed(&fixture(&[("a", State::Passed), ("b", State::Unknown)])));
        assert!(!any_failed(&fixture(&[("a", State::Passed), ("b", State::Unknown), ("c", State::Damaged)])));
        assert!(any_failed(&fixture(&[("a", State::NotStarted)])));
    }

    #[test]
    fn a_line_for_programs_is_read_back_as_it_was() {
        let results = fixture(&[("a", State::Wrong), ("b", State::Passed)]);
        let lines: Vec<String> = results.iter().map(|result| result.line("02")).collect();
        let checks: Vec<Check> = results.iter().map(|result| result.check.clone()).collect();
        assert_eq!(read(lines.join("\n").as_bytes(), "02", &checks), results);
    }
}
