//! Text to tokens and back, against the Python tokenizers library; what cannot be tokenized is said.

use approx::assert_abs_diff_eq;
use hooked_transformer::analysis::test_prompt;
use hooked_transformer::{HookedTransformer, HookedTransformerConfig, PaddingSide, Tokenizer};
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
                assert_eq!(model.to_tokens(text, bos).unwrap().dim(), (1, 0));
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

/// The library's `tokenizer.json` with other settings of its own.
fn changed_tokenizer(change: impl Fn(&mut Value)) -> Tokenizer {
    let text = std::fs::read_to_string(reference("models/attn-only-2l-tales/tokenizer.json")).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    change(&mut json);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tokenizer.json");
    std::fs::write(&path, json.to_string()).unwrap();
    Tokenizer::from_file(path).unwrap()
}

const LONG: &str = "Once upon a time there was a king who had a daughter";

#[test]
fn a_files_own_truncation_and_padding_are_off() {
    let mut model = model("attn-only-2l-tales");
    let want = model.to_tokens(LONG, None).unwrap();
    assert!(want.ncols() > 8);
    model
        .set_tokenizer(changed_tokenizer(|json| {
            json["truncation"] = serde_json::json!(
                {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0});
            json["padding"] = serde_json::json!(
                {"strategy": {"Fixed": 20}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                 "pad_type_id": 0, "pad_token": "<|endoftext|>"});
        }))
        .unwrap();
    assert_eq!(model.to_tokens(LONG, None).unwrap(), want);
    assert!(model.to_token_batch(LONG, None, PaddingSide::Right).unwrap().mask.is_none());
    // Unless they are asked for.
    let short = model.tokenizer().unwrap().clone().with_truncation(8);
    assert_eq!(short.encode(LONG, true).unwrap(), want.row(0).to_vec()[..8]);
    assert_eq!(short.with_truncation(None).encode(LONG, true).unwrap(), want.row(0).to_vec());
}

#[test]
fn a_tokenizer_may_know_more_than_its_model() {
    let larger = changed_tokenizer(|json| {
        let token = serde_json::json!({"id": 4096, "content": "<pad>", "single_word": false, "lstrip": false,
                                       "rstrip": false, "normalized": false, "special": true});
        json["added_tokens"].as_array_mut().unwrap().push(token);
    });
    assert_eq!(larger.d_vocab(), 4097);
    let mut model = model("attn-only-2l-tales");
    let want = model.forward(LONG).unwrap();
    model.set_tokenizer(larger).unwrap();
    assert_eq!(model.forward(LONG).unwrap(), want);
    assert_eq!(model.to_single_token("<pad>").unwrap(), 4096);
    let message = model.forward("Once<pad>").unwrap_err().to_string();
    assert!(message.contains("4096") && message.contains("0 to 4095"), "{message}");

    // Padding that the model does not know is filled up with a token that it does know.
    let dir = tempfile::tempdir().unwrap();
    model.save(dir.path()).unwrap();
    let special = r#"{"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<pad>"}"#;
    std::fs::write(dir.path().join("tokenizer_config.json"), special).unwrap();
    let model = HookedTransformer::load(dir.path()).unwrap();
    assert_eq!(model.tokenizer().unwrap().pad_token_id(), 4096);
    let padded = model.forward(["Once", LONG]).unwrap();
    let difference = (&padded.slice(ndarray::s![1.., .., ..]) - &want).mapv(f32::abs);
    assert!(difference.iter().all(|difference| *difference <= 1e-4));
    assert!(model.generate(["Once", LONG]).max_new_tokens(2).run().is_ok());
}

#[test]
fn a_tokenizer_without_a_token_of_the_model_is_refused() {
    let tokenizer = changed_tokenizer(|json| {
        json["model"]["vocab"].as_object_mut().unwrap().retain(|_, id| id.as_u64().unwrap() >= 50);
        json["model"]["merges"] = serde_json::json!([]);
        json["added_tokens"] = serde_json::json!([
            {"id": 5000, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
             "normalized": false, "special": true}]);
    });
    let mut model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    let message = model.set_tokenizer(tokenizer).unwrap_err().to_string();
    assert!(message.contains("begins at id 50") && message.contains("d_vocab = 50"), "{message}");
}

/// The classic library's answers for text without a token.
#[test]
fn empty_text_has_no_tokens_and_is_no_error() {
    let model = model("gpt2-tales");
    assert_eq!(model.to_tokens("", false).unwrap().dim(), (1, 0));
    assert_eq!(model.to_tokens("", None).unwrap(), array![[0]]);
    assert_eq!(model.to_tokens(["", "ab"], false).unwrap(), array![[0], [601]]);
    assert_eq!(model.to_str_tokens("", false).unwrap(), [] as [&str; 0]);
    assert_eq!(model.to_string(Vec::<usize>::new()).unwrap(), "");
    assert_eq!(model.to_string(model.to_tokens("", false).unwrap()).unwrap(), [""]);
    assert!(model.to_tokens([] as [&str; 0], None).is_err());
    assert!(model.run("").prepend_bos(false).logits().unwrap_err().to_string().contains("[1, 0]"));

    let report = test_prompt(&model, "", "time").top_k(2).run().unwrap();
    assert_eq!(report.performance[0][0].rank, 65);
    assert_abs_diff_eq!(report.performance[0][0].logit, -0.12, epsilon = 0.01);
    assert_eq!((report.top[0][0].text.as_str(), report.top[0][1].text.as_str()), (",", " the"));
    let report = test_prompt(&model, "Once", "").prepend_space_to_answer(false).run().unwrap();
    assert_eq!(report.ranks().dim(), (0, 0));
    assert_eq!(
        report.to_string(),
        "Tokenized prompt: ['<|endoftext|>', 'Once']\nTokenized answer: []\nRanks of the answer tokens: []"
    );
    // With nothing before the answer, position -1 is the last.
    let report = test_prompt(&model, "", "time of day").prepend_bos(false).run().unwrap();
    assert_eq!(report.ranks(), array![[75], [11], [3]]);
    for (reports, logit) in report.performance.iter().zip([1.51, 2.12, 4.49]) {
        assert_abs_diff_eq!(reports[0].logit, logit, epsilon = 0.01);
    }
}

