//! What the tokens of a source say. Comments, spaces and the names of variables make no difference to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use sha2::{Digest as _, Sha256};

use crate::hand_in::Sources;

/// Fewer tokens beyond the stub are no sign of a copy: there is one way to write a short answer.
const FEWEST: usize = 60;

/// Groups of tokens in groups of tokens, so many deep: what is read group by group must not fill the stack. Our solutions
/// have a tenth.
const DEEPEST: usize = 200;

/// Why sources may not run, if there is a reason.
///
/// Safe Rust runs no code before the first call: the test program has read its inputs by then, and has given up the files
/// that also hold the expected values. `unsafe` Rust can run before that (a function in `.init_array`, an allocator), and so
/// can assembly, which does not need the word. No exercise needs either. The compiler is asked as well (`compile`): it also
/// sees what is included from elsewhere.
pub(super) fn refused(sources: &Sources) -> Option<String> {
    sources.files.iter().find_map(|(file, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        // The compiler skips such a line, and reads what looks like the comment that begins in it.
        if text
            .trim_start_matches('\u{feff}')
            .strip_prefix("#!")
            .is_some_and(|rest| !rest.trim_start().starts_with('['))
        {
            return Some(format!("{file} begins with `#!`, as a script does, so it is not run."));
        }
        match tokens(&text) {
            Some(tokens) => forbidden(tokens)
                .map(|word| format!("{file} has the word `{word}`. No exercise needs it, so it is not run.")),
            None => Some(format!(
                "{file} cannot be split into tokens, or has parentheses more than {DEEPEST} deep, so it is not run."
            )),
        }
    })
}

/// Assembly among items, which can run before the first call and define functions of the system's libraries again.
const ASSEMBLY: [&str; 2] = ["global_asm", "naked_asm"];

/// The tokens of a text, unless it is not Rust or is nested too deep.
fn tokens(text: &str) -> Option<TokenStream> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut level = vec![tokens.clone()];
    for _ in 0..DEEPEST {
        let inside = |token| if let TokenTree::Group(group) = token { Some(group.stream()) } else { None };
        level = level.into_iter().flatten().filter_map(inside).collect();
        if level.is_empty() {
            return Some(tokens);
        }
    }
    None
}

