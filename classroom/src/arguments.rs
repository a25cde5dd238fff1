//! The command line: `grade FOLDER… --out DIR` and `merge RESULTS… --out DIR`.

use std::path::PathBuf;

use crate::grades::run::{Options, Shard, grade};
use crate::report;

const USAGE: &str =
    "cargo xtask grade FOLDER… --out DIR    grade submissions: folders, zips, git repositories, or folders of these
    [--exercise NN]…     only these exercises
    [--shard K/N]        only every Nth submission, beginning with the Kth: one machine of N
    [--jobs N]           so many submissions at the same time
    [--again]            grade everything again, also what is in DIR already
    [--trust]            run the submissions without a sandbox
cargo xtask grade merge RESULTS… --out DIR    put the results of several machines together";

/// Does what the words ask for. False when a submission could not be read or the course is damaged.
pub(crate) fn run(words: &[String]) -> Result<bool, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["grade", ref rest @ ..] if rest.iter().any(|word| ["--help", "-h"].contains(word)) => {
            println!("{USAGE}");
            Ok(true)
        }
        ["grade", "merge", ref rest @ ..] => {
            let Parsed { paths, out, options } = parse(rest)?;
            if options.is_changed() {
                return Err(format!("`merge` takes the folders of results and --out, nothing else.\n\n{USAGE}"));
            }
            report::merge(&paths, &out)
        }
        ["grade", ref rest @ ..] => {
            let Parsed { paths, out, options } = parse(rest)?;
            grade(&paths, &out, &options)
        }
        _ => Err(USAGE.to_string()),
    }
}

struct Parsed {
    paths: Vec<PathBuf>,
    out: PathBuf,
    options: Options,
}

fn parse(words: &[&str]) -> Result<Parsed, String> {
    let (mut paths, mut out, mut options) = (Vec::new(), None, Options::default());
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value.\n\n{USAGE}"));
        match word {
            "--out" => out = Some(PathBuf::from(value()?)),
            "--stubs" => options.stubs = Some(value()?.into()),
            "--exercise" => options.exercises.push(value()?.into()),
            "--shard" => options.shard = Some(shard(value()?)?),
            "--jobs" => options.jobs = Some(jobs(value()?)?),
            "--again" => options.again = true,
            "--trust" => options.trust = true,
            option if option.starts_with('-') => return Err(format!("There is no option {option}.\n\n{USAGE}")),
            path => paths.push(path.into()),
        }
    }
    if paths.is_empty() {
        return Err(format!("Which folders? None is named.\n\n{USAGE}"));
    }
    let out = out.ok_or_else(|| format!("Where should the results go? --out DIR is missing.\n\n{USAGE}"))?;
    Ok(Parsed { paths, out, options })
}

fn shard(word: &str) -> Result<Shard, String> {
    let number = |word: &str| word.parse::<usize>().ok();
    let pair = word.split_once('/').and_then(|(number_of, count)| Some((number(number_of)?, number(count)?)));
    match pair {
        Some((number, count)) if (1..=count).contains(&number) => Ok(Shard { number, count }),
        _ => Err(format!("A shard is written like 3/16, from 1/16 to 16/16, not `{word}`.")),
    }
}

fn jobs(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|jobs| *jobs > 0).ok_or_else(|| format!("--jobs is a number from 1 on, not `{word}`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_as_many_as_there_are() {
        assert_eq!(shard("3/16"), Ok(Shard { number: 3, count: 16 }));
        assert_eq!(shard("1/1"), Ok(Shard { number: 1, count: 1 }));
        for word in ["0/4", "5/4", "1", "a/b", "/", "-1/4", "1/0"] {
            assert!(shard(word).unwrap_err().contains(word), "{word}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let trouble =
            |words: &[&str]| run(&words.iter().map(|word| (*word).to_string()).collect::<Vec<_>>()).unwrap_err();
        assert!(trouble(&["grade", "--out", "x"]).starts_with("Which folders?"));
        assert!(trouble(&["grade", "a"]).contains("--out DIR is missing"));
        assert!(trouble(&["grade", "a", "--out"]).starts_with("--out needs a value"));
        assert!(trouble(&["grade", "a", "--out", "b", "--frob"]).starts_with("There is no option --frob"));
        assert!(trouble(&["grade", "a", "--out", "b", "--jobs", "0"]).contains("from 1 on"));
        assert!(trouble(&["grade", "merge", "a", "--out", "b", "--trust"]).contains("nothing else"));
        assert_eq!(trouble(&[]), USAGE);
        assert_eq!(run(&["grade".to_string(), "--help".to_string()]), Ok(true), "help is no trouble");
    }
}
