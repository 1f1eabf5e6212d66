//! Batches from pairs of rows.

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::{prep_null_mask_filter, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::{JoinSide, Result};
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};

/// The rows of one side that a batch is made of.
pub(super) enum Rows<'a> {
    /// These rows of this batch; a null gives nulls.
    Of(&'a RecordBatch, UInt32Array),
    /// As many rows of nulls, in the types of the schema.
    Nulls(&'a SchemaRef, usize),
}

impl Rows<'_> {
    fn len(&self) -> usize {
        match self {
            Rows::Of(_, rows) => rows.len(),
            Rows::Nulls(_, count) => *count,
        }
    }

    fn column(&self, index: usize) -> Result<ArrayRef> {
        match self {
            Rows::Of(batch, rows) if batch.num_rows() == 0 || rows.null_count() == rows.len() => {
                Ok(new_null_array(batch.column(index).data_type(), rows.len()))
            }
            Rows::Of(batch, rows) => Ok(take(batch.column(index), rows, None)?),
            Rows::Nulls(schema, count) => Ok(new_null_array(schema.field(index).data_type(), *count)),
        }
    }
}

/// A batch of `schema` with these columns of the rows of both sides, which are as many.
pub(super) fn assemble(
    schema: &SchemaRef,
    columns: &[ColumnIndex],
    kept_side: JoinSide,
    kept: &Rows<'_>,
    asked: &Rows<'_>,
) -> Result<RecordBatch> {
    let column = |c: &ColumnIndex| match c.side == kept_side {
        true => kept.column(c.index),
        false => asked.column(c.index),
    };
    let arrays = columns.iter().map(column).collect::<Result<_>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(asked.len()));
    Ok(RecordBatch::try_new_with_options(
        SchemaRef::clone(schema),
        arrays,
        &options,
    )?)
}

/// For which pairs of rows the filter is true.
pub(super) fn passes(
    filter: &JoinFilter,
    kept_side: JoinSide,
    kept: &Rows<'_>,
    asked: &Rows<'_>,
) -> Result<BooleanArray> {
    let batch = assemble(filter.schema(), filter.column_indices(), kept_side, kept, asked)?;
    let passes = filter.expression().evaluate(&batch)?.into_array(batch.num_rows())?;
    let passes = as_boolean_array(&passes)?;
    Ok(match passes.null_count() {
        0 => passes.clone(),
        _ => prep_null_mask_filter(passes),
    })
}
