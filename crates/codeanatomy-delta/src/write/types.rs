//! Types that Delta has not, as ones that hold their values.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use datafusion::common::{Result, exec_datafusion_err};
use deltalake::kernel::normalize_for_delta;

/// The columns as Delta stores them: times in microseconds, plain texts.
pub(crate) fn storable(schema: &SchemaRef) -> SchemaRef {
    normalize_for_delta(&Arc::clone(schema))
}

/// The columns with types that Delta has: its integers are signed, and its times are UTC or have no zone.
pub(crate) fn widened(schema: &SchemaRef) -> SchemaRef {
    let fields: Fields = schema.fields().iter().map(wide_field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn wide_field(field: &Arc<Field>) -> Arc<Field> {
    Arc::new(field.as_ref().clone().with_data_type(wide(field.data_type())))
}

fn wide(data_type: &DataType) -> DataType {
    match data_type {
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        DataType::Timestamp(_, Some(zone)) if zone.as_ref() != "UTC" => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        DataType::List(item) => DataType::List(wide_field(item)),
        DataType::LargeList(item) => DataType::LargeList(wide_field(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(wide_field).collect()),
        DataType::Map(entries, sorted) => DataType::Map(wide_field(entries), *sorted),
        other => other.clone(),
    }
}

/// The rows with the types of `schema`, whose columns they have. A value that has no place there is an error.
pub(super) fn widen(rows: RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let columns = rows.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field): (&ArrayRef, &Arc<Field>)| {
        if column.data_type() == field.data_type() {
            return Ok(Arc::clone(column));
        }
        cast_with_options(column, field.data_type(), &options)
            .map_err(|e| exec_datafusion_err!("the column {} has a value that Delta cannot store: {e}", field.name()))
    });
    Ok(RecordBatch::try_new(
        Arc::clone(schema),
        columns.collect::<Result<_>>()?,
    )?)
}
