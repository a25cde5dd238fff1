//! A machine for the pickles of state dicts, and for nothing else.
//!
//! A pickle is a program for a stack machine. In Python two of its instructions can do anything: `GLOBAL` names any
//! object that can be imported, `REDUCE` calls it. Here `GLOBAL` accepts the names of a short list and `REDUCE` knows
//! what each of them makes; nothing is imported and nothing is called. Every value is a small number that refers to a
//! table, so that a program can neither build nests that overflow the stack nor make much out of little: what it
//! allocates is bounded by its own length.
//!
//! Instructions: Python's `pickletools`. What PyTorch writes: `torch/serialization.py`, `torch/_utils.py`.

use std::collections::{BTreeMap, HashMap};

/// More axes than any weight has. With the next one it keeps a tensor small however often it is named.
const MAX_RANK: usize = 8;
/// Bytes of the name of a storage, which is a number.
const MAX_KEY: usize = 64;

/// A tensor of the state dict.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub storage: Storage,
    /// In elements, from the beginning of the storage.
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// The memory of one tensor or several.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Storage {
    /// PyTorch's class, such as `FloatStorage`.
    pub class: String,
    /// The entry of the archive.
    pub key: String,
}

/// The objects that a state dict may name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Global {
    RebuildTensor,
    RebuildParameter,
    OrderedDict,
    Storage(&'static str),
}

const STORAGES: [&str; 10] = [
    "FloatStorage",
    "HalfStorage",
    "BFloat16Storage",
    "DoubleStorage",
    "LongStorage",
    "IntStorage",
    "ShortStorage",
    "CharStorage",
    "ByteStorage",
    "BoolStorage",
];

impl Global {
    fn named(module: &str, name: &str) -> Result<Self, String> {
        let storage = STORAGES.iter().find(|storage| **storage == name);
        match (module, name, storage) {
            ("torch._utils", "_rebuild_tensor_v2", _) => Ok(Global::RebuildTensor),
            ("torch._utils", "_rebuild_parameter", _) => Ok(Global::RebuildParameter),
            ("collections", "OrderedDict", _) => Ok(Global::OrderedDict),
            ("torch", _, Some(storage)) => Ok(Global::Storage(storage)),
            _ => Err(format!(
                "it names `{module}.{name}`, which is none of the things that a state dict needs (nothing was executed)"
            )),
        }
    }
}

/// A value; what does not fit is in a table of the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Nothing,
    Bool,
    Float,
    Int(i64),
    Text(usize),
    Tuple(usize),
    List(usize),
    Map(usize),
    Global(Global),
    Storage(usize),
    Tensor(usize),
    /// Where a collection begins on the stack.
    Mark,
}

struct Machine<'p> {
    program: &'p [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<u32, Value>,
    texts: Vec<&'p str>,
    tuples: Vec<Vec<Value>>,
    lists: Vec<Vec<Value>>,
    maps: Vec<Vec<(Value, Value)>>,
    storages: Vec<Storage>,
    tensors: Vec<Tensor>,
}

/// The tensors that a program builds, by name.
///
/// # Errors
/// What is wrong with the program, and at which byte.
pub(super) fn state_dict(program: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let mut machine = Machine {
        program,
        at: 0,
        stack: Vec::new(),
        memo: HashMap::new(),
        texts: Vec::new(),
        tuples: Vec::new(),
        lists: Vec::new(),
        maps: Vec::new(),
        storages: Vec::new(),
        tensors: Vec::new(),
    };
    let result = machine.run().map_err(|e| format!("pickle, byte {}: {e}", machine.at))?;
    machine.named_tensors(result)
}

impl<'p> Machine<'p> {
    fn run(&mut self) -> Result<Value, String> {
        loop {
            let opcode = self.byte()?;
            match opcode {
                b'.' => return self.pop(),
                0x80 => self.protocol()?,
                0x95 => drop(self.take(8)?), // FRAME
                b'(' => self.stack.push(Value::Mark),
                b'0' => drop(self.pop()?),
                b'N' => self.stack.push(Value::Nothing),
                0x88 | 0x89 => self.stack.push(Value::Bool),
                b'G' => {
                    self.take(8)?;
                    self.stack.push(Value::Float);
                }
                b'J' | b'K' | b'M' | 0x8a => self.integer(opcode)?,
                b'X' | 0x8c => self.text(opcode)?,
                b'q' | b'r' | 0x94 => self.remember(opcode)?,
                b'h' | b'j' => self.recall(opcode)?,
                b'c' | 0x93 => self.global(opcode)?,
                b'Q' => self.persistent()?,
                b'R' => self.reduce()?,
                b'b' => self.build()?,
                b')' | b't' | 0x85..=0x87 => self.tuple(opcode)?,
                b']' => {
                    self.lists.push(Vec::new());
                    self.stack.push(Value::List(self.lists.len() - 1));
                }
                b'}' => self.new_map(),
                b'a' | b'e' => self.append(opcode)?,
                b's' | b'u' => self.set_items(opcode)?,
                other => return Err(format!("instruction {other:#04x} is not one that a state dict needs")),
            }
        }
    }

