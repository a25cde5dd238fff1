//! Finds what looks like a measured number in the prose of a page: decimals, percentages, numbers of nats or of millions, and
//! numbers after a word such as "about". Code, formulas and addresses are not prose.
//!
//! The name of a head, `1.4`, looks like a decimal. It is taken for a name only beside a word that heads are spoken of with
//! ([`BEFORE_A_HEAD`], [`AFTER_A_HEAD`]), or in a list with one: a score of 0.4 is not taken for a head.

use std::ops::Range;

/// Words before a head's name.
const BEFORE_A_HEAD: &[&str] = &["head", "heads"];

/// Words after a head's name.
const AFTER_A_HEAD: &[&str] = &["attends"];

/// Words before a number that say that it was rounded.
const ROUNDED: &[&str] = &["about", "almost", "nearly", "around", "roughly"];

/// Words after a number that make it a measurement.
const UNITS: &[&str] = &["%", "nats", "nat", "million"];

/// A page with one space wherever it has several or a new line, and which of its bytes are prose.
pub struct Page {
    pub text: String,
    prose: Vec<bool>,
}

impl Page {
    /// A page of the guide.
    pub fn markdown(source: &str) -> Self {
        // Each kind of what is not prose: how it begins and ends.
        let left_out = [
            ("```", "```"),
            ("<div class=\"formula\">", "</div>"),
            ("<math", "</math>"),
            ("{{#", "}}"),
            ("<code>", "</code>"),
            ("`", "`"),
            ("](", ")"),
            ("*Difficulty ", "*"),
            ("*Crate ", "*"),
            ("<", ">"),
        ];
        Self::new(source, &left_out)
    }

    /// The words of a figure.
    pub fn figure(source: &str) -> Self {
        Self::new(source, &[("<style", "</style>"), ("<!--", "-->"), ("<", ">")])
    }

    /// The comments for a learner in a stub.
    pub fn stub(source: &str) -> Self {
        let comment = |line: &&str| line.trim_start().starts_with("///") || line.trim_start().starts_with("//!");
        let comments: Vec<&str> = source.lines().filter(comment).map(|line| &line.trim_start()[3..]).collect();
        Self::markdown(&comments.join("\n"))
    }

