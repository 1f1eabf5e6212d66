//! Rows on their way out of a selection, in the order in which they came.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBufferBuilder, Int64Array, RecordBatch, RecordBatchOptions, UInt32Array,
    UInt64Array, new_null_array,
};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{filter, filter_record_batch, interleave, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;

use super::compare::Loc;

/// Rows that come out.
pub(crate) enum Chosen {
    /// Per batch which rows come out, each the first of its group or a peer of it, and what is said of them.
    Marked(Vec<BooleanBuffer>, Vec<Told>),
    /// The rows one by one.
    Listed(Placed),
}

/// What is said of rows that are marked.
pub(crate) enum Told {
    /// 1, unsigned.
    One,
    /// Whether this is marked too.
    Flag(Vec<BooleanBuffer>),
}

/// Per batch of so many rows which of them are among `locs`.
pub(super) fn marks(sizes: impl Iterator<Item = usize>, locs: impl Iterator<Item = Loc>) -> Vec<BooleanBuffer> {
    let clear = |rows| {
        let mut marks = BooleanBufferBuilder::new(rows);
        marks.append_n(rows, false);
        marks
    };
    let mut marks: Vec<BooleanBufferBuilder> = sizes.map(clear).collect();
    for loc in locs {
        marks[loc.batch as usize].set_bit(loc.row as usize, true);
    }
    marks.into_iter().map(|mut marks| marks.finish()).collect()
}

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
    Flags(Vec<bool>),
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
        retain(&mut self.locs, keep);
        for report in &mut self.reports {
            match report {
                Reported::One => {}
                Reported::Unsigned(values) => retain(values, keep),
                Reported::Flags(values) => retain(values, keep),
                Reported::Signed(values) => retain(values, keep),
                Reported::Next { next, .. } => retain(next, keep),
            }
        }
    }
}

fn retain<T>(values: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().copied().unwrap_or(false));
}

/// Gives rows batch by batch.
pub(crate) struct Emission {
    schema: SchemaRef,
    input_columns: usize,
    batches: Vec<RecordBatch>,
    at: usize,
    rows: Rows,
}

enum Rows {
    Marked { marks: Vec<BooleanBuffer>, told: Vec<Told> },
    Listed(Listed),
}

/// Rows one by one, sorted by batch.
struct Listed {
    placed: Placed,
    /// Rows of `placed`, by batch.
    order: Vec<u32>,
    /// Where in `order` every batch begins, and the end.
    starts: Vec<usize>,
    /// For every row of the batch at hand its place in `placed`, or none.
    places: Vec<u32>,
    /// Whether rows of other batches are reported.
    looks_around: bool,
}

impl Listed {
    fn new(placed: Placed, batches: usize) -> Self {
        let mut starts = vec![0_usize; batches + 1];
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
        let mut reports = placed.reports.iter();
        let looks_around = reports.any(|report| matches!(report, Reported::Next { .. }));
        Self {
            placed,
            order,
            starts,
            places: Vec::new(),
            looks_around,
        }
    }

    /// Where the rows of a batch stand in `order`, which has them as they came then.
    fn sort(&mut self, at: usize, rows: usize) -> Range<usize> {
        let range = self.starts[at]..self.starts[at + 1];
        if range.is_empty() {
            return range;
        }
        // Where in the batch they are sorts them.
        self.places.clear();
        self.places.resize(rows, u32::MAX);
        let order = &mut self.order[range.clone()];
        for row in order.iter() {
            self.places[self.placed.locs[*row as usize].row as usize] = *row;
        }
        let sorted = self.places.iter().filter(|row| **row != u32::MAX);
        order.iter_mut().zip(sorted).for_each(|(place, row)| *place = *row);
        range
    }
}

