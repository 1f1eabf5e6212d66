//! The rows of one file as bytes, and back into growing columns.
//!
//! ```text
//! entry = nothing                                        no rows
//!       | rows:u32 ends:u32[columns] columns             each column ends so many bytes behind the first one's start
//! ```

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, SchemaRef};
use codeanatomy_model::Contract;

use crate::column::{Bytes, Column, encode as encode_column};

/// The columns of a dataset that entries have, by position in the contract. The text of files is not kept: it would be the file once more, and
/// takes no parse.
pub(crate) fn stored_columns(contract: &Contract) -> Vec<usize> {
    let columns = contract.columns.iter().enumerate();
    let kept = columns.filter(|(_, c)| (contract.name, c.name) != ("files", "text"));
    kept.map(|(i, _)| i).collect()
}

/// The entry of these rows, which have the columns that are stored; none if it would be too large for one.
pub(crate) fn encode(rows: &RecordBatch) -> Option<Vec<u8>> {
    let mut entry = Vec::new();
    if rows.num_rows() == 0 {
        return Some(entry);
    }
    entry.extend(u32::try_from(rows.num_rows()).ok()?.to_le_bytes());
    let ends = entry.len();
    let start = ends + 4 * rows.num_columns();
    entry.resize(start, 0);
    for (i, column) in rows.columns().iter().enumerate() {
        encode_column(column, &mut entry)?;
        let end = i32::try_from(entry.len() - start).ok()?;
        entry[ends + 4 * i..][..4].copy_from_slice(&end.to_le_bytes());
    }
    Some(entry)
}

/// The columns that are asked for, growing entry by entry.
#[derive(Debug)]
pub(crate) struct Columns {
    schema: SchemaRef,
    stored: usize,
    /// With the position among those that are stored.
    columns: Vec<(usize, Column)>,
    rows: usize,
}

impl Columns {
    /// The columns of `projection`, all of which are stored.
    pub(crate) fn new(contract: &'static Contract, projection: &[usize]) -> Result<Self, ArrowError> {
        let stored = stored_columns(contract);
        let column = |&i: &usize| match stored.iter().position(|s| *s == i) {
            Some(position) => Ok((position, Column::new(contract.columns[i].ty))),
            None => Err(ArrowError::SchemaError(format!(
                "column {i} of {} is not stored",
                contract.name
            ))),
        };
        Ok(Self {
            schema: Arc::new(contract.schema().project(projection)?),
            columns: projection.iter().map(column).collect::<Result<_, _>>()?,
            stored: stored.len(),
            rows: 0,
        })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether an entry of so many bytes still fits.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.columns.iter().all(|(_, column)| column.has_room(bytes))
    }

    /// Appends the rows of an entry. None, and nothing is appended, if it makes no sense.
    pub(crate) fn append(&mut self, entry: &[u8]) -> Option<()> {
        if entry.is_empty() {
            return Some(());
        }
        let mut bytes = Bytes(entry);
        let rows = bytes.u32()? as usize;
        let ends = bytes.arrays::<4>(self.stored)?;
        let end = |i: usize| u32::from_le_bytes(ends[i]) as usize;
        let mut add = || {
            for (i, column) in &mut self.columns {
                let start = if *i == 0 { 0 } else { end(*i - 1) };
                column.append(rows, &mut Bytes(bytes.0.get(start..end(*i))?))?;
            }
            Some(())
        };
        let added = add();
        match added {
            Some(()) => self.rows += rows,
            None => self
                .columns
                .iter_mut()
                .for_each(|(_, column)| column.truncate(self.rows)),
        }
        added
    }

    /// Gives the rows and starts anew.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(|(_, column)| column.finish());
        let arrays = arrays.collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }

    /// The columns that are asked for of rows with all that are stored.
    pub(crate) fn of(&self, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        rows.project(&self.columns.iter().map(|(i, _)| *i).collect::<Vec<_>>())
    }
}
