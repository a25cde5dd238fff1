//! `junit.xml`: what programs of continuous integration read. A suite is an exercise of a submission, a test case a check.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::class::Class;
use crate::grades::log::{CheckResult, State};
use crate::words::shown;

pub(super) fn xml(class: &Class<'_>) -> Result<Vec<u8>, String> {
    let mut report = Report::new("class");
    for row in &class.rows {
        if let Some(problem) = row.problem {
            let mut suite = TestSuite::new(row.name);
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(shown(problem));
            suite.add_test_case(TestCase::new("submission", status));
            report.add_test_suite(suite);
        }
        for cell in &row.exercises {
            let mut suite = TestSuite::new(format!("{}.{}", row.name, cell.exercise));
            for check in cell.checks {
                let mut case = TestCase::new(check.check.as_str(), status(check));
                case.set_classname(format!("{}.{}", row.name, cell.exercise));
                suite.add_test_case(case);
            }
            report.add_test_suite(suite);
        }
    }
    let mut bytes = Vec::new();
    report.serialize(&mut bytes).map_err(|error| format!("junit.xml: {error}."))?;
    Ok(bytes)
}

fn status(check: &CheckResult) -> TestCaseStatus {
    let mut status = match check.state {
        State::Passed => return TestCaseStatus::success(),
        State::NotStarted | State::NotHandedIn => TestCaseStatus::skipped(),
        State::Damaged | State::Unknown => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    status.set_message(check.state.words());
    if let Some(mistake) = &check.mistake {
        status.set_type(mistake.as_str());
    }
    if !check.text.is_empty() {
        status.set_description(shown(&check.text));
    }
    status
}

#[cfg(test)]
mod tests {
    use super::super::class::results;
    use super::*;
    use crate::course::Plan;

    #[test]
    fn every_check_is_a_test_case() {
        let results = results();
        let bytes = xml(&Class::of(&results, &Plan::default())).unwrap();
        let report = quick_junit::Report::deserialize_from_str(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let counts: Vec<(&str, usize, usize, usize)> = report
            .test_suites
            .iter()
            .map(|suite| (suite.name.as_str(), suite.tests, suite.failures, suite.errors))
            .collect();
        assert_eq!(
            counts,
            [("=ann & <bo>.01-a", 2, 1, 0), ("cy.01-a", 2, 0, 0), ("di.01-a", 2, 2, 0), ("eve", 1, 0, 1)]
        );
    }
}
