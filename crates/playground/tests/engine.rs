//! The engine natively: its answers against the library's own analyses and the oracle's numbers.

use hooked_transformer::analysis::{Ablation, Metric, head_ablation_sweep};
use hooked_transformer::{HookedTransformer, fwd_hook, log_softmax};
use ndarray::{ArrayView2, ArrayViewD, Axis, Ix1, Ix2, Ix3, Ix4, s};
use playground::{Answer, Engine, Request, Step};
use serde_json::{Value, json};

const TEXT: &str = "Once upon a time there was a king. The king had a golden bird, and the bird could sing.";

fn folder(path: &str) -> String {
    format!("{}/../../reference_data/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn model(name: &str) -> HookedTransformer {
    HookedTransformer::load(folder(&format!("models/{name}"))).unwrap()
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    for name in ["attn-only-2l-tales", "gpt2-tales"] {
        engine.keep(name, model(name));
    }
    engine
}

fn request(json: Value) -> Request {
    serde_json::from_value(json).unwrap()
}

fn look(edits: Value) -> Value {
    json!({ "do": "look", "model": "gpt2-tales", "text": TEXT, "second": TEXT.replace("king", "bird"), "edits": edits })
}

fn answer(json: Value) -> Answer {
    engine().answer(request(json)).unwrap()
}

#[track_caller]
fn assert_close(got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>, tolerance: f32) {
    assert_eq!(got.shape(), want.shape());
    for (got, want) in got.iter().zip(want.iter()) {
        assert!((got - want).abs() <= tolerance, "got {got}, want {want}");
    }
}

#[test]
fn a_look_shows_what_a_run_computes() {
    let answer = answer(look(json!([])));
    let model = model("gpt2-tales");
    let losses = model.run(TEXT).loss_per_token().unwrap();
    assert_close(answer.get("losses").unwrap(), losses.index_axis(Axis(0), 0).into_dyn(), 1e-5);
    assert!((answer.json["loss"].as_f64().unwrap() - f64::from(losses.mean().unwrap())).abs() <= 1e-5);
    let (logits, cache) = model.run_with_cache(TEXT).unwrap();
    let patterns = answer.get("patterns").unwrap().into_dimensionality::<Ix4>().unwrap();
    for layer in 0..4 {
        let want = cache.view::<Ix4>(("pattern", layer));
        assert_close(patterns.index_axis(Axis(0), layer).into_dyn(), want.index_axis(Axis(0), 0).into_dyn(), 1e-6);
    }
    let log_probs = log_softmax(logits.view());
    let best = &answer.json["top"][3][0];
    let (id, p) = (best[0].as_u64().unwrap() as usize, best[1].as_f64().unwrap());
    let row = log_probs.slice(s![0, 3, ..]);
    assert!(row.iter().all(|&other| other <= row[id]) && (p - f64::from(row[id].exp())).abs() <= 1e-6);
    assert_eq!(answer.json["words"][id.to_string()], model.to_single_str_token(id).unwrap().as_str());
    assert_eq!(answer.json["first"]["tokens"][1], "Once");
    assert!(answer.get("divergence").is_none() && answer.get("second_losses").is_some());
}

/// A text that is typed, mended and cut takes over what was computed for the one before it, and must not show.
#[test]
fn a_text_that_is_typed_is_as_one_that_is_run_at_once() {
    let models = ["gpt2-tales", "attn-only-2l-tales"].map(|name| (name, model(name)));
    let fresh = || {
        let mut engine = Engine::new();
        models.iter().for_each(|(name, model)| engine.keep(name, model.clone()));
        engine
    };
    let mut typed = fresh();
    let texts = [
        "Once upon a time there was a ki",
        "Once upon a time there was a kin",
        "Once upon a time there was a king.",
        "Once upon a time there was a king. ",
        "Once upon a time there was a queen. A king",
        "Once upon a time there was a king",
        "Once",
        "",
        "upon a time there was a king",
    ];
    let mut edits = json!([]);
    for (at, text) in texts.into_iter().enumerate() {
        for (model, _) in &models {
            let look = json!({ "do": "look", "model": model, "text": text, "edits": edits, "second": texts[at / 2] });
            let got = typed.answer(request(look.clone())).unwrap();
            let want = fresh().answer(request(look)).unwrap();
            assert_eq!(got.json["first"], want.json["first"]);
            for (name, want) in &want.arrays {
                // Where no token comes twice there is no induction score.
                let is_as = |got: f32| move |want: f32| (got - want).abs() <= 2e-5 || got.is_nan() && want.is_nan();
                let got = got.get(name).unwrap();
                assert_eq!(got.shape(), want.shape());
                let differs = got.iter().zip(want).find(|&(&got, &want)| !is_as(got)(want));
                assert_eq!(differs, None, "{name} of {text:?} in {model} with {edits}");
            }
        }
        let silence = ["zero", "mean", "sample"][at % 3];
        edits = json!([{ "layer": 1, "component": { "head": at % 8 }, "silence": silence }]);
        if at % 4 == 3 {
            edits = json!([]);
        }
    }
}

/// Each edit against a hook that does the same.
#[test]
fn edits_are_hooks() {
    let model = model("gpt2-tales");
    let second = TEXT.replace("king", "bird");
    let (_, other) = model.run_with_cache(second.as_str()).unwrap();
    let (_, own) = model.run_with_cache(TEXT).unwrap();
    let at = |silence: &str| json!([{ "layer": 1, "component": { "head": 5 }, "silence": silence }]);
    let losses = |hook| model.run(TEXT).hook(hook).loss_per_token().unwrap();
    let (z, of_other) = (("z", 1), other.view::<Ix4>(("z", 1)));
    let zero = losses(fwd_hook(z, |mut z, _| z.slice_mut(s![.., .., 5, ..]).fill(0.0)));
    let mean = losses(fwd_hook(z, |mut z, _| {
        let mean = z.slice(s![0, .., 5, ..]).mean_axis(Axis(0)).unwrap();
        z.slice_mut(s![0, .., 5, ..]).assign(&mean);
    }));
    let patch =
        losses(fwd_hook(z, |mut z, _| z.slice_mut(s![.., .., 5, ..]).assign(&of_other.slice(s![.., .., 5, ..]))));
    let mlp = losses(fwd_hook(("mlp_out", 2), |mut out, _| out.fill(0.0)));
    for (edits, want) in [
        (at("zero"), zero),
        (at("mean"), mean),
        (at("patch"), patch),
        (json!([{ "layer": 2, "component": "mlp", "silence": "zero" }]), mlp),
    ] {
        let answer = answer(look(edits.clone()));
        assert_close(answer.get("edited_losses").unwrap(), want.index_axis(Axis(0), 0).into_dyn(), 1e-5);
        let moved = answer.get("divergence").unwrap();
        assert!(moved.iter().all(|&kl| kl >= -1e-6) && moved.iter().any(|&kl| kl > 1e-4), "{edits}: {moved}");
    }
    // With the layer before it silenced, a frozen pattern is the one of the unedited run.
    let frozen = json!([
        { "layer": 0, "component": "mlp", "silence": "zero" },
        { "layer": 1, "component": { "head": 5 }, "silence": "freeze" },
    ]);
    let answer = answer(look(frozen));
    let patterns = answer.get("patterns").unwrap().into_dimensionality::<Ix4>().unwrap();
    let want = own.view::<Ix4>(("pattern", 1));
    assert_close(patterns.slice(s![1, 5, .., ..]).into_dyn(), want.slice(s![0, 5, .., ..]).into_dyn(), 0.0);
    let moved = &patterns.slice(s![1, 4, .., ..]) - &want.slice(s![0, 4, .., ..]);
    assert!(moved.iter().any(|x| x.abs() > 1e-3), "the other heads' patterns follow");
}

/// The map agrees with the library's own sweep, comes some heads at a time, and is dropped for a newer request.
#[test]
fn a_sweep_is_the_librarys_and_can_be_replaced() {
    let sweep = json!({ "do": "sweep", "model": "gpt2-tales", "text": TEXT, "silence": "zero", "measure": "loss" });
    let mut engine = engine();
    engine.begin(7, request(sweep.clone()), &[]).unwrap();
    let Some((7, Ok(Step::Progress(first)))) = engine.step() else { panic!("more than one step") };
    assert_eq!((first.json["done"].as_u64(), first.json["of"].as_u64()), (Some(4), Some(32)));
    let known: Vec<bool> = first.get("values").unwrap().iter().map(|x| x.is_finite()).collect();
    assert_eq!(known, [[true; 4].as_slice(), &[false; 28]].concat());
    // A look is more urgent, and makes the sweep one of an older state.
    let looked = engine.answer(request(look(json!([])))).unwrap();
    assert!(looked.get("patterns").is_some() && engine.step().is_none());
    // What is urgent goes first, and what is not goes on afterward.
    engine.begin(8, request(sweep.clone()), &[]).unwrap();
    engine.begin(9, request(json!({ "do": "stream", "model": "gpt2-tales", "text": TEXT, "pos": 1 })), &[]).unwrap();
    let ids: Vec<u64> = std::iter::from_fn(|| engine.step()).map(|(id, step)| step.map(|_| id).unwrap()).collect();
    assert_eq!(ids, [9, 8, 8, 8, 8, 8, 8, 8, 8]);
    let all = engine.answer(request(sweep)).unwrap();
    let want = head_ablation_sweep(&model("gpt2-tales"), TEXT, Ablation::Zero, Metric::loss()).unwrap();
    assert_close(all.get("values").unwrap(), want.view().into_dyn(), 1e-5);
    let logit = json!({ "do": "sweep", "model": "gpt2-tales", "text": TEXT, "silence": "mean", "measure": { "logit": { "pos": 6, "token": 99 } } });
    let metric = Metric::at(6, |logits: &ndarray::ArrayView3<'_, f32>| logits[[0, 0, 99]]);
    let want = head_ablation_sweep(&model("gpt2-tales"), TEXT, Ablation::Mean, metric).unwrap();
    assert_close(engine.answer(request(logit)).unwrap().get("values").unwrap(), want.view().into_dyn(), 1e-4);
}

/// The parts of a logit sum to it, as far as the biases are counted; the last row of the lens is the model's prediction.
#[test]
fn the_stream_is_taken_apart() {
    for name in ["gpt2-tales", "attn-only-2l-tales"] {
        let stream = json!({ "do": "stream", "model": name, "text": TEXT, "pos": 7 });
        let answer = answer(stream);
        let model = model(name);
        let (logits, _) = model.run_with_cache(TEXT).unwrap();
        let token = answer.json["token"].as_u64().unwrap() as usize;
        assert!((answer.json["logit"].as_f64().unwrap() - f64::from(logits[[0, 7, token]])).abs() <= 1e-4);
        let direct = answer.get("direct").unwrap();
        let n_parts = if name == "gpt2-tales" { 32 + 4 + 2 } else { 16 + 1 };
        assert_eq!((answer.json["components"].as_array().unwrap().len(), direct.len()), (n_parts, n_parts));
        let sum: f32 = direct.sum();
        // GPT-2's output biases and the final norm's are no component of their own.
        let rest = if name == "gpt2-tales" { 2.0 } else { 1e-4 };
        assert!((sum - logits[[0, 7, token]]).abs() <= rest, "{name}: {sum} of {}", logits[[0, 7, token]]);
        let probs = answer.get("lens_probs").unwrap().into_dimensionality::<Ix2>().unwrap();
        let last = probs[[probs.nrows() - 1, 7]];
        assert!((last - log_softmax(logits.view())[[0, 7, token]].exp()).abs() <= 1e-5);
        assert_eq!(answer.json["lens_top"][probs.nrows() - 1][7].as_u64(), Some(token as u64));
        // Without a norm between them and the logits, the last layer's heads reach the logit on no other way than the
        // direct one: gradient times activation is the same there.
        if name == "attn-only-2l-tales" {
            let gradient = answer.get("by_gradient").unwrap();
            let labels = answer.json["components"].as_array().unwrap();
            for (at, label) in labels.iter().enumerate().filter(|(_, label)| label.as_str().unwrap().starts_with("L1"))
            {
                assert!((direct[at] - gradient[at]).abs() <= 1e-4, "{label}: {} and {}", direct[at], gradient[at]);
            }
        }
    }
}

/// A head that is set to zero writes nothing, and no other edit makes its part exactly that.
#[test]
fn the_stream_of_an_edited_model_is_taken_apart() {
    for silence in ["zero", "mean", "sample", "patch", "freeze"] {
        let head = |layer: usize, head: usize, silence: &str| json!({ "layer": layer, "component": { "head": head }, "silence": silence });
        let mut asked = look(json!([head(0, 4, "zero"), head(2, 1, silence)]));
        asked["do"] = json!("stream");
        asked["pos"] = json!(9);
        let stream = answer(asked.clone());
        let silenced = stream.json["components"].as_array().unwrap().iter().position(|name| name == "L2H1").unwrap();
        let [direct, by_gradient] = ["direct", "by_gradient"].map(|name| stream.get(name).unwrap().to_owned());
        assert!(by_gradient.iter().all(|effect| effect.is_finite()), "{silence}: {by_gradient}");
        let zero = |effect: f32| effect == 0.0;
        let both = zero(direct[[silenced]]) && zero(by_gradient[[silenced]]);
        assert_eq!(
            both,
            silence == "zero",
            "{silence}: {} directly, {} by gradient",
            direct[[silenced]],
            by_gradient[[silenced]]
        );
        // It is the edited run that is taken apart.
        asked["edits"] = json!([]);
        let unedited = answer(asked);
        assert_ne!(stream.json["logit"], unedited.json["logit"], "{silence}");
    }
}

fn exercise_04() -> Value {
    serde_json::from_slice(&std::fs::read(folder("activations/exercise_04.json")).unwrap()).unwrap()
}

/// Gains and costs are those that the oracle stored for exercise 04.
#[test]
fn steering_gains_and_costs_what_the_oracle_says() {
    let stored = exercise_04();
    let mut engine = engine();
    for set in &stored["sets"].as_array().unwrap()[..2] {
        for layer in 0..4 {
            let steering = json!({ "pairs": set["pairs"], "pos": set["pos"], "layer": layer, "coefficient": 1.0 });
            let curve = json!({ "do": "curve", "model": "gpt2-tales", "prompts": stored["neutral"], "words": set["targets"],
                "coefficients": stored["coefficients"], "steering": steering });
            let answer = engine.answer(request(curve)).unwrap();
            for (name, want) in [("gains", &set["gains"][layer]), ("costs", &set["costs"][layer])] {
                let got = answer.get(name).unwrap().into_dimensionality::<Ix1>().unwrap();
                for (got, want) in got.iter().zip(want.as_array().unwrap()) {
                    let want = want.as_f64().unwrap() as f32;
                    assert!((got - want).abs() <= 1e-4, "{} {name} of layer {layer}: {got}, want {want}", set["name"]);
                }
            }
        }
    }
}

/// Greedy: the plain row is the library's own text, and a coefficient of zero changes nothing.
#[test]
fn writing_is_the_librarys_and_steering_moves_it() {
    let model = model("gpt2-tales");
    let set = &exercise_04()["sets"][0];
    let prompt = "Once upon a time there was a";
    let mut engine = engine();
    let mut write = |coefficient: f64, at: &str| {
        let steering = json!({ "pairs": set["pairs"], "pos": -2, "layer": 1, "coefficient": coefficient, "at": at });
        let write = json!({ "do": "write", "model": "gpt2-tales", "text": prompt, "tokens": 20, "temperature": 0.0, "seed": 1, "steering": steering });
        let answer = engine.answer(request(write)).unwrap();
        let text =
            |name: &str| answer.json[name].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect::<String>();
        (text("plain"), text("steered"))
    };
    let library = model.generate(prompt).greedy().max_new_tokens(20).stop_at_eos(false).run().unwrap();
    let (plain, steered) = write(0.0, "all");
    assert_eq!(
        (plain.as_str(), steered.as_str()),
        (library.continuations[0].as_str(), library.continuations[0].as_str())
    );
    for at in ["all", "prompt", "new"] {
        let (plain, steered) = write(4.0, at);
        assert_eq!(plain, library.continuations[0]);
        assert_ne!(plain, steered, "{at}");
    }
}

/// The archive is read by the library's own reader, and holds the activations of the edited run.
#[test]
fn the_archive_holds_the_edited_run() {
    let edits = json!([{ "layer": 0, "component": { "head": 4 }, "silence": "zero" }]);
    let take = json!({ "do": "take", "model": "attn-only-2l-tales", "text": TEXT, "edits": edits });
    let answer = answer(take);
    let arrays = hooked_transformer::read_npz_from(std::io::Cursor::new(&answer.file)).unwrap();
    let find = |name: &str| &arrays.iter().find(|(other, _)| other == name).unwrap().1;
    let z = find("blocks.0.attn.hook_z").view().into_dimensionality::<Ix4>().unwrap();
    assert!(z.slice(s![0, .., 4, ..]).iter().all(|&x| x == 0.0) && z.slice(s![0, .., 3, ..]).iter().any(|&x| x != 0.0));
    let model = model("attn-only-2l-tales");
    let silence = fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 4, ..]).fill(0.0));
    let want = model.run(TEXT).hook(silence).logits().unwrap();
    assert_close(find("logits").view(), want.view().into_dyn(), 1e-4);
    assert_eq!(find("tokens").len(), want.dim().1);
    let rust = answer.json["rust"].as_str().unwrap();
    assert!(rust.contains("z.slice_mut(s![.., .., 4, ..]).fill(0.0)") && rust.contains("attn-only-2l-tales"), "{rust}");
}

