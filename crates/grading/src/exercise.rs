//! What the grader knows about an exercise: its name, its checks, and the mistakes that it recognizes.

/// An exercise: a crate of stubs, the page of the guide beside it, and the mistakes that people make in it.
#[derive(Debug)]
pub struct Exercise {
    /// The folder under `exercises/` and `solutions/`: `02-induction`.
    pub slug: &'static str,
    /// Every mistake that the grader can name, in lists, such as one for each check.
    pub mistakes: &'static [&'static [Mistake]],
}

impl Exercise {
    /// The file that the learner edits, seen from the root of the repository.
    #[must_use]
    pub fn source(&self) -> String {
        format!("exercises/{}/src/lib.rs", self.slug)
    }

    /// The page of the guide, seen from the root of the repository.
    #[must_use]
    pub fn guide(&self) -> String {
        format!("exercises/guide/src/{}.md", self.slug)
    }

    /// The page of its mistakes, seen from the guide's folder.
    #[must_use]
    pub fn mistakes_page(&self) -> String {
        mistakes_page(self.number())
    }

    /// The two digits that the exercise is called by.
    #[must_use]
    pub fn number(&self) -> &'static str {
        &self.slug[..2]
    }

    /// The mistake with this code.
    #[must_use]
    pub fn mistake(&self, code: &str) -> Option<&'static Mistake> {
        self.mistakes().find(|mistake| mistake.code == code)
    }

    /// Every mistake that the grader can name.
    pub fn mistakes(&self) -> impl Iterator<Item = &'static Mistake> + use<> {
        self.mistakes.iter().copied().flatten()
    }
}

/// The page of the mistakes of the exercise with this number.
fn mistakes_page(number: &str) -> String {
    format!("mistakes/exercise-{number}.md")
}

/// One check: what a test of `exercises/NN/tests/checks.rs` runs.
#[derive(Debug)]
pub struct CheckInfo {
    /// The exercise that it belongs to.
    pub exercise: &'static Exercise,
    /// Its name, the same as that of the test: `c02_current_attn_detector`.
    pub name: &'static str,
    /// The function that it grades.
    pub function: &'static str,
}

/// A wrong answer that many people give, with what there is to say about it.
///
/// The code that gives it stands under `solutions/NN/tests/`, where a test proves that the check named here rejects it
/// and says so.
#[derive(Debug)]
pub struct Mistake {
    /// A stable short name: `E02-3`.
    pub code: &'static str,
    /// What was done, in a few words.
    pub title: &'static str,
    /// Why that gives what the learner sees.
    pub explanation: &'static str,
    /// One question that leads on, without giving the line of code away.
    pub question: &'static str,
    /// The name of the check that must reject it.
    pub caught_by: &'static str,
    /// How the grader knows it.
    pub known_by: KnownBy,
}

/// A mistake that is known by its output.
pub(crate) const fn output(
    code: &'static str,
    caught_by: &'static str,
    title: &'static str,
    explanation: &'static str,
    question: &'static str,
) -> Mistake {
    Mistake { code, title, explanation, question, caught_by, known_by: KnownBy::Output }
}

/// A mistake that is known by an output that never changes.
pub(crate) const fn sameness(
    code: &'static str,
    caught_by: &'static str,
    title: &'static str,
    explanation: &'static str,
    question: &'static str,
) -> Mistake {
    Mistake { code, title, explanation, question, caught_by, known_by: KnownBy::Sameness }
}

/// A mistake that the check itself sees.
pub(crate) const fn property(
    code: &'static str,
    caught_by: &'static str,
    title: &'static str,
    explanation: &'static str,
    question: &'static str,
) -> Mistake {
    Mistake { code, title, explanation, question, caught_by, known_by: KnownBy::Property }
}

/// How the grader knows a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// Its output equals the stored one in every case.
    Output,
    /// Its output is the same in every case, whatever came in.
    Sameness,
    /// The check itself sees which property is missing.
    Property,
}

impl Mistake {
    /// The heading of its entry in the guide.
    #[must_use]
    pub fn heading(&self) -> String {
        format!("{} {}", self.code, self.title)
    }

    /// The id of its entry in the guide: `e02-3`.
    #[must_use]
    pub fn id(&self) -> String {
        self.code.to_lowercase()
    }

    /// The link to its entry in the guide.
    #[must_use]
    pub fn link(&self) -> String {
        // A code begins with its exercise: `E02-3`.
        format!("exercises/guide/src/{}#{}", mistakes_page(&self.code[1..3]), self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_id_of_the_entry() {
        let mistake = Mistake {
            code: "E09-1",
            title: "Halves' order, swapped",
            explanation: "",
            question: "",
            caught_by: "",
            known_by: KnownBy::Output,
        };
        assert_eq!(mistake.link(), "exercises/guide/src/mistakes/exercise-09.md#e09-1");
    }
}
