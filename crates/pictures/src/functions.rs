//! Which function is called: the learner's where it is right, the course's own otherwise.

use std::collections::BTreeSet;

/// The functions of the learner that passed their checks, by name.
#[derive(Clone, Debug, Default)]
pub struct Right(BTreeSet<String>);

impl Right {
    /// From a list with commas: `product_corner,product_norm`.
    pub fn of(list: &str) -> Self {
        Self(list.split(',').filter(|name| !name.is_empty()).map(str::to_string).collect())
    }

    /// Whether this function is right.
    pub fn has(&self, function: &str) -> bool {
        self.0.contains(function)
    }
}

/// A function that returns the functions of an exercise. Without the feature, the learner's file is not built in, and every
/// function is the course's own.
macro_rules! functions {
    ($exercise:ident, $feature:literal, $yours:ident, $ours:ident, [$($function:ident),* $(,)?]) => {
        pub(crate) fn $exercise(right: &Right) -> grading::$exercise::Submission {
            #[cfg(not(feature = $feature))]
            use $ours as yours;
            #[cfg(feature = $feature)]
            use $yours as yours;
            grading::$exercise::Submission {
                $($function: if right.has(stringify!($function)) { yours::$function } else { $ours::$function }),*
            }
        }
    };
}

functions!(
    ex01,
    "yours-01",
    exercise_01_introduction,
    solution_01_introduction,
    [
        sizes,
        shape_of,
        token_strings,
        texts_of,
        positions_of,
        guessed_right,
        tokens_guessed,
        full_name,
        first_patterns,
        pattern_from_q_and_k,
        largest_error,
        show_attention,
    ]
);
functions!(
    ex02,
    "yours-02",
    exercise_02_induction,
    solution_02_induction,
    [
        attention_views,
        current_attn_detector,
        prev_attn_detector,
        first_attn_detector,
        generate_repeated_tokens,
        repeated_loss_by_half,
        induction_attn_detector,
    ]
);
functions!(
    ex03,
    "yours-03",
    exercise_03_logit_attribution,
    solution_03_logit_attribution,
    [
        induction_scores,
        zero_ablate,
        zero_ablate_everywhere,
        mean_ablate,
        ablation_table,
        head_results,
        logit_attribution,
        attribution_by_half,
        layer_parts,
        neuron_results,
        center_unembed,
        logit_lens,
        next_token_ranks,
    ]
);
functions!(
    ex04,
    "yours-04",
    exercise_04_activation_addition,
    solution_04_activation_addition,
    [
        steering_vector,
        steered_logits,
        contrastive_vector,
        add_at_positions,
        steered_generate,
        target_log_prob,
        kl_divergence,
        random_direction,
        effect_table,
        gain_at_cost,
        best_layer,
    ]
);
functions!(
    ex05,
    "yours-05",
    exercise_05_circuits,
    solution_05_circuits,
    [
        product_corner,
        product_norm,
        direct_path,
        top_k_accuracy,
        ov_circuit,
        diagonal_accuracy,
        copying_score,
        positional_pattern,
        attention_by_distance,
        layer_1_inputs,
        scores_by_pair,
        composed_qk_circuit,
        composition_scores,
        random_composition_scores,
        cost_of_cutting,
        loss_with_frozen_pattern,
    ]
);
functions!(
    ex06,
    "yours-06",
    exercise_06_patching,
    solution_06_patching,
    [
        logit_difference,
        normalize,
        patch_resid_pre,
        residual_map,
        output_map,
        head_map,
        head_by_position_map,
        sufficient_and_necessary,
        attribution_estimate,
        attribution_map,
        correlation,
        patch_path_to_keys,
    ]
);
functions!(
    ex07,
    "yours-07",
    exercise_07_training,
    solution_07_training,
    [
        untrained_model,
        letters,
        mean_loss,
        loss_gradient,
        linear_backward,
        softmax_backward,
        attention_backward,
        layer_backward,
        embedding_backward,
        model_gradients,
        clip_gradients,
        adamw_step,
        learning_rate,
        text_window,
        repeated_segment,
        training_batch,
        bump,
        train_step,
        grow,
    ]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_is_read() {
        let right = Right::of("product_norm,direct_path");
        assert!(right.has("product_norm") && right.has("direct_path") && !right.has("product_corner"));
        assert!(!Right::of("").has(""));
    }
}
