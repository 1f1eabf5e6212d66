//! What is there, as tables: `datasets()`, `dataset_columns()`, `table_functions()`.

mod dataset_columns;
mod datasets;
mod table_functions;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;

use crate::planner::Arguments;

/// A table function without parameters that gives rows known beforehand.
#[derive(Debug)]
struct Listing {
    name: &'static str,
    rows: fn() -> Result<RecordBatch>,
}

/// The listings, by name.
pub(crate) fn listings() -> impl Iterator<Item = (&'static str, Arc<dyn TableFunctionImpl>)> {
    [
        Listing {
            name: "datasets",
            rows: datasets::rows,
        },
        Listing {
            name: "dataset_columns",
            rows: dataset_columns::rows,
        },
        Listing {
            name: "table_functions",
            rows: table_functions::rows,
        },
    ]
    .into_iter()
    .map(|listing| (listing.name, Arc::new(listing) as _))
}

impl TableFunctionImpl for Listing {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        Arguments::try_new(self.name, &[], args.exprs())?;
        let rows = (self.rows)()?;
        Ok(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?))
    }
}
