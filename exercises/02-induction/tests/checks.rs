//! The checks of exercise 02, in the order in which to make them pass. There is nothing to edit here.

use crate::submission;
use grading::Check;
use grading::ex02::{self, Submission};

const YOURS: Submission = Submission {
    attention_views: submission::attention_views,
    current_attn_detector: submission::current_attn_detector,
    prev_attn_detector: submission::prev_attn_detector,
    first_attn_detector: submission::first_attn_detector,
    generate_repeated_tokens: submission::generate_repeated_tokens,
    repeated_loss_by_half: submission::repeated_loss_by_half,
    induction_attn_detector: submission::induction_attn_detector,
};

#[test]
fn c01_attention_views() -> Check {
    ex02::c01_attention_views(&YOURS).grade()
}

#[test]
fn c02_current_attn_detector() -> Check {
    ex02::c02_current_attn_detector(&YOURS).grade()
}

#[test]
fn c03_prev_attn_detector() -> Check {
    ex02::c03_prev_attn_detector(&YOURS).grade()
}

#[test]
fn c04_first_attn_detector() -> Check {
    ex02::c04_first_attn_detector(&YOURS).grade()
}

#[test]
fn c05_generate_repeated_tokens() -> Check {
    ex02::c05_generate_repeated_tokens(&YOURS).grade()
}

#[test]
fn c06_generate_repeated_tokens_at_random() -> Check {
    ex02::c06_generate_repeated_tokens_at_random(&YOURS).grade()
}

#[test]
fn c07_repeated_loss_by_half() -> Check {
    ex02::c07_repeated_loss_by_half(&YOURS).grade()
}

#[test]
fn c08_induction_attn_detector() -> Check {
    ex02::c08_induction_attn_detector(&YOURS).grade()
}
