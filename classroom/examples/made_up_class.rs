//! Makes a class of the known wrong answers, to measure what grading costs:
//!
//! ```sh
//! cargo run -p classroom --example made_up_class -- FOLDER 200
//! ```
//!
//! Each submission solves one exercise, apart from one function, which makes a known mistake; the other exercises are stubs.
//! The mistakes are those of `solutions/NN/tests/wrong_answers`, evenly spread.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A wrong answer: the function that it replaces, and the path of the function that replaces it.
struct Wrong {
    slug: String,
    name: String,
    function: String,
    path: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [out, count] = &arguments[..] else { return Err("usage: made_up_class FOLDER COUNT".into()) };
    let (out, count) = (PathBuf::from(out), count.parse::<usize>()?);
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no course")?;
    let mut slugs: Vec<String> = Vec::new();
    for entry in fs::read_dir(course.join("solutions"))? {
        slugs.push(entry?.file_name().to_string_lossy().into_owned());
    }
    slugs.sort();
    let mut all = Vec::new();
    for slug in &slugs {
        all.extend(wrong_answers(course, slug)?);
    }
    let made = all.iter().map(|wrong| Ok(made(course, &slugs, wrong)?.map(|files| (&wrong.name, files))));
    let made: Vec<_> = made.filter_map(Result::transpose).collect::<Result<_, Box<dyn Error>>>()?;
    if count > made.len() {
        return Err(format!("There are no more than {}.", made.len()).into());
    }
    for number in 0..count {
        // Those of one exercise are beside each other in the list.
        let (name, files) = &made[number * made.len() / count];
        for (file, text) in files {
            let path = out.join(format!("{number:03}-{name}")).join(file);
            fs::create_dir_all(path.parent().ok_or("no folder")?)?;
            fs::write(path, text)?;
        }
    }
    println!("{count} submissions, made from {} of {} wrong answers", made.len(), all.len());
    Ok(())
}

/// The lines `name: "E02-1", function = path;` of an exercise.
fn wrong_answers(course: &Path, slug: &str) -> Result<Vec<Wrong>, Box<dyn Error>> {
    let text = fs::read_to_string(course.join(format!("solutions/{slug}/tests/wrong_answers/mod.rs")))?;
    let line = |line: &str| {
        let (name, rest) = line.trim().split_once(": \"E")?;
        let (_, rest) = rest.split_once(", ")?;
        let (function, path) = rest.strip_suffix(';')?.split_once(" = ")?;
        Some(Wrong { slug: slug.into(), name: name.into(), function: function.into(), path: path.into() })
    };
    Ok(text.lines().filter_map(line).collect())
}

/// The files of a submission by their paths; none for an answer that cannot be made so.
type Files = BTreeMap<String, String>;

fn made(course: &Path, slugs: &[String], wrong: &Wrong) -> Result<Option<Files>, Box<dyn Error>> {
    let source = |place: &str, slug: &str| fs::read_to_string(course.join(format!("{place}/{slug}/src/lib.rs")));
    let mut files = Files::new();
    for slug in slugs.iter().filter(|slug| **slug != wrong.slug) {
        files.insert(format!("exercises/{slug}/src/lib.rs"), source("exercises", slug)?);
    }
    let solution = source("solutions", &wrong.slug)?;
    let Some(changed) = changed(&solution, wrong) else { return Ok(None) };
    let (own, tests) = (format!("exercises/{}/src", wrong.slug), format!("solutions/{}/tests", wrong.slug));
    let mut modules = String::new();
    let needed = needed(&course.join(tests).join("wrong_answers"), wrong)?;
    if needed.is_empty() {
        return Ok(None); // The wrong answer is another function of the solution.
    }
    for (name, text) in needed {
        if text.contains("other_right") || text.contains("grading::") {
            return Ok(None);
        }
        let crate_name = format!("solution_{}", wrong.slug.replace('-', "_"));
        if text.contains(&crate_name) {
            // What it calls there is right, and is not this submission's own wrong function.
            files.insert(format!("{own}/right.rs"), solution.clone());
        }
        files.insert(format!("{own}/{name}.rs"), text.replace(&crate_name, "crate::right"));
        modules.push_str(&format!("mod {name};\n"));
    }
    if files.contains_key(&format!("{own}/right.rs")) {
        modules.push_str("mod right;\n");
    }
    // The modules go behind the documentation of the crate.
    let at = changed.find("\nuse ").map_or(0, |at| at + 1);
    files.insert(format!("{own}/lib.rs"), format!("{}{modules}{}", &changed[..at], &changed[at..]));
    Ok(Some(files))
}

/// The module of a wrong answer, and those that it uses.
fn needed(folder: &Path, wrong: &Wrong) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name != "mod" && path.is_file() {
            all.insert(name, fs::read_to_string(path)?);
        }
    }
    let mut needed = BTreeMap::new();
    let mut rest: Vec<String> = wrong.path.split("::").next().map(str::to_string).into_iter().collect();
    while let Some(name) = rest.pop() {
        let Some(text) = all.remove(&name) else { continue };
        rest.extend(all.keys().filter(|other| text.contains(&format!("::{other}::"))).cloned());
        needed.insert(name, text);
    }
    Ok(needed)
}

/// The solution in which one function calls the wrong one.
fn changed(solution: &str, wrong: &Wrong) -> Option<String> {
    let begin = solution.find(&format!("pub fn {}", wrong.function))?;
    let open = begin + solution[begin..].find("{\n")?;
    let close = open + solution[open..].find("\n}\n")?;
    let (_, parameters) = solution[begin..open].split_once('(')?;
    // The last parenthesis that closes the parameters is before the arrow.
    let parameters = parameters.rsplit_once(") ->").or_else(|| parameters.rsplit_once(')'))?.0;
    // The arrow of a parameter that is a function closes nothing.
    let parameters = parameters.replace("->", "  ");
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in parameters.char_indices().chain([(parameters.len(), ',')]) {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' | '>' | ']' => depth -= 1,
            ',' if depth == 0 => {
                let name = parameters[start..at].split(':').next().unwrap_or_default().trim();
                names.extend((!name.is_empty()).then(|| name.trim_start_matches("mut ").to_string()));
                start = at + 1;
            }
            _ => {}
        }
    }
    let call = format!("{}({})", wrong.path, names.join(", "));
    Some(format!("{}{{\n    {call}{}", &solution[..open], &solution[close..]))
}
