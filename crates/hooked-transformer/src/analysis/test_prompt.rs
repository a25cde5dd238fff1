//! Does the model know the answer? The rank of the right token, and what the model would rather say.
//!
//! Source: TransformerLens `utils.test_prompt`, which prints; this returns a report that prints itself the same way.

use std::fmt;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};

use crate::components::loss::log_prob;
use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::text::tokens::Texts;

/// A test in preparation; made by [`test_prompt`], set off by [`run`](TestPrompt::run).
#[must_use = "nothing is tested until `run` is called"]
pub struct TestPrompt<'a> {
    model: &'a HookedTransformer,
    prompt: String,
    answers: Vec<String>,
    prepend_space_to_answer: bool,
    prepend_bos: Option<bool>,
    top_k: usize,
}

/// A token in the eyes of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenReport {
    /// The token's id.
    pub token: usize,
    /// The token as text.
    pub text: String,
    /// How many tokens have a larger logit.
    pub rank: usize,
    /// Its logit.
    pub logit: f32,
    /// Its probability.
    pub prob: f32,
}

/// What the model made of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptReport {
    /// The prompt's tokens as text.
    pub prompt: Vec<String>,
    /// The tokens of each answer as text.
    pub answers: Vec<Vec<String>>,
    /// For each predicted position, one report an answer. One answer: a position for each of its tokens. Several
    /// answers: one position, and the first token of each.
    pub performance: Vec<Vec<TokenReport>>,
    /// For each predicted position, the likeliest tokens.
    pub top: Vec<Vec<TokenReport>>,
}

/// Asks how a model would continue a prompt, and what it thinks of one answer (of one or more tokens) or of several
/// answers (the first token of each).
///
/// ```no_run
/// # use hooked_transformer::HookedTransformer;
/// use hooked_transformer::analysis::test_prompt;
/// let model = HookedTransformer::load("reference_data/models/gpt2-tales")?;
/// let report = test_prompt(&model, "Once upon a", "time").run()?;
/// println!("{report}");
/// assert_eq!(report.performance[0][0].rank, 0);
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
pub fn test_prompt<'a>(model: &'a HookedTransformer, prompt: &str, answers: impl Into<Texts>) -> TestPrompt<'a> {
    TestPrompt {
        model,
        prompt: prompt.to_string(),
        answers: answers.into().0,
        prepend_space_to_answer: true,
        prepend_bos: None,
        top_k: 10,
    }
}

impl TestPrompt<'_> {
    /// Whether an answer that does not begin with a space gets one (the default): to most tokenizers, a word in a
    /// sentence begins with its space.
    pub fn prepend_space_to_answer(mut self, prepend: bool) -> Self {
        self.prepend_space_to_answer = prepend;
        self
    }

    /// Whether the prompt gets a beginning-of-sequence token, instead of the model's default.
    pub fn prepend_bos(mut self, prepend_bos: bool) -> Self {
        self.prepend_bos = Some(prepend_bos);
        self
    }

    /// How many of the likeliest tokens are reported.
    pub fn top_k(mut self, top_k: usize) -> Self {
        self.top_k = top_k;
        self
    }

    /// Runs the model, once.
    ///
    /// # Errors
    /// There is no tokenizer, no answer, or one without a token among several; there are several answers to a prompt
    /// without a token, not even BOS; prompt and answer are too long.
    pub fn run(self) -> Result<PromptReport> {
        let model = self.model;
        let tokenizer = model.tokenizer().ok_or(Error::NoTokenizer)?;
        let answers: Vec<Vec<usize>> =
            self.answers.iter().map(|answer| tokenizer.encode(&self.spaced(answer), false)).collect::<Result<_>>()?;
        if answers.is_empty() || answers.len() > 1 && answers.iter().any(Vec::is_empty) {
            return Err(Error::EmptyInput { shape: vec![answers.len(), 0] });
        }
        let prompt = tokenizer.encode(&self.prompt, model.prepends_bos(self.prepend_bos))?;
        // A position predicts the token after it, so the answer's last token itself need not run.
        let predicted = if answers.len() == 1 { answers[0].len() } else { 1 };
        let ids: Vec<usize> = prompt.iter().chain(&answers[0][..predicted.saturating_sub(1)]).copied().collect();
        let logits = match (predicted, prompt.len(), answers.len()) {
            // An empty answer is never predicted, and its report says nothing but the prompt.
            (0, ..) => Array2::zeros((0, model.cfg().d_vocab_out())),
            (_, 0, 1) => without_prompt(model, &answers[0])?,
            (_, 0, _) => return Err(Error::EmptyInput { shape: vec![1, 0] }),
            _ => model.run(&ids).logits_at(-(predicted as isize)..)?.index_axis_move(Axis(0), 0),
        };
        if logits.iter().any(|logit| logit.is_nan()) {
            return Err(Error::NotANumber { what: "a logit, so that no token has a rank: it".to_string() });
        }
        let strings = |ids: &Vec<usize>| model.to_str_tokens(ids, None);
        Ok(PromptReport {
            prompt: strings(&prompt)?,
            performance: self.performance(logits.view(), &answers)?,
            top: logits.rows().into_iter().map(|logits| self.likeliest(logits)).collect::<Result<_>>()?,
            answers: answers.iter().map(strings).collect::<Result<_>>()?,
        })
    }

    fn spaced(&self, answer: &str) -> String {
        let space = if self.prepend_space_to_answer && !answer.starts_with(' ') { " " } else { "" };
        format!("{space}{answer}")
    }

    fn performance(&self, logits: ArrayView2<'_, f32>, answers: &[Vec<usize>]) -> Result<Vec<Vec<TokenReport>>> {
        let at = |(pos, logits): (usize, ArrayView1<'_, f32>)| {
            answers.iter().map(|answer| self.report(logits, answer[pos])).collect::<Result<Vec<_>>>()
        };
        logits.rows().into_iter().enumerate().map(at).collect()
    }

    fn likeliest(&self, logits: ArrayView1<'_, f32>) -> Result<Vec<TokenReport>> {
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        order.truncate(self.top_k);
        order.into_iter().map(|token| self.report(logits, token)).collect()
    }

    fn report(&self, logits: ArrayView1<'_, f32>, token: usize) -> Result<TokenReport> {
        let logit =
            *logits.get(token).ok_or(Error::TokenOutOfRange { id: token, d_vocab: logits.len(), at: (0, 0) })?;
        // Of equals, the lower id comes first.
        let before = |(other, &value): (usize, &f32)| value > logit || (value == logit && other < token);
        Ok(TokenReport {
            token,
            // A model may have more logits than its tokenizer has tokens.
            text: self.model.to_single_str_token(token).unwrap_or_else(|_| format!("<token {token}>")),
            rank: logits.iter().enumerate().filter(|entry| before(*entry)).count(),
            logit,
            prob: log_prob(logits, token).exp(),
        })
    }
}