fn forbidden(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) => {
            // `r#unsafe` is a name like any other, but `r#global_asm` is that macro.
            let word = word.to_string();
            let is_assembly = ASSEMBLY.contains(&word.trim_start_matches("r#"));
            (word == "unsafe" || is_assembly).then_some(word)
        }
        TokenTree::Group(group) => forbidden(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

/// The bytes of all files as one number in hexadecimal digits.
pub(super) fn hash(sources: &Sources, more: &str) -> String {
    let mut hash = Sha256::new();
    for (file, bytes) in &sources.files {
        hash.update(format!("{file}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    hash.update(more);
    hexadecimal(&hash.finalize())
}

/// What is the same for sources that differ in comments, layout, order and the names of variables only. None for sources
/// that add too little to the stub.
pub(super) fn print(sources: &Sources, stub: &str) -> Option<String> {
    let stub: BTreeSet<String> = items(stub)?.into_iter().map(|(item, _)| item).collect();
    let mut own = BTreeMap::new();
    for bytes in sources.files.values() {
        own.extend(items(&String::from_utf8_lossy(bytes))?.into_iter().filter(|(item, _)| !stub.contains(item)));
    }
    if own.values().sum::<usize>() < FEWEST {
        return None;
    }
    let mut hash = Sha256::new();
    for item in own.keys() {
        hash.update(item);
        hash.update("\0");
    }
    Some(hexadecimal(&hash.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The items of a file, normalized, each with the number of its tokens. `use` and `mod` do not count.
fn items(text: &str) -> Option<Vec<(String, usize)>> {
    let mut items = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    for token in without_attributes(tokens(text)?) {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(point) => point.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        item.push(token);
        if ends {
            let whole = std::mem::take(&mut item);
            if !whole.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "use" || word == "mod")) {
                items.push(normalized(whole));
            }
        }
    }
    Some(items)
}

/// Without `#[…]` and `#![…]`, which is also what documentation is as tokens.
fn without_attributes(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let is_point =
            |token: Option<&TokenTree>, c| matches!(token, Some(TokenTree::Punct(point)) if point.as_char() == c);
        if matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket) {
            let last = kept.len();
            let inner = is_point(kept.last(), '!') && last > 1 && is_point(kept.get(last - 2), '#');
            if inner || is_point(kept.last(), '#') {
                kept.truncate(last - if inner { 2 } else { 1 });
                continue;
            }
        }
        kept.push(token);
    }
    kept
}

/// The tokens, with the names of variables replaced by numbers in the order in which they appear.
fn normalized(tokens: Vec<TokenTree>) -> (String, usize) {
    let mut flat = Vec::new();
    flatten(tokens, &mut flat);
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut text = String::new();
    for (at, word) in flat.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| flat[at].as_str());
        let after = flat.get(at + 1).map_or("", String::as_str);
        let number = names.len();
        if is_variable(word, before, after) {
            let _ = write!(text, "{} ", names.entry(word).or_insert(number));
        } else {
            let _ = write!(text, "`{word} ");
        }
    }
    (text, flat.len())
}

fn flatten(tokens: impl IntoIterator<Item = TokenTree>, flat: &mut Vec<String>) {
    let mut joins = false;
    for token in tokens {
        let joined = joins;
        joins =
            matches!(&token, TokenTree::Punct(point) if point.spacing() == Spacing::Joint && point.as_char() != '\'');
        match token {
            // `..` is not two of the points that come before a field.
            TokenTree::Punct(point) if joined => {
                flat.last_mut().into_iter().for_each(|last| last.push(point.as_char()))
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                flat.push(open.into());
                flatten(without_attributes(group.stream()), flat);
                // A comma before the end is layout.
                if flat.last().is_some_and(|last| last == ",") {
                    flat.pop();
                }
                flat.push(close.into());
            }
            other => flat.push(other.to_string()),
        }
    }
}

/// Keywords that look like names of variables.
const KEYWORDS: [&str; 24] = [
    "as", "break", "const", "continue", "else", "enum", "false", "fn", "for", "if", "impl", "in", "let", "loop",
    "match", "move", "mut", "pub", "ref", "return", "self", "struct", "true", "while",
];

/// A name that is not a function, a method, a field, a macro, a type or part of a path.
fn is_variable(word: &str, before: &str, after: &str) -> bool {
    let is_lowercase = word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    is_lowercase
        && !KEYWORDS.contains(&word)
        && ![".", "::", "'", "fn"].contains(&before)
        && !["(", "!", "::"].contains(&after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Sources {
        Sources { files: BTreeMap::from([("lib.rs".to_string(), text.as_bytes().to_vec())]), changed: None }
    }

    const STUB: &str = "use a::b;\npub fn f(x: usize) -> usize {\n    todo!(\"{x}\")\n}\n";
    const ANSWER: &str = "use a::b;\n/// Doc.\npub fn f(x: usize) -> usize {\n    let mut total = 0;\n    for key in 0..x {\n        \
                          if key % 2 == 0 { total += key * 3; } else { total -= g(key).abs(); }\n    }\n    total.max(1)\n}\n\
                          fn g(n: usize) -> isize { (n as isize).pow(2) }\n";

    #[test]
    fn comments_layout_order_and_names_make_no_difference() {
        let print_of = |text: &str| print(&sources(text), STUB);
        let (f, g) = ANSWER.split_at(ANSWER.find("fn g").unwrap());
        let copy = format!("#![allow(warnings)]\n// mine\n{g}{f}").replace("total", "sum").replace("key", "k");
        let copy = copy.replace("(x: usize)", "(number: usize)").replace("0..x", "0..number");
        let copy = copy.replace("Doc.", "My own words.").replace("g(k)", "g(k,)").replace("    ", "\t");
        assert!(print_of(ANSWER).is_some());
        assert_eq!(print_of(&copy), print_of(ANSWER));
        for (from, to) in [("max", "min"), ("* 3", "* 4"), ("% 2 == 0", "% 2 == 1"), ("g(key)", "h(key)")] {
            assert_ne!(print_of(&ANSWER.replace(from, to)), print_of(ANSWER), "{from}");
        }
        // Names that are exchanged are another program.
        assert_ne!(print_of(&ANSWER.replace("total += key * 3", "total += total * 3")), print_of(ANSWER));
    }

    #[test]
    fn a_short_answer_is_no_sign_of_a_copy() {
        assert_eq!(print(&sources(STUB), STUB), None);
        assert_eq!(print(&sources(&STUB.replace("todo!(\"{x}\")", "x + 1")), STUB), None);
        assert_eq!(print(&sources("fn f( {"), STUB), None);
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_and_fills_no_stack() {
        let deep = format!("fn f() {{ {}{} }}", "(".repeat(250_000), ")".repeat(250_000));
        assert!(refused(&sources(&deep)).unwrap().contains("more than 200 deep"));
        assert_eq!(print(&sources(&deep), STUB), None);
        let some = format!("fn f() {{ {}{} }}", "(".repeat(150), ")".repeat(150));
        assert_eq!(refused(&sources(&some)), None);
    }

    #[test]
    fn assembly_and_scripts_are_refused() {
        for text in [
            "core::arch::global_asm!(\"\");",
            "use std::arch::r#global_asm as a; a!(\"\");",
            "macro_rules! m { () => { ::core::arch::global_asm!(\"\") } }",
            "\u{feff}#! /*\nfn f() { unsafe { g() } }\n// */\n",
        ] {
            assert!(refused(&sources(text)).is_some(), "{text}");
        }
        for text in ["#![allow(warnings)]\nfn f() {}", "#! [allow(warnings)]\n// global_asm\nfn r#unsafe() {}"] {
            assert_eq!(refused(&sources(text)), None, "{text}");
        }
    }

    #[test]
    fn the_word_unsafe_counts_wherever_it_is_code() {
        let is_refused = |text: &str| refused(&sources(text)).is_some();
        assert!(is_refused("macro_rules! m { () => { unsafe { f() } } }"));
        assert!(is_refused("#[unsafe(no_mangle)] pub fn f() {}"));
        assert!(is_refused("fn f( {"));
        assert!(!is_refused(
            "//! unsafe\n/* unsafe */ #![deny(unsafe_code)]\n/// unsafe\nfn f() -> &'static str { \"unsafe\" }"
        ));
    }

    #[test]
    fn a_hash_knows_files_by_name_and_length() {
        let one = Sources {
            files: BTreeMap::from([("a".to_string(), b"xy".to_vec()), ("b".to_string(), b"z".to_vec())]),
            changed: None,
        };
        let other = Sources {
            files: BTreeMap::from([("a".to_string(), b"x".to_vec()), ("b".to_string(), b"yz".to_vec())]),
            changed: None,
        };
        assert_ne!(hash(&one, ""), hash(&other, ""));
        assert_ne!(hash(&one, ""), hash(&one, "m"));
        assert_eq!(hash(&one, "").len(), 32);
    }
}
