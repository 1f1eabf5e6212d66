//! Rows that break a table's contract, counted by condition.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::{SortOptions, filter_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{DataFusionError, Result, exec_datafusion_err};

/// How many values of a row an error shows.
const SHOWN: usize = 4;

/// How rows are compared to say which of those that break a condition is the first: it is the same however they came.
const ORDER: SortOptions = SortOptions {
    descending: false,
    nulls_first: false,
};

/// Of every condition, the rows that break it: how many, and the first in the order of the columns.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    table: Arc<str>,
    conditions: Arc<[String]>,
    rows: Arc<RowConverter>,
    noted: BTreeMap<usize, Noted>,
}

#[derive(Debug, Clone)]
struct Noted {
    rows: usize,
    first: OwnedRow,
    shown: String,
}

impl Broken {
    /// Nothing, of the conditions of `table`. What is said of rows that break a condition is its text in `conditions`.
    pub(super) fn new(table: &Arc<str>, conditions: Arc<[String]>, schema: &SchemaRef) -> Result<Self> {
        let fields = schema.fields().iter();
        let fields = fields.map(|f| SortField::new_with_options(f.data_type().clone(), ORDER));
        Ok(Self {
            table: Arc::clone(table),
            conditions,
            rows: Arc::new(RowConverter::new(fields.collect())?),
            noted: BTreeMap::new(),
        })
    }

    /// Notes those rows of `batch` that break a condition, of which there are some.
    pub(super) fn note(&mut self, condition: usize, batch: &RecordBatch, breaks: &BooleanArray) -> Result<()> {
        let breaking = filter_record_batch(batch, breaks)?;
        let rows = self.rows.convert_columns(breaking.columns())?;
        let Some((place, first)) = rows.iter().enumerate().min_by(|a, b| a.1.cmp(&b.1)) else {
            return Ok(());
        };
        let noted = Noted {
            rows: rows.num_rows(),
            first: first.owned(),
            shown: show(&breaking, place)?,
        };
        self.add(condition, noted);
        Ok(())
    }

    fn add(&mut self, condition: usize, more: Noted) {
        let Some(noted) = self.noted.get_mut(&condition) else {
            self.noted.insert(condition, more);
            return;
        };
        noted.rows += more.rows;
        if more.first < noted.first {
            (noted.first, noted.shown) = (more.first, more.shown);
        }
    }

    /// Adds what was noted elsewhere of the same conditions.
    pub(super) fn merge(&mut self, other: Self) {
        for (condition, noted) in other.noted {
            self.add(condition, noted);
        }
    }

    /// The error: of every condition that is broken, how many rows break it and which is the first.
    pub(super) fn report(&self) -> DataFusionError {
        let say = |(i, noted): (&usize, &Noted)| {
            let condition = self.conditions.get(*i).map_or("", String::as_str);
            let rows = if noted.rows == 1 { "row" } else { "rows" };
            format!("{condition} in {} {rows}, the first with {}", noted.rows, noted.shown)
        };
        exec_datafusion_err!(
            "nothing was written to the Delta table '{}', since rows break its contract: {}",
            self.table,
            self.noted.iter().map(say).collect::<Vec<_>>().join("; ")
        )
    }
}

/// A row, as `id = 3, name = NULL, …`.
fn show(batch: &RecordBatch, row: usize) -> Result<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut shown = vec![];
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()).take(SHOWN) {
        let value = ArrayFormatter::try_new(column.as_ref(), &options)?;
        shown.push(format!("{} = {}", field.name(), value.value(row).try_to_string()?));
    }
    if batch.num_columns() > SHOWN {
        shown.push("…".to_string());
    }
    Ok(shown.join(", "))
}