/// One row gives one answer, several give a list.
#[test]
fn strings_of_one_row_and_of_several() {
    let model = model("attn-only-2l-tales");
    let texts = ["The king", " was old"];
    let tokens = model.to_tokens(texts, false).unwrap();
    let rows: Vec<Vec<usize>> = tokens.rows().into_iter().map(|row| row.to_vec()).collect();
    assert_eq!(model.to_string(&tokens).unwrap(), texts);
    assert_eq!(model.to_string(tokens.view()).unwrap(), texts);
    assert_eq!(model.to_string(&rows).unwrap(), texts);
    assert_eq!(model.to_string(tokens.row(0)).unwrap(), texts[0]);
    assert_eq!(model.to_string(&rows[1]).unwrap(), texts[1]);
    assert_eq!(model.to_string(rows[1][0]).unwrap(), " was");
    let strings = [["The", " king"], [" was", " old"]];
    assert_eq!(model.to_str_tokens(texts, false).unwrap(), strings);
    assert_eq!(model.to_str_tokens(&tokens, None).unwrap(), strings);
    assert_eq!(model.to_str_tokens(rows, None).unwrap(), strings);
    assert_eq!(model.to_str_tokens(vec!["The king"], true).unwrap(), [["<|endoftext|>", "The", " king"]]);
    assert_eq!(model.to_str_tokens("The king", false).unwrap(), strings[0]);
}

#[test]
fn a_tokens_position_is_the_first_or_the_last_by_text_or_id() {
    let model = model("attn-only-2l-tales");
    let text = "The king and the king";
    let king = model.to_single_token(" king").unwrap();
    let ids = model.to_tokens(text, false).unwrap().row(0).to_vec();
    assert_eq!(model.get_token_position(" king", text, None).unwrap(), 2);
    assert_eq!(model.get_last_token_position(" king", text, None).unwrap(), 5);
    assert_eq!(model.get_token_position(king, text, false).unwrap(), 1);
    assert_eq!(model.get_last_token_position(king, &ids, None).unwrap(), 4);
    let message = model.get_last_token_position(0, &ids, None).unwrap_err().to_string();
    assert!(message.contains("<|endoftext|>"), "{message}");
    let without = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    assert_eq!(without.get_last_token_position(7, [3, 7, 7, 1], None).unwrap(), 2);
}

/// What people have in hand goes in as it is.
#[test]
#[expect(
    clippy::cloned_ref_to_slice_refs,
    clippy::needless_borrows_for_generic_args,
    reason = "each spelling is one that people write"
)]
fn arguments_convert() {
    let model = model("attn-only-2l-tales");
    let tokens = model.to_tokens("The king", None).unwrap();
    let (row, want) = (tokens.row(0).to_vec(), model.forward(&tokens).unwrap());
    let text = String::from("The king");
    let word: &&str = &"The king";
    let same = |logits: hooked_transformer::Result<ndarray::Array3<f32>>| assert_eq!(logits.unwrap(), want);
    same(model.forward(word));
    same(model.forward(&text));
    same(model.forward(text.clone()));
    same(model.forward(std::borrow::Cow::Borrowed("The king")));
    same(model.forward([text.clone()]));
    same(model.forward(&[text.clone()]));
    same(model.forward(["The king"].map(|text| text)));
    same(model.forward(tokens.clone()));
    same(model.forward(tokens.view()));
    same(model.forward(tokens.row(0)));
    same(model.forward(tokens.row(0).to_owned()));
    same(model.forward(&tokens.row(0).to_owned()));
    same(model.forward(row.clone()));
    same(model.forward(&row));
    same(model.forward(row.as_slice()));
    same(model.forward([row[0], row[1], row[2]]));
    same(model.forward(&[row[0], row[1], row[2]]));
    assert_eq!(model.forward([1, 2]).unwrap(), model.forward(array![[1, 2]]).unwrap());
    assert_eq!(model.forward(vec![1, 2]).unwrap(), model.forward(array![1, 2]).unwrap());
    let stream = model.run(&tokens).stop_at_layer(1).resid().unwrap();
    let rest = |input: hooked_transformer::Input| model.run(input).start_at_layer(1).logits().unwrap();
    assert_eq!(rest((&stream).into()), rest(stream.view().into()));
    assert_eq!(model.to_tokens(word, None).unwrap(), tokens);
    assert_eq!(model.to_str_tokens(word, None).unwrap().len(), 3);
}
