//! The table functions, a file each.

mod deletion_vectors;
mod delta_changes;
mod delta_files;
mod delta_history;
mod delta_scan;
mod vector_changes;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{Result, plan_datafusion_err};
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter};

use crate::open::{Pin, Place};

/// All of them.
pub(crate) fn functions() -> Vec<Arc<dyn NamedTableFunction>> {
    vec![
        Arc::new(delta_scan::DeltaScan),
        Arc::new(delta_changes::DeltaChanges),
        Arc::new(delta_history::DeltaHistory),
        Arc::new(delta_files::DeltaFiles),
    ]
}

/// Where they are listed.
const SECTION: &str = "Delta Lake";

/// The argument `uri`, which is required.
fn uri<'a>(arguments: &'a Arguments<'_>) -> Result<&'a str> {
    let uri = arguments.text("uri")?;
    uri.ok_or_else(|| plan_datafusion_err!("the argument uri is missing; the function is {}", arguments.signature()))
}

/// Of a function that reads a table at a version or a time.
const PINNED: &[Parameter] = &[
    Parameter::required("uri", "the folder or URL of a Delta table"),
    Parameter::with_default("version", "the newest", "the number of a version"),
    Parameter::with_default(
        "timestamp",
        "now",
        "the last version at or before this time is read, as text; UTC without a zone",
    ),
];

/// The place that the arguments for [`PINNED`] name; `function` is named in errors.
fn pinned(function: &str, arguments: &Arguments<'_>) -> Result<Place> {
    let pin = Pin::new(function, arguments.integer("version")?, arguments.text("timestamp")?)?;
    let place = Place::newest(uri(arguments)?)?;
    Ok(Place { pin, ..place })
}

/// Rows that are known.
fn rows(batch: RecordBatch) -> Result<Arc<dyn TableProvider>> {
    Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}
