//! What is there, as tables: `datasets()`, `dataset_columns()`, `table_functions()`, `functions()`, `function_parameters()`,
//! `rules()`, `settings()`.

mod dataset_columns;
mod datasets;
mod function_parameters;
mod functions;
mod inventory;
mod rules;
mod settings;
mod table_functions;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{MemTable, Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;

use crate::planner::{Arguments, Parameter};
pub(crate) use inventory::{Entry, inventory};

/// A table function that gives rows known when a query is planned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing {
    pub(crate) name: &'static str,
    /// The heading under which it is listed.
    pub(crate) section: &'static str,
    pub(crate) description: &'static str,
    /// A statement that runs by itself.
    pub(crate) example: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) rows: fn(&Arguments<'_>, &dyn Session) -> Result<RecordBatch>,
}

/// One of what is there, without parameters.
const fn listing(
    name: &'static str,
    example: &'static str,
    rows: fn(&Arguments<'_>, &dyn Session) -> Result<RecordBatch>,
    description: &'static str,
) -> Listing {
    Listing {
        name,
        section: "Listings",
        description,
        example,
        parameters: &[],
        rows,
    }
}

const LISTINGS: &[Listing] = &[
    listing(
        "datasets",
        "SELECT * FROM datasets()",
        datasets::rows,
        "One row per dataset, in the order of the documentation.",
    ),
    listing(
        "dataset_columns",
        "SELECT * FROM dataset_columns()",
        dataset_columns::rows,
        "One row per column of a dataset, in order.",
    ),
    listing(
        "table_functions",
        "SELECT * FROM table_functions()",
        table_functions::rows,
        "One row per parameter of a table function; one without parameters has one row.",
    ),
    listing(
        "functions",
        "SELECT * FROM functions()",
        functions::rows,
        "One row per function, of every kind: scalar, aggregate, window or table.",
    ),
    listing(
        "function_parameters",
        "SELECT * FROM function_parameters()",
        function_parameters::rows,
        "One row per parameter of a function, in order.",
    ),
    listing(
        "rules",
        "SELECT * FROM rules()",
        rules::rows,
        "One row per rule and view of the pack that ships, by relation and name, with what its header says, what it reads, \
                      and its query. Rules of other folders, given with `--rules`, are not in it.",
    ),
    listing(
        "settings",
        "SELECT * FROM settings()",
        settings::rows,
        "One row per setting of ours, with its value in this session when the query is planned, its default, and what it may \
                      be set to.",
    ),
];

/// All of them: what is there, then what is said of queries.
pub(crate) fn listings() -> impl Iterator<Item = &'static Listing> {
    LISTINGS.iter().chain(crate::analysis::ANALYSES)
}

impl TableFunctionImpl for Listing {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.name, self.parameters, args.exprs())?;
        let rows = (self.rows)(&arguments, args.session())?;
        Ok(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?))
    }
}
