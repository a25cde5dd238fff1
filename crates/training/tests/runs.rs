//! Whole runs of a small model: it learns, it goes on where it stopped, it stops where it diverges.

use training::{Batches, Checkpoint, Mixture, OptimizerChoice, Recipe, Text, Trainer, TrainingError};

fn small() -> Recipe {
    Recipe { width: 16, heads: 2, context: 24, rows: 6, rate: 3e-3, muon_rate: 0.02, seed: 5, ..Recipe::grow() }
}

fn weights(trainer: &Trainer) -> Vec<f32> {
    trainer
        .model()
        .state_dict()
        .into_iter()
        .flat_map(|(_, values)| values.iter().copied().collect::<Vec<_>>())
        .collect()
}

fn run(trainer: &mut Trainer, steps: usize) {
    (0..steps).for_each(|_| {
        trainer.step().unwrap();
    });
}

#[test]
fn both_optimizers_learn() {
    for optimizer in [OptimizerChoice::Muon, OptimizerChoice::AdamW] {
        let mut trainer = Trainer::new(Recipe { optimizer, rows: 16, ..small() }).unwrap();
        let before = trainer.measure().unwrap();
        run(&mut trainer, 120);
        let after = trainer.measure().unwrap();
        // The even guess among 96 characters costs 4.56 nats.
        assert!((before.held_out - 4.56).abs() <= 0.05, "{}", before.held_out);
        assert!(after.held_out < 3.9, "{optimizer:?}: {}", after.held_out);
    }
}

#[test]
fn a_resumed_run_ends_with_the_same_weights_bit_for_bit() {
    let recipe = Recipe { mixture: Mixture { real: 0.3, by_frequency: 0.5, ..small().mixture }, ..small() };
    let mut whole = Trainer::new(recipe.clone()).unwrap();
    run(&mut whole, 7);
    let bytes = Checkpoint::of(&whole).to_bytes();
    run(&mut whole, 6);

    let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!((checkpoint.step(), checkpoint.recipe()), (7, &recipe));
    let mut resumed = checkpoint.resume(&recipe, &Text::alice()).unwrap();
    run(&mut resumed, 6);
    assert_eq!((resumed.steps(), resumed.tokens()), (13, whole.tokens()));
    assert_eq!(weights(&resumed), weights(&whole));
    assert_eq!(Checkpoint::of(&resumed).to_bytes(), Checkpoint::of(&whole).to_bytes());
}

/// The parts are the recipe's, so the number of threads changes no bit.
#[test]
fn the_number_of_threads_does_not_matter() {
    let recipe = Recipe { parts: 3, ..small() };
    let of_threads = |threads: usize| {
        let mut trainer = Trainer::new(recipe.clone()).unwrap();
        trainer.set_threads(threads);
        run(&mut trainer, 5);
        weights(&trainer)
    };
    assert_eq!(of_threads(1), of_threads(3));
    assert_eq!(of_threads(1), of_threads(2));
}

#[test]
fn a_rate_that_is_too_high_stops_the_run_before_the_weights_are_lost() {
    let mut trainer = Trainer::new(Recipe { rate: 1e30, ..small() }).unwrap();
    let trouble = loop {
        match trainer.step() {
            Ok(_) => assert!(trainer.steps() < 100, "it should diverge"),
            Err(trouble) => break trouble,
        }
    };
    let step = trainer.steps();
    assert!(matches!(trouble, TrainingError::Diverged { step: at, .. } if at == step), "{trouble}");
    assert!(trouble.to_string().starts_with(&format!("step {step}: ")), "{trouble}");
}

#[test]
fn a_checkpoint_of_another_shape_says_what_differs() {
    let checkpoint = Checkpoint::of(&Trainer::new(small()).unwrap());
    let other = Recipe { width: 32, seed: 6, ..small() };
    let trouble = checkpoint.resume(&other, &Text::alice()).unwrap_err().to_string();
    assert!(trouble.contains("width 16, not 32 and seed 5, not 6"), "{trouble}");
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let bytes = Checkpoint::of(&Trainer::new(small()).unwrap()).to_bytes();
    for end in [0, 5, 100, bytes.len() / 2, bytes.len() - 1] {
        let trouble = Checkpoint::from_bytes(&bytes[..end]).unwrap_err().to_string();
        assert!(trouble.starts_with("checkpoint: it is not a whole safetensors file"), "{end} bytes: {trouble}");
    }
    let model = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../reference_data/models/attn-only-2l-tales/model.safetensors"
    ));
    let trouble = Checkpoint::from_bytes(&model.unwrap()).unwrap_err().to_string();
    assert!(trouble.contains("is not a checkpoint of a training run"), "{trouble}");
}

#[test]
fn a_text_that_is_too_short_or_of_other_tokens_is_refused() {
    let short = Text::of_books([vec![1; 40]]);
    let trouble = Trainer::on_text(small(), &short).unwrap_err().to_string();
    assert!(trouble.starts_with("text: the held-out text has 2 tokens, but a row alone takes 24"), "{trouble}");
    let foreign = Text::of_books([vec![200; 4000]]);
    let trouble = Trainer::on_text(small(), &foreign).unwrap_err().to_string();
    assert!(trouble.contains("is 200, outside the vocabulary of 96"), "{trouble}");
}

/// Batches depend on the seed and on nothing else.
#[test]
fn a_seed_gives_the_same_batches() {
    let draw = |seed| Batches::new(&Recipe { seed, ..small() }, Text::alice().train).draw();
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}
