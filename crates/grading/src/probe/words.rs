//! Rules that make a list of words out of the expected one: reversed, trimmed, one too many, counted from one.

use super::Explanation;
use crate::compare::{Want, compare};
use crate::general::code;
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

    /// The expected list, where it is one of words in their order.
    fn wanted(&self) -> Option<&[String]> {
        match self.want {
            Want::Words { words, .. } => Some(words),
            _ => None,
        }
    }
}

/// What explains the lists of all cases, of which some are wrong.
pub(super) fn explain(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let first = looks.iter().find(|look| !look.is_right())?;
    match first.want {
        Want::Names { .. } => {
            let names = holding(&NAMES, looks, |rule, look| look.accepts(look.got.iter().map(|n| rule(n)).collect()));
            Explanation::of(&names).or_else(|| threshold(looks))
        }
        Want::Words { .. } => {
            let lists = holding(&LISTS, looks, |rule, look| look.wanted().is_some_and(|words| rule(words) == look.got));
            // Which of several comes to the same, as long as they are of one kind: the first word is missing, or the last.
            Explanation::of(&lists)
                .or_else(|| numbers_in_lists(looks))
                .or_else(|| replaced(looks))
                .or_else(|| too_few_or_many(looks))
                .or_else(|| alike(looks))
        }
        _ => None,
    }
}

