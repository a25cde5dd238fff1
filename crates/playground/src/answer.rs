//! What the engine gives back: JSON, arrays of `f32`, and perhaps a file.

use ndarray::{ArrayD, ArrayViewD};
use serde_json::{Map, Value, json};

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Texts, and numbers that come one by one.
    pub json: Map<String, Value>,
    /// Arrays by name.
    pub arrays: Vec<(String, ArrayD<f32>)>,
    /// A file to be saved.
    pub file: Vec<u8>,
}

/// What came of one step.
#[derive(Clone, Debug)]
pub enum Step {
    /// A part of the answer; there is more to do.
    Progress(Answer),
    /// The whole answer, or its last part.
    Done(Answer),
}

impl Answer {
    /// Adds an entry to the JSON.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.json.insert(name.to_string(), value.into());
        self
    }

    /// Adds an array.
    pub(crate) fn array<D: ndarray::Dimension>(mut self, name: &str, array: ndarray::Array<f32, D>) -> Self {
        self.arrays.push((name.to_string(), array.into_dyn()));
        self
    }

    /// An array by its name, if there is one.
    pub fn get(&self, name: &str) -> Option<ArrayViewD<'_, f32>> {
        self.arrays.iter().find(|(other, _)| other == name).map(|(_, array)| array.view())
    }

    /// The answer as bytes: the length of the JSON as a little-endian `u32`, the JSON, filled up with spaces to a multiple
    /// of four bytes, the arrays, the file. The JSON says where each array begins, in numbers from the end of the JSON on.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut start = 0;
        let mut places = Map::new();
        for (name, array) in &self.arrays {
            places.insert(name.clone(), json!({ "shape": array.shape(), "start": start }));
            start += array.len();
        }
        let mut json = self.json.clone();
        json.insert("arrays".to_string(), places.into());
        json.insert("file_bytes".to_string(), self.file.len().into());
        let mut text = Value::Object(json).to_string().into_bytes();
        text.resize(text.len().next_multiple_of(4), b' ');
        let mut bytes = Vec::with_capacity(4 + text.len() + 4 * start + self.file.len());
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text);
        for (_, array) in &self.arrays {
            let begin = bytes.len();
            bytes.resize(begin + 4 * array.len(), 0);
            let (places, _) = bytes[begin..].as_chunks_mut::<4>();
            places.iter_mut().zip(array).for_each(|(place, x)| *place = x.to_le_bytes());
        }
        bytes.extend(&self.file);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn bytes_say_where_everything_is() {
        let mut answer =
            Answer::default().with("text", "é").array("a", array![1.0f32]).array("b", array![[2.0f32, 3.0]]);
        answer.file = vec![7, 8];
        let bytes = answer.to_bytes();
        let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
        let json: Value = serde_json::from_slice(&bytes[4..4 + length]).unwrap();
        assert!(length.is_multiple_of(4) && json["text"] == "é" && json["file_bytes"] == 2);
        assert_eq!(json["arrays"]["b"], json!({ "shape": [1, 2], "start": 1 }));
        let numbers = &bytes[4 + length..];
        assert_eq!(numbers[4..8], 2.0f32.to_le_bytes());
        assert_eq!(numbers[12..], [7, 8]);
    }
}
