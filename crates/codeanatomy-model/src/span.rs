//! Positions in source text.

/// A half-open byte interval `[bstart, bend)` into a file's UTF-8 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub bstart: i64,
    /// Offset after the last byte.
    pub bend: i64,
}

impl Span {
    /// The interval `[bstart, bend)`.
    pub const fn new(bstart: i64, bend: i64) -> Self {
        Self { bstart, bend }
    }
}