fn holding<R: Copy>(
    rules: &[(&'static str, &'static str, R)],
    looks: &[WordsLook<'_>],
    holds: impl Fn(R, &WordsLook<'_>) -> bool,
) -> Vec<(&'static str, Option<&'static str>)> {
    let all = |rule: R| looks.iter().all(|look| holds(rule, look));
    rules.iter().filter(|(.., rule)| all(*rule)).map(|(mistake, words, _)| (*words, Some(*mistake))).collect()
}

/// A rule for the name of a head.
type NameRule = fn(&str) -> String;

/// Ways in which a list of heads is written, each with what turns a name back into the right one.
const NAMES: [(&str, &str, NameRule); 3] = [
    (code::OTHER_INDEX, "the heads are the right ones, but layer and head are exchanged in their names", |name| {
        name.split_once('.').map_or_else(|| name.into(), |(a, b)| format!("{b}.{a}"))
    }),
    (code::OFF_BY_ONE, "the heads are the right ones, but numbered from one", |name| {
        let less = |part: &str| part.parse::<usize>().ok()?.checked_sub(1);
        let both = name.split_once('.').and_then(|(a, b)| Some((less(a)?, less(b)?)));
        both.map_or_else(|| name.into(), |(layer, head)| format!("{layer}.{head}"))
    }),
    (
        code::SPELLING,
        "the heads are the right ones, but their names are not written as layer, a point, and head",
        |name| {
            let numbers: Vec<&str> =
                name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
            if name.contains('.') { name.into() } else { numbers.join(".") }
        },
    ),
];

/// A rule for lists of words.
type ListRule = fn(&[String]) -> Vec<String>;

/// Ways in which a list of words goes wrong: what they make of the right one.
const LISTS: [(&str, &str, ListRule); 20] = [
    (code::REVERSED, "the right words in reverse order", |words| words.iter().rev().cloned().collect()),
    (code::SPELLING, "the words are right but for the spaces around them", |words| {
        each(words, |word| word.trim().to_string())
    }),
    (code::SPELLING, "the words are right but in small letters", |words| each(words, str::to_lowercase)),
    (code::SPELLING, "the words are right but in capitals", |words| each(words, str::to_uppercase)),
    (code::SPELLING, "the words are right but in quotation marks", |words| each(words, |word| format!("{word:?}"))),
    (code::ONE_FOR_ALL, "all are the first word", |words| {
        vec![words.first().cloned().unwrap_or_default(); words.len()]
    }),
    (code::TOO_FEW, "only the first word came", |words| words.iter().take(1).cloned().collect()),
    (code::TOO_FEW, "only the last word came", |words| {
        words.iter().skip(words.len().saturating_sub(1)).cloned().collect()
    }),
    (code::TOO_FEW, "the first word is missing", |words| words.iter().skip(1).cloned().collect()),
    (code::TOO_FEW, "the last word is missing", |words| {
        words.iter().take(words.len().saturating_sub(1)).cloned().collect()
    }),
    (code::REPEATS, "each word came once, however often it is wanted", |words| {
        let first = |at: &usize| !words[..*at].contains(&words[*at]);
        (0..words.len()).filter(first).map(|at| words[at].clone()).collect()
    }),
    (code::REPEATS, "of the same word twice in a row only one came", |words| {
        let mut words = words.to_vec();
        words.dedup();
        words
    }),
    (code::SORTED, "the right words, sorted", |words| {
        let mut words = words.to_vec();
        words.sort();
        words
    }),
    (code::JOINED, "the words are right, but joined into one", |words| vec![words.concat()]),
    (code::JOINED, "the words are right, but joined into one with spaces between them", |words| vec![words.join(" ")]),
    (code::OFF_BY_ONE, "each number is one too large", |words| each(words, |word| numbers(word, |n| n.checked_add(1)))),
    (code::OFF_BY_ONE, "each number is one too small", |words| each(words, |word| numbers(word, |n| n.checked_sub(1)))),
    (code::REVERSED, "the numbers are in reverse order", |words| {
        each(words, |word| {
            parsed(word).map_or_else(String::new, |list| format!("{:?}", list.into_iter().rev().collect::<Vec<_>>()))
        })
    }),
    (code::TOO_FEW, "only the first number came of each list", |words| {
        each(words, |word| {
            parsed(word).map_or_else(String::new, |list| format!("{:?}", list.into_iter().take(1).collect::<Vec<_>>()))
        })
    }),
    (code::TOO_FEW, "only the last number came of each list", |words| {
        each(words, |word| {
            parsed(word).map_or_else(String::new, |list| format!("{:?}", &list[list.len().saturating_sub(1)..]))
        })
    }),
];

fn each(words: &[String], change: impl Fn(&str) -> String) -> Vec<String> {
    words.iter().map(|word| change(word)).collect()
}

/// A list of numbers that is one word: `[1, 4]`.
fn parsed(word: &str) -> Option<Vec<usize>> {
    let inside = word.strip_prefix('[')?.strip_suffix(']')?;
    if inside.is_empty() {
        return Some(Vec::new());
    }
    inside.split(',').map(|number| number.trim().parse().ok()).collect()
}

/// The list with each number changed; nothing that could be right where that cannot be done.
fn numbers(word: &str, change: impl Fn(usize) -> Option<usize>) -> String {
    let changed: Option<Vec<usize>> = parsed(word).and_then(|list| list.into_iter().map(change).collect());
    changed.map_or_else(String::new, |list| format!("{list:?}"))
}

/// The same piece of every wrong word is another, or missing, or too much.
fn replaced(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let mut piece: Option<(String, String)> = None;
    let mut count = 0;
    for look in looks {
        let words = look.wanted().filter(|words| words.len() == look.got.len())?;
        for (got, want) in look.got.iter().zip(words).filter(|(got, want)| got != want) {
            let (got, want) = unlike(got, want);
            count += 1;
            match &piece {
                None => piece = Some((got, want)),
                Some(known) if known.0 == got && known.1 == want => {}
                Some(_) => return None,
            }
        }
    }
    let (got, want) = piece.filter(|_| count >= 2)?;
    let words = match (got.is_empty(), want.is_empty()) {
        (true, _) => format!("{want:?} is missing wherever a word is wrong."),
        (_, true) => format!("{got:?} is too much wherever a word is wrong."),
        _ => format!("wherever a word is wrong, {got:?} stands for {want:?}."),
    };
    Some(Explanation::named(words, code::PIECE))
}

/// What is left of two words without the beginning and the end that they share.
fn unlike(got: &str, want: &str) -> (String, String) {
    let (got, want): (Vec<char>, Vec<char>) = (got.chars().collect(), want.chars().collect());
    let front = got.iter().zip(&want).take_while(|(g, w)| g == w).count();
    let (got, want) = (&got[front..], &want[front..]);
    let back = got.iter().rev().zip(want.iter().rev()).take_while(|(g, w)| g == w).count();
    (got[..got.len() - back].iter().collect(), want[..want.len() - back].iter().collect())
}

/// Right words in their order, but some are missing, or there are others between them: in every case that is wrong.
fn too_few_or_many(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let is_part = |part: &[String], of: &[String]| {
        let mut rest = of.iter();
        part.len() < of.len() && part.iter().all(|word| rest.any(|other| other == word))
    };
    let wrong = || looks.iter().filter(|look| !look.is_right());
    let all = |fits: &dyn Fn(&[String], &[String]) -> bool| {
        wrong().all(|look| look.wanted().is_some_and(|words| fits(look.got, words)))
    };
    let some_came = wrong().any(|look| !look.got.is_empty());
    if some_came && all(&|got, words| is_part(got, words)) {
        return Some(Explanation::named("every word that came is right, but some are missing.", code::TOO_FEW));
    }
    let asked = wrong().any(|look| look.wanted().is_some_and(|words| !words.is_empty()));
    if asked && all(&|got, words| is_part(words, got)) {
        return Some(Explanation::named("all words that are wanted came, and others with them.", code::TOO_MANY));
    }
    None
}

/// What every wrong list of numbers has to do with the right one.
fn numbers_in_lists(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let wrong = looks.iter().filter(|look| !look.is_right()).map(|look| match (look.got, look.wanted()?) {
        ([got], [want]) => Some((parsed(got)?, parsed(want)?)),
        _ => None,
    });
    let pairs: Vec<(Vec<usize>, Vec<usize>)> = wrong.collect::<Option<_>>()?;
    // A short list has the same relation to another by chance.
    if pairs.is_empty() || pairs.iter().map(|(_, want)| want.len()).sum::<usize>() < 3 {
        return None;
    }
    type Relation = fn(&[usize], &[usize]) -> bool;
    let relations: [(&'static str, &str, Relation); 6] = [
        (code::REVERSED, "the numbers are the right ones in reverse order", |got, want| {
            got.len() > 1 && got.iter().rev().eq(want)
        }),
        (code::TOO_FEW, "the numbers at the end of the lists are missing", |got, want| {
            got.len() < want.len() && !got.is_empty() && want.starts_with(got)
        }),
        (code::TOO_FEW, "the numbers at the beginning of the lists are missing", |got, want| {
            got.len() < want.len() && !got.is_empty() && want.ends_with(got)
        }),
        (code::COUNTED, "you returned how many numbers there are, not which", |got, want| *got == [want.len()]),
        (code::ONE_FOR_ALL, "there are as many numbers as there should be, but all are equal", |got, want| {
            got.len() == want.len() && got.len() > 1 && got.iter().all(|x| *x == got[0])
        }),
        (code::REVERSED, "the numbers are counted from the end", |got, want| {
            let sums = || got.iter().zip(want).map(|(g, w)| g + w);
            got.len() == want.len() && got.len() > 1 && sums().all(|sum| Some(sum) == sums().next())
        }),
    ];
    let fits = |relation: Relation| pairs.iter().all(|(got, want)| relation(got, want));
    let holding: Vec<_> = relations.iter().filter(|(.., relation)| fits(*relation)).collect();
    match holding[..] {
        [&(mistake, words, _)] => Some(Explanation::named(format!("{words}."), mistake)),
        _ => None,
    }
}

/// What every wrong list shares with the right one, when not its words: its letters, its text, the beginnings of its words.
fn alike(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let wrong: Vec<(&[String], &[String])> = looks
        .iter()
        .filter(|look| !look.is_right())
        .map(|look| Some((look.got, look.wanted()?)))
        .collect::<Option<_>>()?;
    let letters = |word: &String| -> String { word.chars().filter(|c| c.is_alphanumeric()).collect() };
    let dense = |words: &[String]| -> String { words.concat().split_whitespace().collect() };
    let of_each = |fits: &dyn Fn(&String, &String) -> bool| {
        wrong.iter().all(|(got, want)| got.len() == want.len() && got.iter().zip(*want).all(|(g, w)| fits(g, w)))
    };
    if of_each(&|got, want| dense(std::slice::from_ref(got)) == dense(std::slice::from_ref(want))) {
        return Some(Explanation::named("the words are right but for the spaces in them.", code::SPELLING));
    }
    if of_each(&|got, want| !letters(want).is_empty() && letters(got) == letters(want)) {
        return Some(Explanation::named(
            "the letters and digits are right, but what is between them is not.",
            code::SPELLING,
        ));
    }
    if of_each(&|got, want| want.starts_with(got.as_str()) && (!got.is_empty() || want.is_empty())) {
        return Some(Explanation::named(
            "what came is the beginning of the right text: its end is missing.",
            code::TOO_FEW,
        ));
    }
    if of_each(&|got, want| want.ends_with(got.as_str()) && (!got.is_empty() || want.is_empty())) {
        return Some(Explanation::named(
            "what came is the end of the right text: its beginning is missing.",
            code::TOO_FEW,
        ));
    }
    let is_number = |word: &String| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    if wrong.iter().all(|(got, want)| !got.is_empty() && got.iter().all(is_number) && !want.iter().any(is_number)) {
        return Some(Explanation::named("numbers came, where words are asked for.", code::NUMBERS));
    }
    // The mark in front may be missing: it is no part of the text.
    let is_cut = |(got, want): &(&[String], &[String])| {
        let got = dense(got);
        got == dense(want) || want.split_first().is_some_and(|(_, rest)| got == dense(rest))
    };
    let lengths = wrong.iter().any(|(got, want)| got.len().abs_diff(want.len()) > 1);
    (lengths && wrong.iter().all(is_cut))
        .then(|| Explanation::named("together the words are the right text, but it is cut in other places.", code::CUT))
}

/// What a list of heads says about the threshold: all scores above one number are listed, and it is not a sensible one.
fn threshold(looks: &[WordsLook<'_>]) -> Option<Explanation> {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut limits = (0.0, 0.0);
    let mut listed_any = false;
    for look in looks {
        let Want::Names { scores, band, .. } = look.want else { return None };
        limits = *band;
        if look.got.iter().any(|name| !scores.iter().any(|(known, _)| known == name)) {
            return None;
        }
        for (name, score) in scores {
            if look.got.contains(name) {
                listed_any = true;
                high = high.min(*score);
            } else {
                low = low.max(*score);
            }
        }
    }
    // One list alone has many explanations.
    if looks.len() < 2 || !listed_any || low >= high || !(high < limits.0 || low >= limits.1) {
        return None;
    }
    Some(Explanation::fact(format!(
        "your lists are what a threshold between {low:.2} and {high:.2} gives, and one between {:.2} and {:.2} separates the \
         heads. Is it the threshold, or are your scores of another size than the mean?",
        limits.0, limits.1
    )))
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
        explain(&looks).map(|said| said.words).unwrap_or_default()
    }

    #[test]
    fn a_rule_must_hold_in_every_case() {
        let of = |a: &[&str], b: &[&str]| said([(a, &["The", " cat", " sat"]), (b, &[" a", " a", "."])]);
        assert_eq!(of(&[" sat", " cat", "The"], &[".", " a", " a"]), "the right words in reverse order.");
        assert_eq!(of(&["The", "cat", "sat"], &["a", "a", "."]), "the words are right but for the spaces around them.");
        assert_eq!(of(&[" cat", " sat"], &[" a", "."]), "the first word is missing.");
        assert_eq!(
            of(&["The", " cat", " sat"], &[" a", "."]),
            "each word came once, however often it is wanted; or of the same word twice in a row only one came."
        );
        let here_and_there = of(&[" cat", " sat"], &[" a", " a"]);
        assert_eq!(
            here_and_there, "every word that came is right, but some are missing.",
            "the first here, the last there"
        );
        assert_eq!(
            of(&["The", "_cat", "_sat"], &["_a", "_a", "."]),
            "wherever a word is wrong, \"_\" stands for \" \"."
        );
        assert_eq!(of(&["The", " dog", " sat"], &[" a", "."]), "");
    }

    #[test]
    fn numbers_may_be_counted_from_one() {
        let of = |a, b| said([(&[a], &["[0, 4]"]), (&[b], &["[7]"])]);
        assert_eq!(of("[1, 5]", "[8]"), "each number is one too large.");
        assert_eq!(of("[1, 5]", "[6]"), "");
        assert_eq!(of("[4, 0]", "[7]"), "the numbers are in reverse order.");
    }

    /// The name of what is said of two answers.
    fn named(pairs: [(&[&str], &[&str]); 2]) -> Option<&'static str> {
        let wants = pairs.map(|(_, want)| Want::Words { words: list(want), what: "token" });
        let gots = pairs.map(|(got, _)| list(got));
        let looks: Vec<_> = gots.iter().zip(&wants).map(|(got, want)| WordsLook { got, want }).collect();
        explain(&looks)?.mistake
    }

    #[test]
    fn what_wrong_words_share_with_the_right_ones_is_named() {
        let of =
            |a: &[&str], b: &[&str]| named([(a, &["<bos>", "The", " cat", " sat"]), (b, &["A", " cat", " is", "."])]);
        assert_eq!(of(&["The cat", " sat"], &["A", " ", "c", "at", " is."]), Some(code::CUT));
        assert_eq!(of(&["0", "17", "4", "9"], &["3"]), Some(code::NUMBERS));
        assert_eq!(of(&["<bos>", "The", "_cat", "-sat"], &["A", ".cat", " is", "."]), None, "a point has no letters");
        assert_eq!(of(&["<bos>", "Th", " ca", " sa"], &["A", " c", " i", "."]), Some(code::TOO_FEW));
        let names = |a: &str, b: &str| named([(&[a], &["blocks.0.attn.hook_q"]), (&[b], &["blocks.11.hook_mlp_out"])]);
        assert_eq!(names("layers.0.attn.hook_q", "layers.11.hook_mlp_out"), Some(code::PIECE));
        assert_eq!(names("blocks_0_attn_hook_q", "blocks_11_hook_mlp_out"), Some(code::SPELLING));
        let numbers = |a: &str, b: &str| named([(&[a], &["[4, 5, 7]"]), (&[b], &["[1, 4]"])]);
        assert_eq!(numbers("[7, 5, 4]", "[4, 1]"), Some(code::REVERSED));
        assert_eq!(numbers("[4, 5]", "[1]"), Some(code::TOO_FEW));
        assert_eq!(numbers("[3]", "[2]"), Some(code::COUNTED));
        assert_eq!(numbers("[6, 5, 3]", "[5, 2]"), Some(code::REVERSED), "counted from the end");
        assert_eq!(numbers("[9, 9, 9]", "[1, 1]"), Some(code::ONE_FOR_ALL));
        assert_eq!(numbers("[4, 5, 8]", "[1, 4]"), None);
    }

    #[test]
    fn names_of_heads_may_be_written_otherwise() {
        let scores: Vec<(String, f64)> = ["0.0", "0.1", "1.0", "1.1", "2.0", "2.1"]
            .iter()
            .zip([0.1, 0.9, 0.1, 0.1, 0.8, 0.1])
            .map(|(name, score)| (name.to_string(), score))
            .collect();
        let want = Want::Names { scores, score: "attention", band: (0.3, 0.55) };
        let of = |words: &[&str]| {
            explain(&[WordsLook { got: &list(words), want: &want }]).map(|said| said.words).unwrap_or_default()
        };
        assert!(of(&["1.0", "0.2"]).contains("exchanged"));
        assert!(of(&["1.2", "3.1"]).contains("numbered from one"));
        assert!(of(&["L0H1", "L2H0"]).contains("not written as"));
        assert_eq!(of(&["0.1"]), "");
    }
}
