//! Generation: against a loop over the classic library's plain forward pass, with the cache against without it, a row
//! of a batch against the same row alone, and hooks on every schedule.

use hooked_transformer::{
    Error, FwdHook, HookedTransformer, HookedTransformerConfig, PaddingSide, Schedule, TokenBatch, fwd_hook,
};
use ndarray::{Array2, ArrayViewMutD, Axis, array, s};
use serde_json::Value;

use crate::fixtures::{model, random_model, reference};

/// Where the two largest logits of some step are nearer than this, rounding may choose either.
const MARGIN: f64 = 1e-4;

const SCHEDULES: [Schedule; 5] = [
    Schedule::PromptOnly,
    Schedule::EveryStep,
    Schedule::FromPosition(2),
    Schedule::FromPosition(5),
    Schedule::FromPosition(7),
];

/// Positions learned, shortformer, rotary with a parallel MLP, ALiBi, grouped heads, local windows: each has its own
/// way to go wrong with a cache.
const MODELS: [&str; 6] =
    ["ln_gelu_new", "shortformer_attn_only_none", "rotary_parallel", "alibi", "grouped", "local_rotary"];

fn ids(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|id| id.as_u64().unwrap() as usize).collect()
}

/// Two rows with three pads and none on the left; the pad id, 0, is a token like any other in the second row.
fn padded() -> TokenBatch {
    TokenBatch {
        tokens: array![[0, 0, 0, 4, 7, 2], [1, 0, 9, 3, 0, 5]],
        mask: Some(array![[false, false, false, true, true, true], [true; 6]]),
    }
}

/// Embeddings are continued as the tokens that they belong to.
#[test]
fn embeddings_continue_as_their_tokens() {
    use hooked_transformer::PositionalEmbeddingType::{Alibi, Rotary, Shortformer, Standard};
    for positional_embedding_type in [Standard, Shortformer, Rotary, Alibi] {
        let cfg = HookedTransformerConfig {
            positional_embedding_type,
            seed: Some(3),
            initializer_range: Some(0.4),
            ..HookedTransformerConfig::new(2, 8, 4, 16, 50)
        };
        let model = HookedTransformer::from_config(cfg).unwrap();
        let tokens = ndarray::array![[3, 1, 4, 1], [5, 9, 2, 6]];
        let want = model.generate(&tokens).greedy().max_new_tokens(9).run().unwrap();
        let embeddings = ndarray::Array3::from_shape_fn((2, 4, 8), |(b, p, d)| model.W_E()[[tokens[[b, p]], d]]);
        for use_past_kv_cache in [true, false] {
            let generation = model.generate(&embeddings).greedy().max_new_tokens(9);
            let got = generation.use_past_kv_cache(use_past_kv_cache).run().unwrap();
            assert_eq!(got.tokens, want.new_tokens(), "{positional_embedding_type:?}");
            assert_eq!((got.n_prompt, got.new_tokens().ncols()), (0, 9));
        }
        // Positions of the prompt count, and its tokens, which are not known, count for no penalty.
        assert!(model.generate(&embeddings).max_new_tokens(13).run().is_err());
        let penalized = model.generate(&embeddings).freq_penalty(2.0).max_new_tokens(9).run().unwrap();
        assert_eq!(penalized.tokens.dim(), (2, 9));
    }
    let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    let message = model.generate(ndarray::Array3::zeros((1, 3, 7))).run().unwrap_err().to_string();
    assert!(message.contains("d_model=8") && message.contains("[1, 3, 7]"), "{message}");
}

