//! A line on the terminal that says how far a run is, written over ten times a second.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::evaluation::Measured;
use crate::trainer::Trainer;

/// The line. Nothing is shown where standard error is not a terminal.
#[derive(Debug)]
pub struct Bar {
    shown: bool,
    started: Instant,
    steps_before: usize,
    drawn: Option<Instant>,
}

impl Bar {
    const BETWEEN: Duration = Duration::from_millis(100);

    /// A bar for a run that is here now.
    pub fn new(trainer: &Trainer) -> Self {
        let shown = std::io::stderr().is_terminal();
        Bar { shown, started: Instant::now(), steps_before: trainer.steps(), drawn: None }
    }

    /// Draws it, unless it was just drawn.
    pub fn draw(&mut self, trainer: &Trainer, measured: Option<&Measured>) {
        let due = self.drawn.is_none_or(|last| last.elapsed() >= Self::BETWEEN);
        if self.shown && due {
            self.drawn = Some(Instant::now());
            // A terminal that was closed does not need to see it.
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", self.line(trainer, measured));
        }
    }

    fn line(&self, trainer: &Trainer, measured: Option<&Measured>) -> String {
        let elapsed = self.started.elapsed().as_secs_f64();
        let steps = trainer.steps() - self.steps_before;
        let per_second = (steps * trainer.recipe().tokens_per_step()) as f64 / elapsed.max(1e-3);
        let losses = measured.map_or(String::new(), |m| {
            let (layer, head, score) = m.best_induction_head();
            format!(
                "first copy {:.2}, second {:.2}, induction {score:.2} (L{layer}H{head})",
                m.first_copy, m.second_copy
            )
        });
        format!("{} {losses}, {:.0} thousand tokens/s", progress(trainer), per_second / 1e3)
    }

    /// Takes the line away.
    pub fn wipe(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// `[#####     ] step 300 of 1500:`
fn progress(trainer: &Trainer) -> String {
    const WIDTH: usize = 20;
    let (done, total) = (trainer.steps(), trainer.recipe().steps);
    let filled = (done * WIDTH / total.max(1)).min(WIDTH);
    format!("[{:#<filled$}{:rest$}] step {done} of {total}:", "", "", rest = WIDTH - filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;

    #[test]
    fn the_bar_fills_up() {
        let mut trainer =
            Trainer::new(Recipe { width: 8, heads: 1, layers: 1, steps: 4, rows: 1, ..Recipe::grow() }).unwrap();
        assert!(progress(&trainer).starts_with("[                    ] step 0 of 4:"));
        trainer.step().unwrap();
        assert!(progress(&trainer).starts_with("[#####               ] step 1 of 4:"));
    }
}