impl Emission {
    /// The first `input_columns` columns of `batches` and the reports are the columns of `schema`.
    pub(crate) fn new(schema: SchemaRef, input_columns: usize, batches: Vec<RecordBatch>, chosen: Chosen) -> Self {
        let rows = match chosen {
            Chosen::Marked(marks, told) => Rows::Marked { marks, told },
            Chosen::Listed(placed) => Rows::Listed(Listed::new(placed, batches.len())),
        };
        Self {
            schema,
            input_columns,
            batches,
            at: 0,
            rows,
        }
    }

    fn looks_around(&self) -> bool {
        matches!(&self.rows, Rows::Listed(listed) if listed.looks_around)
    }

    /// The next rows, as many as the next batch keeps.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.at < self.batches.len() {
            let at = self.at;
            self.at += 1;
            let batch = if self.looks_around() {
                self.batches[at].clone()
            } else {
                let empty = RecordBatch::new_empty(self.batches[at].schema());
                std::mem::replace(&mut self.batches[at], empty)
            };
            let (rows, range) = match &mut self.rows {
                Rows::Marked { marks, .. } => (marks[at].count_set_bits(), 0..0),
                Rows::Listed(listed) => {
                    let range = listed.sort(at, batch.num_rows());
                    (range.len(), range)
                }
            };
            if rows == 0 {
                continue;
            }
            let columns: Vec<usize> = (0..self.input_columns).collect();
            let batch = batch.project(&columns)?;
            let all = rows == batch.num_rows() || self.input_columns == 0;
            let columns = match &self.rows {
                Rows::Marked { marks, told } => {
                    let kept = BooleanArray::new(marks[at].clone(), None);
                    let batch = if all {
                        batch
                    } else {
                        filter_record_batch(&batch, &kept)?
                    };
                    let mut columns = batch.columns().to_vec();
                    for told in told {
                        columns.push(match told {
                            Told::One => Arc::new(UInt64Array::from_value(1, rows)),
                            Told::Flag(flags) => filter(&BooleanArray::new(flags[at].clone(), None), &kept)?,
                        });
                    }
                    columns
                }
                Rows::Listed(listed) => self.listed(listed, batch, &listed.order[range], all)?,
            };
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            let schema = SchemaRef::clone(&self.schema);
            return Ok(Some(RecordBatch::try_new_with_options(schema, columns, &options)?));
        }
        Ok(None)
    }

    fn listed(&self, listed: &Listed, mut batch: RecordBatch, order: &[u32], all: bool) -> Result<Vec<ArrayRef>> {
        let placed = &listed.placed;
        if !all {
            let rows = order.iter().map(|row| placed.locs[*row as usize].row);
            batch = take_record_batch(&batch, &UInt32Array::from_iter_values(rows))?;
        }
        let mut columns = batch.columns().to_vec();
        for report in &placed.reports {
            columns.push(match report {
                Reported::One => Arc::new(UInt64Array::from_value(1, order.len())),
                Reported::Unsigned(values) => Arc::new(UInt64Array::from_iter_values(
                    order.iter().map(|row| values[*row as usize]),
                )),
                Reported::Flags(values) => {
                    let flags = order.iter().map(|row| values[*row as usize]);
                    Arc::new(BooleanArray::from(flags.collect::<Vec<_>>()))
                }
                Reported::Signed(values) => Arc::new(Int64Array::from_iter_values(
                    order.iter().map(|row| values[*row as usize]),
                )),
                Reported::Next { column, next } => self.look(*column, order.iter().map(|row| next[*row as usize]))?,
            });
        }
        Ok(columns)
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
        let part = |gone: usize, all: usize| 1.0 - gone as f64 / all.max(1) as f64;
        match &self.rows {
            _ if self.at >= self.batches.len() => 0.0,
            Rows::Marked { .. } => part(self.at, self.batches.len()),
            Rows::Listed(listed) if listed.order.is_empty() => 0.0,
            Rows::Listed(listed) if listed.looks_around => 1.0,
            Rows::Listed(listed) => part(listed.starts[self.at], listed.order.len()),
        }
    }
}