#[test]
fn greedy_continuations_are_the_oracles_plain_and_steered() {
    let text = std::fs::read_to_string(reference("activations/generation.json")).unwrap();
    let oracle: Value = serde_json::from_str(&text).unwrap();
    let n_new = oracle["new_tokens"].as_u64().unwrap() as usize;
    let (scale, layer) = (oracle["steer"].as_f64().unwrap() as f32, oracle["steer_layer"].as_u64().unwrap() as usize);
    let mut compared = 0;
    for (name, cases) in oracle["models"].as_object().unwrap() {
        let model = model(name);
        let token = model.to_single_token(oracle["steer_token"].as_str().unwrap()).unwrap();
        let direction = model.token_to_residual_direction(token).unwrap();
        let steer = &direction * (scale / direction.dot(&direction).sqrt());
        for case in cases.as_array().unwrap() {
            let prompt = case["prompt"].as_str().unwrap();
            let n_prompt = case["n_prompt"].as_u64().unwrap() as usize;
            let steered = &case["steered"];
            let last = Schedule::FromPosition(n_prompt - 1);
            let runs = [
                (case, None),
                (&steered["prompt_only"], Some(Schedule::PromptOnly)),
                (&steered["every_step"], Some(Schedule::EveryStep)),
                (&steered["from_position"], Some(last)),
            ];
            for (want, schedule) in runs {
                if want["margin"].as_f64().unwrap() < MARGIN {
                    continue;
                }
                let mut generate = model.generate(prompt).greedy().max_new_tokens(n_new).stop_at_eos(false);
                if let Some(schedule) = schedule {
                    let add = |mut resid: ArrayViewMutD<'_, f32>, _: &_| resid += &steer;
                    generate = generate.hook(schedule, fwd_hook(("resid_pre", layer), add));
                }
                let got = generate.run().unwrap();
                assert_eq!(got.n_prompt, n_prompt);
                assert_eq!(got.tokens.row(0).to_vec(), ids(&want["tokens"]), "{name} {prompt:?} {schedule:?}");
                if schedule.is_none() {
                    assert_eq!(got.continuations[0], case["text"].as_str().unwrap());
                    assert_eq!(got.texts[0], format!("{prompt}{}", got.continuations[0]));
                }
                compared += 1;
            }
        }
    }
    assert!(compared >= 30, "only {compared} continuations have a clear winner at every step");
}

#[test]
fn with_and_without_the_cache_are_equal() {
    for name in MODELS {
        let (model, _) = random_model(name);
        for input in [TokenBatch { tokens: array![[3, 1, 4, 1], [5, 9, 2, 6]], mask: None }, padded()] {
            let generate = |cached| {
                let generate = model.generate(&input).max_new_tokens(9).seed(7).use_past_kv_cache(cached);
                generate.run().unwrap()
            };
            assert_eq!(generate(true), generate(false), "{name}");
        }
    }
}

/// A row of a batch draws what it would draw alone: positions, mask, random numbers and penalties are its own.
#[test]
fn a_row_of_a_batch_continues_as_it_would_alone() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let tokens = padded().tokens;
        let short = tokens.slice(s![..1, 3..]).to_owned();
        let generate = |input: TokenBatch| {
            model.generate(input).max_new_tokens(8).seed(3).freq_penalty(0.5).top_p(0.9).run().unwrap()
        };
        let (batch, alone) = (generate(padded()), generate(TokenBatch { tokens: short, mask: None }));
        assert_eq!(batch.new_tokens().row(0), alone.new_tokens().row(0), "{name}");
    }
}

/// Texts of unequal length, on a model whose pad id is 0.
#[test]
fn texts_of_unequal_length_continue_as_they_would_alone() {
    let model = model("gpt2-tales");
    assert_eq!(model.tokenizer().unwrap().pad_token_id(), 0);
    let texts = ["The old king sat by the fire, and", "Once upon a time", "A"];
    let batch = model.generate(texts).greedy().max_new_tokens(12).run().unwrap();
    assert_eq!(batch.mask.as_ref().unwrap().row(2).iter().filter(|&&real| real).count(), 2 + 12);
    for (row, text) in texts.into_iter().enumerate() {
        let alone = model.generate(text).greedy().max_new_tokens(12).text().unwrap();
        assert_eq!(batch.texts[row], alone);
    }
}

/// An edit that depends on everything that it sees, so that a wrong slice shows: the mean over the positions is added,
/// and the number of the call.
fn nosy<'a>(at: &'a str, calls: &'a mut Vec<Vec<usize>>) -> FwdHook<'a> {
    let edit = move |mut value: ArrayViewMutD<'_, f32>, _: &_| {
        calls.push(value.shape().to_vec());
        let axis = if at == "pattern" || at == "attn_scores" { Axis(2) } else { Axis(1) };
        let mean = value.map(|x| if x.is_finite() { *x } else { 0.0 }).mean_axis(axis).unwrap().insert_axis(axis);
        value += &(mean + 0.2 * calls.len() as f32);
    };
    fwd_hook((at, 1), edit)
}

