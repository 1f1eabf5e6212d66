//! What a query gave, so that it can be compared.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::compute::concat_batches;
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
    /// A statement.
    Done,
}

/// Rows as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Rows {
    pub(super) count: usize,
    /// Of names, types, and the bytes of the rows in their order.
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
        let mut rows: Vec<Vec<u8>> = match RowConverter::supports_fields(&fields) && !fields.is_empty() {
            true => {
                let rows = RowConverter::new(fields)?.convert_columns(batch.columns())?;
                rows.iter().map(|row| row.as_ref().to_vec()).collect()
            }
            false => texts(&batch, false)?.into_iter().map(String::into_bytes).collect(),
        };
        let bytes = hash((&columns, &rows));
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
