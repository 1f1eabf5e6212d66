//! Cells of one column on their way to an array.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, StringViewArray, UInt16Array};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer, NullBufferBuilder, ScalarBuffer};
use arrow_schema::ArrowError;
use codeanatomy_model::ColumnType;

use super::text::TextColumn;

/// The most rows that room is made for before there are any.
pub(super) const USUAL_ROWS: usize = 1 << 14;

/// A growing column. Cells of another type than its own are dropped; a table checks that all columns are equally long.
#[derive(Debug)]
pub(crate) enum Column {
    Text(Box<TextColumn>),
    Int(IntColumn),
    Bool(BoolColumn),
}

impl Column {
    /// An empty column.
    pub(super) fn new(column: &codeanatomy_model::Column) -> Self {
        match column.ty {
            // Paths and ids come many times in a row.
            ColumnType::Text => {
                let repeats = column.name == "path" || column.name.ends_with("_id");
                Self::Text(Box::new(TextColumn::new(repeats)))
            }
            ColumnType::Int => Self::Int(IntColumn::default()),
            ColumnType::Bool => Self::Bool(BoolColumn::default()),
        }
    }

    /// Gives the cells as an array and starts anew, with room for `next` cells.
    pub(super) fn finish(&mut self, next: usize) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(c) => c.finish(next)?,
            Self::Int(c) => Arc::new(c.finish(next)?),
            Self::Bool(c) => Arc::new(c.finish()),
        })
    }

    /// Adds a cell to a column of texts.
    #[inline]
    pub(crate) fn text(&mut self, value: Option<&str>) {
        if let Self::Text(column) = self {
            column.append(value);
        }
    }

    /// Adds cells to a column of texts.
    #[inline]
    pub(crate) fn texts<'v>(&mut self, values: impl Iterator<Item = Option<&'v str>>) {
        if let Self::Text(column) = self {
            column.extend(values);
        }
    }

    /// Adds cells to a column of texts, which are often the same as the one before.
    #[inline]
    pub(crate) fn word_runs(&mut self, values: impl Iterator<Item = &'static str>) {
        if let Self::Text(column) = self {
            column.extend_runs(values);
        }
    }

    /// Adds cells to a column of texts, each the text of a number: that of the same number again costs little.
    #[inline]
    pub(crate) fn numbered_texts<'v>(
        &mut self,
        numbers: impl Iterator<Item = Option<u32>>,
        text: impl Fn(u32) -> &'v str,
    ) {
        if let Self::Text(column) = self {
            column.extend_numbered(numbers, text);
        }
    }

    /// Adds `count` cells to a column of texts: those of `cells`, by their number, and null for the others.
    pub(crate) fn sparse_texts<'v>(&mut self, count: usize, cells: impl Iterator<Item = (u32, &'v str)>) {
        if let Self::Text(column) = self {
            column.extend_sparse(count, cells);
        }
    }

    /// Adds `count` cells of the same text.
    pub(crate) fn repeated_text(&mut self, text: &str, count: usize) {
        if let Self::Text(column) = self {
            column.push_repeated(text, count);
        }
    }

    /// Adds cells to a column of texts by their position among `words`, or null where it is [`super::NO_WORD`].
    pub(crate) fn words(&mut self, words: &'static [&'static str], cells: impl Iterator<Item = u8>) {
        if let Self::Text(column) = self {
            column.extend_words(words, cells);
        }
    }

    /// Adds cells to a column of texts by their position in `words`. Their bytes are not copied.
    pub(crate) fn picks(&mut self, words: &StringViewArray, cells: impl Iterator<Item = Option<u16>>) {
        self.taken_texts(words, &cells.collect::<UInt16Array>());
    }

    /// Adds cells to a column of texts by their position in `texts`, whose bytes are shared.
    pub(crate) fn taken_texts(&mut self, texts: &StringViewArray, cells: &dyn Array) {
        if let Self::Text(column) = self {
            column.extend_taken(texts, cells);
        }
    }

    /// Makes the next batch fail: cells could not be made.
    pub(crate) fn fail(&mut self, error: ArrowError) {
        if let Self::Text(column) = self {
            column.fail(error);
        }
    }

    /// Adds cells to a column of integers.
    #[inline]
    pub(crate) fn ints(&mut self, values: impl ExactSizeIterator<Item = impl Into<i64>>) {
        if let Self::Int(column) = self {
            column.extend(values.map(Into::into));
        }
    }

    /// Adds cells to a column of integers, some of which are null.
    #[inline]
    pub(crate) fn optional_ints(&mut self, values: impl ExactSizeIterator<Item = impl Into<i64>>, nulls: &NullBuffer) {
        if let Self::Int(column) = self {
            column.values.extend(values.map(Into::into));
            column.nulls.append_buffer(nulls);
        }
    }

    /// Adds cells to a column of integers, many of which are null.
    #[inline]
    pub(crate) fn sparse_ints(&mut self, values: impl Iterator<Item = Option<u32>>) {
        if let Self::Int(column) = self {
            values.for_each(|value| column.push(value.map(i64::from)));
        }
    }

    /// Adds `count` cells to a column of truth values.
    #[inline]
    pub(crate) fn bools(&mut self, count: usize, cell: impl Fn(usize) -> bool) {
        if let Self::Bool(column) = self {
            column.extend(count, cell);
        }
    }
}

/// Integers.
#[derive(Debug)]
pub(crate) struct IntColumn {
    values: Vec<i64>,
    nulls: NullBufferBuilder,
}

impl Default for IntColumn {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            nulls: NullBufferBuilder::new(1024),
        }
    }
}

impl IntColumn {
    /// Adds a cell.
    #[inline]
    pub(super) fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.nulls.append(value.is_some());
    }

    #[inline]
    fn extend(&mut self, values: impl ExactSizeIterator<Item = i64>) {
        self.nulls.append_n_non_nulls(values.len());
        self.values.extend(values);
    }

    fn finish(&mut self, next: usize) -> Result<Int64Array, ArrowError> {
        let values = std::mem::replace(&mut self.values, Vec::with_capacity(next));
        Int64Array::try_new(ScalarBuffer::from(values), self.nulls.finish())
    }
}

/// Truth values.
#[derive(Debug)]
pub(crate) struct BoolColumn {
    values: BooleanBufferBuilder,
    nulls: NullBufferBuilder,
}

impl Default for BoolColumn {
    fn default() -> Self {
        Self {
            values: BooleanBufferBuilder::new(0),
            nulls: NullBufferBuilder::new(1024),
        }
    }
}

impl BoolColumn {
    /// Adds a cell.
    #[inline]
    pub(super) fn push(&mut self, value: Option<bool>) {
        self.values.append(value.unwrap_or_default());
        self.nulls.append(value.is_some());
    }

    #[inline]
    fn extend(&mut self, count: usize, cell: impl Fn(usize) -> bool) {
        self.values.append_buffer(&BooleanBuffer::collect_bool(count, cell));
        self.nulls.append_n_non_nulls(count);
    }

    fn finish(&mut self) -> BooleanArray {
        BooleanArray::new(self.values.finish(), self.nulls.finish())
    }
}
