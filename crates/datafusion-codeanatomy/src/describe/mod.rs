//! What is there, as tables: `datasets()`, `dataset_columns()`, `table_functions()`, `functions()`, `function_parameters()`.

mod dataset_columns;
mod datasets;
mod function_parameters;
mod functions;
mod inventory;
mod table_functions;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;

use crate::planner::Arguments;
pub(crate) use inventory::{Entry, inventory};

/// A table function without parameters that gives rows known beforehand.
#[derive(Debug, Clone, Copy)]
struct Listing {
    name: &'static str,
    description: &'static str,
    rows: fn(&dyn Session) -> Result<RecordBatch>,
}

const LISTINGS: &[Listing] = &[
    Listing {
        name: "datasets",
        description: "One row per dataset, in the order of the documentation.",
        rows: datasets::rows,
    },
    Listing {
        name: "dataset_columns",
        description: "One row per column of a dataset, in order.",
        rows: dataset_columns::rows,
    },
    Listing {
        name: "table_functions",
        description: "One row per parameter of a table function; one without parameters has one row.",
        rows: table_functions::rows,
    },
    Listing {
        name: "functions",
        description: "One row per function, of every kind: scalar, aggregate, window or table.",
        rows: functions::rows,
    },
    Listing {
        name: "function_parameters",
        description: "One row per parameter of a function, in order.",
        rows: function_parameters::rows,
    },
];

/// The listings, by name.
pub(crate) fn listings() -> impl Iterator<Item = (&'static str, Arc<dyn TableFunctionImpl>)> {
    LISTINGS.iter().map(|listing| (listing.name, Arc::new(*listing) as _))
}

impl TableFunctionImpl for Listing {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        Arguments::try_new(self.name, &[], args.exprs())?;
        let rows = (self.rows)(args.session())?;
        Ok(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?))
    }
}
