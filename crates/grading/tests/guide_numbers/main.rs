//! What the pages of the guide, its figures and the stubs say of the models is so.
//!
//! Every number that looks measured has to be in a claim, which is compared with what the oracle, the training logs or the
//! models themselves give, or in a list of exact facts with a reason. A new number that is in neither fails, and so does a
//! sentence that was rephrased without its claim.

mod claims;
mod exact;
mod facts;
mod guesses;
mod scan;

use std::fs;
use std::ops::Range;

use grading::reference::repository;

use claims::CLAIMS;
use exact::{EXACT, HEADS};
use facts::{number, shown};
use scan::{Page, is_head_name};

const PAGES: &str = "exercises/guide/src";

/// Every page by its name: that of its file without the folder and `.md`.
fn pages() -> Result<Vec<(String, Page)>, String> {
    let root = repository();
    let read = |file: &str| fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"));
    let mut pages = Vec::new();
    for folder in ["", "mistakes/", "figures/"] {
        for file in files_in(&format!("{PAGES}/{folder}"))? {
            let path = format!("{PAGES}/{folder}{file}");
            if let Some(name) = file.strip_suffix(".md") {
                // A question at the end of a mistake makes up its numbers.
                let is_question = |line: &str| folder == "mistakes/" && line.starts_with('*') && line.ends_with("?*");
                let source = read(&path)?;
                let source: Vec<&str> = source.lines().filter(|line| !is_question(line)).collect();
                pages.push((format!("{folder}{name}"), Page::markdown(&source.join("\n"))));
            } else if file.ends_with(".svg") {
                pages.push((format!("{folder}{file}"), Page::figure(&read(&path)?)));
            }
        }
    }
    for exercise in files_in("exercises")?.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())) {
        pages.push((format!("stub {exercise}"), Page::stub(&read(&format!("exercises/{exercise}/src/lib.rs"))?)));
    }
    Ok(pages)
}

fn files_in(folder: &str) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(repository().join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// Where the claims and exact facts about a page are in it, or what it should say instead.
fn accounted_for(name: &str, page: &Page) -> Result<Vec<Range<usize>>, String> {
    let mut places = Vec::new();
    let mut find = |said: &str| {
        let before = places.len();
        places.extend(page.text.match_indices(said).map(|(at, found)| at..at + found.len()));
        if places.len() > before { Ok(()) } else { Err(format!("{name} should say: {said}")) }
    };
    for (_, source, claims) in CLAIMS.iter().filter(|(page, ..)| *page == name) {
        let facts = source.read()?;
        for (text, numbers) in *claims {
            let mut said = (*text).to_string();
            for (decimals, place) in *numbers {
                let value =
                    number(&facts, place).ok_or_else(|| format!("{name}: {source:?} has nothing at {place}"))?;
                said = said.replacen("{}", &shown(value, *decimals), 1);
            }
            find(&said)?;
        }
    }
    EXACT.iter().filter(|(page, ..)| *page == name).try_for_each(|(_, said, _)| find(said))?;
    HEADS.iter().filter(|(page, _)| *page == name).try_for_each(|(_, said)| find(said))?;
    Ok(places)
}

#[test]
fn every_measured_number_is_computed_again_or_exact() -> Result<(), String> {
    let mut troubles = Vec::new();
    for (name, page) in pages()? {
        let places = match accounted_for(&name, &page) {
            Ok(places) => places,
            Err(trouble) => {
                troubles.push(trouble);
                continue;
            }
        };
        for number in page.measured() {
            if !places.iter().any(|place| place.start <= number.start && number.end <= place.end) {
                troubles.push(format!(
                    "{name}: nothing says where this number comes from: {}",
                    around(&page.text, &number)
                ));
            }
        }
    }
    if troubles.is_empty() { Ok(()) } else { Err(troubles.join("\n")) }
}

/// A number with the words beside it.
fn around(text: &str, number: &Range<usize>) -> String {
    let from = text[..number.start].char_indices().rev().nth(40).map_or(0, |(at, _)| at);
    let to = text[number.end..].char_indices().nth(30).map_or(text.len(), |(at, _)| number.end + at);
    format!("…{}…", &text[from..to])
}

fn other_than_heads(text: &str) -> Vec<String> {
    let words = Page::markdown(text);
    words.measured().into_iter().map(|at| words.text[at].to_string()).filter(|number| !is_head_name(number)).collect()
}

/// Else a claim would account for a number that it does not compute.
#[test]
fn claims_hold_no_number_of_their_own() {
    for (page, _, claims) in CLAIMS {
        for (text, numbers) in *claims {
            assert_eq!(text.matches("{}").count(), numbers.len(), "{page}: {text}");
            assert_eq!(other_than_heads(text), [""; 0], "{page}: {text}");
        }
    }
    for (page, text) in HEADS {
        assert_eq!(other_than_heads(text), [""; 0], "{page}: {text}");
    }
}

#[test]
fn every_claim_is_about_a_page() -> Result<(), String> {
    let pages = pages()?;
    let about = CLAIMS.iter().map(|(page, ..)| page).chain(EXACT.iter().map(|(page, ..)| page));
    for page in about.chain(HEADS.iter().map(|(page, _)| page)) {
        assert!(pages.iter().any(|(name, _)| name == page), "there is no page {page}");
    }
    Ok(())
}
