//! A check as a list of cases: each is a call of the learner's function and, apart from it, what the call must return.
//!
//! The two halves are made to be evaluated in different processes. The *call* is prepared and made where the learner's
//! code runs. The *expected* values are computed, and the reference files read for them, only where no such code runs.
//! So both are closures, and nothing of the one may be captured by the other.

use std::time::Duration;

use crate::call::Outcome;
use crate::compare::{Want, compare};
use crate::exercise::CheckInfo;
use crate::probe::{self, Explanation};
use crate::prose::wrap;
use crate::reference::Damaged;
use crate::run::CaseRun;
use crate::value::{Tensor, Value};

/// A call that is ready to be made: its inputs have been read.
pub(crate) type Call = Box<dyn FnOnce() -> Value + Send>;

/// Reads the inputs of a call.
pub(crate) type Prepare = Box<dyn FnOnce() -> Result<Call, Damaged> + Send>;

/// Words about what right answers show.
pub(crate) type Found = Box<dyn FnOnce(&Answers<'_>) -> Option<String>>;

/// What a check itself sees in answers of which some are wrong, where that depends on its inputs.
pub(crate) type Look = Box<dyn FnOnce(&[CaseRun]) -> Option<Explanation>>;

/// What is made of the answers, in the order of the list.
pub(crate) enum Step {
    /// The next answer must be this.
    Case(Case),
    /// The next answer is there for properties to look at.
    Ask(String),
    /// A property of the answers so far.
    Property(Box<dyn FnOnce(&Answers<'_>) -> Holds>),
}

/// What the next answer must be.
pub(crate) struct Case {
    pub name: String,
    pub want: Box<dyn FnOnce() -> Result<Want, Damaged>>,
    pub diagnosis: bool,
}

/// The cases of one check.
pub struct Cases {
    info: &'static CheckInfo,
    calls: Vec<Prepare>,
    steps: Vec<Step>,
    damaged: Option<Damaged>,
    limit: Option<Duration>,
    found: Option<Found>,
    look: Option<Look>,
    uses: Vec<Self>,
    calls_too: &'static [&'static str],
}

/// Both halves of a list, which go separate ways.
pub(crate) struct Halves {
    pub info: &'static CheckInfo,
    pub calls: Vec<Prepare>,
    pub steps: Vec<Step>,
    /// The list is incomplete, since the course is.
    pub damaged: Option<Damaged>,
    pub found: Option<Found>,
    pub look: Option<Look>,
    pub uses: Vec<Cases>,
}

/// An answer that a property looks at.
#[derive(Clone, Copy, Debug)]
pub struct Asked(usize);

impl Cases {
    /// Makes the list of a check.
    #[must_use]
    pub fn of(info: &'static CheckInfo, list: impl FnOnce(&mut Self) -> Result<(), Damaged>) -> Self {
        let mut cases = Self {
            info,
            calls: Vec::new(),
            steps: Vec::new(),
            damaged: None,
            limit: None,
            found: None,
            look: None,
            uses: Vec::new(),
            calls_too: &[],
        };
        cases.damaged = list(&mut cases).err();
        cases
    }

    /// Adds a case in which a mistake always gives the same, so that it can be recognized.
    pub fn case<W: IntoWant, T: Into<Value>>(
        &mut self,
        name: impl Into<String>,
        want: impl FnOnce() -> W + 'static,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Asked {
        self.case_on(name, want, || Ok(()), |()| call())
    }

    /// Adds such a case whose inputs are read from a file, or take a while to make.
    pub fn case_on<W: IntoWant, I: Send + 'static, T: Into<Value>>(
        &mut self,
        name: impl Into<String>,
        want: impl FnOnce() -> W + 'static,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        self.add(name.into(), true, want, inputs, call)
    }

    /// Adds a case in which a mistake may come out in many ways, with the writer's choice of a threshold say, or with
    /// every new training of a model. It counts for right and wrong, but not for which mistake it is.
    pub fn case_without_diagnosis<W: IntoWant, I: Send + 'static, T: Into<Value>>(
        &mut self,
        name: impl Into<String>,
        want: impl FnOnce() -> W + 'static,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        self.add(name.into(), false, want, inputs, call)
    }

    fn add<W: IntoWant, I: Send + 'static, T: Into<Value>>(
        &mut self,
        name: String,
        diagnosis: bool,
        want: impl FnOnce() -> W + 'static,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        let want = Box::new(move || want().into_want());
        self.steps.push(Step::Case(Case { name, want, diagnosis }));
        self.call(inputs, call)
    }

    /// Adds a call whose answer is there for a property to look at.
    pub fn ask<T: Into<Value>>(&mut self, name: impl Into<String>, call: impl FnOnce() -> T + Send + 'static) -> Asked {
        self.ask_on(name, || Ok(()), |()| call())
    }

    /// Adds such a call whose inputs are read from a file, or take a while to make.
    pub fn ask_on<I: Send + 'static, T: Into<Value>>(
        &mut self,
        name: impl Into<String>,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        self.steps.push(Step::Ask(name.into()));
        self.call(inputs, call)
    }

    fn call<I: Send + 'static, T: Into<Value>>(
        &mut self,
        inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
        call: impl FnOnce(I) -> T + Send + 'static,
    ) -> Asked {
        self.calls.push(Box::new(move || {
            let inputs = inputs()?;
            Ok(Box::new(move || call(inputs).into()) as Call)
        }));
        Asked(self.calls.len() - 1)
    }

    /// Adds a property that must hold of the answers so far.
    pub fn property(&mut self, holds: impl FnOnce(&Answers<'_>) -> Holds + 'static) {
        self.steps.push(Step::Property(Box::new(holds)));
    }

    /// Adds what a right answer shows about the model, in a sentence or two with the numbers.
    pub fn found(&mut self, words: impl FnOnce(&Answers<'_>) -> Option<String> + 'static) {
        self.found = Some(Box::new(words));
    }

    /// Adds a look at the cases, of which some are wrong. What it sees goes before the looks that fit any check.
    pub(crate) fn look(&mut self, look: impl FnOnce(&[CaseRun]) -> Option<Explanation> + 'static) {
        self.look = Some(Box::new(look));
    }

    /// Names the check of another function of the learner's, which this one may call: when both are wrong, the verdict
    /// shows the other first.
    pub fn uses(&mut self, helper: Self) {
        self.uses.push(helper);
    }

    /// Names the functions of the learner's that the calls need beside the one that is graded.
    pub fn calls_too(&mut self, functions: &'static [&'static str]) {
        self.calls_too = functions;
    }

    /// All functions of the learner's that the calls need.
    pub(crate) fn functions(&self) -> Vec<&'static str> {
        [&[self.info.function], self.calls_too].concat()
    }

    /// Sets how long a call may take, where that is not [`LIMIT`](crate::call::LIMIT).
    pub fn limit(&mut self, limit: Duration) {
        self.limit = Some(limit);
    }

    pub(crate) fn limit_of_a_call(&self) -> Option<Duration> {
        self.limit
    }

    /// Whether there are cases in which a mistake can be recognized.
    pub(crate) fn has_diagnosis(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Case(Case { diagnosis: true, .. })))
    }

    pub(crate) fn halves(self) -> Halves {
        let Self { info, calls, steps, damaged, found, look, uses, .. } = self;
        Halves { info, calls, steps, damaged, found, look, uses }
    }
}

