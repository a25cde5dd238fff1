//! The page of the guide that the verdicts link to has an entry for every mistake: it is made from the same words.

use std::fmt::Write as _;
use std::{env, fs};

use grading::reference::repository;
use grading::{EXERCISES, Exercise, Mistake};

const PAGE: &str = "exercises/guide/src/when-it-goes-wrong.md";

/// When this variable is set, the page is written before it is compared with.
const WRITE: &str = "COURSE_WRITE_GUIDE";

const BEGINNING: &str = "\
<!-- Made by `cargo xtask guide` from the lists of mistakes in crates/grading: edit those. -->

# When it goes wrong

A verdict that recognizes your answer names the mistake by a code. Here they all are, with what to ask yourself. If yours
is not among them: print a small pattern, by hand or with a few lines of code, and compare it with what you expect cell by
cell.
";

fn page() -> String {
    let mut page = BEGINNING.to_string();
    for exercise in EXERCISES {
        let _ = writeln!(page, "\n## Exercise {}", exercise.number());
        for mistake in exercise.mistakes {
            page.push_str(&entry(exercise, mistake));
        }
    }
    page
}

fn entry(exercise: &Exercise, mistake: &Mistake) -> String {
    let Mistake { explanation, question, caught_by, .. } = mistake;
    let exercise = exercise.slug;
    format!(
        "\n<a id=\"{}\"></a>\n\n### {}\n\n{explanation}\n\n*{question}*\n\nTold by `{caught_by}`; [the exercise](./{exercise}.md).\n",
        mistake.id(),
        mistake.heading()
    )
}

#[test]
fn the_page_has_an_entry_for_every_mistake() -> Result<(), String> {
    let path = repository().join(PAGE);
    if env::var_os(WRITE).is_some() {
        fs::write(&path, page()).map_err(|error| format!("{PAGE}: {error}"))?;
    }
    let present = fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}; run `cargo xtask guide`"))?;
    if present.replace("\r\n", "\n") == page() {
        Ok(())
    } else {
        Err(format!("{PAGE} is stale; run `cargo xtask guide`"))
    }
}

#[test]
fn codes_and_anchors_are_unique_and_each_exercise_has_its_own() {
    let mistakes = || EXERCISES.iter().flat_map(|exercise| exercise.mistakes.iter().map(move |m| (exercise, m)));
    let mut links: Vec<String> = mistakes().map(|(_, mistake)| mistake.link()).collect();
    links.sort();
    links.dedup();
    assert_eq!(links.len(), mistakes().count());
    for (exercise, mistake) in mistakes() {
        assert!(mistake.code.starts_with(&format!("E{}-", exercise.number())), "{}", mistake.code);
    }
}
