//! `timetable`: the exercises with their deadlines and weights, by the plan of the class in `exercises/class.toml`.

use super::arguments::{Done, no_arguments};
use crate::reads::checks;
use crate::reads::course::Course;
use crate::says::screen::{say, table};

const PLAN: &str = "exercises/class.toml";

/// Prints the timetable.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    no_arguments("timetable", arguments)?;
    let text = course.workspace.read(PLAN).unwrap_or_default();
    let plan: toml::Table = text.parse().map_err(|error| format!("{PLAN} is not valid TOML: {error}"))?;
    let entries = plan.get("exercise").and_then(toml::Value::as_array);
    let mut rows = vec![["exercise", "", "hours", "checks", "points", "due"].map(String::from).to_vec()];
    for exercise in &course.exercises {
        let is_it = |entry: &&toml::Value| entry.get("slug").and_then(toml::Value::as_str) == Some(&exercise.slug);
        let entry = entries.into_iter().flatten().find(is_it);
        let points: f64 = checks::of(&course.workspace, exercise)?.iter().map(|check| weight(entry, &check.name)).sum();
        let due = entry.and_then(|entry| entry.get("deadline")).map_or("-".to_string(), readable);
        rows.push(vec![
            exercise.number().to_string(),
            exercise.title.clone(),
            format!("{:.1}", exercise.minutes as f64 / 60.0),
            exercise.checks.to_string(),
            format!("{points}"),
            due,
        ]);
    }
    say!("{}", table(&rows));
    if let Some(late) = plan.get("late_per_day").and_then(number).filter(|late| *late > 0.0) {
        say!("\nEach day of delay that has begun costs {late} % of the points.");
    }
    Ok(true)
}

/// What a check counts.
fn weight(entry: Option<&toml::Value>, check: &str) -> f64 {
    let of = |key: &str| entry.and_then(|entry| entry.get(key));
    of("weights").and_then(|weights| weights.get(check)).or_else(|| of("weight")).and_then(number).unwrap_or(1.0)
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
}

/// `2026-10-18 23:59 +02:00`
fn readable(deadline: &toml::Value) -> String {
    let text = deadline.as_datetime().map_or("-".to_string(), ToString::to_string);
    let Some((day, time)) = text.split_once('T') else { return text };
    let (clock, zone) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let clock = clock.rsplit_once(':').map_or(clock, |(minutes, _)| minutes);
    format!("{day} {clock} {}", if zone == "Z" { "UTC" } else { zone }).trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_counts_what_the_plan_says() {
        let plan: toml::Table = "weight = 2\nweights = { c1_a = 0.5 }".parse().unwrap();
        let entry = toml::Value::Table(plan);
        assert_eq!((weight(Some(&entry), "c1_a"), weight(Some(&entry), "c2_b"), weight(None, "c1_a")), (0.5, 2.0, 1.0));
    }

    #[test]
    fn a_deadline_is_readable() {
        let read = |text: &str| {
            let table: toml::Table = format!("deadline = {text}").parse().unwrap();
            readable(&table["deadline"])
        };
        assert_eq!(read("2026-10-18T23:59:00+02:00"), "2026-10-18 23:59 +02:00");
        assert_eq!(read("2026-10-18T23:59:00Z"), "2026-10-18 23:59 UTC");
    }
}
