//! The run, with the page beside it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use circuit_vis::live_page;
use training::files::{Bar, Folder, Interrupt, Observer, Outcome, run};
use training::{Characters, Measured, Step, Text, Trainer, TrainingError};

use crate::frames::{About, Frame, attention, character, head_to_show};
use crate::options::Options;
use crate::server::Server;
use crate::{story, tales};

const SCRIPT: &str = include_str!("../assets/grow.js");
const BODY: &str = include_str!("../assets/grow.html");
const TITLE: &str = "An induction head grows";

/// The least time between two redraws.
const BETWEEN: Duration = Duration::from_millis(140);
/// A large model takes longer to measure than a small one: training gets at least this many times as long as the page,
/// and in a run of an hour, in which a redraw a second is enough, more than in one of seconds.
const TRAINING_FOR_PAGE: u32 = 5;
const LONG_TRAINING_FOR_PAGE: u32 = 25;
/// Steps that are taken after the bump, for the curves to settle.
const AFTER_BUMP: usize = 120;
/// How long a browser may take to fetch what it lacks at the end.
const PATIENCE: Duration = Duration::from_secs(8);

/// Trains as the options say.
///
/// # Errors
/// In words for the terminal.
pub(crate) fn grow(options: Options) -> Result<(), String> {
    let folder = folder(&options)?;
    let interrupt = Interrupt::on_ctrl_c();
    let mut trainer = trainer(&options, &folder).map_err(|error| error.to_string())?;
    if let Some(threads) = options.threads {
        trainer.set_threads(threads);
    }
    let server =
        Server::start(live_page(TITLE, BODY, SCRIPT)).map_err(|error| format!("no page can be served: {error}"))?;
    println!("The page: {}", server.url());
    if options.open && open::that_detached(server.url()).is_err() {
        println!("No browser could be started; open the page yourself.");
    }
    let mut watch = Watch::new(&trainer, &server, &options, &interrupt);
    let ended = run(&mut trainer, &folder, options.every, &interrupt, &mut watch);
    let page = watch.finish(&trainer, &folder, &ended)?;
    let was_seen = server.finish(if options.open { PATIENCE } else { Duration::from_millis(500) });
    if options.open && !was_seen {
        // The run was over before the browser was there.
        let _ = open::that_detached(&page);
    }
    match ended {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn folder(options: &Options) -> Result<Folder, String> {
    let usual = || options.course.join("target/grow");
    let folder = Folder::open(options.out.clone().unwrap_or_else(usual)).map_err(|error| error.to_string())?;
    if options.out.is_some() && !options.resume {
        let there = folder.checkpoint().map_err(|error| format!("{}: {error}", folder.path().display()))?;
        if let Some(checkpoint) = there {
            return Err(format!(
                "{} holds a run that has come to step {}: go on with --resume, or choose another folder",
                folder.path().display(),
                checkpoint.step()
            ));
        }
    }
    Ok(folder)
}

fn trainer(options: &Options, folder: &Folder) -> Result<Trainer, String> {
    let text = if options.is_tales { tales::text(&options.course, options.corpus.as_deref())? } else { Text::alice() };
    let trouble = |error: TrainingError| format!("{}: {error}", folder.path().display());
    if options.resume {
        let checkpoint = folder.checkpoint().map_err(trouble)?;
        let checkpoint =
            checkpoint.ok_or_else(|| format!("{} holds no checkpoint to go on from", folder.path().display()))?;
        println!("Going on from step {}.", checkpoint.step());
        return checkpoint.resume(&options.recipe, &text).map_err(trouble);
    }
    Trainer::on_text(options.recipe.clone(), &text).map_err(|error| error.to_string())
}

/// Makes the frames, and says on the terminal what happens.
struct Watch<'w> {
    server: &'w Server,
    interrupt: &'w Interrupt,
    bar: Bar,
    messages: Vec<String>,
    started: Instant,
    redraw_from: Instant,
    training_for_page: u32,
    all_steps: bool,
    head: Option<(usize, usize)>,
    bump: Option<usize>,
    latest: Option<Measured>,
}

impl<'w> Watch<'w> {
    fn new(trainer: &Trainer, server: &'w Server, options: &Options, interrupt: &'w Interrupt) -> Self {
        let names = |token: usize| if options.is_tales { token.to_string() } else { character(token) };
        let mut watch = Watch {
            server,
            interrupt,
            bar: Bar::new(trainer),
            messages: Vec::new(),
            started: Instant::now(),
            redraw_from: Instant::now(),
            training_for_page: if options.is_tales { LONG_TRAINING_FOR_PAGE } else { TRAINING_FOR_PAGE },
            all_steps: options.all_steps,
            head: None,
            bump: None,
            latest: None,
        };
        watch.send(&serde_json::json!({ "about": About::new(trainer, &names) }));
        watch
    }

    fn send(&mut self, message: &serde_json::Value) {
        let message = message.to_string();
        self.server.send(&message);
        self.messages.push(message);
    }

    fn frame(&mut self, trainer: &Trainer, measured: &Measured, story: String, done: bool) -> training::Result<()> {
        let head = head_to_show(self.head, measured);
        self.head = Some(head);
        let frame = Frame {
            step: trainer.steps(),
            tokens: trainer.tokens(),
            seconds: self.started.elapsed().as_secs_f64(),
            first_copy: measured.first_copy,
            second_copy: measured.second_copy,
            previous: measured.previous.clone(),
            induction: measured.induction.clone(),
            head,
            attention: attention(trainer, head)?,
            story,
            bump: self.bump,
            done,
        };
        self.send(&serde_json::json!({ "frame": frame }));
        Ok(())
    }

    /// Measures and redraws.
    fn look(&mut self, trainer: &Trainer) -> training::Result<()> {
        let measured = trainer.evaluation().glance(trainer.model())?;
        if self.bump.is_none() && measured.is_past_the_bump() {
            self.bump = Some(trainer.steps());
            self.bar.wipe();
            let (layer, head, score) = measured.best_induction_head();
            println!(
                "The bump: step {}, {:.2} million tokens, {:.1} seconds. Head {layer}.{head} is an induction head (score {score:.2}).",
                trainer.steps(),
                trainer.tokens() as f64 / 1e6,
                self.started.elapsed().as_secs_f64()
            );
        }
        let story = training::story::now(trainer.recipe(), &measured, self.bump);
        self.frame(trainer, &measured, story, false)?;
        self.latest = Some(measured);
        Ok(())
    }

    /// The last frame, and the page as a file with everything in it.
    fn finish(
        mut self,
        trainer: &Trainer,
        folder: &Folder,
        ended: &training::Result<Outcome>,
    ) -> Result<PathBuf, String> {
        self.bar.wipe();
        let measured = trainer.evaluation().glance(trainer.model()).map_err(|error| error.to_string())?;
        let story = match (ended, self.bump) {
            (Err(error), _) => format!("The run stopped. {error}"),
            (Ok(_), Some(_)) => training::story::now(trainer.recipe(), &measured, self.bump),
            (Ok(Outcome::Finished), None) => story::without_bump(trainer.recipe(), trainer.steps()),
            (Ok(Outcome::Interrupted), None) => format!("Stopped at step {}, before a bump.", trainer.steps()),
        };
        self.frame(trainer, &measured, story.clone(), true).map_err(|error| error.to_string())?;
        if ended.is_ok() && self.bump.is_none() {
            println!("{story}");
        }
        let page = folder.path().join("page.html");
        write_page(&page, &self.messages)?;
        println!("The page as a file: {}", page.display());
        if ended.is_ok() {
            let model = folder.write_model(trainer.model()).map_err(|error| error.to_string())?;
            write_tokenizer(&model, trainer)?;
            println!("The model: {}", model.display());
        }
        Ok(page)
    }
}

impl Observer for Watch<'_> {
    fn stepped(&mut self, trainer: &Trainer, _: Step) -> training::Result<()> {
        let begun = Instant::now();
        if begun >= self.redraw_from {
            self.look(trainer)?;
            self.redraw_from = begun + BETWEEN.max(begun.elapsed() * (self.training_for_page + 1));
        }
        self.bar.draw(trainer, self.latest.as_ref());
        let settled = self.bump.is_some_and(|bump| trainer.steps() >= bump + AFTER_BUMP);
        if settled && !self.all_steps {
            self.interrupt.request();
        }
        Ok(())
    }

    fn measured(&mut self, _: &Trainer, _: &Measured) -> training::Result<()> {
        Ok(())
    }
}

