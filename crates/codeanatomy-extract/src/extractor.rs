//! From one file after the other to the tables that were asked for.

use std::collections::BTreeMap;
use std::io;

use arrow_schema::ArrowError;
use codeanatomy_model::{Contract, Language};

use crate::content;
use crate::file::Entry;
use crate::table::Table;

/// Bounds of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A larger file is not parsed: its status is `too_large`. In bytes.
    pub max_file_bytes: u64,
    /// A syntax tree that may be deeper is not walked: the status of its file is `too_deep`.
    pub max_depth: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_file_bytes: 16 << 20,
            max_depth: 1_000_000,
        }
    }
}

/// The datasets to extract, with their columns.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Bounds.
    pub options: Options,
    datasets: Vec<(&'static Contract, Option<Vec<usize>>)>,
}

impl Request {
    /// Asks for nothing yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            datasets: Vec::new(),
        }
    }

    /// Asks for a dataset: the columns of `projection` in that order, or all.
    pub fn with(mut self, contract: &'static Contract, projection: Option<Vec<usize>>) -> Self {
        self.datasets.push((contract, projection));
        self
    }
}

/// Takes files and fills tables.
#[derive(Debug)]
pub struct Extractor {
    options: Options,
    tables: Tables,
}

/// The tables asked for, by the name of their dataset.
#[derive(Debug, Default)]
pub(crate) struct Tables(BTreeMap<&'static str, Table>);

impl Tables {
    /// The table of a dataset, if it was asked for.
    pub(crate) fn get(&mut self, dataset: &str) -> Option<&mut Table> {
        self.0.get_mut(dataset)
    }

    /// Whether one of these datasets was asked for.
    pub(crate) fn wants_any(&self, datasets: &[&str]) -> bool {
        datasets.iter().any(|d| self.0.contains_key(d))
    }

    /// Whether one of these columns of a dataset was asked for.
    pub(crate) fn wants(&self, dataset: &str, columns: &[&str]) -> bool {
        self.0
            .get(dataset)
            .is_some_and(|table| columns.iter().any(|c| table.wants(c)))
    }
}

impl Extractor {
    /// An extractor for the datasets of `request`. `file_scope` is not among them: [`crate::file::scope`] gives it.
    pub fn new(request: &Request) -> Result<Self, ArrowError> {
        let mut tables = Tables::default();
        for (contract, projection) in &request.datasets {
            tables
                .0
                .insert(contract.name, Table::new(contract, projection.as_deref())?);
        }
        Ok(Self {
            options: request.options,
            tables,
        })
    }

    /// Whether anything that was asked for needs the bytes of files in a language. If not, [`Extractor::add`] may be given
    /// none.
    pub fn reads(&self, language: Language) -> bool {
        content::is_needed(language, &self.tables)
    }

    /// Adds the rows of one file to the tables that have rows of its language. `bytes` is its content, or why it could not be read.
    pub fn add(&mut self, entry: &Entry, bytes: io::Result<Vec<u8>>) {
        content::extract(entry, bytes, self.options, &mut self.tables);
    }

    /// The table of a dataset that was asked for.
    pub fn table(&mut self, dataset: &str) -> Option<&mut Table> {
        self.tables.get(dataset)
    }
}
