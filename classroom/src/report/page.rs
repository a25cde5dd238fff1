//! `class.html`: the class on one page, in one file that opens in any browser without a network.

use std::fmt::Write as _;

use super::class::{Cell, Class, Row};
use crate::grades::log::{CheckResult, State};
use crate::words::shown;

/// The head of the page, with its style. There is no script in it: names and verdicts hold what others wrote.
const HEAD: &str = include_str!("page.html");

/// So many mistakes are listed.
const MISTAKES: usize = 25;

pub(super) fn html(class: &Class<'_>) -> String {
    let mut page = HEAD.to_string();
    let _ = write!(page, "<h1>The class</h1>\n<p>{}</p>\n", escaped(&class.summary()));
    page.push_str(&mistakes(class));
    page.push_str(&copies(class));
    page.push_str(&matrix(class));
    page
}

fn mistakes(class: &Class<'_>) -> String {
    let Some(most) = class.mistakes.first() else { return String::new() };
    let mut text = "<h2>The most frequent mistakes</h2>\n<table class=mistakes>\
                    <thead><tr><th>made by<th>mistake<th>check</thead>\n"
        .to_string();
    for mistake in class.mistakes.iter().take(MISTAKES) {
        let (title, check) = (escaped(&mistake.title), escaped(mistake.check));
        let share = mistake.count * 100 / most.count.max(1);
        let _ = writeln!(
            text,
            "<tr><td class=number style=\"--share: {share}%\">{}<td>{title}<td class=soft>{check}",
            mistake.count
        );
    }
    text.push_str("</table>\n");
    if let Some(more) = class.mistakes.len().checked_sub(MISTAKES).filter(|more| *more > 0) {
        let _ = writeln!(
            text,
            "<p class=soft>{more} more mistakes, none of them more frequent than the last of these.</p>"
        );
    }
    text
}

fn copies(class: &Class<'_>) -> String {
    if class.copies.is_empty() {
        return String::new();
    }
    let mut text =
        "<h2>The same source</h2>\n<p>These differ in comments, layout, order and names of variables at most. \
                    That two people had the same idea is possible: read both.</p>\n<ul class=copies>\n"
            .to_string();
    for (exercise, names) in &class.copies {
        let _ = writeln!(text, "<li>{}: {}", escaped(exercise), escaped(&names.join(", ")));
    }
    text + "</ul>\n"
}

/// The states with their signs, and what the legend says of each.
const LEGEND: [(State, &str); 9] = [
    (State::Passed, "passed"),
    (State::Wrong, "wrong, with the number of the known mistake"),
    (State::Panicked, "panicked"),
    (State::TooLong, "took too long"),
    (State::Ended, "ended the program"),
    (State::DoesNotCompile, "does not compile"),
    (State::NotStarted, "not started"),
    (State::NotHandedIn, "not handed in"),
    (State::Unknown, "could not be graded"),
];

fn matrix(class: &Class<'_>) -> String {
    let mut text = "<h2>Submissions by checks</h2>\n<p>Click a sign to read the verdict.</p>\n\
                    <ul class=legend>"
        .to_string();
    for (state, words) in LEGEND {
        let (class, mark) = class_and_mark(state);
        let _ = write!(text, "<li><span class={class}>{mark}&nbsp;</span>{words}");
    }
    text.push_str("<li><span class=copy>=</span>the same source as another</ul>\n");
    text.push_str("<div class=matrix><table><thead><tr><th>submission<th>points");
    for (exercise, checks) in &class.columns {
        let _ = write!(text, "<th class=\"check exercise\">{}", escaped(exercise));
        checks.iter().for_each(|check| {
            let _ = write!(text, "<th class=check>{}", escaped(check));
        });
    }
    text.push_str("<th>remarks</thead>\n<tbody>\n");
    class.rows.iter().for_each(|row| text.push_str(&line(class, row)));
    text + "</tbody></table></div>\n"
}

