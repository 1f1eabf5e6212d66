//! Rows of one dataset on their way to a record batch.

mod column;
mod filter;
mod text;

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;
use codeanatomy_model::{CellWriter, Contract, Row};

pub(crate) use column::Column;
use column::USUAL_ROWS;
pub use filter::RowFilter;
pub(crate) use text::NO_WORD;

/// The columns of a dataset that were asked for, growing row by row.
#[derive(Debug)]
pub struct Table {
    contract: &'static Contract,
    schema: SchemaRef,
    projection: Vec<usize>,
    columns: Columns,
    /// Those in `columns`.
    rows: usize,
    /// After how many rows a batch is cut off; if at all.
    most: Option<usize>,
    /// The rows that were cut off.
    batches: Vec<RecordBatch>,
    filters: Vec<RowFilter>,
    /// The rows that filters have kept out.
    skipped: usize,
    /// Why there can be no more rows; [`Table::take`] gives it.
    error: Option<ArrowError>,
}

/// By position in the contract; none where it was not asked for.
#[derive(Debug)]
struct Columns(Vec<Option<Column>>);

impl Table {
    /// An empty table with the columns of `projection`, in that order; all columns if it is `None`.
    pub fn new(contract: &'static Contract, projection: Option<&[usize]>) -> Result<Self, ArrowError> {
        let all: Vec<usize> = (0..contract.columns.len()).collect();
        let projection = projection.map_or(all, <[usize]>::to_vec);
        let schema = Arc::new(contract.schema().project(&projection)?);
        let mut columns: Vec<Option<Column>> = contract.columns.iter().map(|_| None).collect();
        for &i in &projection {
            columns[i] = Some(Column::new(&contract.columns[i]));
        }
        Ok(Self {
            contract,
            schema,
            projection,
            columns: Columns(columns),
            rows: 0,
            most: None,
            batches: Vec::new(),
            filters: Vec::new(),
            skipped: 0,
            error: None,
        })
    }

    /// The same, where rows that do not pass `filter` need not be added.
    pub(crate) fn filtered(mut self, filter: RowFilter) -> Self {
        self.filters.push(filter);
        self
    }

    /// The same, which cuts rows into batches of `rows`, if that is given, or more where a file adds more at once: then columns are made as long as they get,
    /// and hardly ever copied to become longer.
    pub(crate) fn in_batches(mut self, rows: Option<usize>) -> Self {
        self.most = rows;
        self
    }

    /// How many rows were left out because they did not pass a filter.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Which of `count` rows are wanted, in order, if not all are. `cell` gives the text of a column in a row; it is asked
    /// for one column after the other, of each in the order of the rows.
    pub(crate) fn chosen<'v>(
        &mut self,
        count: usize,
        mut cell: impl FnMut(&'static str, u32) -> Option<&'v str>,
    ) -> Option<Vec<u32>> {
        if self.filters.is_empty() {
            return None;
        }
        let mut rows: Vec<u32> = (0..count as u32).collect();
        for filter in &self.filters {
            rows.retain(|row| filter.admits(cell(filter.column(), *row)));
        }
        self.skipped += count - rows.len();
        Some(rows)
    }

    /// Whether a column was asked for, so that it is worth computing.
    pub fn wants(&self, column: &str) -> bool {
        self.contract
            .index_of(column)
            .is_some_and(|i| self.columns.0[i].is_some())
    }

    /// Adds a row. Cells of columns that were not asked for are dropped.
    #[inline]
    pub fn push<R: Row>(&mut self, row: &R) {
        debug_assert_eq!(R::CONTRACT.name, self.contract.name, "the row is of another dataset");
        if !self.filters.iter().all(|filter| filter.admits_row(row)) {
            self.skipped += 1;
            return;
        }
        row.write(&mut self.columns);
        self.rows += 1;
        if self.is_beyond(1) {
            self.cut();
        }
    }

    /// Whether a batch would be longer than it should be with `rows` rows more.
    #[inline]
    fn is_beyond(&self, rows: usize) -> bool {
        self.rows > 0 && self.most.is_some_and(|most| self.rows + rows > most)
    }

    fn cut(&mut self) {
        match self.finish() {
            Ok(batch) => self.batches.push(batch),
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
    }

    /// Parts of `count` rows, in order, each of which can be added by [`Table::append`] and then fills a batch; all in one if rows are
    /// not cut into batches.
    pub(crate) fn parts(&self, count: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let most = self.most.unwrap_or(usize::MAX);
        let first = most - self.rows;
        let mut end = 0_usize;
        std::iter::from_fn(move || {
            let start = end;
            end = count.min(start.saturating_add(if start == 0 { first } else { most }));
            (start < count).then_some(start..end)
        })
    }

    /// Adds `rows` rows column by column, which is faster for many of them: `fill` gets the name of each column that was
    /// asked for and adds as many cells to it.
    pub(crate) fn append(&mut self, rows: usize, mut fill: impl FnMut(&'static str, &mut Column)) {
        if self.is_beyond(rows) {
            self.cut();
        }
        for (described, column) in self.contract.columns.iter().zip(&mut self.columns.0) {
            if let Some(column) = column {
                fill(described.name, column);
            }
        }
        self.rows += rows;
        if self.is_beyond(1) {
            self.cut();
        }
    }

    /// Makes the next [`Table::take`] fail: what was asked for cannot be done.
    pub(crate) fn fail(&mut self, reason: String) {
        self.error.get_or_insert(ArrowError::ComputeError(reason));
    }

    /// The number of rows since the last [`Table::take`].
    pub fn len(&self) -> usize {
        self.rows + self.batches.iter().map(RecordBatch::num_rows).sum::<usize>()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The schema of the batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Gives the rows as a batch and starts anew.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let batches = self.take_batches()?;
        match &batches[..] {
            [batch] => Ok(batch.clone()),
            batches => concat_batches(&self.schema, batches),
        }
    }

    /// Gives the rows as batches, of which there may be none, and starts anew.
    pub fn take_batches(&mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        if self.rows > 0 {
            self.cut();
        }
        let batches = std::mem::take(&mut self.batches);
        self.error.take().map_or(Ok(batches), Err)
    }

    /// Gives the rows in the columns.
    fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        // The next batch is as long as can be, or about as long as this one.
        let next = self.most.unwrap_or(rows).min(USUAL_ROWS);
        let is_short = rows < next / 2;
        let mut arrays = Vec::with_capacity(self.projection.len());
        for &i in &self.projection {
            let Some(column) = &mut self.columns.0[i] else {
                return Err(ArrowError::SchemaError(format!("column {i} was not asked for")));
            };
            let mut array = column.finish(next)?;
            // Rows are charged with the room that was made for them.
            if is_short {
                array.shrink_to_fit();
            }
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }
}

impl CellWriter for Columns {
    #[inline]
    fn text(&mut self, column: usize, value: Option<&str>) {
        if let Some(Column::Text(c)) = &mut self.0[column] {
            c.push(value);
        }
    }

    #[inline]
    fn int(&mut self, column: usize, value: Option<i64>) {
        if let Some(Column::Int(c)) = &mut self.0[column] {
            c.push(value);
        }
    }

    #[inline]
    fn bool(&mut self, column: usize, value: Option<bool>) {
        if let Some(Column::Bool(c)) = &mut self.0[column] {
            c.push(value);
        }
    }
}