/// Whatever says what a case must return.
pub trait IntoWant {
    /// What it must return.
    ///
    /// # Errors
    /// The file that holds it is missing or damaged.
    fn into_want(self) -> Result<Want, Damaged>;
}

impl IntoWant for Want {
    fn into_want(self) -> Result<Want, Damaged> {
        Ok(self)
    }
}

impl IntoWant for Result<Want, Damaged> {
    fn into_want(self) -> Result<Want, Damaged> {
        self
    }
}

/// Whether a property holds.
pub type Holds = Result<(), Objection>;

/// Why a property does not hold.
#[derive(Debug)]
pub enum Objection {
    /// The answer lacks it.
    Wrong(Fault),
    /// What it should be compared with is missing.
    Damaged(Damaged),
}

/// What is wrong with an answer.
#[derive(Debug, Default)]
pub struct Fault {
    /// What was seen; each line begins a paragraph.
    pub evidence: String,
    /// Lines that are shown as they are: a comparison, with its columns and pictures.
    pub report: String,
    /// The code of the mistake that does this, where only one is known to.
    pub mistake: Option<&'static str>,
}

impl Fault {
    /// A fault in words.
    #[must_use]
    pub fn new(evidence: impl Into<String>) -> Self {
        Self { evidence: evidence.into(), ..Self::default() }
    }

