//! The batches whose rows are kept, and the order of their rows.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::{BatchCoalescer, filter_record_batch, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;

use super::bytes::{bytes_of, tight};
use super::compare::{Compare, Loc, comparison};
use super::kept::Kept;
use super::layout::Layout;
use super::prefix::Meaning;

/// What changes a reference to a row.
pub(crate) type Change<'a> = &'a mut dyn FnMut(&mut Loc);

/// Rows per batch after compaction.
const COMPACT_ROWS: usize = 8192;

/// Batches of rows, compared level by level.
pub(crate) struct Store {
    layout: Arc<Layout>,
    levels: Vec<Box<dyn Compare>>,
    batches: Vec<Stored>,
    /// Rows in all batches.
    rows: usize,
    /// Rows that something refers to.
    live: usize,
    bytes: usize,
    /// Batches that have lost their last row since the last look.
    emptied: Vec<u32>,
    /// Rows that came since the last compaction.
    since: usize,
    /// Rows that compactions have copied.
    pub(crate) compacted: usize,
}

struct Stored {
    batch: RecordBatch,
    bytes: usize,
    /// Rows that something refers to.
    live: usize,
}

impl Store {
    pub(crate) fn new(layout: &Arc<Layout>) -> Result<Self> {
        let levels = layout
            .levels
            .iter()
            .map(|level| comparison(layout.rows.field(level.column).data_type(), level.options));
        Ok(Self {
            levels: levels.collect::<Result<_>>()?,
            layout: Arc::clone(layout),
            batches: Vec::new(),
            rows: 0,
            live: 0,
            bytes: 0,
            emptied: Vec::new(),
            since: 0,
            compacted: 0,
        })
    }

    /// Puts a batch behind the others, where its rows can be compared, and gives its number. It must be settled before the
    /// next.
    pub(crate) fn begin(&mut self, batch: RecordBatch) -> Result<u32> {
        for (level, comparison) in self.layout.levels.iter().zip(&mut self.levels) {
            comparison.push(batch.column(level.column))?;
        }
        self.since += batch.num_rows();
        self.batches.push(Stored {
            batch,
            bytes: 0,
            live: 0,
        });
        Ok((self.batches.len() - 1) as u32)
    }

    /// Keeps of the last batch the rows that `kept` has, of which there are `count`. Where a quarter is not kept, only those that are
    /// are stored: then the row numbers in `kept` are replaced by new ones, and the answer is true.
    pub(crate) fn settle(&mut self, kept: &mut Kept) -> Result<bool> {
        let at = self.batches.len() - 1;
        let empty = RecordBatch::new_empty(SchemaRef::clone(&self.layout.rows));
        for (level, comparison) in self.layout.levels.iter().zip(&mut self.levels) {
            comparison.replace(at, empty.column(level.column))?;
        }
        // Nobody else holds its columns now, as a rule.
        let batch = std::mem::replace(&mut self.batches[at].batch, empty);
        let few = kept.count * 4 < batch.num_rows() * 3;
        let batch = match few {
            true => take_record_batch(&batch, &kept.renumber())?,
            false => batch,
        };
        let batch = tight(batch)?;
        self.rows += batch.num_rows();
        self.live += kept.count;
        self.put(at, batch)?;
        self.batches[at].live = kept.count;
        Ok(few)
    }

    /// Puts other rows, or the same ones in other buffers, in the place of a batch.
    fn put(&mut self, at: usize, batch: RecordBatch) -> Result<()> {
        for (level, comparison) in self.layout.levels.iter().zip(&mut self.levels) {
            comparison.replace(at, batch.column(level.column))?;
        }
        let stored = &mut self.batches[at];
        self.bytes -= stored.bytes;
        (stored.bytes, stored.batch) = (bytes_of(&batch), batch);
        self.bytes += stored.bytes;
        Ok(())
    }

    /// Nothing refers to this row any more.
    pub(crate) fn release(&mut self, loc: Loc) {
        let stored = &mut self.batches[loc.batch as usize];
        stored.live -= 1;
        self.live -= 1;
        if stored.live == 0 {
            self.emptied.push(loc.batch);
        }
    }

    /// Drops batches without a row that is referred to.
    pub(crate) fn drop_emptied(&mut self) -> Result<()> {
        for at in std::mem::take(&mut self.emptied) {
            let batch = &self.batches[at as usize].batch;
            self.rows -= batch.num_rows();
            let empty = RecordBatch::new_empty(batch.schema());
            self.put(at as usize, empty)?;
        }
        Ok(())
    }

    /// Counts anew which rows are referred to.
    pub(crate) fn recount(&mut self, locs: impl Iterator<Item = Loc>) -> Result<()> {
        for stored in &mut self.batches {
            stored.live = 0;
        }
        self.live = 0;
        for loc in locs {
            self.batches[loc.batch as usize].live += 1;
            self.live += 1;
        }
        for (at, stored) in self.batches.iter().enumerate() {
            if stored.live == 0 && stored.batch.num_rows() > 0 {
                self.emptied.push(at as u32);
            }
        }
        self.drop_emptied()
    }

    /// Whether copying what is alive is paid for by the rows that came since the last time.
    pub(crate) fn wants_compaction(&self) -> bool {
        let live = self.live;
        self.since >= live.max(COMPACT_ROWS)
            && (self.rows > 2 * live + COMPACT_ROWS || self.batches.len() > 64 + 2 * live / 1024)
    }

