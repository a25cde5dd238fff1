//! Where a page shows what the model predicts after a text, the model predicts it.

use std::fs;

use grading::reference::repository;
use hooked_transformer::{HookedTransformer, argmax};
use ndarray::{Axis, s};

use crate::PAGES;

/// What `gpt2-tales` finds most likely after BOS and after each token of the text.
fn guesses(text: &str) -> Result<Vec<String>, String> {
    let model = HookedTransformer::load(repository().join("reference_data/models/gpt2-tales"));
    let model = model.map_err(|error| error.to_string())?;
    let logits = model.forward(text).map_err(|error| error.to_string())?;
    let of_text = logits.slice(s![0, .., ..]);
    let guess = |row| model.to_single_str_token(argmax(row)).map_err(|error| error.to_string());
    of_text.axis_iter(Axis(0)).map(guess).collect()
}

fn lines_of(page: &str) -> Result<Vec<String>, String> {
    let file = format!("{PAGES}/{page}.md");
    let text = fs::read_to_string(repository().join(&file)).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.lines().map(str::to_string).collect())
}

#[test]
fn the_guesses_in_chapter_01() -> Result<(), String> {
    let lines = lines_of("01-introduction")?;
    let row = lines.iter().find_map(|line| line.strip_prefix("guess    →")).ok_or("there is no row of guesses")?;
    let shown: Vec<&str> = row.split_whitespace().take(4).collect();
    assert_eq!(shown, guesses("Once upon a")?.iter().map(|guess| guess.trim()).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn the_answers_in_chapter_06() -> Result<(), String> {
    let mut shown = 0;
    for line in lines_of("06-patching")? {
        let prompt = ["clean ", "corrupted "].iter().find_map(|kind| line.strip_prefix(kind));
        let Some((prompt, answer)) = prompt.and_then(|rest| rest.split_once('→')) else { continue };
        let guesses = guesses(prompt.trim())?;
        assert_eq!(guesses.last().map(|guess| guess.trim()), Some(answer.trim()), "{line}");
        shown += 1;
    }
    assert_eq!(shown, 4, "two pairs");
    Ok(())
}
