//! The checks of exercise 07, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex07::{self, Submission};

const YOURS: Submission = Submission {
    untrained_model: submission::untrained_model,
    letters: submission::letters,
    mean_loss: submission::mean_loss,
    loss_gradient: submission::loss_gradient,
    linear_backward: submission::linear_backward,
    softmax_backward: submission::softmax_backward,
    attention_backward: submission::attention_backward,
    layer_backward: submission::layer_backward,
    embedding_backward: submission::embedding_backward,
    model_gradients: submission::model_gradients,
    clip_gradients: submission::clip_gradients,
    adamw_step: submission::adamw_step,
    learning_rate: submission::learning_rate,
    text_window: submission::text_window,
    repeated_segment: submission::repeated_segment,
    training_batch: submission::training_batch,
    bump: submission::bump,
    train_step: submission::train_step,
    grow: submission::grow,
};

#[test]
fn c01_mean_loss() -> Check {
    ex07::c01_mean_loss(&YOURS).grade()
}

#[test]
fn c02_loss_gradient() -> Check {
    ex07::c02_loss_gradient(&YOURS).grade()
}

#[test]
fn c03_linear_backward() -> Check {
    ex07::c03_linear_backward(&YOURS).grade()
}

#[test]
fn c04_softmax_backward() -> Check {
    ex07::c04_softmax_backward(&YOURS).grade()
}

#[test]
fn c05_attention_backward() -> Check {
    ex07::c05_attention_backward(&YOURS).grade()
}

#[test]
fn c06_layer_backward() -> Check {
    ex07::c06_layer_backward(&YOURS).grade()
}

#[test]
fn c07_embedding_backward() -> Check {
    ex07::c07_embedding_backward(&YOURS).grade()
}

#[test]
fn c08_model_gradients() -> Check {
    ex07::c08_model_gradients(&YOURS).grade()
}

#[test]
fn c09_clip_gradients() -> Check {
    ex07::c09_clip_gradients(&YOURS).grade()
}

#[test]
fn c10_adamw_step() -> Check {
    ex07::c10_adamw_step(&YOURS).grade()
}

#[test]
fn c11_learning_rate() -> Check {
    ex07::c11_learning_rate(&YOURS).grade()
}

#[test]
fn c12_text_window() -> Check {
    ex07::c12_text_window(&YOURS).grade()
}

#[test]
fn c13_repeated_segment() -> Check {
    ex07::c13_repeated_segment(&YOURS).grade()
}

#[test]
fn c14_training_batch() -> Check {
    ex07::c14_training_batch(&YOURS).grade()
}

#[test]
fn c15_bump() -> Check {
    ex07::c15_bump(&YOURS).grade()
}

#[test]
fn c16_train_step() -> Check {
    ex07::c16_train_step(&YOURS).grade()
}

#[test]
fn c17_grow() -> Check {
    ex07::c17_grow(&YOURS).grade()
}

#[test]
fn c18_grow_an_induction_head() -> Check {
    ex07::c18_grow_an_induction_head(&YOURS).grade()
}
