//! What a grader needs to know of the course: its exercises, and the plan of the class, `exercises/class.toml`: deadlines,
//! weights of checks, and what is lost for a day of delay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use chrono::DateTime;
use serde::Deserialize;

const TABLE: &str = "exercises/course.toml";
const PLAN: &str = "exercises/class.toml";

/// The course that the command is run in.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) root: PathBuf,
    pub(crate) exercises: Vec<Exercise>,
    pub(crate) plan: Plan,
}

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Exercise {
    /// The folder under `exercises/` and `solutions/`.
    pub(crate) slug: String,
}

impl Exercise {
    /// The name of its crate in Rust.
    pub(crate) fn crate_name(&self) -> String {
        format!("exercise-{}", self.slug).replace('-', "_")
    }

    /// The package that the submissions are built as.
    pub(crate) fn package(&self) -> String {
        format!("exercise-{}", self.slug)
    }

    /// The package whose test program is the judge.
    pub(crate) fn judge_package(&self) -> String {
        format!("solution-{}", self.slug)
    }
}

/// When each exercise is due, and what a check counts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// So many percent of the points are lost for each day of delay that has begun.
    #[serde(default)]
    pub(crate) late_per_day: f64,
    #[serde(default)]
    exercise: Vec<Due>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Due {
    slug: String,
    deadline: Option<toml::value::Datetime>,
    /// What a check counts that is not named under `weights`.
    #[serde(default = "one")]
    weight: f64,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
}

fn one() -> f64 {
    1.0
}

const DAY: i64 = 24 * 60 * 60;

impl Plan {
    /// The plan in the text of its file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let plan: Self = toml::from_str(text).map_err(|error| format!("{PLAN} is damaged: {error}"))?;
        let weights = plan.exercise.iter().flat_map(|due| due.weights.values().chain([&due.weight]));
        if weights.chain([&plan.late_per_day]).any(|number| !(number.is_finite() && *number >= 0.0)) {
            return Err(format!("{PLAN} has a weight or a late_per_day that is not a number from 0 on."));
        }
        for due in &plan.exercise {
            if let Some(deadline) = &due.deadline {
                seconds(deadline).ok_or_else(|| {
                    format!(
                        "{PLAN}: the deadline of {} is {deadline}; write date, time and time zone, such as \
                         2026-10-18T23:59:00+02:00.",
                        due.slug
                    )
                })?;
            }
        }
        Ok(plan)
    }

    fn of(&self, exercise: &str) -> Option<&Due> {
        self.exercise.iter().find(|due| due.slug == exercise)
    }

    /// What a check counts.
    pub(crate) fn weight(&self, exercise: &str, check: &str) -> f64 {
        self.of(exercise).map_or(1.0, |due| due.weights.get(check).copied().unwrap_or(due.weight))
    }

    /// How many days after the deadline this was, of which the last has only begun.
    pub(crate) fn days_late(&self, exercise: &str, submitted: i64) -> i64 {
        let deadline = self.of(exercise).and_then(|due| seconds(due.deadline.as_ref()?));
        deadline.map_or(0, |deadline| (submitted - deadline).max(0).div_ceil_by(DAY))
    }

    /// The share of the points that is left after so many days.
    pub(crate) fn left_after(&self, days: i64) -> f64 {
        (1.0 - self.late_per_day / 100.0 * days as f64).max(0.0)
    }

    /// # Errors
    /// An exercise or a check that there is not: a typing mistake must not give a check its default weight.
    pub(crate) fn fits(&self, known: &BTreeMap<String, Vec<String>>, exercises: &[Exercise]) -> Result<(), String> {
        for due in &self.exercise {
            if !exercises.iter().any(|exercise| exercise.slug == due.slug) {
                return Err(format!("{PLAN} names the exercise `{}`, which {TABLE} does not have.", due.slug));
            }
            let Some(checks) = known.get(&due.slug) else { continue };
            if let Some(check) = due.weights.keys().find(|check| !checks.contains(check)) {
                let checks = checks.join(", ");
                return Err(format!("{PLAN} names the check `{check}`, but {} has: {checks}.", due.slug));
            }
        }
        Ok(())
    }
}

trait DivCeil {
    fn div_ceil_by(self, divisor: Self) -> Self;
}

impl DivCeil for i64 {
    /// Of numbers that are not negative.
    fn div_ceil_by(self, divisor: i64) -> i64 {
        (self + divisor - 1) / divisor
    }
}

/// Seconds since 1970.
fn seconds(deadline: &toml::value::Datetime) -> Option<i64> {
    DateTime::parse_from_rfc3339(&deadline.to_string()).ok().map(|time| time.timestamp())
}

#[derive(Deserialize)]
struct Table {
    exercise: Vec<Exercise>,
}

