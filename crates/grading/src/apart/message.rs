//! What a child sends: one message after another in a file, each with its length in front, so that one that was cut
//! short is noticed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::call::Outcome;
use crate::reference::Damaged;
use crate::value::Value;

/// One message.
#[derive(Serialize, Deserialize)]
pub(super) enum Message {
    /// The next call begins.
    Begun,
    /// The call is over.
    Done(Outcome<Value>),
    /// An input could not be read.
    Damaged(Damaged),
}

/// The length of a message takes this many bytes.
const LENGTH: usize = 8;

/// The child's end.
pub(super) struct Sender(File);

impl Sender {
    /// Opens the file, which must not exist yet: a child of the child that finds the same name does not send through it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().append(true).create_new(true).open(path).map(Self)
    }

    /// Sends a message in a single write.
    pub(super) fn send(&mut self, message: &Message) -> io::Result<()> {
        let body = postcard::to_stdvec(message).map_err(io::Error::other)?;
        let mut framed = (body.len() as u64).to_le_bytes().to_vec();
        framed.extend(body);
        self.0.write_all(&framed)
    }
}

/// Every message that arrived whole.
pub(super) fn read_all(bytes: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<LENGTH>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((body, after)) = after.split_at_checked(length) else { break };
        let Ok(message) = postcard::from_bytes(body) else { break };
        messages.push(message);
        rest = after;
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Tensor;

    #[test]
    fn messages_arrive_and_one_that_was_cut_short_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers");
        let mut sender = Sender::open(&path).unwrap();
        let value = Value::parts([
            ("array", Tensor::new(&[2], vec![f64::NAN, f64::NEG_INFINITY]).into()),
            ("words", vec!["ä".to_string()].into()),
        ]);
        sender.send(&Message::Begun).unwrap();
        sender.send(&Message::Done(Outcome::Returned(value.clone()))).unwrap();
        assert!(Sender::open(&path).is_err(), "only one process may send");
        let bytes = std::fs::read(&path).unwrap();
        let messages = read_all(&bytes);
        let [Message::Begun, Message::Done(Outcome::Returned(got))] = &messages[..] else {
            panic!("{} messages arrived", messages.len());
        };
        // NaN is unlike itself, so the texts are compared.
        assert_eq!(format!("{got:?}"), format!("{value:?}"));
        assert_eq!(read_all(&bytes[..bytes.len() - 1]).len(), 1);
        assert_eq!(read_all(b"not from the child").len(), 0);
    }
}
