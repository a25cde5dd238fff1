//! A line of a run's log, in the format of `reference_data/training/train.py`: one JSON object per line.
//!
//! ```text
//! {"step":100,"tokens":204800,"rate":1.0,"held_out":2.3,"first_copy":5.1,"second_copy":4.9,"previous":[[0.1,…],…],…}
//! ```

use serde::{Deserialize, Serialize};

use crate::error::{Result, TrainingError};
use crate::evaluation::{Measured, Scores};

/// What was measured at a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Steps taken before.
    pub step: usize,
    /// Tokens seen before.
    pub tokens: usize,
    /// The share of the full learning rate at this step.
    pub rate: f64,
    /// See [`Measured`].
    pub held_out: f64,
    /// See [`Measured`].
    pub first_copy: f64,
    /// See [`Measured`].
    pub second_copy: f64,
    /// See [`Measured`]; scores are rounded to four decimals.
    pub previous: Scores,
    /// See [`Measured`].
    pub current: Scores,
    /// See [`Measured`].
    pub first: Scores,
    /// See [`Measured`].
    pub induction: Scores,
}

impl Record {
    /// The record of a measurement.
    pub fn new(step: usize, tokens: usize, rate: f64, measured: &Measured) -> Self {
        let rounded = |scores: &Scores| -> Scores {
            let of_layer = |heads: &Vec<f32>| heads.iter().map(|score| (score * 1e4).round() / 1e4).collect();
            scores.iter().map(of_layer).collect()
        };
        Record {
            step,
            tokens,
            rate,
            held_out: measured.held_out,
            first_copy: measured.first_copy,
            second_copy: measured.second_copy,
            previous: rounded(&measured.previous),
            current: rounded(&measured.current),
            first: rounded(&measured.first),
            induction: rounded(&measured.induction),
        }
    }

    /// The line, without a line break.
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("a record is plain data")
    }

    /// The records of a log. What follows the last line break was cut off while it was written, and is left out.
    ///
    /// # Errors
    /// A whole line is not a record, or steps do not increase.
    pub fn parse_log(text: &str) -> Result<Vec<Record>> {
        let mut records: Vec<Record> = Vec::new();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let line_number = index + 1;
            let Some(line) = line.strip_suffix('\n') else { break };
            if line.trim().is_empty() {
                continue;
            }
            let record: Record = serde_json::from_str(line).map_err(|error| TrainingError::Log {
                line: line_number,
                problem: format!("expected a JSON object with step, losses and scores: {error}"),
            })?;
            if let Some(before) = records.last().filter(|before| before.step >= record.step) {
                let problem = format!("step {} after step {}; expected steps to increase", record.step, before.step);
                return Err(TrainingError::Log { line: line_number, problem });
            }
            records.push(record);
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(step: usize) -> Record {
        let measured = Measured {
            held_out: 2.5,
            first_copy: 5.25,
            second_copy: 4.0,
            current: vec![vec![0.123_456]],
            previous: vec![vec![0.5]],
            first: vec![vec![0.0]],
            induction: vec![vec![1.0]],
        };
        Record::new(step, step * 10, 0.5, &measured)
    }

    #[test]
    fn a_line_is_this_and_comes_back() {
        let line = record(3).to_line();
        assert_eq!(
            line,
            r#"{"step":3,"tokens":30,"rate":0.5,"held_out":2.5,"first_copy":5.25,"second_copy":4.0,"previous":[[0.5]],"current":[[0.1235]],"first":[[0.0]],"induction":[[1.0]]}"#
        );
        assert_eq!(Record::parse_log(&format!("{line}\n")).unwrap(), [record(3)]);
    }

    #[test]
    fn a_log_cut_in_the_middle_of_a_line_keeps_the_lines_before() {
        let text = format!("{}\n{}\n", record(0).to_line(), record(100).to_line());
        let whole = Record::parse_log(&text).unwrap();
        assert_eq!(whole.len(), 2);
        assert_eq!(Record::parse_log(&text[..text.len() - 20]).unwrap(), whole[..1]);
    }

    #[test]
    fn a_damaged_log_says_which_line() {
        let text = format!("{}\nnonsense\n{}\n", record(0).to_line(), record(100).to_line());
        let trouble = Record::parse_log(&text).unwrap_err().to_string();
        assert!(trouble.starts_with("log, line 2: expected a JSON object"), "{trouble}");
        let text = format!("{}\n{}\n", record(100).to_line(), record(100).to_line());
        let trouble = Record::parse_log(&text).unwrap_err().to_string();
        assert!(trouble.contains("line 2: step 100 after step 100"), "{trouble}");
    }
}