#[test]
fn induction_heads_are_found_on_random_tokens() {
    let find = json!({ "do": "find", "model": "gpt2-tales", "seed": 3, "length": 40 });
    let answer = answer(find);
    let scores = answer.get("scores").unwrap().into_dimensionality::<Ix3>().unwrap();
    let of = |score: usize| -> ArrayView2<'_, f32> { scores.index_axis_move(Axis(0), score) };
    let scores_of = |score: usize| of(score).to_owned();
    let best = |score: usize| {
        let scores = scores_of(score);
        let (at, _) =
            scores.indexed_iter().fold(((0, 0), f32::MIN), |best, (at, &x)| if x > best.1 { (at, x) } else { best });
        at
    };
    // The README of the model: 0.5 looks at the current token, 0.4 at the previous one, 2.1 is the induction head.
    assert_eq!((best(0), best(1), best(3)), ((0, 5), (0, 4), (2, 1)));
}

/// What a page can send by mistake, or a link with bad intent.
#[test]
fn what_makes_no_sense_is_an_error_with_a_reason() {
    let mut engine = engine();
    let head = |layer: usize, head: usize, silence: &str| json!([{ "layer": layer, "component": { "head": head }, "silence": silence }]);
    let steering =
        |layer: usize, pos: isize| json!({ "pairs": [["a", "b"]], "pos": pos, "layer": layer, "coefficient": 1.0 });
    let write = |steering: Value, temperature: f64| json!({ "do": "write", "model": "gpt2-tales", "text": "a", "tokens": 3, "temperature": temperature, "seed": 1, "steering": steering });
    for (json, said) in [
        (json!({ "do": "look", "model": "no-such-model", "text": "a" }), "no model `no-such-model`"),
        (look(head(9, 0, "zero")), "no layer 9"),
        (look(head(0, 9, "zero")), "no head 9"),
        (
            json!({ "do": "look", "model": "gpt2-tales", "text": "a b", "second": "a", "edits": head(0, 0, "patch") }),
            "goes position by position",
        ),
        (json!({ "do": "look", "model": "gpt2-tales", "text": "a b", "edits": head(0, 0, "patch") }), "second text"),
        (
            json!({ "do": "look", "model": "attn-only-2l-tales", "text": "a", "edits": [{ "layer": 0, "component": "mlp", "silence": "zero" }] }),
            "mlp_out",
        ),
        (json!({ "do": "stream", "model": "gpt2-tales", "text": "a", "pos": 90 }), "position 90 of 2"),
        (json!({ "do": "stream", "model": "gpt2-tales", "text": "a", "pos": 0, "token": 99999 }), "99999"),
        (
            json!({ "do": "sweep", "model": "gpt2-tales", "text": "a", "silence": "freeze", "measure": "loss" }),
            "frozen",
        ),
        (
            json!({ "do": "sweep", "model": "gpt2-tales", "text": "a", "silence": "zero", "measure": { "logit": { "pos": 5, "token": 1 } } }),
            "position 5",
        ),
        (write(steering(9, -1), 1.0), "no layer 9"),
        (write(steering(0, -9), 1.0), "no position -9"),
        (write(steering(0, 9), 1.0), "no position 9"),
        (write(steering(0, -1), -1.0), "temperature"),
    ] {
        let error = engine.answer(request(json.clone())).unwrap_err().to_string();
        assert!(error.contains(said), "{json}: {error}");
    }
    for json in [
        json!({}),
        json!({ "do": "nothing" }),
        json!({ "do": "look", "model": 3 }),
        json!({ "do": "find", "model": "x", "seed": -1, "length": 3 }),
    ] {
        assert!(serde_json::from_value::<Request>(json.clone()).is_err(), "{json}");
    }
    // An empty text has one token and no loss; one that is too long is cut; odd characters pass.
    let empty = engine.answer(request(json!({ "do": "look", "model": "gpt2-tales", "text": "" }))).unwrap();
    assert_eq!((empty.json["first"]["tokens"].as_array().unwrap().len(), &empty.json["loss"]), (1, &Value::Null));
    let long =
        engine.answer(request(json!({ "do": "look", "model": "gpt2-tales", "text": "word ".repeat(30_000) }))).unwrap();
    assert_eq!(long.json["first"]["tokens"].as_array().unwrap().len(), 256);
    assert!(long.json["first"]["cut"].as_u64().unwrap() > 3000);
    let odd = "<script>\u{202e}שלום\u{0}\u{7}\u{feff}👩‍👩‍👧";
    let odd = engine.answer(request(json!({ "do": "look", "model": "gpt2-tales", "text": odd }))).unwrap();
    assert!(odd.json["loss"].as_f64().unwrap().is_finite());
}
