//! Text to tokens and back, against the Python tokenizers library; what cannot be tokenized is said.

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, PaddingSide};
use ndarray::array;
use serde_json::Value;

use crate::fixtures::{model, reference};

fn ids(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|id| id.as_u64().unwrap() as usize).collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn tokens_and_their_strings_are_those_of_python() {
    let model = model("attn-only-2l-tales");
    let cases: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(reference("activations/tokenizer.json")).unwrap()).unwrap();
    assert!(cases.len() >= 25);
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        for (bos, key) in [(false, "without_bos"), (true, "with_bos")] {
            let want = ids(&case[key]["ids"]);
            if want.is_empty() {
                assert!(model.to_tokens(text, bos).is_err(), "no tokens at all are an error");
            } else {
                assert_eq!(model.to_tokens(text, bos).unwrap().row(0).to_vec(), want, "{text:?}");
            }
            assert_eq!(model.to_str_tokens(text, bos).unwrap(), strings(&case[key]["str_tokens"]), "{text:?}");
        }
        let without = ids(&case["without_bos"]["ids"]);
        assert_eq!(model.to_string(&without).unwrap(), case["decoded"].as_str().unwrap(), "{text:?}");
    }
}

#[test]
fn bos_is_prepended_by_default_to_text_and_never_to_tokens() {
    let model = model("attn-only-2l-tales");
    let bos = model.tokenizer().unwrap().bos_token_id();
    assert_eq!(model.to_tokens("The king", None).unwrap()[[0, 0]], bos);
    assert_ne!(model.to_tokens("The king", false).unwrap()[[0, 0]], bos);
    let tokens = model.to_tokens("The king", false).unwrap();
    assert_eq!(model.forward(&tokens).unwrap().dim().1, tokens.ncols());
    assert_eq!(model.forward("The king").unwrap().dim().1, tokens.ncols() + 1);
    assert_eq!(model.run("The king").prepend_bos(false).logits().unwrap().dim().1, tokens.ncols());
}

#[test]
fn rows_of_a_batch_are_filled_up_and_the_filling_is_marked() {
    let model = model("attn-only-2l-tales");
    let texts = ["The king", "The king and the queen"];
    let left = model.to_token_batch(texts, true, PaddingSide::Left).unwrap();
    let right = model.to_token_batch(texts, true, PaddingSide::Right).unwrap();
    let (short, long) = (3, left.tokens.ncols());
    assert!(long > short);
    let mask = right.mask.unwrap();
    assert_eq!(mask.row(0).iter().filter(|real| **real).count(), short);
    assert!(mask[[0, 0]] && !mask[[0, long - 1]] && mask[[1, long - 1]]);
    assert!(!left.mask.unwrap()[[0, 0]]);
    assert_eq!(left.tokens[[0, long - 1]], right.tokens[[0, short - 1]]);
    assert!(model.to_token_batch(["One", "One"], true, PaddingSide::Left).unwrap().mask.is_none());
}

#[test]
fn a_single_token_is_one_or_an_error() {
    let model = model("attn-only-2l-tales");
    let king = model.to_single_token(" king").unwrap();
    assert_eq!(model.to_single_str_token(king).unwrap(), " king");
    assert_eq!(model.get_token_position(" king", "The old king", None).unwrap(), 3);
    assert_eq!(model.token_to_residual_direction(king).unwrap(), model.W_U().column(king));
    let message = model.to_single_token("extraordinary kings").unwrap_err().to_string();
    assert!(message.contains("exactly one token"), "{message}");
    let message = model.get_token_position(" queen", "The old king", None).unwrap_err().to_string();
    assert!(message.contains("\" queen\"") && message.contains("\" king\""), "{message}");
    let message = model.to_string(vec![4096]).unwrap_err().to_string();
    assert!(message.contains("4096") && message.contains("0 to 4095"), "{message}");
}

#[test]
fn text_without_a_tokenizer_is_an_error() {
    let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    let message = model.forward("text").unwrap_err().to_string();
    assert!(message.contains("no tokenizer"), "{message}");
    assert!(model.forward(&array![[1, 2, 3]]).is_ok());
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let tokenizer = model("attn-only-2l-tales").tokenizer().unwrap().clone();
    let mut model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    let message = model.set_tokenizer(tokenizer).unwrap_err().to_string();
    assert!(message.contains("4095") && message.contains("d_vocab = 50"), "{message}");
}
