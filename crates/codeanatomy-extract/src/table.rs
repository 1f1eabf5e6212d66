//! Rows of one dataset on their way to a record batch.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringViewBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, SchemaRef};
use codeanatomy_model::{CellWriter, ColumnType, Contract, Row};

/// The columns of a dataset that were asked for, growing row by row.
#[derive(Debug)]
pub struct Table {
    contract: &'static Contract,
    schema: SchemaRef,
    projection: Vec<usize>,
    columns: Columns,
    rows: usize,
}

#[derive(Debug)]
struct Columns(Vec<Option<Builder>>);

#[derive(Debug)]
enum Builder {
    Text(StringViewBuilder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
}

impl Table {
    /// An empty table with the columns of `projection`, in that order; all columns if it is `None`.
    pub fn new(contract: &'static Contract, projection: Option<&[usize]>) -> Result<Self, ArrowError> {
        let all: Vec<usize> = (0..contract.columns.len()).collect();
        let projection = projection.map_or(all, <[usize]>::to_vec);
        let schema = Arc::new(contract.schema().project(&projection)?);
        let mut columns: Vec<Option<Builder>> = contract.columns.iter().map(|_| None).collect();
        for &i in &projection {
            columns[i] = Some(match contract.columns[i].ty {
                ColumnType::Text => Builder::Text(StringViewBuilder::new().with_fixed_block_size(1 << 18)),
                ColumnType::Int => Builder::Int(Int64Builder::new()),
                ColumnType::Bool => Builder::Bool(BooleanBuilder::new()),
            });
        }
        Ok(Self { contract, schema, projection, columns: Columns(columns), rows: 0 })
    }

    /// Whether a column was asked for, so that it is worth computing.
    pub fn wants(&self, column: &str) -> bool {
        self.contract.index_of(column).is_some_and(|i| self.columns.0[i].is_some())
    }

    /// Adds a row. Cells of columns that were not asked for are dropped.
    #[inline]
    pub fn push<R: Row>(&mut self, row: &R) {
        debug_assert!(std::ptr::eq(R::CONTRACT, self.contract), "a row of {}", R::CONTRACT.name);
        row.write(&mut self.columns);
        self.rows += 1;
    }

    /// The number of rows since the last [`Table::take`].
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The schema of the batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Gives the rows as a batch and starts anew.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.projection.len());
        for &i in &self.projection {
            match &mut self.columns.0[i] {
                Some(Builder::Text(b)) => arrays.push(Arc::new(b.finish())),
                Some(Builder::Int(b)) => arrays.push(Arc::new(b.finish())),
                Some(Builder::Bool(b)) => arrays.push(Arc::new(b.finish())),
                None => return Err(ArrowError::SchemaError(format!("column {i} is projected twice"))),
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }
}

impl CellWriter for Columns {
    #[inline]
    fn text(&mut self, column: usize, value: Option<&str>) {
        if let Some(Builder::Text(b)) = &mut self.0[column] {
            b.append_option(value);
        }
    }

    #[inline]
    fn int(&mut self, column: usize, value: Option<i64>) {
        if let Some(Builder::Int(b)) = &mut self.0[column] {
            b.append_option(value);
        }
    }

    #[inline]
    fn bool(&mut self, column: usize, value: Option<bool>) {
        if let Some(Builder::Bool(b)) = &mut self.0[column] {
            b.append_option(value);
        }
    }
}
