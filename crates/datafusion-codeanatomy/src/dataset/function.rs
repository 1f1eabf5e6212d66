//! A dataset as a table function: `calls(source => 'folder', include => '*.py')`.

use std::sync::Arc;

use codeanatomy_extract::Options;
use codeanatomy_model::{Contract, Language};
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, plan_err};

use super::open;
use super::options::WrittenOptions;
use super::parameters::parameters;
use super::repositories::of_repositories;
use crate::planner::Arguments;
use crate::source::{Source, SourceOptions};

/// The path of a `text` that is given none.
const TEXT_PATH: &str = "text.py";

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
        let name = self.contract.name;
        let arguments = Arguments::try_new(name, parameters(self.contract), args.exprs())?;
        let mut limits = Options::default();
        if let Some(bytes) = arguments.integer("max_file_bytes")? {
            limits.max_file_bytes = bytes;
        }
        let written = WrittenOptions {
            query: arguments.text("query")?,
            language: arguments.text("language")?,
            position_encoding: arguments.text("position_encoding")?,
            root: arguments.text("root")?,
        };
        let details = written.parse(self.contract)?;
        let options = SourceOptions {
            include: arguments.texts("include")?,
            exclude: arguments.texts("exclude")?,
            rev: arguments.text("rev")?.map(str::to_string),
            limits,
            ..SourceOptions::default()
        };
        let sources = arguments.texts("source")?;
        let table = |source: Source| open(source, self.contract, details.clone());
        match (sources.as_slice(), arguments.text("text")?, arguments.text("path")?) {
            ([], Some(text), path) => {
                let path = path.unwrap_or(TEXT_PATH);
                let source = Source::of_text(path, text, &options)?;
                match Language::of_path(path) {
                    Some(language) if !self.contract.inputs.contains(language) => {
                        plan_err!("{name}: there are no rows of a text in {}", language.name())
                    }
                    _ => table(source),
                }
            }
            ([_, ..], Some(_), _) => plan_err!("{name}: give either source or text, not both"),
            ([], None, _) if arguments.is_list("source") => plan_err!("{name}: the list of sources is empty"),
            ([], None, _) => plan_err!(
                "{name}: the argument source is missing; the function is {}",
                arguments.signature()
            ),
            (_, None, Some(_)) => plan_err!("{name}: path goes with text; for files of a source use include"),
            ([source], None, None) if !arguments.is_list("source") => table(Source::new(source, &options)?),
            (sources, None, None) => {
                let named = |source: &String| Ok((source.clone(), table(Source::new(source, &options)?)?));
                of_repositories(name, sources.iter().map(named).collect::<Result<_>>()?)
            }
        }
    }
}
