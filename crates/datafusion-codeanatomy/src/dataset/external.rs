//! A dataset as an external table.
//!
//! ```sql
//! CREATE EXTERNAL TABLE calls STORED AS CODEANATOMY LOCATION 'src';
//! CREATE EXTERNAL TABLE old STORED AS CODEANATOMY LOCATION 'src'
//!     OPTIONS ('codeanatomy.dataset' 'definitions', 'codeanatomy.include' '*.py', 'codeanatomy.rev' 'HEAD~3');
//! ```

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_extract::Options;
use codeanatomy_model::{CATALOGUE, find};
use datafusion::catalog::{Session, TableProvider, TableProviderFactory};
use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result, extensions_options, plan_datafusion_err, plan_err};
use datafusion::logical_expr::CreateExternalTable;

use super::open;
use super::options::WrittenOptions;
use super::repositories::of_repositories;
use crate::source::{Source, SourceOptions};

extensions_options! {
    /// The options of an external table, each text: they are what the parameters of a dataset's function are.
    pub(crate) struct ExternalOptions {
        /// The dataset; that of the table's name if it is left out.
        pub dataset: Option<String>, default = None
        /// Globs as in a .gitignore, one a line: only files that match one are read.
        pub include: Option<String>, default = None
        /// Globs as in a .gitignore, one a line: files that match one are left out.
        pub exclude: Option<String>, default = None
        /// A larger file is not parsed.
        pub max_file_bytes: Option<u64>, default = None
        /// A revision of the git repository around the location.
        pub rev: Option<String>, default = None
        /// For `ts_captures`: what to find, in tree-sitter's query language.
        pub query: Option<String>, default = None
        /// For `ts_captures`: the language whose files are searched.
        pub language: Option<String>, default = None
        /// For indexes: what columns count in documents that do not say so.
        pub position_encoding: Option<String>, default = None
        /// For indexes: the folder that their paths are relative to.
        pub root: Option<String>, default = None
    }
}

/// The prefix of options in SQL.
const PREFIX: &str = "codeanatomy";

/// The same options among those that a session has for tables: hosts such as datafusion-cli set all options of a table there before they make it, to
/// find its object store, and with their whole names.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExternalTableOptions(ExternalOptions);

impl ConfigExtension for ExternalTableOptions {
    const PREFIX: &'static str = PREFIX;
}

impl ExtensionOptions for ExternalTableOptions {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let name = key.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('.'));
        let name = name.unwrap_or(key);
        ExtensionOptions::set(&mut self.0, name, value).map_err(|_| plan_datafusion_err!("{}", refusal(name, value)))
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let with_prefix = |entry: ConfigEntry| ConfigEntry {
            key: format!("{PREFIX}.{}", entry.key),
            ..entry
        };
        self.0.entries().into_iter().map(with_prefix).collect()
    }
}

fn refusal(name: &str, value: &str) -> String {
    format!(
        "the option '{name}' is unknown or '{value}' is no value of it; there are codeanatomy.dataset, include, exclude (globs, \
         one a line), max_file_bytes, rev, query, language, position_encoding and root"
    )
}

/// Makes tables `STORED AS CODEANATOMY`. Their location is the source; of several locations the table has the rows of all,
/// with a first column `repo`. An option may be written without `codeanatomy.` where the host allows it.
#[derive(Debug, Default)]
pub struct DatasetTableFactory;

#[async_trait]
impl TableProviderFactory for DatasetTableFactory {
    async fn create(&self, _session: &dyn Session, command: &CreateExternalTable) -> Result<Arc<dyn TableProvider>> {
        let table = command.name.table();
        if !command.schema.fields().is_empty() {
            return plan_err!("{table}: a dataset has the columns that it has; leave the list of columns out");
        }
        if !command.table_partition_cols.is_empty() || !command.order_exprs.is_empty() {
            return plan_err!("{table}: a dataset has an order of its own and no partitions; leave them out");
        }
        let options = options(command)?;
        let name = options.dataset.as_deref().unwrap_or(table);
        let Some(contract) = find(name) else {
            let known: Vec<_> = CATALOGUE.iter().map(|c| c.name).collect();
            return plan_err!(
                "there is no dataset '{name}'; name one by the option 'codeanatomy.dataset' or by the name of the table: {}",
                known.join(", ")
            );
        };
        let mut limits = Options::default();
        if let Some(bytes) = options.max_file_bytes {
            limits.max_file_bytes = bytes;
        }
        let source_options = SourceOptions {
            include: globs(options.include.as_deref()),
            exclude: globs(options.exclude.as_deref()),
            rev: options.rev,
            limits,
            ..SourceOptions::default()
        };
        let written = WrittenOptions {
            query: options.query.as_deref(),
            language: options.language.as_deref(),
            position_encoding: options.position_encoding.as_deref(),
            root: options.root.as_deref(),
        };
        let details = written.parse(contract)?;
        let table = |location: &String| open(Source::new(location, &source_options)?, contract, details.clone());
        match command.locations.as_slice() {
            [location] => table(location),
            locations => {
                let named = locations
                    .iter()
                    .map(|location| Ok((location.clone(), table(location)?)));
                of_repositories(name, named.collect::<Result<_>>()?)
            }
        }
    }
}

fn options(command: &CreateExternalTable) -> Result<ExternalOptions> {
    let mut options = ExternalOptions::default();
    let mut given: Vec<_> = command.options.iter().collect();
    given.sort_unstable();
    for (key, value) in given {
        // The SQL planner puts `format.` in front of a key without a dot.
        let name = ["codeanatomy.", "format."]
            .iter()
            .find_map(|prefix| key.strip_prefix(prefix))
            .unwrap_or(key);
        if ExtensionOptions::set(&mut options, name, value).is_err() {
            return plan_err!("{}: {}", command.name, refusal(name, value));
        }
    }
    Ok(options)
}

fn globs(lines: Option<&str>) -> Vec<String> {
    lines.into_iter().flat_map(str::lines).map(str::to_string).collect()
}