/// Where nothing is before the answer, the classic library takes what is said at position -1, which is the last, for the
/// prediction of its first token; so does this.
fn without_prompt(model: &HookedTransformer, answer: &[usize]) -> Result<Array2<f32>> {
    let logits = model.run(answer).logits()?.index_axis_move(Axis(0), 0);
    let order: Vec<usize> = (0..answer.len()).map(|pos| (pos + answer.len() - 1) % answer.len()).collect();
    Ok(logits.select(Axis(0), &order))
}

impl PromptReport {
    /// The ranks of the answers' tokens, `[predicted position, answer]`.
    pub fn ranks(&self) -> Array2<usize> {
        let n_answers = self.performance.first().map_or(0, Vec::len);
        let mut ranks = Array2::zeros((self.performance.len(), n_answers));
        for (pos, reports) in self.performance.iter().enumerate() {
            let mut row = ranks.slice_mut(s![pos, ..]);
            row.iter_mut().zip(reports).for_each(|(rank, report)| *rank = report.rank);
        }
        ranks
    }
}

/// Prints what the classic library prints.
impl fmt::Display for PromptReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.answers.len() > 1;
        writeln!(f, "Tokenized prompt: {}", quoted_list(&self.prompt))?;
        if several {
            let lists: Vec<String> = self.answers.iter().map(|answer| quoted_list(answer)).collect();
            writeln!(f, "Tokenized answers: [{}]", lists.join(", "))?;
        } else {
            writeln!(f, "Tokenized answer: {}", quoted_list(&self.answers[0]))?;
        }
        for (answers, top) in self.performance.iter().zip(&self.top) {
            writeln!(f, "Performance on answer token{}:", if several { "s" } else { "" })?;
            for TokenReport { text, rank, logit, prob, .. } in answers {
                writeln!(f, "Rank: {rank: <8} Logit: {logit:5.2} Prob: {:5.2}% Token: |{text}|", 100.0 * prob)?;
            }
            for TokenReport { text, rank, logit, prob, .. } in top {
                writeln!(f, "Top {rank}th token. Logit: {logit:5.2} Prob: {:5.2}% Token: |{text}|", 100.0 * prob)?;
            }
        }
        let pair = |report: &TokenReport| format!("({}, {})", quoted(&report.text), report.rank);
        let pairs = |reports: &Vec<TokenReport>| reports.iter().map(pair).collect::<Vec<_>>().join(", ");
        let ranks: Vec<String> = self.performance.iter().map(pairs).collect();
        match several {
            true => write!(f, "Ranks of the answer tokens: [[{}]]", ranks.join("], [")),
            false => write!(f, "Ranks of the answer tokens: [{}]", ranks.join(", ")),
        }
    }
}

/// A list of strings as Python shows it.
fn quoted_list(strings: &[String]) -> String {
    format!("[{}]", strings.iter().map(|string| quoted(string)).collect::<Vec<_>>().join(", "))
}

/// A string as Python shows it: in single quotes unless it holds one.
fn quoted(string: &str) -> String {
    let quote = if string.contains('\'') && !string.contains('"') { '"' } else { '\'' };
    let escaped = |c: char| match c {
        c if c == quote => format!("\\{c}"),
        '\'' | '"' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    format!("{quote}{}{quote}", string.chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str, rank: usize, logit: f32, prob: f32) -> TokenReport {
        TokenReport { token: 0, text: text.to_string(), rank, logit, prob }
    }

    /// The words, padding and rounding of the example in the classic library's documentation.
    #[test]
    fn the_report_reads_like_the_classic_one() {
        let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let printed = PromptReport {
            prompt: strings(&["<|endoftext|>", "Why", " didn't"]),
            answers: vec![strings(&[" road"])],
            performance: vec![vec![report(" road", 2, 14.24, 0.0351)]],
            top: vec![vec![report(" ground", 0, 14.51, 0.0459), report("\n", 1, 9.4, 0.25)]],
        };
        let want = "Tokenized prompt: ['<|endoftext|>', 'Why', \" didn't\"]\n\
                    Tokenized answer: [' road']\n\
                    Performance on answer token:\n\
                    Rank: 2        Logit: 14.24 Prob:  3.51% Token: | road|\n\
                    Top 0th token. Logit: 14.51 Prob:  4.59% Token: | ground|\n\
                    Top 1th token. Logit:  9.40 Prob: 25.00% Token: |\n|\n\
                    Ranks of the answer tokens: [(' road', 2)]";
        assert_eq!(printed.to_string(), want);
        assert_eq!(printed.ranks(), ndarray::arr2(&[[2]]));
    }
}
