//! `mdbook`: the preprocessor that `exercises/book.toml` names. It puts functions of the solutions and the stubs into the
//! pages, writes the playground beside them, and leads there from the live views of the chapters.
//!
//! mdBook itself includes the lines between two `ANCHOR` comments, which a solution would need around every function. Here
//! the name of a function is enough: `{{#include ../../../solutions/02-induction/src/lib.rs:prev_attn_detector}}`. Pieces
//! that are between anchors are left to mdBook.
//!
//! mdBook writes `[context, book]` as JSON into the standard input and reads the book back from the standard output.

use std::io::{Read, stdin};

use serde_json::Value as Json;

use super::arguments::Done;
use super::playground::page::write_for_book;
use crate::reads::course::Course;
use crate::reads::links::{PAGES, PLAYGROUND, resolve};
use crate::reads::workspace::Workspace;
use crate::reads::{page, stub};
use crate::says::screen::say;

/// Answers mdBook: to `supports RENDERER`, that every renderer is; or else with the book.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    match arguments {
        ["supports", _] => return Ok(true),
        [] => {}
        other => return Err(format!("`mdbook` is called by mdBook, not with `{}`.", other.join(" "))),
    }
    let mut text = String::new();
    stdin().read_to_string(&mut text).map_err(|error| format!("What mdBook says cannot be read: {error}."))?;
    let mut answer: Json =
        serde_json::from_str(&text).map_err(|error| format!("mdBook did not write JSON: {error}."))?;
    let book = answer.get_mut(1).ok_or("mdBook wrote no book: this command is only for mdBook to call.")?;
    complete(book, &course.workspace)?;
    write_for_book(&course.workspace, &course.workspace.path(&format!("{PAGES}/{PLAYGROUND}")))?;
    for exercise in &course.exercises {
        let stub = exercise.stub(&course.workspace)?;
        edit(book, &format!("{}.md", exercise.slug), &|content| {
            with_stubs(&with_playground(content, &exercise.model, &exercise.text), exercise.number(), &stub)
        });
    }
    say!("{book}");
    Ok(true)
}

/// Completes every chapter in a part of the book, however deep it is.
fn complete(part: &mut Json, workspace: &Workspace) -> Result<(), String> {
    match part {
        Json::Array(parts) => parts.iter_mut().try_for_each(|part| complete(part, workspace)),
        Json::Object(fields) => {
            let path = fields.get("path").and_then(Json::as_str).map(|path| format!("{PAGES}/{path}"));
            if let (Some(page), Some(Json::String(content))) = (path, fields.get_mut("content")) {
                *content = completed(&page, content, workspace)?;
            }
            fields.values_mut().try_for_each(|part| complete(part, workspace))
        }
        _ => Ok(()),
    }
}

/// Changes the text of one chapter.
fn edit(part: &mut Json, chapter: &str, change: &dyn Fn(&str) -> String) {
    match part {
        Json::Array(parts) => parts.iter_mut().for_each(|part| edit(part, chapter, change)),
        Json::Object(fields) => {
            if fields.get("path").and_then(Json::as_str) == Some(chapter)
                && let Some(Json::String(content)) = fields.get_mut("content")
            {
                *content = change(content);
            }
            fields.values_mut().for_each(|part| edit(part, chapter, change));
        }
        _ => {}
    }
}