fn line(class: &Class<'_>, row: &Row<'_>) -> String {
    let name = escaped(row.name);
    let mut text = format!("<tr><th title=\"{name}\">{name}<td class=number>{:.1} / {:.1}", row.points, row.out_of);
    for (exercise, checks) in &class.columns {
        let cell = row.exercises.iter().find(|cell| cell.exercise == *exercise);
        let points = cell.map_or(String::new(), |cell| format!("{:.1}", cell.points));
        let same = cell.map_or(String::new(), |cell| escaped(&cell.same_as.join(", ")));
        let copy = if same.is_empty() {
            String::new()
        } else {
            format!(" <span class=copy title=\"the same source as {same}\">=</span>")
        };
        let _ = write!(text, "<td class=\"number exercise\">{points}{copy}");
        for name in checks {
            match cell.and_then(|cell| cell.checks.iter().find(|check| check.check == *name)) {
                Some(check) => text.push_str(&sign(check)),
                None => text.push_str("<td class=c>"),
            }
        }
    }
    let remarks = row.problem.map(str::to_string).into_iter().chain(row.notes.iter().cloned());
    let remarks: Vec<String> = remarks.chain(row.exercises.iter().flat_map(remarks_of)).map(|r| escaped(&r)).collect();
    let _ = writeln!(text, "<td class=remark>{}", remarks.join("<br>"));
    text
}

fn remarks_of(cell: &Cell<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    if cell.days_late > 0 {
        remarks.push(format!("{}: {} days late", cell.exercise, cell.days_late));
    }
    if !cell.same_as.is_empty() {
        remarks.push(format!("{}: same source as {}", cell.exercise, few(&cell.same_as)));
    }
    remarks
}

/// Some of these names. All of them are listed once, above the matrix.
fn few(names: &[&str]) -> String {
    let shown = names[..names.len().min(3)].join(", ");
    if names.len() > 3 { format!("{shown} and {} more", names.len() - 3) } else { shown }
}

fn class_and_mark(state: State) -> (&'static str, &'static str) {
    match state {
        State::Passed => ("passed", "✓"),
        State::Wrong => ("wrong", "✗"),
        State::Panicked => ("panicked", "!"),
        State::TooLong => ("too_long", "∞"),
        State::Ended => ("ended", "■"),
        State::DoesNotCompile => ("does_not_compile", "C"),
        State::NotStarted => ("not_started", ""),
        State::NotHandedIn => ("not_handed_in", "–"),
        State::Damaged => ("damaged", "?"),
        State::Unknown => ("unknown", "?"),
    }
}

fn sign(check: &CheckResult) -> String {
    let (class, mark) = class_and_mark(check.state);
    let number = check.mistake.as_deref().and_then(|code| code.rsplit('-').next()).unwrap_or_default();
    let (name, state) = (escaped(&check.check), check.state.words());
    if check.text.is_empty() || check.state == State::Passed {
        return format!("<td class=\"c {class}\" title=\"{name}: {state}\">{mark}");
    }
    let (text, number) = (escaped(&check.text), escaped(number));
    format!(
        "<td class=\"c {class}\" title=\"{name}: {state}\"><details name=verdict><summary>{mark}{number}</summary><pre>{text}</pre></details>"
    )
}

/// A text as HTML shows it, in an attribute as well.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::class::results;
    use super::*;
    use crate::course::Plan;

    #[test]
    fn a_remark_names_a_few() {
        assert_eq!(few(&["a", "b", "c"]), "a, b, c");
        assert_eq!(few(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }

    #[test]
    fn the_page_shows_everything_and_runs_nothing() {
        let results = results();
        let page = html(&Class::of(&results, &Plan::default()));
        for part in [
            "<th title=\"=ann &amp; &lt;bo&gt;\">=ann &amp; &lt;bo&gt;<td class=number>1.0 / 2.0",
            "<summary>✗3</summary><pre>wrong: `f`\n  &lt;b&gt;Case&lt;/b&gt; &amp; more</pre>",
            "<li>01-a: =ann &amp; &lt;bo&gt;, cy",
            "<td class=number style=\"--share: 100%\">1<td>E01-3<td class=soft>c2_y",
            "title=\"the same source as =ann &amp; &lt;bo&gt;\">=",
            "not a zip<br>a\u{fffd}b",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("<b>") && !page.contains("<script") && !page.contains("http"), "{page}");
    }
}
