//! The join of what is kept with the batches that ask.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, BooleanBufferBuilder, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
use futures::StreamExt;

use super::asked::{Asked, Pairs};
use super::best::Order;
use super::kept::Kept;
use super::output::{Rows, assemble, passes};
use super::shape::{Fate, Shape};
use super::stream::Metrics;
use crate::interval::index::Ordinal;

/// Which asking rows have a match in a slice of what is kept, for the slices after it.
pub(super) struct Marks {
    matched: BooleanBufferBuilder,
    reservation: MemoryReservation,
    /// The first row of the next batch.
    at: usize,
    /// Whether this is the last slice.
    last: bool,
}

impl Marks {
    pub(super) fn new(reservation: MemoryReservation) -> Self {
        Self {
            matched: BooleanBufferBuilder::new(0),
            reservation,
            at: 0,
            last: false,
        }
    }

    /// Before a slice.
    pub(super) fn begin(&mut self, last: bool) {
        (self.at, self.last) = (0, last);
    }

    /// What is known of the next batch.
    fn of(&mut self, rows: usize) -> Result<Vec<bool>> {
        if let Some(new) = (self.at + rows).checked_sub(self.matched.len()).filter(|new| *new > 0) {
            self.matched.append_n(new, false);
            self.reservation.try_resize(self.matched.capacity().div_ceil(8))?;
        }
        Ok((self.at..self.at + rows).map(|row| self.matched.get_bit(row)).collect())
    }

    fn set(&mut self, matched: &[bool]) {
        for matched in matched {
            self.matched.set_bit(self.at, *matched);
            self.at += 1;
        }
    }
}

/// A join under way.
pub(super) struct Join<K> {
    shape: Arc<Shape>,
    kept: Kept<K>,
    asking: SendableRecordBatchStream,
    asking_schema: SchemaRef,
    asked: Option<Asked<K>>,
    /// The kept rows that have come out at the end, if it has come to that.
    last: Option<usize>,
    marks: Option<Marks>,
    batch_size: usize,
    metrics: Metrics,
}

impl<K: Ordinal> Join<K> {
    pub(super) fn new(
        shape: Arc<Shape>,
        kept: Kept<K>,
        asking: SendableRecordBatchStream,
        batch_size: usize,
        metrics: Metrics,
    ) -> Self {
        Self {
            shape,
            kept,
            asking_schema: asking.schema(),
            asking,
            asked: None,
            last: None,
            marks: None,
            batch_size,
            metrics,
        }
    }

    /// What is kept is a slice.
    pub(super) fn with_marks(mut self, marks: Option<Marks>) -> Self {
        self.marks = marks;
        self
    }

    /// What the next slice needs to know.
    pub(super) fn into_marks(self) -> Option<Marks> {
        self.marks
    }

    /// Whether asking rows without a match have none at all.
    fn decides(&self) -> bool {
        self.marks.as_ref().is_none_or(|marks| marks.last)
    }

