//! A file of Rust, as far as commands read it: its functions, and which of them are still stubs.
//!
//! It is read by its lines, laid out as rustfmt does it, so that a file in the middle of an edit can be read too.

/// A function at the outermost level of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Function<'s> {
    pub(crate) name: &'s str,
    pub(crate) is_public: bool,
    /// From its first word to its last brace, without what is documented above.
    pub(crate) text: &'s str,
}

impl Function<'_> {
    /// How many `todo!`s it has.
    pub(crate) fn todos(&self) -> usize {
        self.text.lines().filter(|line| is_code(line)).map(|line| line.matches("todo!(").count()).sum()
    }
}

/// The functions at the outermost level, from top to bottom.
pub(crate) fn functions(source: &str) -> Vec<Function<'_>> {
    let mut functions = Vec::new();
    let mut lines = lines_with_places(source);
    while let Some((begin, line)) = lines.next() {
        let Some((name, is_public)) = declared(line) else { continue };
        let ends_here = |line: &str| line.starts_with('}');
        let mut end = begin + line.len();
        if !is_closed(line) {
            for (at, line) in lines.by_ref() {
                end = at + line.len();
                if ends_here(line) {
                    break;
                }
            }
        }
        functions.push(Function { name, is_public, text: &source[begin..end] });
    }
    functions
}

/// How many `todo!`s are left.
pub(crate) fn stubs_left(source: &str) -> usize {
    functions(source).iter().map(Function::todos).sum()
}

/// The name of the first function that is still a stub.
pub(crate) fn first_stub(source: &str) -> Option<&str> {
    functions(source).into_iter().find(|function| function.todos() > 0).map(|function| function.name)
}

/// The lines, each with the place where it begins.
fn lines_with_places(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.split('\n').scan(0, |place, line| {
        let begin = *place;
        *place += line.len() + 1;
        Some((begin, line))
    })
}

/// The name of the function that this line declares, if it is at the outermost level, and whether it is public.
fn declared(line: &str) -> Option<(&str, bool)> {
    let (before, after) = line.split_once("fn ")?;
    let is_word = |word: &str| matches!(word, "pub" | "pub(crate)" | "pub(super)" | "const" | "async" | "unsafe");
    let fits = (before.is_empty() || before.ends_with(' ')) && !line.starts_with(' ');
    (fits && before.split_whitespace().all(is_word))
        .then(|| (after.split(['(', '<', ' ']).next().unwrap_or_default(), before.starts_with("pub ")))
}

/// Whether a function ends in the line that it begins in.
fn is_closed(line: &str) -> bool {
    line.trim_end().ends_with('}') && line.matches('{').count() == line.matches('}').count()
}

fn is_code(line: &str) -> bool {
    !line.trim_start().starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
//! fn none() { todo!() }

/// Doc.
pub fn first<T>(x: T) -> usize
where
    T: Copy,
{
    // todo!() once, written now
    1
}

fn short() {}
impl S {
    fn inside() {
        todo!()
    }
}

pub(crate) const fn second(y: usize) -> usize {
    todo!(\"{y}\")
}
";

    #[test]
    fn functions_are_found_with_their_whole_text() {
        let found = functions(SOURCE);
        let names: Vec<_> = found.iter().map(|function| (function.name, function.is_public)).collect();
        assert_eq!(names, [("first", true), ("short", false), ("second", false)]);
        assert_eq!(found[0].text.lines().count(), 7);
        assert_eq!(found[1].text, "fn short() {}");
        assert_eq!(found[2].text, "pub(crate) const fn second(y: usize) -> usize {\n    todo!(\"{y}\")\n}");
    }

    #[test]
    fn a_stub_is_a_function_with_a_todo_that_is_code() {
        assert_eq!((stubs_left(SOURCE), first_stub(SOURCE)), (1, Some("second")));
        assert_eq!(first_stub("fn f() {}\n"), None);
    }

    #[test]
    fn a_file_in_the_middle_of_an_edit_is_read_as_far_as_it_goes() {
        let found = functions("pub fn f() {\n    let x = (1;\n");
        assert_eq!((found.len(), found[0].text), (1, "pub fn f() {\n    let x = (1;\n"));
    }
}
