//! A dataset as a table function: `calls(source => 'folder', include => '*.py')`.

use std::sync::Arc;

use codeanatomy_extract::Options;
use codeanatomy_model::Contract;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;

use super::{DatasetTable, Source, SourceOptions};
use crate::planner::{Arguments, Parameter};

/// What every dataset function takes.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter::required("source", "the folder or file to read"),
    Parameter::optional(
        "include",
        "a glob, or a list of globs, as in a .gitignore: only files that match are read",
    ),
    Parameter::optional(
        "exclude",
        "a glob, or a list of globs, as in a .gitignore: files that match are left out",
    ),
    Parameter::optional(
        "max_file_bytes",
        "a larger file is not parsed and has a row in parse_errors; 16 MiB by default",
    ),
];

/// The table function of a dataset.
#[derive(Debug)]
pub struct DatasetFunction {
    contract: &'static Contract,
}

impl DatasetFunction {
    /// The function of `contract`, to be registered under the dataset's name.
    pub fn new(contract: &'static Contract) -> Self {
        Self { contract }
    }
}

impl TableFunctionImpl for DatasetFunction {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let arguments = Arguments::try_new(self.contract.name, PARAMETERS, args.exprs())?;
        let mut limits = Options::default();
        if let Some(bytes) = arguments.integer("max_file_bytes")? {
            limits.max_file_bytes = bytes;
        }
        let options = SourceOptions {
            include: arguments.texts("include")?,
            exclude: arguments.texts("exclude")?,
            limits,
        };
        let source = Source::new(arguments.text("source")?, &options)?;
        Ok(Arc::new(DatasetTable::new(source, self.contract)))
    }
}
