//! What saves a line: parts of the pass by themselves, parameters of one head, products by operator, targets by text,
//! and measures that need no data set.

use approx::assert_abs_diff_eq;
use hooked_transformer::analysis::{InductionLoss, SingularVectors, induction_loss, singular_vectors, text_loss};
use hooked_transformer::{Error, StackOptions, TargetTokens, fwd_hook};
use ndarray::{Array2, Axis, Ix3, array, s};
use proptest::prelude::*;

use crate::architectures;
use crate::fixtures::{close, model};
use crate::random_models::{Case, cases};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Embedding and the end of the model by themselves are those of the whole run, in every architecture.
    #[test]
    fn parts_of_the_pass_are_those_of_the_run(Case { model, tokens } in cases()) {
        let (logits, cache) = model.run_with_cache(&tokens).unwrap();
        let embed = model.embed(&tokens).unwrap();
        prop_assert_eq!(embed.view().into_dyn(), cache["hook_embed"].view());
        match model.pos_embed(&tokens) {
            Ok(pos) => prop_assert_eq!(pos.view().into_dyn(), cache["hook_pos_embed"].view()),
            Err(error) => prop_assert_eq!(error.variant(), "UnknownName"),
        }
        let normalized = model.ln_final(cache.resid_post(-1)).unwrap();
        let got = model.unembed(normalized.view()).unwrap();
        prop_assert!(close(got.view().into_dyn(), logits.view().into_dyn(), 1e-5, 1e-5));
    }
}

#[test]
fn a_filter_can_add_to_the_default() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let names = |cache: hooked_transformer::ActivationCache| cache.keys().map(str::to_string).collect::<Vec<_>>();
    let default = names(model.run(&tokens).cache().unwrap());
    let more = names(model.run(&tokens).also_cache(("result", 1)).cache().unwrap());
    assert_eq!(more.len(), default.len() + 1);
    assert!(more.contains(&"blocks.1.attn.hook_result".to_string()));
    let few = names(model.run(&tokens).names_filter(("z", 0)).also_cache(("q", 0)).cache().unwrap());
    assert_eq!(few, ["blocks.0.attn.hook_q", "blocks.0.attn.hook_z"]);
    assert!(model.run(&tokens).also_cache(("zz", 1)).cache().is_err());
}

#[test]
fn layers_are_any_integer() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let stop = |run: hooked_transformer::Run<'_>| run.resid().unwrap();
    let want = stop(model.run(&tokens).stop_at_layer(1));
    assert_eq!(stop(model.run(&tokens).stop_at_layer(1usize)), want);
    assert_eq!(stop(model.run(&tokens).stop_at_layer(-1isize)), want);
    for layer in [usize::MAX, 3] {
        assert!(matches!(model.run(&tokens).stop_at_layer(layer).resid(), Err(Error::Argument { .. })));
    }
    assert!(model.run(&tokens).stop_at_layer(isize::MIN).resid().is_err());
}

#[test]
fn the_parameters_of_a_head_are_its_slices_of_the_stacks() {
    let model = architectures::model("grouped");
    let cfg = model.cfg();
    let per_group = cfg.n_heads / cfg.n_key_value_heads();
    for (layer, head) in [(0, 0), (1, cfg.n_heads - 1)] {
        let one = model.head(layer, head).unwrap();
        assert_eq!(one.W_Q, model.W_Q().slice(s![layer, head, .., ..]));
        assert_eq!(one.W_K, model.W_K().slice(s![layer, head / per_group, .., ..]));
        assert_eq!(one.b_V, model.b_V().slice(s![layer, head / per_group, ..]));
        assert_eq!(one.W_O, model.W_O().slice(s![layer, head, .., ..]));
    }
    assert_eq!(model.mlp(1).unwrap().W_out, model.W_out().unwrap().slice(s![1, .., ..]));
    assert!(model.head(2, 0).is_err() && model.head(0, cfg.n_heads).is_err() && model.mlp(2).is_err());
    assert!(architectures::model("shortformer_attn_only_none").mlp(0).is_err());
}

#[test]
fn operators_are_matrix_products() {
    let model = architectures::model("ln_gelu_new");
    let ov = model.OV().get(1, 0);
    let (embedding, unembedding) = (model.W_E(), model.W_U());
    let full = embedding * &ov * unembedding;
    let want = embedding.dot(&ov.ab()).dot(&unembedding);
    assert_abs_diff_eq!(full.ab(), want, epsilon = 1e-5);
    let both = &ov * &model.QK().get(0, 0);
    let want = ov.ab().dot(&model.QK().get(0, 0).ab());
    assert_abs_diff_eq!(both.ab(), want, epsilon = 1e-5);
    let owned: Array2<f32> = unembedding.to_owned();
    assert_eq!((ov.clone() * &owned).ab(), (&ov * unembedding).ab());
}

