//! Rows on their way to the next operator, in batches of the session's size.

use std::collections::VecDeque;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;

use crate::winner::select::Emission;

pub(super) struct Output {
    emissions: VecDeque<Emission>,
    coalescer: BatchCoalescer,
    batch_size: usize,
    /// A batch that is given as it is.
    direct: Option<RecordBatch>,
    is_empty_schema: bool,
}

impl Output {
    pub(super) fn new(schema: &SchemaRef, batch_size: usize) -> Self {
        Self {
            emissions: VecDeque::new(),
            coalescer: BatchCoalescer::new(SchemaRef::clone(schema), batch_size),
            batch_size,
            direct: None,
            is_empty_schema: schema.fields().is_empty(),
        }
    }

    /// Gives these rows behind the others.
    pub(super) fn emit(&mut self, emission: Emission) {
        self.emissions.push_back(emission);
    }

    /// The part of the rows that was not yet given, from 0 to 1.
    pub(super) fn remaining(&self) -> f64 {
        self.emissions.back().map_or(0.0, Emission::remaining)
    }

    /// The next batch that is full; with `last`, what there is.
    pub(super) fn next(&mut self, last: bool) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.coalescer.next_completed_batch() {
                return Ok(Some(batch));
            }
            if let Some(batch) = self.direct.take() {
                return Ok(Some(batch));
            }
            let next = match self.emissions.front_mut() {
                Some(emission) => emission.next()?,
                None => None,
            };
            match next {
                Some(batch) => {
                    let rows = batch.num_rows();
                    if self.is_empty_schema || (rows <= self.batch_size && rows * 4 >= self.batch_size) {
                        if !self.is_empty_schema {
                            self.coalescer.finish_buffered_batch()?;
                        }
                        self.direct = Some(batch);
                    } else {
                        self.coalescer.push_batch(batch)?;
                    }
                }
                None if self.emissions.pop_front().is_some() => {}
                None => {
                    if !last || self.is_empty_schema || self.coalescer.get_buffered_rows() == 0 {
                        return Ok(None);
                    }
                    self.coalescer.finish_buffered_batch()?;
                }
            }
        }
    }
}
