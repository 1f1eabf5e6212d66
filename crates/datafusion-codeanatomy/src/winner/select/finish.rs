//! Rows on their way out of a selection, in the order in which they came.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, UInt32Array, UInt64Array, new_null_array,
};
use datafusion::arrow::compute::{interleave, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;

use super::compare::Loc;

/// Rows that come out, and their reports.
pub(crate) struct Placed {
    pub(crate) locs: Vec<Loc>,
    pub(crate) reports: Vec<Reported>,
}

/// A report of every row.
pub(crate) enum Reported {
    /// 1, unsigned.
    One,
    Unsigned(Vec<u64>),
    Signed(Vec<i64>),
    /// What the column has in these rows.
    Next {
        column: usize,
        next: Vec<Loc>,
    },
}

impl Placed {
    /// Keeps the rows for which `keep` is true.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        filter(&mut self.locs, keep);
        for report in &mut self.reports {
            match report {
                Reported::One => {}
                Reported::Unsigned(values) => filter(values, keep),
                Reported::Signed(values) => filter(values, keep),
                Reported::Next { next, .. } => filter(next, keep),
            }
        }
    }
}

fn filter<T>(values: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().copied().unwrap_or(false));
}

/// Gives rows batch by batch.
pub(crate) struct Emission {
    schema: SchemaRef,
    input_columns: usize,
    batches: Vec<RecordBatch>,
    placed: Placed,
    /// Rows of `placed`, by batch.
    order: Vec<u32>,
    /// Where in `order` every batch begins, and the end.
    starts: Vec<usize>,
    at: usize,
    /// For every row of the batch at hand its place in `placed`, or none.
    places: Vec<u32>,
    /// Whether rows of other batches are reported.
    looks_around: bool,
}

impl Emission {
    /// The first `input_columns` columns of `batches` and the reports are the columns of `schema`.
    pub(crate) fn new(schema: SchemaRef, input_columns: usize, batches: Vec<RecordBatch>, placed: Placed) -> Self {
        let mut starts = vec![0_usize; batches.len() + 1];
        for loc in &placed.locs {
            starts[loc.batch as usize + 1] += 1;
        }
        for batch in 1..starts.len() {
            starts[batch] += starts[batch - 1];
        }
        let mut next = starts.clone();
        let mut order = vec![0; placed.locs.len()];
        for (row, loc) in placed.locs.iter().enumerate() {
            let next = &mut next[loc.batch as usize];
            order[*next] = row as u32;
            *next += 1;
        }
        let looks_around = placed
            .reports
            .iter()
            .any(|report| matches!(report, Reported::Next { .. }));
        Self {
            schema,
            input_columns,
            batches,
            placed,
            order,
            starts,
            at: 0,
            places: Vec::new(),
            looks_around,
        }
    }

    /// The next rows, as many as the next batch keeps.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.at < self.batches.len() {
            let range = self.starts[self.at]..self.starts[self.at + 1];
            let at = self.at;
            self.at += 1;
            let batch = self.batches[at].clone();
            if !self.looks_around {
                self.batches[at] = batch.slice(0, 0);
            }
            if range.is_empty() {
                continue;
            }
            // Where in the batch they are sorts them.
            self.places.clear();
            self.places.resize(batch.num_rows(), u32::MAX);
            let order = &mut self.order[range.clone()];
            for row in order.iter() {
                self.places[self.placed.locs[*row as usize].row as usize] = *row;
            }
            let sorted = self.places.iter().filter(|row| **row != u32::MAX);
            order.iter_mut().zip(sorted).for_each(|(place, row)| *place = *row);
            return self.rows(&batch, &self.order[range]).map(Some);
        }
        Ok(None)
    }

    fn rows(&self, batch: &RecordBatch, order: &[u32]) -> Result<RecordBatch> {
        let columns: Vec<usize> = (0..self.input_columns).collect();
        let batch = batch.project(&columns)?;
        let batch = if order.len() == batch.num_rows() || self.input_columns == 0 {
            batch
        } else {
            let rows = order.iter().map(|row| self.placed.locs[*row as usize].row);
            take_record_batch(&batch, &UInt32Array::from_iter_values(rows))?
        };
        let mut columns = batch.columns().to_vec();
        for report in &self.placed.reports {
            columns.push(match report {
                Reported::One => Arc::new(UInt64Array::from_value(1, order.len())),
                Reported::Unsigned(values) => Arc::new(UInt64Array::from_iter_values(
                    order.iter().map(|row| values[*row as usize]),
                )),
                Reported::Signed(values) => Arc::new(Int64Array::from_iter_values(
                    order.iter().map(|row| values[*row as usize]),
                )),
                Reported::Next { column, next } => self.look(*column, order.iter().map(|row| next[*row as usize]))?,
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(order.len()));
        Ok(RecordBatch::try_new_with_options(
            SchemaRef::clone(&self.schema),
            columns,
            &options,
        )?)
    }

    /// The values of a column in rows of any batch.
    fn look(&self, column: usize, locs: impl Iterator<Item = Loc> + Clone) -> Result<ArrayRef> {
        let mut used: Vec<u32> = locs
            .clone()
            .filter(|loc| *loc != Loc::NONE)
            .map(|loc| loc.batch)
            .collect();
        used.sort_unstable();
        used.dedup();
        let data_type = self.batches[0].column(column).data_type();
        let none = new_null_array(data_type, 1);
        let arrays = used
            .iter()
            .map(|batch| self.batches[*batch as usize].column(column).as_ref());
        let arrays: Vec<&dyn Array> = std::iter::once(none.as_ref()).chain(arrays).collect();
        let indices = locs.map(|loc| match used.binary_search(&loc.batch) {
            Ok(at) => (at + 1, loc.row as usize),
            Err(_) => (0, 0),
        });
        Ok(interleave(&arrays, &indices.collect::<Vec<_>>())?)
    }

    /// The part of the rows that was not yet given, from 0 to 1.
    pub(crate) fn remaining(&self) -> f64 {
        match (self.order.len(), self.at < self.batches.len()) {
            (_, false) | (0, _) => 0.0,
            (_, true) if self.looks_around => 1.0,
            (rows, true) => 1.0 - self.starts[self.at] as f64 / rows as f64,
        }
    }
}