#[test]
fn hooks_on_every_schedule_give_the_same_with_and_without_the_cache() {
    for name in MODELS {
        let (model, _) = random_model(name);
        for point in ["resid_pre", "q", "k", "v", "attn_scores", "pattern", "z", "result", "attn_out", "resid_post"] {
            for schedule in SCHEDULES {
                let generate = |cached| {
                    let mut calls = Vec::new();
                    let hook = nosy(point, &mut calls);
                    let generate = model.generate(padded()).hook(schedule, hook).max_new_tokens(6).seed(11);
                    let generated = generate.use_past_kv_cache(cached).run().unwrap();
                    (generated.tokens, calls)
                };
                assert_eq!(generate(true), generate(false), "{name} {point} {schedule:?}");
            }
        }
    }
}

/// Two hooks on the same point, with different schedules: the order of their edits is kept when they are put back.
#[test]
fn several_hooks_on_one_point_fire_in_order() {
    let (model, _) = random_model("ln_gelu_new");
    let generate = |cached, add_first: bool| {
        let add = || fwd_hook(("resid_mid", 0), |mut x, _| x += 0.5);
        let double = || fwd_hook(("resid_mid", 0), |mut x, _| x *= -1.5);
        let [first, second] = if add_first { [add(), double()] } else { [double(), add()] };
        let generate =
            model.generate(padded()).hook(Schedule::EveryStep, first).hook(Schedule::FromPosition(4), second);
        generate.max_new_tokens(8).seed(2).use_past_kv_cache(cached).run().unwrap().tokens
    };
    assert_eq!(generate(true, true), generate(false, true));
    assert_eq!(generate(true, false), generate(false, false));
    assert_ne!(generate(true, true), generate(true, false));
}

/// The hook sees each column once, in the step in which it is new, and nothing else.
#[test]
fn a_hook_sees_only_the_positions_that_it_is_meant_for() {
    let (model, _) = random_model("ln_gelu_new");
    let seen = |schedule, cached| {
        let mut seen = Vec::new();
        let look = fwd_hook(("resid_pre", 0), |x, _| seen.push(x.shape()[1]));
        let generate = model.generate(padded()).hook(schedule, look).max_new_tokens(4).use_past_kv_cache(cached);
        generate.run().unwrap();
        seen
    };
    for cached in [true, false] {
        assert_eq!(seen(Schedule::PromptOnly, cached), [6]);
        assert_eq!(seen(Schedule::EveryStep, cached), [6, 1, 1, 1]);
        assert_eq!(seen(Schedule::FromPosition(4), cached), [2, 1, 1, 1]);
        assert_eq!(seen(Schedule::FromPosition(8), cached), [1]);
        assert_eq!(seen(Schedule::FromPosition(9), cached), [0usize; 0]);
    }
}

#[test]
fn an_ended_row_is_filled_up_and_all_ended_stops() {
    const NEW: usize = 10;
    let (model, _) = random_model("ln_gelu_new");
    let (mut apart, mut stopped_early) = (0, 0);
    for seed in 0..12 {
        let generate = || model.generate(padded()).max_new_tokens(NEW).seed(seed);
        let free = generate().run().unwrap();
        let free = free.new_tokens();
        // With these two for end of text, the rows end where either occurs; the first is what they are filled up with.
        let ends = [free[[0, 1]], free[[1, 4]]];
        let end_of = |row: usize| free.row(row).iter().position(|token| ends.contains(token)).unwrap();
        let n_new = (end_of(0).max(end_of(1)) + 1).min(NEW);
        let want = Array2::from_shape_fn(
            (2, n_new),
            |(row, step)| {
                if step <= end_of(row) { free[[row, step]] } else { ends[0] }
            },
        );
        assert_eq!(generate().eos_token_ids(ends).run().unwrap().new_tokens(), want, "seed {seed}");
        let on = generate().eos_token_ids(ends).stop_at_eos(false).run().unwrap();
        assert_eq!(on.new_tokens(), free, "seed {seed}");
        apart += usize::from(end_of(0).abs_diff(end_of(1)) >= 2);
        stopped_early += usize::from(n_new < NEW);
    }
    assert!(apart >= 3 && stopped_early >= 3, "{apart} {stopped_early}: the seeds show too little");
}

