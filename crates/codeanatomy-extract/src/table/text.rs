//! A column of texts on its way to an array.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringViewArray, UInt8Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::ArrowError;
use arrow_select::take::take;

/// Shorter texts stand in the array itself.
const INLINE_BYTES: usize = 12;

/// Stands for null among positions of words.
pub(crate) const NO_WORD: u8 = u8::MAX;

/// Texts. Where the same long text is expected many times in a row, its bytes are kept once for them.
#[derive(Debug)]
pub(crate) struct TextColumn {
    cells: StringViewBuilder,
    repeats: bool,
    /// The last text and how often it came, if it is not among the cells yet.
    last: String,
    count: usize,
    /// Positions in `words` of cells that come after all these, which become texts all at once.
    positions: Vec<u8>,
    words: &'static [&'static str],
    /// Why a text could not be added; [`Self::finish`] gives it.
    error: Option<ArrowError>,
}

impl TextColumn {
    pub(super) fn new(repeats: bool) -> Self {
        Self {
            cells: StringViewBuilder::new(),
            repeats,
            last: String::new(),
            count: 0,
            positions: Vec::new(),
            words: &[],
            error: None,
        }
    }

    /// Adds a cell.
    #[inline]
    pub(crate) fn push(&mut self, value: Option<&str>) {
        if !self.repeats {
            self.append(value);
            return;
        }
        match value {
            Some(text) if text.len() > INLINE_BYTES => self.push_repeated(text, 1),
            _ => self.append(value),
        }
    }

