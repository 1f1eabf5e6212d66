//! The algorithm of winner selection: it knows batches and no plans.
//!
//! Groups are numbered as their keys are first seen ([`group`]). Rows stay in the batches in which they came ([`store`]);
//! a group remembers where its best rows are ([`best`] with [`peers`], [`several`]). Rows are compared by eight bytes of their first
//! order key ([`prefix`]), and by their columns where those are equal ([`compare`]): nothing is sorted, encoded or copied
//! for a row that loses. Batches of which few rows still win are copied together, so memory follows the winners. In the
//! end every batch gives those of its rows that won ([`finish`]), in the order in which they came.
//!
//! For n rows the cost is O(n) hash look-ups and comparisons, and O(w) memory for w rows that win; a ranking of all rows
//! sorts inside the groups only.

mod best;
mod blocks;
mod bytes;
mod compare;
mod finish;
mod group;
mod incoming;
mod kept;
mod layout;
mod numbers;
mod peers;
mod prefix;
mod several;
mod store;

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;

pub(crate) use finish::Emission;
pub(crate) use group::equal;
pub(crate) use incoming::{Incoming, Weights};
pub(crate) use layout::{Layout, Level, Method, More, ReportOf};

use best::Best;
use finish::Chosen;
use group::Grouper;
use incoming::Offered;
use prefix::{Meaning, prefixes};
use several::Several;
use store::Store;

/// What is known of the groups when their rows come out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many there are.
    pub(crate) groups: usize,
    /// In how many another row has the order keys of the best.
    pub(crate) ambiguous: usize,
    /// The rows of the largest.
    pub(crate) largest: usize,
    /// Rows that were copied to free memory.
    pub(crate) compacted: usize,
}

/// Rows that may win, of the rows so far.
pub(crate) struct Selection {
    layout: Arc<Layout>,
    grouper: Grouper,
    store: Store,
    keeper: Keeper,
    groups: Vec<usize>,
    prefixes: Vec<u64>,
    rows: usize,
}

enum Keeper {
    Best(Best),
    Several(Several),
}

impl Selection {
    /// `sorted`: the rows of a group come one after the other.
    pub(crate) fn new(layout: &Arc<Layout>, sorted: bool) -> Result<Self> {
        Ok(Self {
            grouper: Grouper::new(&layout.keys, sorted)?,
            store: Store::new(layout)?,
            keeper: match layout.method {
                Method::Best(more) => Keeper::Best(Best::new(layout, more)),
                Method::First(..) | Method::All => Keeper::Several(Several::new(layout)),
            },
            layout: Arc::clone(layout),
            groups: Vec::new(),
            prefixes: Vec::new(),
            rows: 0,
        })
    }

    /// Looks at more rows.
    pub(crate) fn push(&mut self, incoming: Incoming) -> Result<()> {
        let rows = incoming.rows.num_rows();
        if rows == 0 {
            return Ok(());
        }
        let Incoming {
            rows: batch,
            keys,
            weights,
        } = incoming;
        self.grouper.assign(&keys, rows, &mut self.groups)?;
        drop(keys);
        let count = self.grouper.len();
        if count.max(self.store.rows() + rows) >= u32::MAX as usize - 1 {
            return datafusion::common::exec_err!("winner selection keeps fewer than 4294967294 rows per partition");
        }
        let meaning = self.prefix(batch.columns(), rows);
        let at = self.store.begin(batch)?;
        let (groups, prefixes, weights) = (&self.groups, &self.prefixes, weights.as_ref());
        let offered = Offered {
            at,
            groups,
            count,
            prefixes,
            meaning,
            weights,
        };
        match &mut self.keeper {
            Keeper::Best(best) => best.push(&mut self.store, offered)?,
            Keeper::Several(several) => several.push(&mut self.store, offered)?,
        }
        self.rows += rows;
        self.store.check()
    }

    fn prefix(&mut self, columns: &[ArrayRef], rows: usize) -> Meaning {
        match self.layout.levels.first() {
            Some(level) => prefixes(&columns[level.column], level.options, &mut self.prefixes),
            None => {
                self.prefixes.clear();
                self.prefixes.resize(rows, 0);
                Meaning::Nothing
            }
        }
    }

    /// Rows that were looked at.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Groups among them.
    pub(crate) fn groups(&self) -> usize {
        self.grouper.len()
    }

    /// Rows that may still win.
    pub(crate) fn kept(&mut self) -> Result<usize> {
        match &mut self.keeper {
            Keeper::Several(several) if matches!(self.layout.method, Method::First(..)) => {
                several.prune(&mut self.store)?;
            }
            Keeper::Several(_) => {}
            Keeper::Best(best) => best.prune(&mut self.store)?,
        }
        Ok(self.store.live())
    }

    /// Bytes that are held.
    pub(crate) fn memory(&self) -> usize {
        let keeper = match &self.keeper {
            Keeper::Best(best) => best.memory(),
            Keeper::Several(several) => several.memory(),
        };
        self.grouper.memory() + self.store.memory() + keeper
    }

    /// Gives memory back where that is worth it, and says whether it did.
    pub(crate) fn shrink(&mut self) -> Result<bool> {
        self.kept()?;
        if self.store.rows() < self.store.live() + self.store.live() / 4 + 64 {
            return Ok(false);
        }
        match &mut self.keeper {
            Keeper::Best(best) => best.compact(&mut self.store)?,
            Keeper::Several(several) => several.compact(&mut self.store)?,
        }
        Ok(true)
    }

    /// The rows that win, with their reports as further columns of `schema`.
    pub(crate) fn finish(mut self, schema: SchemaRef) -> Result<(Emission, Standing)> {
        let groups = self.grouper.len();
        drop(self.grouper);
        let (chosen, ambiguous, largest) = match self.keeper {
            Keeper::Best(best) => {
                let (ambiguous, largest) = best.standing();
                (best.finish(&self.layout, &mut self.store)?, ambiguous, largest)
            }
            Keeper::Several(several) => {
                let largest = several.largest();
                let (placed, ambiguous) = several.finish(&mut self.store, &self.layout)?;
                (Chosen::Listed(placed), ambiguous, largest)
            }
        };
        let standing = Standing {
            groups,
            ambiguous,
            largest,
            compacted: self.store.compacted,
        };
        Ok((
            Emission::new(schema, self.layout.input_columns, self.store.into_batches(), chosen),
            standing,
        ))
    }

    /// The rows that may win, with weights as further columns of `schema`: pushed again with them, they stand for all rows
    /// that were looked at.
    pub(crate) fn suspend(mut self, schema: SchemaRef) -> Result<Emission> {
        drop(self.grouper);
        let placed = match self.keeper {
            Keeper::Best(best) => best.suspend(&mut self.store)?,
            Keeper::Several(several) => several.suspend(&mut self.store)?,
        };
        Ok(Emission::new(
            schema,
            self.layout.input_columns,
            self.store.into_batches(),
            Chosen::Listed(placed),
        ))
    }
}