#[test]
fn the_seed_decides_and_each_token_is_reported() {
    let (model, _) = random_model("ln_gelu_new");
    let generate = |seed| model.generate(padded()).max_new_tokens(9).seed(seed).run().unwrap().tokens;
    assert_eq!(generate(1), generate(1));
    assert_ne!(generate(1), generate(2));
    let mut heard = Vec::new();
    let on_token = |step: usize, tokens: &[usize]| heard.push((step, tokens.to_vec()));
    let made = model.generate(padded()).max_new_tokens(3).seed(1).on_token(on_token).run().unwrap();
    let told: Vec<_> = (0..3).map(|step| (step, made.new_tokens().column(step).to_vec())).collect();
    assert_eq!(heard, told);
}

#[test]
fn what_cannot_be_generated_is_refused() {
    let (model, _) = random_model("ln_gelu_new"); // n_ctx 17
    let prompt = array![[1, 2, 3]];
    let refused = |generate: hooked_transformer::Generate<'_>| generate.run().unwrap_err().to_string();
    let message = refused(model.generate(&prompt).max_new_tokens(15));
    assert!(message.contains("at most 14") && message.contains("n_ctx = 17"), "{message}");
    assert!(model.generate(&prompt).max_new_tokens(14).run().is_ok());
    assert!(matches!(model.generate(Array2::zeros((1, 18))).run(), Err(Error::TooLong { tokens: 18, n_ctx: 17 })));
    assert!(matches!(model.generate(Array2::<usize>::zeros((1, 0))).run(), Err(Error::EmptyInput { .. })));
    assert!(matches!(model.generate("text").run(), Err(Error::NoTokenizer)));
    assert!(matches!(model.generate(&prompt).text(), Err(Error::NoTokenizer)));
    let right = TokenBatch { tokens: array![[1, 2], [3, 0]], mask: Some(array![[true, true], [true, false]]) };
    assert!(refused(model.generate(right)).contains("row 1 ends in padding"));
    assert!(refused(model.generate(&prompt).stop_at_eos(true)).contains("eos_token_ids"));
    assert!(refused(model.generate(&prompt).eos_token_ids([])).contains("at least one"));
    assert!(refused(model.generate(&prompt).eos_token_ids([23])).contains("0 to 22"));
    assert!(refused(model.generate(&prompt).top_k(3).top_p(0.5)).contains("not both"));
    let hook = fwd_hook(("resid_prae", 0), |_, _| {});
    assert!(refused(model.generate(&prompt).hook(Schedule::EveryStep, hook)).contains("hook_resid_pre"));
    let hook = fwd_hook(|name: &str| name == "nowhere", |_, _| {});
    assert!(refused(model.generate(&prompt).hook(Schedule::PromptOnly, hook)).contains("selects none"));
    let nan = fwd_hook(("resid_pre", 0), |mut x, _| x.fill(f32::NAN));
    assert!(refused(model.generate(&prompt).hook(Schedule::EveryStep, nan)).contains("NaN"));
    let (bidirectional, _) = random_model("bidirectional");
    assert!(refused(bidirectional.generate(&prompt)).contains("bidirectional"));
    let resid = ndarray::Array3::<f32>::zeros((1, 2, 12));
    assert_eq!(model.generate(resid).max_new_tokens(0).run().unwrap().tokens.dim(), (1, 0));
    assert_eq!(model.generate(&prompt).max_new_tokens(0).run().unwrap().tokens, prompt);
}

/// A batch that was tokenized for generation is what generation itself makes of the texts.
#[test]
fn a_token_batch_and_its_texts_are_the_same_prompt() {
    let model = model("attn-only-2l-tales");
    let texts = ["Once upon a time", "The"];
    let batch = model.to_token_batch(texts, None, PaddingSide::Left).unwrap();
    let from_tokens = model.generate(batch).greedy().run().unwrap();
    assert_eq!(from_tokens, model.generate(texts).greedy().run().unwrap());
}

/// A model without a tokenizer that makes any token is fine: ids in, ids out.
#[test]
fn a_model_without_tokenizer_generates_ids() {
    let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50)).unwrap();
    let generated = model.generate(&array![[1, 2]]).max_new_tokens(4).run().unwrap();
    assert_eq!(generated.tokens.dim(), (1, 6));
    assert!(generated.texts.is_empty());
}
