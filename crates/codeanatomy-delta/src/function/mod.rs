//! The table functions, a file each.

mod delta_changes;
mod delta_files;
mod delta_history;
mod delta_scan;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{Result, plan_datafusion_err};
use datafusion_codeanatomy::{Arguments, NamedTableFunction};

/// All of them.
pub(crate) fn functions() -> Vec<Arc<dyn NamedTableFunction>> {
    vec![
        Arc::new(delta_scan::DeltaScan),
        Arc::new(delta_changes::DeltaChanges),
        Arc::new(delta_history::DeltaHistory),
        Arc::new(delta_files::DeltaFiles),
    ]
}

/// The argument `uri`, which is required.
fn uri<'a>(arguments: &'a Arguments<'_>) -> Result<&'a str> {
    let uri = arguments.text("uri")?;
    uri.ok_or_else(|| plan_datafusion_err!("the argument uri is missing; the function is {}", arguments.signature()))
}

/// Rows that are known.
fn rows(batch: RecordBatch) -> Result<Arc<dyn TableProvider>> {
    Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}
