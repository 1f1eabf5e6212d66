//! A document of an index, message by message.

use protobuf::Message;
use scip::types::{Occurrence, SymbolInformation};

use super::wire::{Value, fields, message};

/// What is asked of a document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub(super) occurrences: bool,
    pub(super) symbols: bool,
    pub(super) text: bool,
}

/// Messages of one kind with their numbers, where some may be missing.
#[derive(Debug)]
pub(super) struct Messages<M> {
    pub(super) read: Vec<(u32, M)>,
    /// How many there are, those that cannot be read included.
    pub(super) count: u32,
    pub(super) broken: u32,
}

impl<M> Default for Messages<M> {
    fn default() -> Self {
        Self {
            read: Vec::new(),
            count: 0,
            broken: 0,
        }
    }
}

impl<M: Message> Messages<M> {
    /// None yet, the next with this number.
    pub(super) fn starting_at(count: u32) -> Self {
        Self {
            count,
            ..Self::default()
        }
    }

    /// Adds the message `bytes`, if they are there.
    pub(super) fn add(&mut self, bytes: Option<&[u8]>, is_wanted: bool) {
        if is_wanted {
            match bytes.and_then(message) {
                Some(message) => self.read.push((self.count, message)),
                None => self.broken += 1,
            }
        }
        self.count = self.count.saturating_add(1);
    }
}

/// A document as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) language: String,
    /// The embedded text, if there is any.
    pub(super) text: Option<String>,
    /// The number of the encoding; 0 if it is not declared.
    pub(super) encoding: i32,
    pub(super) occurrences: Messages<Occurrence>,
    pub(super) symbols: Messages<SymbolInformation>,
    /// Fields of the document itself that are not what they should be.
    pub(super) broken_fields: u32,
    /// Whether the fields go on to the end.
    pub(super) is_whole: bool,
}

impl Document {
    /// Reads the message `bytes`.
    pub(super) fn new(bytes: &[u8], wanted: Wanted) -> Self {
        let mut document = Self::default();
        let is_whole = fields(bytes, |number, value| document.take(number, value, wanted));
        document.is_whole = is_whole;
        document
    }

    fn take(&mut self, number: u32, value: Value<'_>, wanted: Wanted) {
        match (number, value) {
            (2, Value::Bytes(bytes)) => self.occurrences.add(Some(bytes), wanted.occurrences),
            (3, Value::Bytes(bytes)) => self.symbols.add(Some(bytes), wanted.symbols),
            (4, Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                Ok(language) => language.clone_into(&mut self.language),
                Err(_) => self.broken_fields += 1,
            },
            (5, Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => self.text = (wanted.text && !text.is_empty()).then(|| text.to_owned()),
                Err(_) => self.broken_fields += 1,
            },
            // As protobuf does: the lower half of a number that is too large.
            (6, Value::Varint(encoding)) => self.encoding = encoding as i32,
            (2..=6, Value::Varint(_) | Value::Other) => self.broken_fields += 1,
            _ => {}
        }
    }
}

impl Document {
    /// Whether nothing of it is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.is_whole && self.broken_fields + self.occurrences.broken + self.symbols.broken == 0
    }
}
