//! Models by name, and the requests that are being worked on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hooked_transformer::{Error, HookedTransformer, Result, linalg};
use ndarray::Array2;

use crate::answer::{Answer, Step};
use crate::curve::CurveJob;
use crate::grow::Growth;
use crate::loaded::Loaded;
use crate::look::{find, look};
use crate::request::{FileInfo, Lane, Request};
use crate::stream::stream;
use crate::sweep::SweepJob;
use crate::take::take;
use crate::write::WriteJob;

/// Models that are kept: the two that come with the page, one of the reader's own, and one that grew in the page.
const MAX_MODELS: usize = 4;

/// Work that is done step by step.
pub(crate) trait Job {
    /// # Errors
    /// What went wrong ends the work.
    fn step(&mut self) -> Result<Step>;
}

/// Work that is done in one step.
struct Once<F>(F);

impl<F: FnMut() -> Result<Answer>> Job for Once<F> {
    fn step(&mut self) -> Result<Step> {
        (self.0)().map(Step::Done)
    }
}

/// Steps of a run, a few at a time.
struct TrainJob {
    growth: Rc<RefCell<Growth>>,
    until: usize,
}

impl Job for TrainJob {
    fn step(&mut self) -> Result<Step> {
        self.growth.borrow_mut().train(self.until)
    }
}

/// What answers requests.
#[derive(Default)]
pub struct Engine {
    models: BTreeMap<String, Rc<Loaded>>,
    /// What is being worked on, most urgent first, with the number that its answers carry.
    jobs: BTreeMap<Lane, (u64, Box<dyn Job>)>,
    /// The training run.
    growth: Option<Rc<RefCell<Growth>>>,
}

impl Engine {
    /// An engine without models.
    pub fn new() -> Self {
        Engine::default()
    }

    /// Begins to work on a request, in place of the one of its kind before it. `id` is a number that its answers carry,
    /// `files` are the bytes that came beside it. A new look is about a new state: whatever else was asked about the old
    /// one is given up; a training run is about no text, and goes on.
    ///
    /// # Errors
    /// The model is not there, or what is asked does not suit it.
    pub fn begin(&mut self, id: u64, request: Request, files: &[u8]) -> Result<()> {
        let lane = request.lane();
        match lane {
            Lane::Look => self.jobs.retain(|&other, _| matches!(other, Lane::Load | Lane::Grow)),
            _ => drop(self.jobs.remove(&lane)),
        }
        let job = self.job(request, files)?;
        self.jobs.insert(lane, (id, job));
        Ok(())
    }

    fn job(&mut self, request: Request, files: &[u8]) -> Result<Box<dyn Job>> {
        Ok(match request {
            Request::Load { model, files: infos } => {
                let answer = self.load(&model, &infos, files)?;
                Box::new(Once(move || Ok(answer.clone())))
            }
            Request::Look(state) => {
                let loaded = self.model(&state.model)?;
                Box::new(Once(move || look(&loaded, &state)))
            }
            Request::Stream { state, pos, token } => {
                let loaded = self.model(&state.model)?;
                Box::new(Once(move || stream(&loaded, &state, pos, token)))
            }
            Request::Take(state) => {
                let loaded = self.model(&state.model)?;
                Box::new(Once(move || take(&loaded, &state)))
            }
            Request::Grow(plan) => {
                let growth = Rc::new(RefCell::new(Growth::new(&plan)?));
                self.growth = Some(Rc::clone(&growth));
                Box::new(Once(move || growth.borrow().about()))
            }
            Request::Train { until } => Box::new(TrainJob { growth: self.growth()?, until }),
            Request::Back { step } => {
                let growth = self.growth()?;
                Box::new(Once(move || growth.borrow_mut().back(step)))
            }
            Request::Grown => {
                let growth = self.growth()?;
                Box::new(Once(move || growth.borrow().files()))
            }
            Request::Product { m, k, n } => Box::new(Once(move || product(m, k, n))),
            Request::Find { model, seed, length } => {
                let loaded = self.model(&model)?;
                Box::new(Once(move || find(&loaded, seed, length)))
            }
            Request::Sweep { state, silence, measure } => {
                Box::new(SweepJob::new(self.model(&state.model)?, &state, silence, measure)?)
            }
            Request::Write { model, text, tokens, temperature, seed, steering } => {
                let loaded = self.model(&model)?;
                Box::new(WriteJob::new(&loaded.model, &text, tokens, (temperature, seed), steering)?)
            }
            Request::Curve { model, prompts, words, coefficients, steering } => {
                let loaded = self.model(&model)?;
                Box::new(CurveJob::new(&loaded.model, &prompts, &words, coefficients, &steering)?)
            }
        })
    }

