//! What some datasets are told besides their source.

use codeanatomy_extract::{CaptureQuery, scip};
use codeanatomy_model::{ColumnUnit, Contract, Language, Languages};
use datafusion::common::{DataFusionError, Result, plan_err};

/// How a dataset is read.
#[derive(Debug, Clone, Default)]
pub struct DatasetOptions {
    /// What `ts_captures` finds; it has no rows without.
    pub query: Option<CaptureQuery>,
    /// How indexes are read for the SCIP datasets.
    pub scip: scip::Options,
}

impl DatasetOptions {
    /// As the datasets of an attached or built source are read: in documents that do not say what their columns count, it is UTF-16, for the
    /// indexers that do not say it are written in languages of the JVM and in TypeScript, where a protocol that leaves it open asks for that.
    pub(crate) fn of_source() -> Self {
        Self {
            query: None,
            scip: scip::Options {
                position_encoding: Some(ColumnUnit::Utf16),
                root: String::new(),
            },
        }
    }
}

/// The same as they are written in SQL.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenOptions<'a> {
    pub(crate) query: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) position_encoding: Option<&'a str>,
    pub(crate) root: Option<&'a str>,
}

impl WrittenOptions<'_> {
    /// Checks them.
    pub(crate) fn parse(&self, contract: &Contract) -> Result<DatasetOptions> {
        let name = contract.name;
        let language = match self.language {
            None => None,
            Some(written) => match Language::find(written).filter(|l| l.is_source()) {
                Some(language) => Some(language),
                None => {
                    let known: Vec<_> = Languages::SOURCE.iter().map(Language::name).collect();
                    return plan_err!(
                        "{name}: there is no language '{written}'; known are {}",
                        known.join(", ")
                    );
                }
            },
        };
        let query = match self.query {
            None if needs_query(contract) => return plan_err!("{name}: the argument query is missing"),
            None => None,
            Some(text) => {
                let query =
                    CaptureQuery::new(text, language).map_err(|e| DataFusionError::Plan(format!("{name}: {e}")))?;
                Some(query)
            }
        };
        let position_encoding = match self.position_encoding {
            None => None,
            Some(written) => match ColumnUnit::parse(written) {
                Some(unit) => Some(unit),
                None => {
                    return plan_err!("{name}: '{written}' is no position encoding; known are utf8, utf16 and utf32");
                }
            },
        };
        let root = self.root.unwrap_or_default().to_string();
        if !root.is_empty()
            && root
                .trim_matches('/')
                .split('/')
                .any(|part| matches!(part, "" | "." | ".."))
        {
            return plan_err!("{name}: '{root}' is no folder below the source; write its path as in 'packages/one'");
        }
        let scip = scip::Options {
            position_encoding,
            root,
        };
        Ok(DatasetOptions { query, scip })
    }
}

/// Whether a dataset is nothing without a query.
pub(crate) fn needs_query(contract: &Contract) -> bool {
    contract.requires == Some("query")
}
