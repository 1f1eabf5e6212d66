//! One column of an entry: as bytes, and growing into an array.
//!
//! Arrow's own file format would spend some microseconds on each of the columns of each file, and 16 bytes on a cell that repeats; so
//! columns are narrow here: integers as their distance from the least one, texts as positions among the different ones.
//!
//! ```text
//! column   = validity cells
//! validity = 0 (all valid) | 1 (all null, and no cells) | 2 bitmap
//! ```

mod bools;
mod bytes;
mod ints;
mod texts;
mod validity;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef};
use arrow_schema::ArrowError;
use codeanatomy_model::ColumnType;

pub(crate) use bytes::Bytes;

/// Appends the bytes of a column; none if it is too large or of no type that datasets have.
pub(crate) fn encode(array: &dyn Array, to: &mut Vec<u8>) -> Option<()> {
    if let Some(cells) = array.as_primitive_opt::<Int64Type>() {
        ints::encode(cells, to);
    } else if let Some(cells) = array.as_string_view_opt() {
        texts::encode(cells, to)?;
    } else {
        bools::encode(array.as_boolean_opt()?, to);
    }
    Some(())
}

/// A column that grows by columns of entries.
#[derive(Debug)]
pub(crate) enum Column {
    Int(ints::Ints),
    Text(texts::Texts),
    Bool(bools::Bools),
}

impl Column {
    pub(crate) fn new(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Int => Self::Int(ints::Ints::default()),
            ColumnType::Text => Self::Text(texts::Texts::default()),
            ColumnType::Bool => Self::Bool(bools::Bools::default()),
        }
    }

    /// Appends the cells of a column of `rows` rows. None if they make no sense: then some may have been added.
    pub(crate) fn append(&mut self, rows: usize, column: &mut Bytes<'_>) -> Option<()> {
        match self {
            Self::Int(c) => c.append(rows, column)?,
            Self::Text(c) => c.append(rows, column)?,
            Self::Bool(c) => c.append(rows, column)?,
        }
        column.is_empty().then_some(())
    }

    /// Forgets the column that was appended last; there were `rows` cells before.
    pub(crate) fn truncate(&mut self, rows: usize) {
        match self {
            Self::Int(c) => c.truncate(rows),
            Self::Text(c) => c.truncate(rows),
            Self::Bool(c) => c.truncate(rows),
        }
    }

    /// Whether so many bytes of texts more still fit.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        match self {
            Self::Text(c) => c.has_room(bytes),
            _ => true,
        }
    }

    /// Gives the cells as an array and starts anew.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Int(c) => Arc::new(c.finish()?),
            Self::Text(c) => c.finish()?,
            Self::Bool(c) => Arc::new(c.finish()),
        })
    }
}

#[cfg(test)]
mod tests;
