//! When does an induction head form? The step and the second of the bump, for one seed after the other.
//!
//! ```text
//! cargo run -p training --example seeds -- 20 width=96 muon_rate=0.03
//! ```
//! Fields of the recipe may be changed by name; what is printed last is the profile of a step.

use std::time::Instant;

use serde_json::Value;
use training::{Recipe, Trainer};

fn main() {
    let mut words = std::env::args().skip(1);
    let seeds: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(3);
    let mut recipe = serde_json::to_value(Recipe::grow()).expect("plain data");
    for word in words {
        let (field, value) = word.split_once('=').expect("expected FIELD=VALUE");
        let value: Value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        match field.split_once('.') {
            Some((outer, inner)) => recipe[outer][inner] = value,
            None => recipe[field] = value,
        }
    }
    let recipe: Recipe = serde_json::from_value(recipe).expect("fields of a recipe");
    for seed in 0..seeds {
        let started = Instant::now();
        let mut trainer = Trainer::new(Recipe { seed, ..recipe.clone() }).expect("a recipe that fits");
        let bump = loop {
            if trainer.steps().is_multiple_of(10) {
                let measured = trainer.evaluation().glance(trainer.model()).expect("measurable");
                if trainer.steps().is_multiple_of(200) && std::env::var_os("VERBOSE").is_some() {
                    eprintln!(
                        "{} {:.2} {:.2} ind {:?} prev {:?}",
                        trainer.steps(),
                        measured.first_copy,
                        measured.second_copy,
                        measured.best_induction_head(),
                        measured.best_previous_token_head()
                    );
                }
                if measured.is_past_the_bump() {
                    break true;
                }
            }
            if trainer.is_done() {
                break false;
            }
            trainer.step().expect("finite");
        };
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "seed {seed}: {} step {}, {:.2} million tokens, {seconds:.2} s, {:.0} tokens/s",
            if bump { "bump at" } else { "no bump by" },
            trainer.steps(),
            trainer.tokens() as f64 / 1e6,
            trainer.tokens() as f64 / seconds
        );
    }
}
