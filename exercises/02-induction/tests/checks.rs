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
fn c0_attention_views() -> Check {
    ex02::c0_attention_views(&YOURS).grade()
}

#[test]
fn c1_current_attn_detector() -> Check {
    ex02::c1_current_attn_detector(&YOURS).grade()
}

#[test]
fn c2_prev_attn_detector() -> Check {
    ex02::c2_prev_attn_detector(&YOURS).grade()
}

#[test]
fn c3_first_attn_detector() -> Check {
    ex02::c3_first_attn_detector(&YOURS).grade()
}

#[test]
fn c4_generate_repeated_tokens() -> Check {
    ex02::c4_generate_repeated_tokens(&YOURS).grade()
}

#[test]
fn c5_generate_repeated_tokens_at_random() -> Check {
    ex02::c5_generate_repeated_tokens_at_random(&YOURS).grade()
}

#[test]
fn c6_repeated_loss_by_half() -> Check {
    ex02::c6_repeated_loss_by_half(&YOURS).grade()
}

#[test]
fn c7_induction_attn_detector() -> Check {
    ex02::c7_induction_attn_detector(&YOURS).grade()
}
