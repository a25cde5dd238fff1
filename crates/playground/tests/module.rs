//! The WebAssembly module of the repository, run by the page's own worker under node: it gives the numbers of the native
//! engine, and exact products. Without node these are skipped; `REQUIRE_BROWSER=1` makes that an error. `PLAYGROUND_MODULE`
//! names another module, such as one that was just built.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use hooked_transformer::HookedTransformer;
use playground::{Answer, Engine};
use serde_json::{Value, json};

const TEXT: &str = "Once upon a time there was a king. The king had a golden bird, and the bird could sing.";

/// What a page may differ by from the library.
const TOLERANCE: f64 = 1e-4;

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn module() -> PathBuf {
    std::env::var_os("PLAYGROUND_MODULE").map_or_else(|| path("module/playground.wasm.gz"), PathBuf::from)
}

/// The module's answers, or `None` where there is no node.
fn under_node(requests: &Value) -> Option<Vec<Value>> {
    let files = [module(), path("page/worker.js"), path("../../reference_data/models")];
    let node = Command::new("node")
        .arg(path("tests/node.mjs"))
        .args(files)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut node = match node {
        Ok(node) => node,
        Err(error) => {
            let required = std::env::var_os("REQUIRE_BROWSER").is_some_and(|value| value == "1");
            assert!(!required, "REQUIRE_BROWSER=1, but node does not start: {error}");
            let _ = writeln!(std::io::stderr(), "SKIPPED: node does not start: {error}");
            return None;
        }
    };
    let text = requests.to_string();
    node.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "node ended with {}", output.status);
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();
    Some(answers["answers"].as_array().unwrap().clone())
}

fn load(model: &str) -> Value {
    let files = ["config.json", "model.safetensors", "tokenizer.json"].map(|name| json!({ "name": name, "length": 0 }));
    json!({ "do": "load", "model": model, "files": files })
}

/// Numbers within the tolerance, all else equal.
#[track_caller]
fn assert_same(got: &Value, want: &Value, at: &str) {
    match (got, want) {
        (Value::Number(got), Value::Number(want)) => {
            let (got, want) = (got.as_f64().unwrap(), want.as_f64().unwrap());
            assert!((got - want).abs() <= TOLERANCE, "{at}: got {got}, want {want}");
        }
        (Value::Array(got), Value::Array(want)) => {
            assert_eq!(got.len(), want.len(), "{at}");
            got.iter().zip(want).enumerate().for_each(|(i, (got, want))| assert_same(got, want, &format!("{at}/{i}")));
        }
        (Value::Object(got), Value::Object(want)) => {
            want.iter().for_each(|(name, want)| assert_same(&got[name], want, &format!("{at}/{name}")));
        }
        _ => assert_eq!(got, want, "{at}"),
    }
}

fn as_json(answer: &Answer) -> Value {
    let number = |x: &f32| if x.is_finite() { json!(x) } else { json!("NaN") };
    let arrays = answer.arrays.iter();
    let arrays = arrays.map(|(name, a)| {
        (name.clone(), json!({ "shape": a.shape(), "values": a.iter().map(number).collect::<Vec<_>>() }))
    });
    let mut json = answer.json.clone();
    json.insert("arrays".to_string(), arrays.collect::<serde_json::Map<_, _>>().into());
    json.into()
}

#[test]
fn the_module_gives_the_numbers_of_the_native_engine() {
    let pairs = json!([
        ["They spoke of the song.", "They spoke of the stone."],
        ["She thought about the dance.", "She thought about the wall."]
    ]);
    let steering = json!({ "pairs": pairs, "pos": -2, "layer": 1, "coefficient": 2.0 });
    let state = |kind: &str, model: &str, edits: Value| json!({ "do": kind, "model": model, "text": TEXT, "second": TEXT.replace("king", "bird"), "edits": edits });
    let edits = json!([
        { "layer": 0, "component": { "head": 4 }, "silence": "sample" },
        { "layer": 1, "component": { "head": 5 }, "silence": "patch" },
        { "layer": 1, "component": { "head": 1 }, "silence": "freeze" },
    ]);
    let mut stream = state("stream", "gpt2-tales", json!([]));
    stream["pos"] = json!(9);
    let mut sweep = state("sweep", "gpt2-tales", json!([]));
    sweep["silence"] = json!("mean");
    sweep["measure"] = json!({ "logit": { "pos": 9, "token": 17 } });
    let requests = json!([
        load("gpt2-tales"),
        load("attn-only-2l-tales"),
        state("look", "gpt2-tales", json!([])),
        state("look", "attn-only-2l-tales", json!([])),
        state("look", "gpt2-tales", edits.clone()),
        stream,
        sweep,
        { "do": "find", "model": "attn-only-2l-tales", "seed": 5, "length": 30 },
        { "do": "write", "model": "gpt2-tales", "text": "Once upon a time", "tokens": 12, "temperature": 0.0, "seed": 3, "steering": steering },
        { "do": "curve", "model": "gpt2-tales", "prompts": ["Then he took the"], "words": [" song", " bell"], "coefficients": [-1.0, 1.0], "steering": steering },
        { "do": "grow", "layers": 2, "heads": 2, "width": 64, "repeated": 0.5, "optimizer": "muon", "seed": 0 },
        { "do": "train", "until": 10 },
        { "do": "back", "step": 0 },
        { "do": "look", "model": "no-such-model", "text": "a" },
    ]);
    let Some(answers) = under_node(&requests) else { return };
    let mut engine = Engine::new();
    for model in ["gpt2-tales", "attn-only-2l-tales"] {
        engine.keep(model, HookedTransformer::load(path(&format!("../../reference_data/models/{model}"))).unwrap());
    }
    for (request, got) in requests.as_array().unwrap().iter().zip(&answers).skip(2) {
        println!("{} {:.0} ms", request["do"], got["milliseconds"].as_f64().unwrap());
        match engine.answer(serde_json::from_value(request.clone()).unwrap()) {
            Ok(want) => {
                assert_eq!(got["kind"], "done", "{request}: {got}");
                assert_same(&got["answer"], &as_json(&want), &request["do"].to_string());
            }
            Err(error) => {
                assert_eq!((&got["kind"], &got["answer"]["error"]), (&json!("error"), &json!(error.to_string())))
            }
        }
    }
}

/// Small integers are exact in any order: every number of rows and columns around the tiles and strips of the kernel.
#[test]
fn products_of_integers_are_exact() {
    let sizes =
        [(1, 1, 1), (3, 5, 7), (6, 8, 8), (7, 9, 17), (13, 64, 33), (64, 256, 96), (29, 800, 130), (130, 40, 3)];
    let requests: Vec<Value> =
        sizes.iter().map(|&(m, k, n)| json!({ "do": "product", "m": m, "k": k, "n": n })).collect();
    let Some(answers) = under_node(&requests.into()) else { return };
    for ((m, k, n), answer) in sizes.into_iter().zip(answers) {
        let got = answer["answer"]["arrays"]["product"]["values"].as_array().unwrap().clone();
        // As the engine makes them, as integers.
        let a = |i: usize, l: usize| ((i * 7 + l * 3) % 11) as i64 - 5;
        let b = |l: usize, j: usize| ((l * 5 + j * 2) % 13) as i64 - 6;
        for (at, got) in got.iter().enumerate() {
            let (i, j) = (at / n, at % n);
            let want: i64 = (0..k).map(|l| a(i, l) * b(l, j)).sum();
            assert_eq!(got.as_f64(), Some(want as f64), "{m} x {k} x {n} at {i}, {j}");
        }
        assert_eq!(got.len(), m * n);
    }
}