#[test]
fn attributions_by_text_are_those_by_id() {
    let model = model("gpt2-tales");
    let (_, cache) = model.run_with_cache(["Once upon a time", "There was a little"]).unwrap();
    let parts = cache.decompose_resid(StackOptions::new().pos_slice(-1)).unwrap();
    let ids = [" king", " girl"].map(|text| model.to_single_token(text).unwrap());
    assert_eq!(cache.logit_attrs(&parts, " king").unwrap(), cache.logit_attrs(&parts, ids[0]).unwrap());
    let by_text = cache.logit_diff_attrs(&parts, [" king", " girl"], [" girl", " king"]).unwrap();
    assert_eq!(by_text, cache.logit_diff_attrs(&parts, ids, [ids[1], ids[0]]).unwrap());
    let several = cache.logit_attrs(&parts, " king girl").unwrap_err();
    assert!(matches!(several, Error::NotOneToken { .. }));
    let without = architectures::model("ln_gelu_new");
    let (_, cache) = without.run_with_cache([1, 2, 3]).unwrap();
    let parts = cache.decompose_resid(StackOptions::new()).unwrap();
    assert!(matches!(cache.logit_attrs(&parts, TargetTokens::from(" king")), Err(Error::NoTokenizer)));
}

#[test]
fn the_directions_of_several_tokens_are_columns_of_the_unembedding() {
    let model = architectures::model("ln_gelu_new");
    let tokens = array![[3, 17], [4, 1], [0, 22]];
    let directions = model.tokens_to_residual_directions(tokens.view()).unwrap();
    assert_eq!(directions.dim(), (3, 2, model.cfg().d_model));
    for ((row, column), &token) in tokens.indexed_iter() {
        assert_eq!(directions.slice(s![row, column, ..]), model.token_to_residual_direction(token).unwrap());
    }
    assert!(model.tokens_to_residual_directions(array![23].view()).is_err());
}

/// Rows of a batch: the cache of a part is the part of the cache, and so are its stacks and attributions.
#[test]
fn rows_of_a_batch_can_be_chosen() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let (_, cache) = model.run_with_cache(&tokens).unwrap();
    let rows = cache.clone().apply_slice_to_batch_dim([2, 0]).unwrap();
    for (name, value) in rows.iter() {
        assert_eq!(value.view(), cache[name].select(Axis(0), &[2, 0]).view(), "{name}");
    }
    let of_rows = cache.decompose_resid(StackOptions::new().batch_slice([2, 0]).apply_ln(true)).unwrap();
    assert_eq!(of_rows.values, rows.decompose_resid(StackOptions::new().apply_ln(true)).unwrap().values);
    let attributed = cache.logit_attrs(&cache.decompose_resid(StackOptions::new().batch_slice(1)).unwrap(), 3).unwrap();
    let all = cache.logit_attrs(&cache.decompose_resid(StackOptions::new()).unwrap(), 3).unwrap();
    assert_eq!(attributed.view::<Ix3>(), all.view::<Ix3>().slice(s![.., 1..2, ..]));
    assert!(cache.clone().apply_slice_to_batch_dim(3).is_err());
    let one = cache.apply_slice_to_batch_dim(1).unwrap().remove_batch_dim().unwrap();
    assert!(one.clone().apply_slice_to_batch_dim(0).is_err());
    assert!(one.decompose_resid(StackOptions::new().batch_slice(0)).is_err());
}

