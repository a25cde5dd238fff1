//! Weight processing leaves log probabilities as they are, in every architecture that it accepts, and refuses others.

use hooked_transformer::{Error, HookedTransformer, ProcessOptions, Result, Tokens, log_softmax};
use ndarray::{Array3, Axis};
use proptest::prelude::*;

use crate::architectures;
use crate::fixtures::{largest_difference, model};
use crate::random_models::{Case, cases};

type Step = fn(HookedTransformer) -> Result<HookedTransformer>;

const TOLERANCE: f32 = 1e-4;

fn log_probs(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    log_softmax(model.forward(tokens).unwrap().view())
}

/// The largest change of a log probability; `None` if the step refuses the model.
fn change(
    model: &HookedTransformer,
    tokens: &Tokens,
    step: impl Fn(HookedTransformer) -> Result<HookedTransformer>,
) -> Option<f32> {
    match step(model.clone()) {
        Ok(processed) => {
            let (got, want) = (log_probs(&processed, tokens), log_probs(model, tokens));
            Some(largest_difference(got.view().into_dyn(), want.view().into_dyn()))
        }
        Err(Error::CannotProcess { .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

const STEPS: [(&str, Step); 6] = [
    ("fold_layer_norm", HookedTransformer::fold_layer_norm),
    ("center_writing_weights", HookedTransformer::center_writing_weights),
    ("center_unembed", HookedTransformer::center_unembed),
    ("fold_value_biases", HookedTransformer::fold_value_biases),
    ("refactor_factored_attn_matrices", HookedTransformer::refactor_factored_attn_matrices),
    ("everything that applies", |model| {
        let options = ProcessOptions::applicable(&model);
        model.process_weights(options)
    }),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// In random configurations: each step alone, and after all others.
    #[test]
    fn whatever_is_accepted_changes_no_log_probability(Case { model, tokens } in cases()) {
        for (first_name, first) in STEPS {
            let Ok(processed) = first(model.clone()) else { continue };
            for (name, step) in STEPS {
                let Some(difference) = change(&processed, &tokens, step) else { continue };
                prop_assert!(difference <= TOLERANCE, "{name} after {first_name} changes it by {difference:e}");
            }
            let difference = largest_difference(
                log_probs(&processed, &tokens).view().into_dyn(),
                log_probs(&model, &tokens).view().into_dyn(),
            );
            prop_assert!(difference <= TOLERANCE, "{first_name} changes it by {difference:e}");
        }
    }
}

#[test]
fn every_step_leaves_log_probabilities_as_they_are() {
    let models = architectures::all();
    for ((step_name, step), at_least) in STEPS.into_iter().zip([30, 25, 42, 45, 30, 45]) {
        let (mut taken, mut worst) = (0, (0.0, ""));
        for (name, model, tokens) in &models {
            let Some(difference) = change(model, tokens, step) else { continue };
            taken += 1;
            assert!(difference <= TOLERANCE, "{step_name} changes {name} by {difference:e}");
            if difference > worst.0 {
                worst = (difference, name.as_str());
            }
        }
        println!("{step_name}: {taken} models, largest change {:.1e} ({})", worst.0, worst.1);
        assert!(taken >= at_least, "{step_name} was taken in {taken} models only");
    }
}

#[test]
fn what_a_step_promises_about_the_weights_holds() {
    let model = architectures::model("ln_gelu_new").process_weights(ProcessOptions::default()).unwrap();
    assert!(model.state_dict().iter().all(|(name, _)| !name.contains("ln")), "gains and biases are gone");
    let largest_mean = |x: ndarray::ArrayViewD<'_, f32>, axis: usize| {
        x.mean_axis(Axis(axis)).unwrap().iter().fold(0.0f32, |max, x| if x.abs() <= max { max } else { x.abs() })
    };
    for (what, x, axis) in [
        ("W_E over d_model", model.W_E().into_dyn(), 1),
        ("W_pos over d_model", model.W_pos().unwrap().into_dyn(), 1),
        ("W_O over d_model", model.W_O().into_dyn(), 3),
        ("W_out over d_model", model.W_out().unwrap().into_dyn(), 2),
        ("b_out over d_model", model.b_out().unwrap().into_dyn(), 1),
        ("W_Q over d_model", model.W_Q().into_dyn(), 2),
        ("W_in over d_model", model.W_in().unwrap().into_dyn(), 1),
        ("W_U over d_vocab", model.W_U().into_dyn(), 1),
        ("W_U over d_model", model.W_U().into_dyn(), 0),
    ] {
        let mean = largest_mean(x, axis);
        assert!(mean <= 1e-6, "{what}: {mean:e}");
    }
    assert!(model.b_V().iter().all(|&b| b == 0.0));
    // Folding what is folded changes nothing.
    let again = model.clone().fold_layer_norm().unwrap();
    assert_eq!(again.W_Q(), model.W_Q());
    // The residual stream has mean zero.
    let (_, cache) = model.run_with_cache(architectures::tokens("ln_gelu_new")).unwrap();
    let mean = largest_mean(cache[("resid_post", 1)].view(), 2);
    assert!(mean <= 1e-6, "{mean:e}");
}

#[test]
fn refactoring_keeps_circuits_and_makes_their_factors_orthogonal() {
    let before = architectures::model("shortformer_attn_only_none");
    let after = before.clone().refactor_factored_attn_matrices().unwrap();
    let (want, got) = (before.OV(), after.OV());
    let difference = largest_difference(got.ab().view().into_dyn(), want.ab().view().into_dyn());
    assert!(difference <= 1e-5, "{difference:e}");
    for (layer, head) in [(0, 0), (1, 1)] {
        let W_O = got.get(layer, head).B().to_owned();
        let products = W_O.dot(&W_O.t());
        let difference = largest_difference(products.view().into_dyn(), ndarray::Array2::eye(5).view().into_dyn());
        assert!(difference <= 1e-5, "rows of W_O are orthonormal: {difference:e}");
    }
}

#[test]
fn a_tied_unembedding_is_untied() {
    let model = model("gpt2-tales");
    let tokens = ndarray::array![[0, 17, 4000, 33, 17, 4000, 250, 1]];
    assert!(model.cfg().tie_word_embeddings);
    for step in [
        HookedTransformer::fold_layer_norm,
        HookedTransformer::center_writing_weights,
        HookedTransformer::center_unembed,
        |model: HookedTransformer| model.process_weights(ProcessOptions::default()),
    ] {
        let processed = step(model.clone()).unwrap();
        assert!(!processed.cfg().tie_word_embeddings);
        assert!(processed.n_params_total() > model.cfg().d_vocab * model.cfg().d_model);
        let (got, want) = (log_probs(&processed, &tokens), log_probs(&model, &tokens));
        let difference = largest_difference(got.view().into_dyn(), want.view().into_dyn());
        println!("gpt2-tales: {difference:.1e}");
        assert!(difference <= TOLERANCE, "{difference:e}");
        // What is saved is read back as it is.
        let dir = tempfile::tempdir().unwrap();
        processed.save(dir.path()).unwrap();
        let read = HookedTransformer::load(dir.path()).unwrap();
        assert_eq!(read.W_U(), processed.W_U());
        assert_eq!(read.forward(&tokens).unwrap(), processed.forward(&tokens).unwrap());
    }
    assert_eq!(model.W_U(), model.W_E().t(), "the original keeps its weights");
}

#[test]
fn a_step_that_would_change_the_model_is_refused_with_the_reason() {
    let refused = |name: &str, step: Step| step(architectures::model(name)).unwrap_err().to_string();
    let cases: [(&str, Step, &str); 9] = [
        ("none_gelu_new", HookedTransformer::fold_layer_norm, "no norms"),
        ("shortformer_ln_mlp", HookedTransformer::fold_layer_norm, "between the norm and the weights"),
        ("gated_ln", HookedTransformer::fold_layer_norm, "`ln2.b` is not zero"),
        ("rms_silu", HookedTransformer::center_writing_weights, "only LayerNorm"),
        ("shortformer_ln_mlp", HookedTransformer::center_writing_weights, "after the norm"),
        ("soft_caps", HookedTransformer::center_unembed, "soft cap"),
        ("rotary_halves", HookedTransformer::refactor_factored_attn_matrices, "rotary"),
        ("grouped", HookedTransformer::refactor_factored_attn_matrices, "share keys and values"),
        ("none_gelu_new", |model| model.process_weights(ProcessOptions::default()), "`ProcessOptions::applicable`"),
    ];
    for (name, step, reason) in cases {
        let message = refused(name, step);
        assert!(message.contains(reason), "{name}: {message}");
    }
}
