//! Hashes as texts: all in one buffer, which is checked to be UTF-8 once.

use std::sync::Arc;

use codeanatomy_model::id::hash_digits;
use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, LargeStringArray, StringViewArray};
use datafusion_common::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer};

use crate::scalar::Texts;

/// A short prefix of all ids, and its colon.
pub(super) struct Head {
    bytes: [u8; 16],
    length: usize,
}

impl Head {
    pub(super) fn of(prefixes: &Texts) -> Option<Self> {
        let Texts::Constant(Some(prefix)) = prefixes else {
            return None;
        };
        let (mut bytes, length) = ([b':'; 16], prefix.len() + 1);
        bytes
            .get_mut(..prefix.len())
            .filter(|_| length <= 16)?
            .copy_from_slice(prefix.as_bytes());
        Some(Self { bytes, length })
    }
}

/// Texts of a prefix, a colon and digits, or of digits alone where the prefix is empty and none was wanted.
pub(super) struct Digits {
    bytes: Vec<u8>,
    ends: Vec<i64>,
    is_there: Vec<bool>,
    with_colon: bool,
}

impl Digits {
    /// Of so many rows, with prefixes of about so many bytes; 0 says that there are none.
    pub(super) fn with_capacity(rows: usize, prefix: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self {
            bytes: Vec::with_capacity(rows * (prefix + 33) + 16),
            ends,
            is_there: vec![],
            with_colon: prefix > 0,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, prefix: &str, hash: u128) {
        if self.with_colon {
            self.bytes.extend_from_slice(prefix.as_bytes());
            self.bytes.push(b':');
        }
        self.bytes.extend_from_slice(&hash_digits(hash));
        self.end(true);
    }

    #[inline]
    pub(super) fn push_behind(&mut self, head: &Head, hash: u128) {
        // Copied as one piece of a known length, of which the end is cut off.
        let (mut text, end) = ([0; 48], self.bytes.len() + head.length + 32);
        text[..16].copy_from_slice(&head.bytes);
        text[head.length..head.length + 32].copy_from_slice(&hash_digits(hash));
        self.bytes.extend_from_slice(&text);
        self.bytes.truncate(end);
        self.end(true);
    }

    pub(super) fn push_null(&mut self) {
        if self.is_there.is_empty() {
            self.is_there.resize(self.ends.len() - 1, true);
        }
        self.end(false);
    }

    #[inline]
    fn end(&mut self, is_there: bool) {
        // Rows are noted from the first null on.
        if !(is_there && self.is_there.is_empty()) {
            self.is_there.push(is_there);
        }
        self.ends.push(self.bytes.len() as i64);
    }

    pub(super) fn finish(self) -> Result<ArrayRef> {
        let nulls = self.is_there.contains(&false).then(|| NullBuffer::from(self.is_there));
        let offsets = OffsetBuffer::new(self.ends.into());
        let texts = LargeStringArray::try_new(offsets, Buffer::from_vec(self.bytes), nulls)?;
        Ok(Arc::new(StringViewArray::from(&texts)))
    }
}