/// With a link to the playground, with the chapter's text, below every live view.
fn with_playground(content: &str, model: &str, text: &str) -> String {
    let link = format!(
        "<p class=\"open-in-playground\"><a href=\"{PLAYGROUND}#model={}&amp;text={}\" target=\"_blank\">Open a text \
         like this in the playground</a></p>",
        percent_encoded(model),
        percent_encoded(text)
    );
    let lines = content.lines().map(|line| match line.starts_with("<iframe class=\"live-view\"") {
        true => format!("{line}\n{link}\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// With the stubs of a section below its task, and the commands that check them, to be copied. The line with the difficulty
/// names the functions.
fn with_stubs(content: &str, number: &str, stub: &str) -> String {
    let (mut complete, mut names, mut is_task) = (String::new(), Vec::new(), false);
    for paragraph in content.split_inclusive("\n\n") {
        if paragraph.starts_with("*Difficulty") {
            names = paragraph.split('`').skip(1).step_by(2).filter(|name| stub::cited(stub, name).is_some()).collect();
        }
        is_task |= paragraph.starts_with("**Your task.**");
        // The hints come after the task and its lists.
        if is_task && paragraph.starts_with("<details>") {
            let stubs: Vec<String> = names.iter().filter_map(|name| stub::cited(stub, name)).collect();
            let checks: Vec<String> = names.iter().map(|name| format!("cargo xtask check {number} {name}")).collect();
            if !stubs.is_empty() {
                let (stubs, checks) = (stubs.join("\n\n"), checks.join("\n"));
                complete += &format!("```rust,ignore\n{stubs}\n```\n\n```sh\n{checks}\n```\n\n");
            }
            is_task = false;
        }
        complete += paragraph;
    }
    complete
}

/// A text as a part of an address.
fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encoded).collect()
}

/// The page with the functions that it includes.
fn completed(page: &str, content: &str, workspace: &Workspace) -> Result<String, String> {
    let (mut complete, mut done) = (String::new(), 0);
    for include in page::includes(content) {
        if let Some(function) = function(page, include.target, workspace)? {
            complete.push_str(&content[done..include.place.start]);
            complete.push_str(&function);
            done = include.place.end;
        }
    }
    Ok(complete + &content[done..])
}

/// The function that an include asks for; nothing when it is for mdBook.
fn function(page: &str, target: &str, workspace: &Workspace) -> Result<Option<String>, String> {
    let Some((path, name)) = target.split_once(':').filter(|(path, _)| path.ends_with(".rs")) else { return Ok(None) };
    let source = workspace.read(&resolve(page, path))?;
    let is_anchored = source.lines().any(|line| line.trim_end().ends_with(&format!("ANCHOR: {name}")));
    Ok(if is_anchored { None } else { stub::cited(&source, name) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reads::workspace::Scratch;

    #[test]
    fn a_page_gets_the_functions_that_it_names_and_the_rest_is_left_to_mdbook() {
        let code = "/// Doc.\npub fn f() {\n    // STUB todo!()\n    g();\n}\n\nfn g() {\n    // ANCHOR: g\n    1;\n    // ANCHOR_END: g\n}\n";
        let scratch = Scratch::with(&[("solutions/01-a/src/lib.rs", code)]);
        let include = |piece: &str| format!("{{{{#include ../../../solutions/01-a/src/lib.rs:{piece}}}}}");
        let chapter = |path: &str, content: &str| json!({"Chapter": {"name": "n", "path": path, "content": content, "sub_items": []}});
        let before = format!("a\n{}\nb {} {} \\{}", include("f"), include("g"), include("none"), include("f"));
        let mut book = json!({"items": [chapter("a.md", &before), "Separator", {"PartTitle": "p"}]});
        complete(&mut book, &scratch.workspace).unwrap();
        let after =
            format!("a\npub fn f() {{\n    g();\n}}\nb {} {} \\{}", include("g"), include("none"), include("f"));
        assert_eq!(book, json!({"items": [chapter("a.md", &after), "Separator", {"PartTitle": "p"}]}));
    }

    #[test]
    fn live_views_lead_to_the_playground() {
        let view = "<iframe class=\"live-view\" src=\"views/a.html\"></iframe>";
        let chapter =
            |path: &str, content: &str| json!({"Chapter": {"path": path, "content": content, "sub_items": []}});
        let mut book = json!([chapter("a.md", &format!("one\n{view}\ntwo\n")), chapter("b.md", view)]);
        edit(&mut book, "a.md", &|content| with_playground(content, "m", "A & \"é\""));
        let content = book[0]["Chapter"]["content"].as_str().unwrap();
        assert!(content.starts_with(&format!("one\n{view}\n<p ")) && content.ends_with("</p>\ntwo\n"), "{content}");
        assert!(content.contains("live-playground.html#model=m&amp;text=A%20%26%20%22%C3%A9%22\""), "{content}");
        assert_eq!(book[1], chapter("b.md", view));
    }

    #[test]
    fn a_task_shows_its_stubs_and_the_command_that_checks_them() {
        let stub = "/// Doc.\npub fn f(x: f32) -> f32 {\n    todo!(\"{x}\")\n}\n\npub fn g() {\n    todo!()\n}\n";
        let section = |functions: &str, before_hint: &str| {
            format!(
                "## S\n\n*Difficulty 1/5 · {functions} ·\ncheck `c01`*\n\n**Your task.** `f(x)`.\n\n- x: a number\n\n{before_hint}\
                 <details>\n<summary>Hint 1</summary>\n\nText.\n\n</details>\n<details>\n\nMore.\n\n</details>\n\n"
            )
        };
        let content = section("`f`, `g`", "") + &section("`none`", "");
        let shown = "```rust,ignore\npub fn f(x: f32) -> f32 {\n    todo!(\"{x}\")\n}\n\npub fn g() {\n    todo!()\n}\n```\n\n\
                     ```sh\ncargo xtask check 01 f\ncargo xtask check 01 g\n```\n\n";
        assert_eq!(with_stubs(&content, "01", stub), section("`f`, `g`", shown) + &section("`none`", ""));
    }

    #[test]
    fn mdbook_asks_first_for_whom_it_may_call() {
        let course = Course::find().unwrap();
        assert_eq!(run(&course, &["supports", "html"]), Ok(true));
        assert!(run(&course, &["2"]).unwrap_err().contains("called by mdBook"));
    }
}