    /// Copies the rows that are referred to into few batches, in the same order. `each` calls what it is given with
    /// every reference, which is changed in place.
    pub(crate) fn compact(&mut self, each: &mut dyn FnMut(Change<'_>)) -> Result<()> {
        let mut starts = Vec::with_capacity(self.batches.len());
        let mut rows = 0;
        for stored in &self.batches {
            starts.push(rows);
            rows += stored.batch.num_rows();
        }
        let mut place = vec![u32::MAX; rows];
        each(&mut |loc| place[starts[loc.batch as usize] + loc.row as usize] = 0);
        for comparison in &mut self.levels {
            comparison.clear();
        }
        let mut into = BatchCoalescer::new(SchemaRef::clone(&self.layout.rows), COMPACT_ROWS);
        let mut next = 0;
        for (start, stored) in starts.iter().zip(std::mem::take(&mut self.batches)) {
            let places = &mut place[*start..start + stored.batch.num_rows()];
            let alive: BooleanArray = places.iter().map(|place| Some(*place == 0)).collect();
            for place in places.iter_mut().filter(|place| **place == 0) {
                *place = next;
                next += 1;
            }
            if alive.true_count() > 0 {
                into.push_batch(filter_record_batch(&stored.batch, &alive)?)?;
            }
        }
        into.finish_buffered_batch()?;
        (self.rows, self.live, self.bytes, self.since) = (next as usize, next as usize, 0, 0);
        self.compacted += next as usize;
        while let Some(batch) = into.next_completed_batch() {
            for (level, comparison) in self.layout.levels.iter().zip(&mut self.levels) {
                comparison.push(batch.column(level.column))?;
            }
            let (rows, bytes) = (batch.num_rows(), bytes_of(&batch));
            self.bytes += bytes;
            self.batches.push(Stored {
                batch,
                bytes,
                live: rows,
            });
        }
        each(&mut |loc| {
            let place = place[starts[loc.batch as usize] + loc.row as usize] as usize;
            *loc = Loc {
                batch: (place / COMPACT_ROWS) as u32,
                row: (place % COMPACT_ROWS) as u32,
            };
        });
        Ok(())
    }

    /// How two rows stand in the order, and the first level that tells them apart; the number of levels if none does.
    /// `from` is a level before which they are known to be equal.
    pub(crate) fn compare(&self, a: Loc, b: Loc, from: usize) -> (Ordering, usize) {
        for (level, comparison) in self.levels.iter().enumerate().skip(from) {
            let ordering = comparison.compare(a, b);
            if ordering != Ordering::Equal {
                return (ordering, level);
            }
        }
        (Ordering::Equal, self.levels.len())
    }

    /// The same with the prefixes of both rows at hand.
    pub(crate) fn compare_prefixed(&self, a: (u64, Loc), b: (u64, Loc), meaning: Meaning) -> (Ordering, usize) {
        match a.0.cmp(&b.0) {
            Ordering::Equal => self.compare(a.1, b.1, usize::from(meaning.is_exact(a.0) && !self.levels.is_empty())),
            ordering => (ordering, 0),
        }
    }

    /// An error if a comparison failed.
    pub(crate) fn check(&self) -> Result<()> {
        self.levels.iter().try_for_each(|level| level.error())
    }

    /// Rows that something refers to.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    /// The rows of every batch.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.batches.iter().map(|stored| stored.batch.num_rows())
    }

    /// Rows that are stored.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn memory(&self) -> usize {
        self.bytes + self.levels.iter().map(|level| level.memory()).sum::<usize>()
    }

    /// The batches alone.
    pub(crate) fn into_batches(self) -> Vec<RecordBatch> {
        self.batches.into_iter().map(|stored| stored.batch).collect()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{AsArray, Int64Array};
    use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};

    use super::*;
    use crate::winner::select::{Level, Method};

    #[test]
    fn references_find_their_rows_after_compaction() {
        let rows = Arc::new(Schema::new(vec![Field::new("v", DataType::Int64, false)]));
        let layout = Arc::new(Layout {
            rows: Arc::clone(&rows),
            input_columns: 1,
            keys: Arc::new(Schema::empty()),
            levels: vec![Level {
                column: 0,
                options: Default::default(),
            }],
            order_keys: 1,
            limit: None,
            reports: Vec::new(),
            method: Method::All,
        });
        let mut store = Store::new(&layout).unwrap();
        let mut locs = Vec::new();
        for batch in 0..30_i64 {
            let values = Int64Array::from_iter_values((0..1000).map(|row| batch * 1000 + row));
            let at = store
                .begin(RecordBatch::try_new(Arc::clone(&rows), vec![Arc::new(values)]).unwrap())
                .unwrap();
            let mut kept = Kept::default();
            kept.reset(1000);
            // Every third row of even batches, nearly all of odd ones.
            let wins = |row: &u32| {
                if batch % 2 == 0 {
                    row.is_multiple_of(3)
                } else {
                    !row.is_multiple_of(10)
                }
            };
            let rows: Vec<u32> = (0..1000).filter(wins).collect();
            rows.iter().for_each(|row| kept.mark(*row));
            let few = store.settle(&mut kept).unwrap();
            assert_eq!(few, batch % 2 == 0);
            for row in rows {
                let row = if few { kept.places[row as usize] } else { row };
                locs.push(Loc { batch: at, row });
            }
        }
        let value = |store: &Store, loc: &Loc| {
            store.batches[loc.batch as usize]
                .batch
                .column(0)
                .as_primitive::<Int64Type>()
                .value(loc.row as usize)
        };
        let before: Vec<i64> = locs.iter().map(|loc| value(&store, loc)).collect();
        store
            .compact(&mut |change| locs.iter_mut().for_each(&mut *change))
            .unwrap();
        assert_eq!(before, locs.iter().map(|loc| value(&store, loc)).collect::<Vec<_>>());
        assert_eq!((store.rows(), store.live()), (locs.len(), locs.len()));
        assert_eq!(store.compare(locs[0], locs[1], 0), (Ordering::Less, 0));
    }
}