/// Beside a model of characters, so that the playground takes the folder as it is.
fn write_tokenizer(model: &Path, trainer: &Trainer) -> Result<(), String> {
    if trainer.recipe().vocabulary != Characters::VOCABULARY {
        return Ok(());
    }
    let path = model.join("tokenizer.json");
    std::fs::write(&path, Characters::tokenizer_json()).map_err(|error| format!("{}: {error}", path.display()))
}

/// The live page with its messages inside, which needs no server.
fn write_page(path: &Path, messages: &[String]) -> Result<(), String> {
    // Inside a script element only `<` can end the data early, and JSON can spell it.
    let run = format!("[{}]", messages.join(",\n")).replace('<', "\\u003c");
    let body = format!("{BODY}<script type=\"application/json\" id=\"run\">{run}</script>\n");
    std::fs::write(path, live_page(TITLE, &body, SCRIPT)).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::BODY;

    /// Views inside a `section` are drawn by circuit-vis from data beside them, which this page does not have.
    #[test]
    fn the_page_draws_its_own_views() {
        assert!(!BODY.contains("<section"));
        for place in ["recipe", "numbers", "story", "losses", "induction", "previous", "attention", "attention-title"] {
            assert!(BODY.contains(&format!("id=\"{place}\"")), "{place}");
        }
    }
}