/// A list, a step and an inclusive range of positions: each is the same part of the full cache; heads with inputs of
/// their own give scales of four axes, whose positions are cut and whose heads are not.
#[test]
fn positions_by_list_and_step_are_parts_of_the_full_cache() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let run = || model.run(&tokens).hook(fwd_hook(("q_input", 1), |_, _| {})).names_filter(|_: &str| true);
    let full = run().cache().unwrap();
    assert_eq!(full["blocks.1.ln1.hook_scale"].ndim(), 4);
    let slices = [
        ([4usize, 1].into(), vec![4, 1]),
        (hooked_transformer::PosSlice::from(1..).step_by(2), vec![1, 3, 5]),
        ((2..=3).into(), vec![2, 3]),
        ((..).into(), (0..7).collect::<Vec<_>>()),
    ];
    for (slice, positions) in slices {
        let cut = run().pos_slice(slice.clone()).cache().unwrap();
        for (name, value) in cut.iter() {
            let axis = if name.ends_with("pattern") || name.ends_with("attn_scores") { 2 } else { 1 };
            assert_eq!(value.view(), full[name].select(Axis(axis), &positions).view(), "{name} {positions:?}");
        }
        // What is cut first and what is cut last agree, through the norm of a layer whose heads have inputs of their own.
        let at = || StackOptions::new().layer(1).apply_ln(true);
        let first = cut.decompose_resid(at()).unwrap();
        assert_eq!(first.values, full.decompose_resid(at().pos_slice(slice)).unwrap().values);
    }
    for outside in [isize::MAX, 7, -8, isize::MIN] {
        assert!(matches!(run().pos_slice(outside).cache(), Err(Error::Argument { name: "pos_slice", .. })));
        assert!(model.run(&tokens).logits_at(outside).is_err());
    }
    let own = fwd_hook(("v_input", 1), |mut x, _| x.slice_mut(s![.., .., 0, ..]).fill(1.0));
    let cache = model.run(&tokens).hook(own).cache().unwrap();
    let refused = cache.decompose_resid(StackOptions::new().layer(1).apply_ln(true));
    assert!(matches!(refused, Err(Error::Argument { name: "apply_ln", .. })));
}

#[test]
fn the_induction_loss_is_low_where_there_are_induction_heads() {
    let model = model("attn-only-2l-tales");
    let options = InductionLoss { subseq_len: Some(30), ..InductionLoss::default() };
    let loss = induction_loss(&model, &options).unwrap();
    let heads = |name: &str| name.ends_with("blocks.1.attn.hook_z");
    let guess = (model.cfg().d_vocab as f32).ln();
    assert!(loss < 0.5 * guess, "{loss} of {guess}");
    // Without its second layer the model cannot copy.
    let silenced = model.clone();
    silenced.add_hook(heads, |mut z, _| z.fill(0.0)).unwrap();
    let without = induction_loss(&silenced, &options).unwrap();
    assert!(without > loss + 2.0, "{without} without the second layer, {loss} with it");
    let too_long = InductionLoss { subseq_len: Some(model.cfg().n_ctx), ..options };
    assert!(matches!(induction_loss(&model, &too_long), Err(Error::Argument { name: "subseq_len", .. })));
}

#[test]
fn the_loss_of_a_text_is_the_mean_over_its_pieces() {
    let model = model("attn-only-2l-tales");
    let text = "Once upon a time there was a king who had three sons.";
    let loss = text_loss(&model, text).unwrap();
    assert_abs_diff_eq!(loss, model.loss(text).unwrap(), epsilon = 1e-5);
    let long = text.repeat(200);
    assert!(text_loss(&model, &long).unwrap() < loss, "a repeated text is easier");
    assert!(matches!(text_loss(&architectures::model("ln_gelu_new"), text), Err(Error::NoTokenizer)));
}

/// `M V = U S`: along its right singular vectors a matrix has orthogonal columns of falling length, and the logits of a
/// vector are its products with the unembedding.
#[test]
fn singular_vectors_are_read_off_by_the_unembedding() {
    let model = architectures::model("ln_gelu_new");
    let head = model.head(1, 0).unwrap();
    let ov = head.W_V.dot(&head.W_O);
    let got = singular_vectors(&model, SingularVectors::OV { layer: 1, head: 0 }, 2).unwrap();
    assert_eq!(got.dim(), (model.cfg().d_vocab_out(), 2));
    let directions = model.OV().get(1, 0).svd().V;
    for i in 0..2 {
        let want = directions.column(i).dot(&model.W_U());
        let same = |sign: f32| got.column(i).iter().zip(&want).all(|(got, want)| (got - sign * want).abs() <= 1e-4);
        assert!(same(1.0) || same(-1.0), "vector {i}");
    }
    assert!(ov.dot(&directions.column(0)).mapv(|x| x * x).sum() >= ov.dot(&directions.column(1)).mapv(|x| x * x).sum());
    let read = singular_vectors(&model, SingularVectors::WIn { layer: 0 }, 3).unwrap();
    let write = singular_vectors(&model, SingularVectors::WOut { layer: 0 }, 3).unwrap();
    assert!(read.iter().chain(&write).all(|x| x.is_finite()));
    assert!(singular_vectors(&model, SingularVectors::WOut { layer: 0 }, 100).is_err());
    assert!(singular_vectors(&model, SingularVectors::OV { layer: 0, head: 9 }, 1).is_err());
}

#[test]
fn an_error_names_its_variant_when_it_is_unwrapped() {
    let model = architectures::model("ln_gelu_new");
    let error = model.run([1, 2]).names_filter(("zz", 0)).cache().unwrap_err();
    assert_eq!(format!("{error:?}"), format!("UnknownName: {error}"));
}
