//! The side that is kept and searched.

use datafusion::arrow::array::{BooleanBufferBuilder, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;

use super::shape::{Fate, Shape, evaluate};
use crate::interval::index::{Beyond, Dominance, Groups, NO_GROUP, Ordinal, Side};

/// The rows that are kept, their index, and which of them have a match.
#[derive(Debug)]
pub(super) struct Kept<K> {
    pub(super) rows: RecordBatch,
    pub(super) groups: Groups,
    pub(super) index: Dominance<K>,
    /// Which rows have a match, where that decides about them.
    pub(super) matched: Option<BooleanBufferBuilder>,
    /// Each row's place in the order of the best, if only they are wanted.
    pub(super) ranks: Vec<u32>,
    /// What is needed for the nearest rows, if they are wanted.
    pub(super) near: Option<Near<K>>,
}

/// How rows are found that miss the inequalities.
#[derive(Debug)]
pub(super) struct Near<K> {
    pub(super) beyond: Beyond<K>,
    /// Whether rows have a null for a bound. They stand where every row that asks finds them.
    pub(super) has_nulls: bool,
}

impl<K: Ordinal> Kept<K> {
    /// The index of the rows of `batches`.
    pub(super) fn try_new(shape: &Shape, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Self> {
        let rows = concat_by_column(schema, batches)?;
        let keys = evaluate(&shape.kept_keys, &rows)?;
        let mut groups = Groups::default();
        let mut of_row = groups.intern(&keys, rows.num_rows())?;
        let (mut first, mut second) = shape.bounds::<K>(Side::Kept, &rows)?;
        let is_nearest = shape.nearest.is_some();
        let mut has_nulls = false;
        for (row, group) in of_row.iter_mut().enumerate() {
            if first.can_match(row) && second.as_ref().is_none_or(|second| second.can_match(row)) {
                continue;
            }
            if is_nearest {
                has_nulls |= *group != NO_GROUP;
                for bounds in [Some(&mut first), second.as_mut()].into_iter().flatten() {
                    bounds.values[row] = K::default();
                }
            } else {
                *group = NO_GROUP;
            }
        }
        let ranks = match &shape.best {
            Some(order) => order.ranks(&rows)?,
            None => vec![],
        };
        let second = second.as_ref().map(|second| second.values.as_slice());
        let index = Dominance::new(
            &of_row,
            groups.len(),
            &first.values,
            second,
            removes(shape),
            is_nearest.then_some(&ranks),
        );
        let near = is_nearest.then(|| Near {
            beyond: index.beyond(&ranks),
            has_nulls,
        });
        let matched = matches!(shape.kept_fate, Fate::Kept | Fate::Existing(_)).then(|| {
            let mut matched = BooleanBufferBuilder::new(rows.num_rows());
            matched.append_n(rows.num_rows(), false);
            matched
        });
        Ok(Self {
            rows,
            ranks,
            near,
            groups,
            index,
            matched,
        })
    }

    /// How many bytes the index takes beside the rows.
    pub(super) fn index_size(&self) -> usize {
        let matched = self.matched.as_ref().map_or(0, |matched| matched.capacity() / 8);
        let near = self.near.as_ref().map_or(0, |near| near.beyond.size());
        self.groups.size() + self.index.size() + matched + self.ranks.capacity() * 4 + near
    }
}

/// Whether a kept row is of no use once it has a match: only whether there is one counts.
fn removes(shape: &Shape) -> bool {
    matches!(shape.kept_fate, Fate::Existing(_))
}

/// One batch of many; the columns of the many are let go one by one, so that only one of them is there twice.
fn concat_by_column(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<RecordBatch> {
    if let [batch] = batches.as_slice() {
        return Ok(batch.clone());
    }
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let mut parts: Vec<_> = batches.into_iter().map(|batch| batch.columns().to_vec()).collect();
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields().iter().rev() {
        let arrays: Vec<_> = parts.iter_mut().filter_map(Vec::pop).collect();
        let arrays: Vec<_> = arrays.iter().map(|a| a.as_ref()).collect();
        columns.push(match arrays.is_empty() {
            true => datafusion::arrow::array::new_empty_array(field.data_type()),
            false => concat(&arrays)?,
        });
    }
    columns.reverse();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(
        SchemaRef::clone(schema),
        columns,
        &options,
    )?)
}