    /// Works on the most urgent request for a while: its number, and what came of it. `None` if there is nothing to do.
    pub fn step(&mut self) -> Option<(u64, Result<Step>)> {
        let mut first = self.jobs.first_entry()?;
        let (id, job) = first.get_mut();
        let (id, step) = (*id, job.step());
        if !matches!(step, Ok(Step::Progress(_))) {
            first.remove();
        }
        Some((id, step))
    }

    /// All steps of a request, for tests and programs without a page.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), or the request cannot be answered.
    pub fn answer(&mut self, request: Request) -> Result<Answer> {
        self.begin(0, request, &[])?;
        let mut last = Answer::default();
        while let Some((_, step)) = self.step() {
            match step? {
                Step::Progress(answer) => last = answer,
                Step::Done(answer) => return Ok(answer),
            }
        }
        Ok(last)
    }

    /// Keeps a model under a name; one too many replaces another.
    pub fn keep(&mut self, name: &str, model: HookedTransformer) {
        if self.models.len() >= MAX_MODELS && !self.models.contains_key(name) {
            self.models.pop_last();
        }
        self.models.insert(name.to_string(), Rc::new(Loaded::new(model)));
    }

    fn load(&mut self, name: &str, infos: &[FileInfo], bytes: &[u8]) -> Result<Answer> {
        let mut files = Vec::with_capacity(infos.len());
        let mut rest = bytes;
        for FileInfo { name, length } in infos {
            let Some((file, behind)) = rest.split_at_checked(*length) else {
                let problem = format!("{length} bytes were announced for `{name}`, and {} came", rest.len());
                return Err(Error::Argument { name: "files", problem });
            };
            files.push((name.clone(), file.to_vec()));
            rest = behind;
        }
        let model = HookedTransformer::from_files(files)?;
        if model.tokenizer().is_none() {
            return Err(Error::NoTokenizer);
        }
        let cfg = model.cfg();
        let answer = Answer::default()
            .with("model", name)
            .with("n_layers", cfg.n_layers)
            .with("n_heads", cfg.n_heads)
            .with("n_ctx", cfg.n_ctx)
            .with("d_model", cfg.d_model)
            .with("d_vocab", cfg.d_vocab)
            .with("attn_only", cfg.attn_only)
            .with("parameters", model.n_params_total());
        self.keep(name, model);
        Ok(answer)
    }

    /// # Errors
    /// No run was begun.
    fn growth(&self) -> Result<Rc<RefCell<Growth>>> {
        self.growth.clone().ok_or_else(|| Error::Argument { name: "grow", problem: "no run was begun".to_string() })
    }

    /// # Errors
    /// No model of this name was loaded.
    fn model(&self, name: &str) -> Result<Rc<Loaded>> {
        self.models.get(name).cloned().ok_or_else(|| Error::Argument {
            name: "model",
            problem: format!("no model `{name}` is loaded; there are {:?}", self.models.keys().collect::<Vec<_>>()),
        })
    }
}

/// # Errors
/// The matrices are large.
fn product(m: usize, k: usize, n: usize) -> Result<Answer> {
    const LARGEST: usize = 4096;
    if [m, k, n].iter().any(|&side| side > LARGEST) {
        return Err(Error::Argument {
            name: "m",
            problem: format!("expected sides up to {LARGEST}, got {m}, {k}, {n}"),
        });
    }
    let a = Array2::from_shape_fn((m, k), |(i, l)| ((i * 7 + l * 3) % 11) as f32 - 5.0);
    let b = Array2::from_shape_fn((k, n), |(l, j)| ((l * 5 + j * 2) % 13) as f32 - 6.0);
    Ok(Answer::default().array("product", linalg::matmul(a.view(), b.view())))
}
