//! The hook points of the norms of queries and keys: where they are, what they hold, what an edit does, and their
//! gradients. Their values and gradients are also compared with the classic library's, like those of every point.

use hooked_transformer::{ActivationCache, HookedTransformer, Scalar, Tokens, fwd_hook};
use ndarray::{Array1, Array4, Axis, Ix1, Ix4, array};

use crate::fixtures::{close, random_model};

fn tokens() -> Tokens {
    array![[0, 3, 7, 1, 9], [4, 4, 21, 0, 2]]
}

/// A point of attention in layer 1.
fn point(name: &str) -> String {
    format!("blocks.1.attn.{name}")
}

fn read(cache: &ActivationCache, name: &str) -> Array4<f32> {
    cache.view::<Ix4>(point(name)).to_owned()
}

/// The gain of the norm of queries or keys.
fn gain(model: &HookedTransformer, of: &str) -> Array1<f32> {
    let name = point(&format!("{of}_norm.w"));
    let found = model.state_dict().into_iter().find(|(found, _)| *found == name).expect("the model has the norm");
    found.1.to_owned().into_dimensionality::<Ix1>().unwrap()
}

#[test]
fn they_stand_and_are_cached_between_values_and_rotation() {
    let (model, _) = random_model("qk_norm_rotary");
    let cache = model.run(tokens()).cache().unwrap();
    let names: Vec<&str> = cache.keys().filter_map(|name| name.strip_prefix("blocks.1.attn.")).collect();
    let want = [
        "hook_q",
        "hook_k",
        "hook_v",
        "q_norm.hook_scale",
        "q_norm.hook_normalized",
        "k_norm.hook_scale",
        "k_norm.hook_normalized",
        "hook_rot_q",
        "hook_rot_k",
    ];
    assert_eq!(names[..want.len()], want);
    let shape = |name: &str| model.hook_points().iter().find(|p| p.name() == point(name)).unwrap().shape();
    assert_eq!(shape("q_norm.hook_scale"), "[batch, pos, head=4, 1]");
    assert_eq!(shape("k_norm.hook_normalized"), "[batch, pos, kv_head=2, d_head=8]");
    let (without, _) = random_model("llama");
    let message = without.run(tokens()).names_filter(point("q_norm.hook_scale")).cache().unwrap_err().to_string();
    assert!(message.contains("does not normalize its queries and keys"), "{message}");
}

#[test]
fn they_hold_the_root_of_the_mean_square_and_what_it_divides() {
    for name in ["qk_norm", "qk_norm_rotary"] {
        let (model, _) = random_model(name);
        let cache = model.run(tokens()).cache().unwrap();
        for of in ["q", "k"] {
            let x = read(&cache, &format!("hook_{of}"));
            let mean = x.mapv(|x| x * x).mean_axis(Axis(3)).unwrap().insert_axis(Axis(3));
            let scale = mean.mapv(|mean| (mean + model.cfg().eps).sqrt());
            for (point, want) in [("hook_scale", &scale), ("hook_normalized", &(&x / &scale))] {
                let got = read(&cache, &format!("{of}_norm.{point}"));
                assert!(close(got.view().into_dyn(), want.view().into_dyn(), 1e-6, 1e-5), "{name} {of} {point}");
            }
        }
    }
}

/// What a hook leaves at `hook_normalized` is multiplied by the gain, and attention goes on with that.
#[test]
fn an_edit_of_normalized_queries_or_keys_reaches_the_scores() {
    let (model, _) = random_model("qk_norm");
    for edited in ["q", "k"] {
        let normalized = point(&format!("{edited}_norm.hook_normalized"));
        let hook = fwd_hook(normalized, |mut x, _| x.mapv_inplace(|x| 2.0 * x - 0.5));
        let (_, cache) = model.run(tokens()).hook(hook).logits_and_cache().unwrap();
        let q = read(&cache, "q_norm.hook_normalized") * gain(&model, "q");
        let k = read(&cache, "k_norm.hook_normalized") * gain(&model, "k");
        let scores = read(&cache, "hook_attn_scores");
        for ((b, h, i, j), got) in scores.indexed_iter().filter(|((.., i, j), _)| j <= i) {
            let dot: f32 = (0..5).map(|d| q[[b, i, h, d]] * k[[b, j, h, d]]).sum();
            let want = dot / 5f32.sqrt();
            let difference = (got - want).abs();
            assert!(difference <= 1e-5 + 1e-4 * want.abs(), "{edited} at {b} {h} {i} {j}: {got}, want {want}");
        }
        let plain = model.run(tokens()).cache().unwrap();
        let same = close(scores.view().into_dyn(), plain[point("hook_attn_scores").as_str()].view(), 1e-2, 1e-2);
        assert!(!same, "the edit of {edited} changes nothing");
    }
}

#[test]
fn twice_the_scale_is_half_the_normalized_queries() {
    let (model, _) = random_model("qk_norm_rotary");
    let plain = read(&model.run(tokens()).cache().unwrap(), "hook_rot_q");
    let hook = fwd_hook(point("q_norm.hook_scale"), |mut x, _| x *= 2.0);
    let (_, cache) = model.run(tokens()).hook(hook).logits_and_cache().unwrap();
    let twice = read(&cache, "hook_rot_q") * 2.0;
    assert!(close(twice.view().into_dyn(), plain.view().into_dyn(), 1e-6, 1e-5));
}

/// The gradient at each of the points, along a direction, against the scalar's difference when a hook moves the value.
#[test]
fn gradients_are_those_of_finite_differences() {
    for model in ["qk_norm", "qk_norm_rotary"].map(|name| random_model(name).0) {
        for name in ["q_norm.hook_scale", "q_norm.hook_normalized", "k_norm.hook_scale", "k_norm.hook_normalized"] {
            let grads = model.run(tokens()).backward(Scalar::logit_diff(-1, 5, 2)).activations(point(name));
            let grads = grads.grads().unwrap();
            let gradient = &grads[point(name).as_str()];
            // Along the gradient itself, the slope is its length.
            let length = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
            let at = |step: f32| {
                let hook = fwd_hook(point(name), |mut x, _| x.scaled_add(step / length as f32, &gradient.view()));
                let logits = model.run(tokens()).hook(hook).logits().unwrap();
                let of_row = |b: usize| f64::from(logits[[b, 4, 5]]) - f64::from(logits[[b, 4, 2]]);
                (of_row(0) + of_row(1)) / 2.0
            };
            let h = 0.02;
            let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * f64::from(h));
            let agrees = (slope - length).abs() <= 1e-3 * length;
            assert!(agrees && length > 1e-3, "{name}: the gradient says {length}, the difference {slope}");
        }
    }
}
