//! Rules that make a list of words out of the expected one: reversed, trimmed, one too many, counted from one.

use crate::compare::{Want, compare};
use crate::value::Value;

/// A list of words that came, with what was wanted.
#[derive(Clone, Copy)]
pub(super) struct WordsLook<'a> {
    pub got: &'a [String],
    pub want: &'a Want,
}

impl WordsLook<'_> {
    fn accepts(&self, words: Vec<String>) -> bool {
        compare(&Value::Words(words), self.want).is_ok()
    }

    fn is_right(&self) -> bool {
        self.accepts(self.got.to_vec())
    }
}

/// What explains the lists of all cases, of which some are wrong.
pub(super) fn explain(looks: &[WordsLook<'_>]) -> Option<String> {
    let first = looks.iter().find(|look| !look.is_right())?;
    let holding: Vec<&'static str> = match first.want {
        Want::Names { .. } => {
            holding(&NAMES, looks, |rule, look| look.accepts(look.got.iter().map(|n| rule(n)).collect()))
        }
        Want::Words { .. } => holding(&LISTS, looks, |rule, look| match look.want {
            Want::Words { words, .. } => rule(words) == look.got,
            _ => false,
        }),
        _ => return None,
    };
    match holding[..] {
        [words] => Some(format!("{words}.")),
        [words, other] => Some(format!("{words}; or {other}.")),
        _ => None,
    }
}

fn holding<R: Copy>(
    rules: &[(&'static str, R)],
    looks: &[WordsLook<'_>],
    holds: impl Fn(R, &WordsLook<'_>) -> bool,
) -> Vec<&'static str> {
    let all = |rule: R| looks.iter().all(|look| holds(rule, look));
    rules.iter().filter(|(_, rule)| all(*rule)).map(|(words, _)| *words).collect()
}

/// A rule for the name of a head.
type NameRule = fn(&str) -> String;

/// Ways in which a list of heads is written, each with what turns a name back into the right one.
const NAMES: [(&str, NameRule); 3] = [
    ("the heads are the right ones, but layer and head are exchanged in their names", |name| {
        name.split_once('.').map_or_else(|| name.into(), |(a, b)| format!("{b}.{a}"))
    }),
    ("the heads are the right ones, but numbered from one", |name| {
        let less = |part: &str| part.parse::<usize>().ok()?.checked_sub(1);
        let both = name.split_once('.').and_then(|(a, b)| Some((less(a)?, less(b)?)));
        both.map_or_else(|| name.into(), |(layer, head)| format!("{layer}.{head}"))
    }),
    ("the heads are the right ones, but their names are not written as layer, a point, and head", |name| {
        let numbers: Vec<&str> = name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        if name.contains('.') { name.into() } else { numbers.join(".") }
    }),
];

/// A rule for lists of words.
type ListRule = fn(&[String]) -> Vec<String>;

/// Ways in which a list of words goes wrong: what they make of the right one.
const LISTS: [(&str, ListRule); 13] = [
    ("the right words in reverse order", |words| words.iter().rev().cloned().collect()),
    ("the words are right but for the spaces around them", |words| each(words, |word| word.trim().to_string())),
    ("the words are right but in small letters", |words| each(words, str::to_lowercase)),
    ("the words are right but in quotation marks", |words| each(words, |word| format!("{word:?}"))),
    ("all are the first word", |words| vec![words.first().cloned().unwrap_or_default(); words.len()]),
    ("only the first word came", |words| words.iter().take(1).cloned().collect()),
    ("only the last word came", |words| words.iter().skip(words.len().saturating_sub(1)).cloned().collect()),
    ("the first word is missing", |words| words.iter().skip(1).cloned().collect()),
    ("the last word is missing", |words| words.iter().take(words.len().saturating_sub(1)).cloned().collect()),
    ("each word came once, however often it is wanted", |words| {
        let first = |at: &usize| !words[..*at].contains(&words[*at]);
        (0..words.len()).filter(first).map(|at| words[at].clone()).collect()
    }),
    ("each number is one too large", |words| each(words, |word| numbers(word, |n| n.checked_add(1)))),
    ("each number is one too small", |words| each(words, |word| numbers(word, |n| n.checked_sub(1)))),
    ("the numbers are in reverse order", |words| {
        each(words, |word| {
            parsed(word).map_or_else(String::new, |list| format!("{:?}", list.into_iter().rev().collect::<Vec<_>>()))
        })
    }),
];

fn each(words: &[String], change: impl Fn(&str) -> String) -> Vec<String> {
    words.iter().map(|word| change(word)).collect()
}

/// A list of numbers that is one word: `[1, 4]`.
fn parsed(word: &str) -> Option<Vec<usize>> {
    let inside = word.strip_prefix('[')?.strip_suffix(']')?;
    inside.split(',').map(|number| number.trim().parse().ok()).collect()
}

/// The list with each number changed; nothing that could be right where that cannot be done.
fn numbers(word: &str, change: impl Fn(usize) -> Option<usize>) -> String {
    let changed: Option<Vec<usize>> = parsed(word).and_then(|list| list.into_iter().map(change).collect());
    changed.map_or_else(String::new, |list| format!("{list:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    /// What is said of two answers, beside what was wanted.
    fn said(pairs: [(&[&str], &[&str]); 2]) -> String {
        let wants = pairs.map(|(_, want)| Want::Words { words: list(want), what: "token" });
        let gots = pairs.map(|(got, _)| list(got));
        let looks: Vec<_> = gots.iter().zip(&wants).map(|(got, want)| WordsLook { got, want }).collect();
        explain(&looks).unwrap_or_default()
    }

    #[test]
    fn a_rule_must_hold_in_every_case() {
        let of = |a: &[&str], b: &[&str]| said([(a, &["The", " cat", " sat"]), (b, &[" a", " a", "."])]);
        assert_eq!(of(&[" sat", " cat", "The"], &[".", " a", " a"]), "the right words in reverse order.");
        assert_eq!(of(&["The", "cat", "sat"], &["a", "a", "."]), "the words are right but for the spaces around them.");
        assert_eq!(of(&[" cat", " sat"], &[" a", "."]), "the first word is missing.");
        assert_eq!(of(&["The", " cat", " sat"], &[" a", "."]), "each word came once, however often it is wanted.");
        assert_eq!(of(&[" cat", " sat"], &[" a", " a"]), "", "the first here, the last there");
    }

    #[test]
    fn numbers_may_be_counted_from_one() {
        let of = |a, b| said([(&[a], &["[0, 4]"]), (&[b], &["[7]"])]);
        assert_eq!(of("[1, 5]", "[8]"), "each number is one too large.");
        assert_eq!(of("[1, 5]", "[6]"), "");
        assert_eq!(of("[4, 0]", "[7]"), "the numbers are in reverse order.");
    }

    #[test]
    fn names_of_heads_may_be_written_otherwise() {
        let scores: Vec<(String, f64)> = ["0.0", "0.1", "1.0", "1.1", "2.0", "2.1"]
            .iter()
            .zip([0.1, 0.9, 0.1, 0.1, 0.8, 0.1])
            .map(|(name, score)| (name.to_string(), score))
            .collect();
        let want = Want::Names { scores, score: "attention", band: (0.3, 0.55) };
        let of = |words: &[&str]| explain(&[WordsLook { got: &list(words), want: &want }]).unwrap_or_default();
        assert!(of(&["1.0", "0.2"]).contains("exchanged"));
        assert!(of(&["1.2", "3.1"]).contains("numbered from one"));
        assert!(of(&["L0H1", "L2H0"]).contains("not written as"));
        assert_eq!(of(&["0.1"]), "");
    }
}
