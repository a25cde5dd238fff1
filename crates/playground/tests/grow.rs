//! The training run of the page, asked of the engine natively: it is the trainer of exercise 07, and every checkpoint leads on
//! to the same run.

use playground::{Answer, Engine, Request, Step};
use serde_json::{Value, json};
use training::{Recipe, Trainer};

fn request(request: Value) -> Request {
    serde_json::from_value(request).unwrap()
}

/// The usual plan, small enough for a test that is compiled with little optimization.
fn plan(layers: usize) -> Value {
    json!({ "do": "grow", "layers": layers, "heads": 2, "width": 16, "repeated": 0.5, "optimizer": "muon", "seed": 3 })
}

/// All answers to a request, the last one included.
fn answers(engine: &mut Engine, asked: Value) -> Vec<Answer> {
    engine.begin(0, request(asked), &[]).unwrap();
    let mut all = Vec::new();
    while let Some((_, step)) = engine.step() {
        let (Step::Progress(answer) | Step::Done(answer)) = step.unwrap();
        all.push(answer);
    }
    all
}

fn losses(answers: &[Answer]) -> Vec<f32> {
    answers.iter().flat_map(|answer| answer.get("losses").unwrap().iter().copied().collect::<Vec<_>>()).collect()
}

#[test]
fn the_steps_are_those_of_the_trainer() {
    let mut engine = Engine::new();
    let about = engine.answer(request(plan(2))).unwrap();
    assert!(about.json["recipe"].as_str().unwrap().contains("2 layers of 2 heads, width 16"));
    assert_eq!(about.json["kept"], json!([0]));
    let frames = answers(&mut engine, json!({ "do": "train", "until": 10 }));
    let steps: Vec<&Value> = frames.iter().map(|frame| &frame.json["step"]).collect();
    assert_eq!(steps, [2, 4, 6, 8, 10]);

    let mut trainer = Trainer::new(Recipe { width: 16, seed: 3, ..Recipe::grow() }).unwrap();
    let want: Vec<f32> = (0..10).map(|_| trainer.step().unwrap().loss as f32).collect();
    assert_eq!(losses(&frames), want);
    let measured = trainer.measure().unwrap();
    let last = frames.last().unwrap();
    assert_eq!(last.json["second_copy"], json!(measured.second_copy));
    assert_eq!(last.json["induction"], json!(measured.induction));
    // The pattern's entries at the token after the earlier occurrence are what the score is the mean of, row by row.
    let patterns = last.get("patterns").unwrap();
    assert_eq!(patterns.shape(), [2, 2, 63, 63]);
    let of_row: f32 = (31..63).map(|query| patterns[[1, 0, query, query - 30]]).sum::<f32>() / 32.0;
    assert!(
        (of_row - measured.induction[1][0]).abs() <= 0.01,
        "{of_row} of one row, {} of eight",
        measured.induction[1][0]
    );
}

#[test]
fn a_checkpoint_leads_on_to_the_same_run() {
    let mut engine = Engine::new();
    engine.answer(request(plan(1))).unwrap();
    let first = answers(&mut engine, json!({ "do": "train", "until": 48 }));
    assert_eq!(first.last().unwrap().json["kept"], json!([0, 20, 40]));
    // Step 39 is between checkpoints: the one before it is taken, and those after it are gone.
    let back = engine.answer(request(json!({ "do": "back", "step": 39 }))).unwrap();
    assert_eq!((&back.json["step"], &back.json["kept"]), (&json!(20), &json!([0, 20])));
    let again = answers(&mut engine, json!({ "do": "train", "until": 48 }));
    assert_eq!(losses(&again), losses(&first)[20..]);
    assert_eq!(again.last().unwrap().json["kept"], json!([0, 20, 40]));
    assert!(back.json["obstacle"].as_str().unwrap().starts_with("One layer is not enough"));
}

#[test]
fn a_pause_replaces_the_training_and_a_new_text_does_not() {
    let mut engine = Engine::new();
    engine.answer(request(plan(1))).unwrap();
    engine.begin(1, request(json!({ "do": "train", "until": 400 })), &[]).unwrap();
    assert!(matches!(engine.step(), Some((1, Ok(Step::Progress(_))))));
    // The look fails, since no model is loaded; the run goes on.
    let look = json!({ "do": "look", "model": "no-such-model", "text": "a", "second": null, "edits": [] });
    assert!(engine.begin(2, request(look), &[]).is_err());
    assert!(matches!(engine.step(), Some((1, Ok(Step::Progress(_))))));
    engine.begin(3, request(json!({ "do": "train", "until": 0 })), &[]).unwrap();
    let Some((3, Ok(Step::Done(frame)))) = engine.step() else { panic!("the pause is not answered") };
    assert_eq!(frame.json["step"], 4);
    assert!(engine.step().is_none());
}

#[test]
fn the_model_as_it_is_runs_like_any_other() {
    let mut engine = Engine::new();
    let about = engine.answer(request(plan(2))).unwrap();
    let frames = answers(&mut engine, json!({ "do": "train", "until": 6 }));
    let grown = engine.answer(request(json!({ "do": "grown" }))).unwrap();
    assert_eq!(grown.json["step"], 6);
    let load = json!({ "do": "load", "model": "grown", "files": grown.json["files"] });
    engine.begin(1, request(load), &grown.file).unwrap();
    engine.step().unwrap().1.unwrap();
    let look = json!({ "do": "look", "model": "grown", "text": about.json["text"], "second": null, "edits": [] });
    let look = engine.answer(request(look)).unwrap();
    let (got, want) = (look.get("patterns").unwrap(), frames.last().unwrap().get("patterns").unwrap());
    assert_eq!(got.shape(), want.shape());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= 1e-6, "{got}, {want}");
    }
}

#[test]
fn a_plan_that_cannot_be_is_refused_in_words() {
    let mut engine = Engine::new();
    for (field, value, said) in [
        ("layers", json!(0), "layers"),
        ("layers", json!(4), "at most 3 in this page, got 4"),
        ("heads", json!(9), "at most 8 in this page, got 9"),
        ("width", json!(4096), "at most 128 in this page, got 4096"),
        ("width", json!(15), "a width of 14 or 16 would do"),
        ("repeated", json!(1.5), "expected a share from 0 to 1, got 1.5"),
    ] {
        let mut plan = plan(2);
        plan[field] = value;
        let trouble = engine.begin(0, request(plan), &[]).unwrap_err().to_string();
        assert!(trouble.contains(said), "{field}: {trouble}");
    }
    for asked in [json!({ "do": "train", "until": 4 }), json!({ "do": "back", "step": 0 }), json!({ "do": "grown" })] {
        let trouble = engine.begin(0, request(asked), &[]).unwrap_err().to_string();
        assert!(trouble.contains("no run was begun"), "{trouble}");
    }
}
