//! What a check says: nothing when the answer is right, otherwise one of six verdicts, as prose.

use std::fmt;

use crate::exercise::{CheckInfo, Mistake};
use crate::prose::wrap;

/// The outcome of a check, returned from a `#[test]`: the test harness prints the verdict as it stands.
pub type Check = Result<(), Verdict>;

/// Why an answer is not accepted (yet).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The function is still a stub.
    NotStarted,
    /// It returned something else than it should.
    Wrong,
    /// It panicked.
    Panicked,
    /// It did not return in time.
    TooLong,
    /// It ended the whole process.
    Ended,
    /// The course itself is incomplete: a file of reference data is missing or damaged. Not the learner's fault.
    CourseDamaged,
}

impl Kind {
    /// The words that a verdict of this kind begins with.
    #[must_use]
    pub fn headline(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT STARTED",
            Self::Wrong => "WRONG",
            Self::Panicked => "PANICKED",
            Self::TooLong => "RAN TOO LONG",
            Self::Ended => "ENDED THE PROGRAM",
            Self::CourseDamaged => "THE COURSE IS DAMAGED",
        }
    }
}

/// An answer that passed.
#[derive(Debug)]
pub struct Passed {
    /// The check that says so.
    pub check: &'static CheckInfo,
    /// What the answer shows about the model, in a sentence or two.
    pub found: Option<String>,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PASSED: `{}`", self.check.function)?;
        match &self.found {
            Some(found) => write!(f, "\n{}", wrap(found, "  ")),
            None => Ok(()),
        }
    }
}

/// Why a check did not pass, in words.
///
/// `Debug` prints the same prose as `Display`, because the test harness shows the error of a test with `Debug`.
pub struct Verdict {
    /// Which of the six it is.
    pub kind: Kind,
    /// The check that says so.
    pub check: &'static CheckInfo,
    /// What was seen, one line after another.
    pub evidence: String,
    /// The known mistake that gives the same, if there is one.
    pub mistake: Option<&'static Mistake>,
    /// What that mistake explains.
    pub explains: Explains,
}

/// Which cases the mistake of a verdict explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explains {
    /// All of them.
    Every,
    /// Most of them, so that it is a guess.
    Most,
    /// Another than the one that is shown: the one that panicked.
    ThePanic,
}

impl Explains {
    /// The words in front of the mistake.
    fn lead(self) -> &'static str {
        match self {
            Self::Every => "What happened, most likely",
            Self::Most => "It could be this, which fits most of the cases but not all",
            Self::ThePanic => "What happened where it panicked",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CheckInfo { exercise, function, .. } = self.check;
        writeln!(f, "{}: `{function}`", self.kind.headline())?;
        writeln!(f, "{}", self.evidence)?;
        if let Some(mistake) = self.mistake {
            writeln!(f, "\n  {}: {}", self.explains.lead(), mistake.heading())?;
            writeln!(f, "{}", wrap(mistake.explanation, "    "))?;
            writeln!(f, "{}", wrap(mistake.question, "    "))?;
            return write!(f, "  More about it:  {}", mistake.link());
        }
        match self.kind {
            Kind::NotStarted => {
                writeln!(f, "  Edit it in:     {}", exercise.source())?;
                writeln!(f, "  Read about it:  {}", exercise.guide())?;
                write!(f, "  Try it with:    cargo xtask check {}", exercise.number())
            }
            Kind::CourseDamaged => Ok(()),
            _ => write!(f, "  The task again:  {}", exercise.guide()),
        }
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Verdict {}

/// Words that stand for an error in a `#[test]`, printed as they are.
#[derive(Clone)]
pub struct Prose(pub String);

impl fmt::Debug for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: fmt::Display> From<T> for Prose {
    fn from(words: T) -> Self {
        Self(words.to_string())
    }
}