    /// Names the mistake, if one is known.
    #[must_use]
    pub fn mistake(self, mistake: impl Into<Option<&'static str>>) -> Self {
        let mistake = mistake.into().or(self.mistake);
        Self { mistake, ..self }
    }

    /// Adds the report of a comparison, which is shown line by line as it is.
    #[must_use]
    pub fn report(self, report: impl Into<String>) -> Self {
        Self { report: report.into(), ..self }
    }

    /// The fault of a value that is not what it should be; none when it is.
    #[must_use]
    pub fn compared(got: &Value, want: &Want) -> Option<Self> {
        let mut report = compare(got, want).err()?.report;
        let explanation = got.array().and_then(|got| probe::explain_one(got, want));
        let mistake = explanation.as_ref().and_then(|explanation| explanation.mistake);
        if let Some(explanation) = explanation {
            report = format!("{report}\n{}", wrap(&format!("Look: {}", explanation.words), "  "));
        }
        Some(Self::default().report(report).mistake(mistake))
    }

    /// Says what it is that is compared, before the comparison.
    #[must_use]
    pub fn of(self, what: impl Into<String>) -> Self {
        Self { evidence: what.into(), ..self }
    }

    /// Says first which case it was.
    #[must_use]
    pub fn in_case(self, name: &str) -> Self {
        Self { evidence: format!("Case: {name}\n{}", self.evidence).trim_end().to_string(), ..self }
    }

    /// The fault as the result of a property.
    ///
    /// # Errors
    /// Always.
    pub fn found<T>(self) -> Result<T, Objection> {
        Err(Objection::Wrong(self))
    }
}

impl From<Fault> for Objection {
    fn from(fault: Fault) -> Self {
        Self::Wrong(fault)
    }
}

impl From<Damaged> for Objection {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged)
    }
}

/// The answers that a property may look at: those of the calls before it, which have all returned.
pub struct Answers<'a>(pub(crate) &'a [Outcome<Value>]);

impl Answers<'_> {
    /// What a call returned.
    ///
    /// # Errors
    /// It is not there.
    pub fn value(&self, asked: Asked) -> Result<&Value, Fault> {
        match self.0.get(asked.0) {
            Some(Outcome::Returned(value)) => Ok(value),
            _ => Err(Fault::new("one of the calls gave no answer.")),
        }
    }

    /// The array that a call returned.
    ///
    /// # Errors
    /// It returned something else.
    pub fn array(&self, asked: Asked) -> Result<&Tensor, Fault> {
        self.value(asked)?.array().ok_or_else(unexpected)
    }

    /// A part of what a call returned.
    ///
    /// # Errors
    /// There is no such part.
    pub fn part(&self, asked: Asked, part: &str) -> Result<&Value, Fault> {
        self.value(asked)?.part(part).ok_or_else(unexpected)
    }

    /// A part that is an array.
    ///
    /// # Errors
    /// There is no such part.
    pub fn array_at(&self, asked: Asked, part: &str) -> Result<&Tensor, Fault> {
        self.part(asked, part)?.array().ok_or_else(unexpected)
    }

    /// A part that is a list of words.
    ///
    /// # Errors
    /// There is no such part.
    pub fn words_at(&self, asked: Asked, part: &str) -> Result<&[String], Fault> {
        self.part(asked, part)?.words().ok_or_else(unexpected)
    }

    /// A part that is a single number.
    ///
    /// # Errors
    /// There is no such part.
    pub fn number_at(&self, asked: Asked, part: &str) -> Result<f64, Fault> {
        self.array_at(asked, part)?.data.first().copied().ok_or_else(unexpected)
    }
}

/// The calls are the grader's own, so what they send has the right form unless something else has sent it.
fn unexpected() -> Fault {
    Fault::new("the answer does not have the form that the call gives it.")
}
