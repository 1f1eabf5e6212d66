//! What a query gave, so that it can be compared.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::Result;

/// The answer of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Rows(Rows),
    Error(String),
    /// The machine has too little memory for it.
    NoMemory,
    /// It was stopped.
    TooLong,
    /// A statement.
    Done,
}

/// Rows as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Rows {
    pub(super) count: usize,
    /// Of names, types, and the bytes of the rows in their order as Arrow IPC.
    pub(super) bytes: u64,
    /// The same in any order.
    pub(super) bag: u64,
    /// The same with floating-point numbers rounded; none if there is a nested column, whose items may stand in any order.
    pub(super) rounded: Option<u64>,
    /// Whether the query has values that `set` leaves open.
    pub(super) left_open: bool,
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Rows {
    pub(super) fn of(batches: &[RecordBatch], left_open: bool) -> Result<Option<Self>> {
        let Some(first) = batches.first() else {
            return Ok(None);
        };
        let batch = concat_batches(&first.schema(), batches)?;
        let schema = batch.schema();
        let columns: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| format!("{} {}", field.name(), field.data_type()))
            .collect();
        let fields: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| SortField::new(field.data_type().clone()))
            .collect();
        let (mut rows, ipc): (Vec<Vec<u8>>, _) = match RowConverter::supports_fields(&fields) && !fields.is_empty() {
            true => {
                let converter = RowConverter::new(fields)?;
                let rows = converter.convert_columns(batch.columns())?;
                let ipc = ipc(&schema, &converter.convert_rows(&rows)?)?;
                (rows.iter().map(|row| row.as_ref().to_vec()).collect(), ipc)
            }
            false => {
                let texts = texts(&batch, false)?.into_iter();
                (texts.map(String::into_bytes).collect(), vec![])
            }
        };
        let bytes = hash((&columns, &rows, &ipc));
        rows.sort();
        let bag = hash((&columns, &rows));
        let nested = schema.fields().iter().any(|field| field.data_type().is_nested());
        let rounded = match nested {
            true => None,
            false => {
                let mut texts = texts(&batch, true)?;
                texts.sort();
                Some(hash(texts))
            }
        };
        Ok(Some(Self {
            count: batch.num_rows(),
            bytes,
            bag,
            rounded,
            left_open,
        }))
    }
}

/// The rows as Arrow IPC: `arrays` are made afresh, so that they have nothing under nulls and share no buffers. Dictionaries are their values.
fn ipc(schema: &Schema, arrays: &[ArrayRef]) -> Result<Vec<u8>> {
    let fields = schema.fields().iter().zip(arrays);
    let fields = fields.map(|(field, array)| Field::new(field.name(), array.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.to_vec())?;
    let mut writer = StreamWriter::try_new(vec![], &schema)?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}

fn texts(batch: &RecordBatch, rounded: bool) -> Result<Vec<String>> {
    let options = FormatOptions::default();
    let mut rows = vec![String::new(); batch.num_rows()];
    for column in batch.columns() {
        let formatter = ArrayFormatter::try_new(column, &options)?;
        for (i, row) in rows.iter_mut().enumerate() {
            let text = formatter.value(i).to_string();
            match text.parse::<f64>() {
                Ok(number) if rounded && column.data_type().is_floating() && number.is_finite() => {
                    // Zeros of both signs are the same number.
                    row.push_str(&format!("{:.7e}|", number + 0.0));
                }
                _ => row.push_str(&format!("{text}|")),
            }
        }
    }
    Ok(rows)
}