    /// The next rows, not more than a batch; maybe none of them yet. `None`: all have come.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            // A row may have millions of candidates and none that passes.
            tokio::task::coop::consume_budget().await;
            if let Some(mut asked) = self.asked.take() {
                let timer = self.metrics.baseline.elapsed_compute().clone();
                let _timer = timer.timer();
                let batch = match self.shape.asked_fate {
                    Fate::Existing(matched) => self.existing(&mut asked, matched)?,
                    _ => self.paired(&mut asked)?,
                };
                if !asked.is_done() {
                    self.asked = Some(asked);
                } else if let Some(marks) = &mut self.marks {
                    marks.set(&asked.matched);
                }
                if let Some(batch) = batch {
                    return Ok(Some(batch));
                }
            } else if let Some(done) = self.last {
                let batch = self.rest_of_kept(done)?;
                return Ok(batch);
            } else if let Some(batch) = self.asking.next().await {
                let batch = batch?;
                let timer = self.metrics.baseline.elapsed_compute().clone();
                let _timer = timer.timer();
                if batch.num_rows() > 0 {
                    let mut asked = Asked::try_new(&self.shape, &self.kept, batch)?;
                    if let Some(marks) = &mut self.marks {
                        asked.matched = marks.of(asked.matched.len())?;
                    }
                    self.asked = Some(asked);
                }
            } else {
                self.last = Some(0);
            }
        }
    }

    /// The rows of a whole batch that have a match, or those that have none.
    fn existing(&mut self, asked: &mut Asked<K>, matched: bool) -> Result<Option<RecordBatch>> {
        if self.shape.residual.is_none() {
            for row in 0..asked.batch.num_rows() {
                asked.matched[row] = asked.matched[row] || asked.exists(&mut self.kept, row);
            }
            asked.row = asked.batch.num_rows();
        } else {
            let pairs = self.candidates(asked)?;
            for row in pairs.asked {
                asked.matched[row as usize] = true;
            }
            asked.skip_matched();
        }
        if !asked.is_done() || !self.decides() {
            return Ok(None);
        }
        let rows = (0..).zip(&asked.matched).filter(|(_, m)| **m == matched);
        let rows: Vec<u32> = rows.map(|(row, _)| row).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        self.assemble(None, Some((&asked.batch, rows.into()))).map(Some)
    }

    /// The next pairs that match.
    fn paired(&mut self, asked: &mut Asked<K>) -> Result<Option<RecordBatch>> {
        let from = asked.row;
        let pairs = self.candidates(asked)?;
        if let Some(matched) = &mut self.kept.matched {
            let only_existence = self.shape.asked_fate == Fate::Hidden;
            for point in &pairs.points {
                matched.set_bit(self.kept.index.row(*point) as usize, true);
                if only_existence {
                    self.kept.index.remove(*point);
                }
            }
        }
        let batch = match self.shape.asked_fate {
            Fate::Hidden => return Ok(None),
            Fate::Kept => {
                for row in &pairs.asked {
                    asked.matched[*row as usize] = true;
                }
                let (rows, kept) = self.with_unmatched(asked, from..asked.row, &pairs);
                (UInt32Array::from(rows), UInt32Array::from(kept))
            }
            _ => {
                let kept: Vec<u32> = pairs.points.iter().map(|p| self.kept.index.row(*p)).collect();
                (pairs.asked.into(), kept.into())
            }
        };
        if batch.0.is_empty() {
            return Ok(None);
        }
        self.assemble(Some(batch.1), Some((&asked.batch, batch.0))).map(Some)
    }

    /// The pairs and, in their places, the rows of `finished` that have no match.
    fn with_unmatched(&self, asked: &Asked<K>, finished: Range<usize>, pairs: &Pairs) -> (Vec<u32>, Vec<Option<u32>>) {
        let mut rows = Vec::with_capacity(pairs.asked.len());
        let mut kept = Vec::with_capacity(pairs.asked.len());
        let decides = self.decides();
        let mut unmatched = finished.filter(|row| decides && !asked.matched[*row]).peekable();
        for (row, point) in pairs.asked.iter().zip(&pairs.points) {
            while let Some(before) = unmatched.next_if(|u| *u < *row as usize) {
                rows.push(before as u32);
                kept.push(None);
            }
            rows.push(*row);
            kept.push(Some(self.kept.index.row(*point)));
        }
        for after in unmatched {
            rows.push(after as u32);
            kept.push(None);
        }
        (rows, kept)
    }

    /// The next pairs that satisfy the inequalities and the residual, of each row the best if only they are wanted.
    fn candidates(&mut self, asked: &mut Asked<K>) -> Result<Pairs> {
        let mut pairs = asked.pairs(&mut self.kept, self.batch_size);
        self.metrics.candidates.add(pairs.asked.len());
        // That of the nearest rows is about the rows that ask, which know it.
        let is_open = self.shape.nearest.is_none() && !pairs.asked.is_empty();
        if let Some(residual) = self.shape.residual.as_ref().filter(|_| is_open) {
            let (kept, rows) = self.rows_of(asked, &pairs);
            let passes = passes(residual, self.shape.kept_side, &kept, &rows)?;
            pairs.keep(&passes);
        }
        match &self.shape.best {
            Some(order) => self.best(order, asked, &pairs),
            None => Ok(pairs),
        }
    }

    /// The rows of both sides that pairs are made of.
    fn rows_of<'a>(&'a self, asked: &'a Asked<K>, pairs: &Pairs) -> (Rows<'a>, Rows<'a>) {
        let kept: Vec<u32> = pairs.points.iter().map(|p| self.kept.index.row(*p)).collect();
        (
            Rows::Of(&self.kept.rows, kept.into()),
            Rows::Of(&asked.batch, pairs.asked.clone().into()),
        )
    }

    /// The best pairs of the rows whose candidates have all come; those of the last one may go on.
    fn best(&self, order: &Order, asked: &mut Asked<K>, pairs: &Pairs) -> Result<Pairs> {
        let (kept, rows) = self.rows_of(asked, pairs);
        let keys = order.of_pairs(self.shape.kept_side, &kept, &rows)?;
        let mut chosen = std::mem::take(&mut asked.chosen);
        let mut best = Pairs::default();
        let mut of = asked.choosing;
        for (i, (row, point)) in pairs.asked.iter().zip(&pairs.points).enumerate() {
            if *row != of {
                chosen.finish(of, &mut best);
                of = *row;
            }
            let key = keys.as_ref().map(|keys| keys.row(i));
            let key = key.as_ref().map_or(&[][..], |key| key.as_ref());
            chosen.offer(
                order.k,
                key,
                self.kept.ranks[self.kept.index.row(*point) as usize],
                *point,
            );
        }
        if asked.unfinished() != Some(of) {
            chosen.finish(of, &mut best);
        }
        asked.chosen = chosen;
        asked.choosing = of;
        Ok(best)
    }

    /// The next kept rows that come out by themselves.
    fn rest_of_kept(&mut self, done: usize) -> Result<Option<RecordBatch>> {
        let wanted = match self.shape.kept_fate {
            Fate::Kept => false,
            Fate::Existing(matched) => matched,
            _ => return Ok(None),
        };
        let Some(matched) = &self.kept.matched else {
            return Ok(None);
        };
        let mut rows = vec![];
        let mut at = done;
        while at < matched.len() && rows.len() < self.batch_size {
            if matched.get_bit(at) == wanted {
                rows.push(at as u32);
            }
            at += 1;
        }
        self.last = Some(at);
        if rows.is_empty() {
            return Ok(None);
        }
        self.assemble(Some(rows.into()), None).map(Some)
    }

    fn assemble(&self, kept: Option<UInt32Array>, asked: Option<(&RecordBatch, UInt32Array)>) -> Result<RecordBatch> {
        let count = kept
            .as_ref()
            .or(asked.as_ref().map(|(_, rows)| rows))
            .map_or(0, Array::len);
        let kept_schema = self.kept.rows.schema();
        let kept = match kept {
            Some(rows) => Rows::Of(&self.kept.rows, rows),
            None => Rows::Nulls(&kept_schema, count),
        };
        let asked = match asked {
            Some((batch, rows)) => Rows::Of(batch, rows),
            None => Rows::Nulls(&self.asking_schema, count),
        };
        assemble(
            &self.shape.schema,
            &self.shape.columns,
            self.shape.kept_side,
            &kept,
            &asked,
        )
    }
}
