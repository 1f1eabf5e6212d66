//! Numbers and runs of bytes, one after the other.

use super::Extent;

/// Why reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bytecode) struct Failure {
    /// Whether the file ends early; else it is wrong.
    pub(in crate::bytecode) is_truncated: bool,
    /// What is wrong.
    pub(in crate::bytecode) message: String,
}

impl Failure {
    pub(super) fn truncated() -> Self {
        Self {
            is_truncated: true,
            message: "the file ends early".to_owned(),
        }
    }

    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self {
            is_truncated: false,
            message: message.into(),
        }
    }
}

/// A place in a file.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(data: &'a [u8], start: usize) -> Self {
        Self {
            data,
            at: start.min(data.len()),
        }
    }

    /// The offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The number of bytes to come.
    pub(super) fn rest(&self) -> usize {
        self.data.len() - self.at
    }

    #[inline]
    fn take(&mut self, len: usize) -> Result<&'a [u8], Failure> {
        let bytes = self.data.get(self.at..).and_then(|rest| rest.get(..len));
        let bytes = bytes.ok_or_else(Failure::truncated)?;
        self.at += len;
        Ok(bytes)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Failure> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// A number of four bytes, least significant first.
    #[inline]
    pub(super) fn long(&mut self) -> Result<i32, Failure> {
        let bytes = self.take(4)?;
        Ok(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A number that is not negative.
    pub(super) fn count(&mut self) -> Result<u32, Failure> {
        let start = self.at;
        let count = self.long()?;
        u32::try_from(count).map_err(|_| Failure::wrong(format!("the length at {start} is negative")))
    }

    /// As many bytes as the number before them says.
    pub(super) fn counted(&mut self) -> Result<Extent, Failure> {
        let len = self.count()?;
        self.extent(len)
    }

    /// So many bytes.
    pub(super) fn extent(&mut self, len: u32) -> Result<Extent, Failure> {
        let at = self.at as u32;
        self.take(len as usize)?;
        Ok(Extent { at, len })
    }
}