    /// Adds cells that are rarely equal to the one before.
    #[inline]
    pub(super) fn extend<'v>(&mut self, values: impl Iterator<Item = Option<&'v str>>) {
        for value in values {
            self.append(value);
        }
    }

    /// Adds `count` cells: those of `cells`, by their number, and null for the others.
    #[inline]
    pub(super) fn extend_sparse<'v>(&mut self, count: usize, cells: impl Iterator<Item = (u32, &'v str)>) {
        let mut next = 0;
        for (number, text) in cells {
            self.append_n(None, (number - next) as usize);
            self.append(Some(text));
            next = number + 1;
        }
        self.append_n(None, count - next as usize);
    }

    /// Adds cells, each the text of a number or null. A number that follows itself is looked up once.
    #[inline]
    pub(super) fn extend_numbered<'v>(
        &mut self,
        numbers: impl Iterator<Item = Option<u32>>,
        text: impl Fn(u32) -> &'v str,
    ) {
        self.flush();
        let mut last = None;
        let mut count = 0;
        for number in numbers {
            if number == last {
                count += 1;
                continue;
            }
            self.append_n(last.map(&text), count);
            (last, count) = (number, 1);
        }
        self.append_n(last.map(&text), count);
    }

    /// Adds cells that are often the same text as the one before, at the same address.
    #[inline]
    pub(super) fn extend_runs(&mut self, values: impl Iterator<Item = &'static str>) {
        self.flush();
        let mut last = "";
        let mut count = 0;
        for value in values {
            if std::ptr::eq(value, last) {
                count += 1;
                continue;
            }
            self.append_n(Some(last), count);
            (last, count) = (value, 1);
        }
        self.append_n(Some(last), count);
    }

    /// Adds cells that are among `words`, by position there, or null where the position is [`NO_WORD`]. Their bytes are
    /// not copied.
    pub(super) fn extend_words(&mut self, words: &'static [&'static str], cells: impl Iterator<Item = u8>) {
        if self.count > 0 || !std::ptr::eq(self.words, words) {
            self.flush();
            self.words = words;
        }
        self.positions.extend(cells);
    }

    /// The cells that are known by their position among words, of which there are none after it.
    fn take_words(&mut self) -> Result<ArrayRef, ArrowError> {
        let positions = std::mem::take(&mut self.positions);
        let nulls = NullBuffer::new(BooleanBuffer::collect_bool(positions.len(), |i| {
            positions[i] != NO_WORD
        }));
        let nulls = (nulls.null_count() > 0).then_some(nulls);
        let words = StringViewArray::from_iter_values(self.words);
        take(&words, &UInt8Array::try_new(positions.into(), nulls)?, None)
    }

    /// Adds cells by their position in `texts`; null where `cells` is null. The bytes of the texts are shared.
    pub(super) fn extend_taken(&mut self, texts: &StringViewArray, cells: &dyn Array) {
        self.flush();
        match take(texts, cells, None) {
            Ok(array) => self.cells.append_array(array.as_string_view()),
            Err(error) => self.error = Some(error),
        }
    }

    /// Makes the next batch fail.
    pub(super) fn fail(&mut self, error: ArrowError) {
        self.error = Some(error);
    }

    /// Adds `count` cells of the same text.
    pub(super) fn push_repeated(&mut self, text: &str, count: usize) {
        if self.count == 0 || self.last != text {
            self.flush();
            self.last.clear();
            self.last.push_str(text);
        }
        self.count += count;
    }

    /// Adds a cell that is rarely equal to the one before.
    #[inline]
    pub(super) fn append(&mut self, value: Option<&str>) {
        self.flush();
        match value {
            Some(text) => {
                if let Err(error) = self.cells.try_append_value(text) {
                    self.error = Some(error);
                }
            }
            None => self.cells.append_null(),
        }
    }

    #[inline]
    fn append_n(&mut self, value: Option<&str>, count: usize) {
        self.flush();
        match value {
            Some(text) => {
                if let Err(error) = self.cells.try_append_value_n(text, count) {
                    self.error = Some(error);
                }
            }
            None => (0..count).for_each(|_| self.cells.append_null()),
        }
    }

    /// Adds what is not among the cells yet.
    #[inline]
    fn flush(&mut self) {
        if self.count > 0 {
            self.flush_last();
        }
        if !self.positions.is_empty() {
            self.flush_words();
        }
    }

    fn flush_last(&mut self) {
        let count = std::mem::take(&mut self.count);
        if let Err(error) = self.cells.try_append_value_n(&self.last, count) {
            self.error = Some(error);
        }
    }

    fn flush_words(&mut self) {
        match self.take_words() {
            Ok(array) => self.cells.append_array(array.as_string_view()),
            Err(error) => self.error = Some(error),
        }
    }

    /// Gives the cells as an array and starts anew, with room for `next` cells.
    pub(super) fn finish(&mut self, next: usize) -> Result<ArrayRef, ArrowError> {
        if self.cells.is_empty() && self.count == 0 && !self.positions.is_empty() {
            let array = self.take_words();
            self.positions.reserve(next);
            return self.error.take().map_or(array, Err);
        }
        self.flush();
        let array = self.cells.finish();
        self.cells = StringViewBuilder::with_capacity(next);
        self.error.take().map_or(Ok(Arc::new(array)), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_in_order_however_they_are_added() -> Result<(), ArrowError> {
        let mut column = TextColumn::new(true);
        column.push_repeated("a", 2);
        column.extend_sparse(3, [(1, "b")].into_iter());
        column.push_repeated("b", 1);
        column.extend_sparse(1, std::iter::empty());
        column.append(Some("c"));
        column.extend_words(&["d", "e"], [1, NO_WORD].into_iter());
        column.extend_words(&["f"], [0].into_iter());
        column.push_repeated("a", 1);
        column.extend_words(&["f"], [0].into_iter());
        let (a, b, c, e, f) = (Some("a"), Some("b"), Some("c"), Some("e"), Some("f"));
        let cells = column.finish(0)?;
        let cells: Vec<_> = cells.as_string_view().iter().collect();
        assert_eq!(cells, [a, a, None, b, None, b, None, c, e, None, f, a, f]);
        column.extend_words(&["f"], [NO_WORD, 0].into_iter());
        column.extend_words(&["d", "e"], [0].into_iter());
        let cells = column.finish(0)?;
        assert_eq!(cells.as_string_view().iter().collect::<Vec<_>>(), [None, f, Some("d")]);
        assert_eq!(column.finish(0)?.len(), 0);
        Ok(())
    }
}
