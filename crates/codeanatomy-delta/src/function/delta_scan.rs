//! `delta_scan(uri => …, version => …, timestamp => …)`: the rows of a Delta table.

use std::sync::Arc;

use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter, wait};

use super::{PINNED, SECTION, pinned};
use crate::open::Pin;
use crate::table::DeltaTableProvider;

/// The rows of a Delta table at a version, at a time, or as they are now. Its columns are the table's; partition columns
/// are there with their types.
///
/// The table is opened when the query is planned, and the query reads that version.
#[derive(Debug)]
pub(super) struct DeltaScan;

impl NamedTableFunction for DeltaScan {
    fn name(&self) -> &'static str {
        "delta_scan"
    }

    fn section(&self) -> &'static str {
        SECTION
    }

    fn description(&self) -> &'static str {
        "The rows of a Delta table at a version, at a time, or as they are when the query is planned. Its columns are the table's, partition columns with their types; which files are read follows from the filters."
    }

    fn example(&self) -> &'static str {
        "SELECT * FROM delta_scan(uri => 'orders', version => 3)"
    }

    fn parameters(&self) -> &'static [Parameter] {
        PINNED
    }

    fn call(&self, arguments: &Arguments<'_>, session: &dyn Session) -> Result<Arc<dyn TableProvider>> {
        let mut place = pinned(self.name(), arguments)?;
        let runtime = Arc::clone(session.runtime_env());
        let config = crate::table::scan_config(session);
        let provider = wait(async move {
            let table = place.open(&runtime).await?;
            // The query reads what was opened, whatever is committed meanwhile.
            place.pin = table.version().map_or(Pin::Newest, Pin::Version);
            DeltaTableProvider::new(place, table, config)
        })?;
        Ok(Arc::new(provider))
    }
}