    fn new(source: &str, left_out: &[(&str, &str)]) -> Self {
        let text = source.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut prose = vec![true; text.len()];
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let begun = left_out.iter().find(|(begin, _)| rest.starts_with(begin) && (*begin != "<" || is_tag(rest)));
            at += match begun.and_then(|(begin, end)| Some(begin.len() + rest[begin.len()..].find(end)? + end.len())) {
                Some(length) => {
                    prose[at..at + length].fill(false);
                    length
                }
                None => rest.chars().next().map_or(1, char::len_utf8),
            };
        }
        Self { text, prose }
    }

    /// Where its measured-looking numbers are.
    pub fn measured(&self) -> Vec<Range<usize>> {
        let numbers = self.numbers();
        let mut heads = vec![false; numbers.len()];
        for (at, number) in numbers.iter().enumerate() {
            let listed = at > 0 && heads[at - 1] && is_list(&self.text[numbers[at - 1].end..number.start]);
            heads[at] = is_head_name(&self.text[number.clone()]) && (listed || self.is_spoken_of_as_a_head(number));
        }
        // A list may name what it is about at its end only: "0.4 and 0.5 attend".
        for at in (1..numbers.len()).rev() {
            let between = &self.text[numbers[at - 1].end..numbers[at].start];
            heads[at - 1] |= heads[at] && is_list(between) && is_head_name(&self.text[numbers[at - 1].clone()]);
        }
        let looks = |(number, is_head): (&Range<usize>, &bool)| {
            (!is_head && self.looks_measured(number)).then(|| number.clone())
        };
        numbers.iter().zip(&heads).filter_map(looks).collect()
    }

    /// The numbers in prose: digits with points between them that no letter touches.
    fn numbers(&self) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut numbers = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let mut end = at;
            while end < bytes.len()
                && (bytes[end].is_ascii_digit()
                    || (matches!(bytes[end], b'.' | b',') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)))
            {
                end += 1;
            }
            let before = self.text[..at].chars().next_back();
            let after = self.text[end..].chars().next();
            let part_of_a_name = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '#');
            let hyphen = before == Some('-') && part_of_a_name(self.text[..at - 1].chars().next_back());
            if self.prose[at] && !hyphen && !part_of_a_name(before) && !part_of_a_name(after) {
                numbers.push(at..end);
            }
            at = end;
        }
        numbers
    }

    fn looks_measured(&self, number: &Range<usize>) -> bool {
        self.text[number.clone()].contains('.')
            || UNITS.contains(&self.word_after(number))
            || (ROUNDED.contains(&self.word_before(number)) && !self.text[number.end..].starts_with('/'))
    }

    fn is_spoken_of_as_a_head(&self, number: &Range<usize>) -> bool {
        // A label in a figure.
        if self.text[..number.start].ends_with('>') && self.text[number.end..].starts_with("</text>") {
            return true;
        }
        let (before, after) = (self.word_before(number).to_lowercase(), self.word_after(number));
        BEFORE_A_HEAD.contains(&before.as_str()) || AFTER_A_HEAD.contains(&after)
    }

    fn word_before(&self, number: &Range<usize>) -> &str {
        let before = self.text[..number.start].trim_end_matches(['−', '-', '“', '"', '(', '*']).trim_end();
        before.rsplit([' ', '(', '*', '>', '"', '“']).next().unwrap_or_default()
    }

    fn word_after(&self, number: &Range<usize>) -> &str {
        let word = self.text[number.end..].trim_start_matches(' ').split([' ', '<', '*']).next().unwrap_or_default();
        word.trim_end_matches(['.', ',', ';', ':', ')', '?'])
    }
}

/// A tag, and not a comparison.
fn is_tag(rest: &str) -> bool {
    rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

/// Layer and head, of a model of the course.
pub fn is_head_name(number: &str) -> bool {
    matches!(number.as_bytes(), [b'0'..=b'3', b'.', b'0'..=b'7'])
}

/// What may be between two heads of a list.
fn is_list(between: &str) -> bool {
    let words = between.split([' ', ',', '*']).filter(|word| !word.is_empty());
    between.len() < 20
        && words.into_iter().all(|word| matches!(word, "and" | "or" | "with" | "into" | "above" | "all" | "→"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let page = Page::markdown(source);
        page.measured().into_iter().map(|at| page.text[at].to_string()).collect()
    }

    #[test]
    fn decimals_percentages_and_nats_look_measured() {
        assert_eq!(
            found("It falls from 3.1 to 1.3 in 250 steps: 96 % of 8 rows, 5 nats, about 13, and -0.17."),
            ["3.1", "1.3", "96", "5", "13", "0.17"]
        );
    }

    #[test]
    fn heads_are_names_and_scores_are_not() {
        assert_eq!(
            found("Head 1.4 scores 0.9; heads 0.1, 0.5 and 0.7 do not. A score of 1.4, and 0.4."),
            ["0.9", "1.4", "0.4"]
        );
        assert_eq!(found("Both 0.4 and 0.5 attends to itself."), [""; 0]);
        // There is no layer 6 and no head 9.
        assert_eq!(found("head 6.4, head 0.9"), ["6.4", "0.9"]);
    }

    #[test]
    fn code_formulas_and_addresses_are_not_prose() {
        let source = "`0.5` ```text\n0.6\n``` <div class=\"formula\">0.7</div> [a](b-0.8.md) <i title=\"0.9\">x</i> \
                      {{#include a.rs:0.4}} *Difficulty 2/5 · 1.5* E02-8 c01 0.3";
        assert_eq!(found(source), ["0.3"]);
    }
}