impl Course {
    /// # Errors
    /// There is none here, or its files are damaged.
    pub(crate) fn find() -> Result<Self, String> {
        let here = env::current_dir().unwrap_or_default();
        let places = [env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from), Some(here)];
        let mut folders = places.iter().flatten().flat_map(|place| place.ancestors());
        let root = folders.find(|folder| folder.join(TABLE).is_file());
        let root =
            root.ok_or(format!("No folder above this one has {TABLE}: go to the folder of the course first."))?;
        let root = root.canonicalize().map_err(|error| format!("{}: {error}.", root.display()))?;
        let table: Table = toml::from_str(&read(&root, TABLE)?).map_err(|error| format!("{TABLE}: {error}"))?;
        let plan = if root.join(PLAN).exists() { Plan::parse(&read(&root, PLAN)?)? } else { Plan::default() };
        let course = Self { root, exercises: table.exercise, plan };
        match course.exercises.iter().find(|exercise| !course.root.join("solutions").join(&exercise.slug).is_dir()) {
            Some(exercise) => Err(format!(
                "solutions/{} is not here. Submissions are graded in the full course, with the solutions, not in the \
                 student edition.",
                exercise.slug
            )),
            None => Ok(course),
        }
    }

    /// The exercises called by these numbers or names; all, if none is named.
    ///
    /// # Errors
    /// Those that there are.
    pub(crate) fn chosen(&self, words: &[String]) -> Result<Vec<Exercise>, String> {
        for word in words {
            if !self.exercises.iter().any(|exercise| is_called(exercise, word)) {
                let known: Vec<&str> = self.exercises.iter().map(|exercise| exercise.slug.as_str()).collect();
                return Err(format!("There is no exercise `{word}`. There are: {}.", known.join(", ")));
            }
        }
        let is_chosen = |exercise: &&Exercise| words.is_empty() || words.iter().any(|word| is_called(exercise, word));
        Ok(self.exercises.iter().filter(is_chosen).cloned().collect())
    }
}

fn is_called(exercise: &Exercise, word: &str) -> bool {
    let number = |word: &str| word.trim_start_matches('0').to_string();
    exercise.slug == word || exercise.slug.split('-').next().map(number) == Some(number(word))
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| format!("{file} cannot be read: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "late_per_day = 10\n[[exercise]]\nslug = \"01-a\"\ndeadline = 2026-10-18T23:59:00+02:00\n\
                        weights = { c1_x = 2.5, c2_y = 0 }\n[[exercise]]\nslug = \"02-b\"\nweight = 3\n";

    #[test]
    fn weights_are_those_of_the_check_or_of_the_exercise_or_one() {
        let plan = Plan::parse(PLAN).unwrap();
        let weights = [("01-a", "c1_x"), ("01-a", "c2_y"), ("01-a", "c3_z"), ("02-b", "c1_x"), ("03-c", "c1_x")]
            .map(|(exercise, check)| plan.weight(exercise, check));
        assert_eq!(weights, [2.5, 0.0, 1.0, 3.0, 1.0]);
    }

    #[test]
    fn a_day_of_delay_counts_when_it_has_begun() {
        let plan = Plan::parse(PLAN).unwrap();
        // 23:59 in a zone two hours ahead is 21:59 UTC.
        let deadline = DateTime::parse_from_rfc3339("2026-10-18T21:59:00Z").unwrap().timestamp();
        let late = [-5, 0, 1, DAY, DAY + 1, 30 * DAY].map(|after| plan.days_late("01-a", deadline + after));
        assert_eq!(late, [0, 0, 1, 1, 2, 30]);
        assert_eq!(plan.days_late("02-b", deadline), 0);
        assert_eq!([0, 1, 9, 11].map(|days| (plan.left_after(days) * 100.0).round()), [100.0, 90.0, 10.0, 0.0]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let trouble = |from: &str, to: &str| Plan::parse(&PLAN.replace(from, to)).unwrap_err();
        assert!(trouble("2.5", "-1").contains("not a number from 0 on"));
        assert!(trouble("= 10", "= nan").contains("not a number from 0 on"));
        assert!(trouble("weight =", "wieght =").contains("wieght"));
        assert!(trouble("23:59:00+02:00", "23:59:00").contains("time zone"));
        let known = BTreeMap::from([("01-a".to_string(), vec!["c1_x".to_string()])]);
        let exercises = ["01-a", "02-b"].map(|slug| Exercise { slug: slug.into() });
        let plan = Plan::parse(PLAN).unwrap();
        assert!(plan.fits(&known, &exercises).unwrap_err().contains("names the check `c2_y`"));
        assert!(plan.fits(&BTreeMap::new(), &exercises[..1]).unwrap_err().contains("names the exercise `02-b`"));
    }

    #[test]
    fn the_plan_of_this_course_fits_its_table() {
        let course = Course::find().unwrap();
        assert_eq!(course.plan.fits(&BTreeMap::new(), &course.exercises), Ok(()));
        assert_eq!(course.chosen(&["2".into()]).unwrap()[0].slug, "02-induction");
        assert!(course.chosen(&["99".into()]).unwrap_err().contains("There are: 01-"));
    }
}