    fn take(&mut self, n: usize) -> Result<&'p [u8], String> {
        let end = self.at.checked_add(n).filter(|&end| end <= self.program.len());
        let end =
            end.ok_or_else(|| format!("{n} more bytes were promised, {} are left", self.program.len() - self.at))?;
        let taken = &self.program[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32, String> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "the stack is empty".to_string())
    }

    /// Everything above the last mark, which goes too.
    fn pop_mark(&mut self) -> Result<Vec<Value>, String> {
        let mark = self.stack.iter().rposition(|value| *value == Value::Mark).ok_or("there is no mark")?;
        let above = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(above)
    }

    fn protocol(&mut self) -> Result<(), String> {
        match self.byte()? {
            2..=5 => Ok(()),
            other => Err(format!("protocol {other}; 2 to 5 are known")),
        }
    }

    fn integer(&mut self, opcode: u8) -> Result<(), String> {
        let value = match opcode {
            b'K' => i64::from(self.byte()?),
            b'M' => self.take(2)?.iter().rev().fold(0, |value, &byte| value << 8 | i64::from(byte)),
            b'J' => i64::from(self.u32()? as i32),
            _ => {
                let n = usize::from(self.byte()?);
                let bytes = self.take(n)?;
                if n > 8 {
                    return Err(format!("an integer of {n} bytes; at most 8 are supported"));
                }
                // Two's complement, little-endian, sign-extended.
                let fill = if bytes.last().is_some_and(|&high| high >= 0x80) { 0xff } else { 0 };
                let mut all = [fill; 8];
                all[..n].copy_from_slice(bytes);
                i64::from_le_bytes(all)
            }
        };
        self.stack.push(Value::Int(value));
        Ok(())
    }

    fn text(&mut self, opcode: u8) -> Result<(), String> {
        let n = if opcode == b'X' { self.u32()? as usize } else { usize::from(self.byte()?) };
        let text = std::str::from_utf8(self.take(n)?).map_err(|e| format!("a text is not UTF-8: {e}"))?;
        self.texts.push(text);
        self.stack.push(Value::Text(self.texts.len() - 1));
        Ok(())
    }

    fn remember(&mut self, opcode: u8) -> Result<(), String> {
        let key = match opcode {
            b'q' => u32::from(self.byte()?),
            b'r' => self.u32()?,
            _ => self.memo.len() as u32, // MEMOIZE
        };
        let value = *self.stack.last().ok_or("the stack is empty")?;
        self.memo.insert(key, value);
        Ok(())
    }

    fn recall(&mut self, opcode: u8) -> Result<(), String> {
        let key = if opcode == b'h' { u32::from(self.byte()?) } else { self.u32()? };
        let value = *self.memo.get(&key).ok_or_else(|| format!("nothing was remembered as {key}"))?;
        self.stack.push(value);
        Ok(())
    }

    fn global(&mut self, opcode: u8) -> Result<(), String> {
        let (module, name) = if opcode == b'c' {
            (self.line()?, self.line()?)
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            (self.as_text(module)?, self.as_text(name)?)
        };
        self.stack.push(Value::Global(Global::named(module, name)?));
        Ok(())
    }

    fn line(&mut self) -> Result<&'p str, String> {
        let rest = &self.program[self.at..];
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or("a name has no end")?;
        let line = self.take(end)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|e| format!("a name is not UTF-8: {e}"))
    }

    /// `("storage", class, key, device, number of elements)` on the stack becomes a storage.
    fn persistent(&mut self) -> Result<(), String> {
        let id = self.pop()?;
        let (class, key) = match self.as_tuple(id)? {
            [Value::Text(kind), Value::Global(Global::Storage(class)), Value::Text(key), ..]
                if self.texts[*kind] == "storage" =>
            {
                (class.to_string(), self.texts[*key].to_string())
            }
            other => return Err(format!("a persistent id of {} parts that is no storage", other.len())),
        };
        if key.len() > MAX_KEY {
            return Err(format!("a storage with a name of {} bytes", key.len()));
        }
        self.storages.push(Storage { class, key });
        self.stack.push(Value::Storage(self.storages.len() - 1));
        Ok(())
    }

    fn reduce(&mut self) -> Result<(), String> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let arguments = self.as_tuple(arguments)?;
        let made = match (function, arguments) {
            (Value::Global(Global::OrderedDict), []) => {
                self.new_map();
                return Ok(());
            }
            (Value::Global(Global::RebuildTensor), [storage, offset, shape, strides, ..]) => {
                let tensor = self.tensor(*storage, *offset, *shape, *strides)?;
                self.tensors.push(tensor);
                Value::Tensor(self.tensors.len() - 1)
            }
            (Value::Global(Global::RebuildParameter), [tensor @ Value::Tensor(_), ..]) => *tensor,
            (function, arguments) => {
                return Err(format!("a call of {function:?} with {} arguments makes no state dict", arguments.len()));
            }
        };
        self.stack.push(made);
        Ok(())
    }

    fn tensor(&self, storage: Value, offset: Value, shape: Value, strides: Value) -> Result<Tensor, String> {
        let Value::Storage(storage) = storage else { return Err(format!("a tensor in {storage:?}")) };
        let size = |value: &Value| match value {
            Value::Int(n) => {
                usize::try_from(*n).map_err(|_| format!("a tensor with a negative size, stride or offset {n}"))
            }
            other => Err(format!("a tensor with {other:?} for a size, stride or offset")),
        };
        let sizes = |value| self.as_tuple(value)?.iter().map(size).collect::<Result<Vec<usize>, String>>();
        let (shape, strides) = (sizes(shape)?, sizes(strides)?);
        if shape.len() != strides.len() {
            return Err(format!("a tensor of {} axes with {} strides", shape.len(), strides.len()));
        }
        if shape.len() > MAX_RANK {
            return Err(format!("a tensor of {} axes; weights have {MAX_RANK} at most", shape.len()));
        }
        Ok(Tensor { storage: self.storages[storage].clone(), offset: size(&offset)?, shape, strides })
    }

    /// State set on an object: the `_metadata` of a state dict, which is not needed.
    fn build(&mut self) -> Result<(), String> {
        self.pop()?;
        match self.stack.last() {
            Some(Value::Map(_)) => Ok(()),
            other => Err(format!("state for {other:?}")),
        }
    }

    fn tuple(&mut self, opcode: u8) -> Result<(), String> {
        let values = match opcode {
            b')' => Vec::new(),
            b't' => self.pop_mark()?,
            _ => {
                let n = usize::from(opcode - 0x84);
                let from = self.stack.len().checked_sub(n).ok_or("the stack is too short for a tuple")?;
                self.stack.split_off(from)
            }
        };
        self.tuples.push(values);
        self.stack.push(Value::Tuple(self.tuples.len() - 1));
        Ok(())
    }

    fn new_map(&mut self) {
        self.maps.push(Vec::new());
        self.stack.push(Value::Map(self.maps.len() - 1));
    }

    fn append(&mut self, opcode: u8) -> Result<(), String> {
        let values = if opcode == b'e' { self.pop_mark()? } else { vec![self.pop()?] };
        match self.stack.last() {
            Some(Value::List(list)) => {
                self.lists[*list].extend(values);
                Ok(())
            }
            other => Err(format!("values appended to {other:?}")),
        }
    }

    fn set_items(&mut self, opcode: u8) -> Result<(), String> {
        let values = match opcode {
            b'u' => self.pop_mark()?,
            _ => {
                let (value, key) = (self.pop()?, self.pop()?);
                vec![key, value]
            }
        };
        let (pairs, rest) = values.as_chunks::<2>();
        match self.stack.last() {
            Some(Value::Map(map)) if rest.is_empty() => {
                self.maps[*map].extend(pairs.iter().map(|[key, value]| (*key, *value)));
                Ok(())
            }
            other => Err(format!("{} values set as items of {other:?}", values.len())),
        }
    }

    fn as_text(&self, value: Value) -> Result<&'p str, String> {
        match value {
            Value::Text(text) => Ok(self.texts[text]),
            other => Err(format!("a text was expected, not {other:?}")),
        }
    }

    fn as_tuple(&self, value: Value) -> Result<&[Value], String> {
        match value {
            Value::Tuple(tuple) => Ok(&self.tuples[tuple]),
            other => Err(format!("a tuple was expected, not {other:?}")),
        }
    }

    /// The tensors of the resulting map, or of the state dict inside a training checkpoint.
    fn named_tensors(&self, result: Value) -> Result<BTreeMap<String, Tensor>, String> {
        let Value::Map(map) = result else { return Err(format!("it makes {result:?}, not a state dict")) };
        let own = |tensors: BTreeMap<&str, usize>| {
            tensors.into_iter().map(|(name, tensor)| (name.to_string(), self.tensors[tensor].clone())).collect()
        };
        let found = self.tensors_of(map);
        if !found.is_empty() {
            return Ok(own(found));
        }
        let inner = ["state_dict", "model_state_dict", "model"].into_iter().find_map(|wanted| {
            self.maps[map].iter().find_map(|(key, value)| match (key, value) {
                (Value::Text(key), Value::Map(inner)) if self.texts[*key] == wanted => Some(self.tensors_of(*inner)),
                _ => None,
            })
        });
        inner.filter(|tensors| !tensors.is_empty()).map(own).ok_or_else(|| "it holds no named tensors".to_string())
    }

    fn tensors_of(&self, map: usize) -> BTreeMap<&'p str, usize> {
        let named = |(key, value): &(Value, Value)| match (key, value) {
            (Value::Text(key), Value::Tensor(tensor)) => Some((self.texts[*key], *tensor)),
            _ => None,
        };
        self.maps[map].iter().filter_map(named).collect()
    }
}
