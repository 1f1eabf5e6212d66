//! From one file after the other to the tables that were asked for.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::sync::Arc;

use arrow_schema::ArrowError;
use codeanatomy_model::{Contract, Language};

use crate::bytecode::{self, SourceFile};
use crate::content;
use crate::file::Entry;
use crate::modules::{self, ModuleNames, ModuleReader, Modules};
use crate::parsed::ParseCache;
use crate::scip;
use crate::table::{RowFilter, Table};
use crate::treesitter::{CaptureQuery, TreeSitter};

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
    filters: Vec<(&'static str, RowFilter)>,
    query: Option<CaptureQuery>,
    modules: Option<Arc<Modules>>,
    in_batches: Option<usize>,
}

impl Request {
    /// Asks for nothing yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Asks for a dataset: the columns of `projection` in that order, or all.
    pub fn with(mut self, contract: &'static Contract, projection: Option<Vec<usize>>) -> Self {
        self.datasets.push((contract, projection));
        self
    }

    /// Says that of a dataset only rows that pass `filter` are wanted. Others may come too.
    pub fn with_filter(mut self, contract: &'static Contract, filter: RowFilter) -> Self {
        self.filters.push((contract.name, filter));
        self
    }

    /// Says that tables are to cut their rows into batches of about `rows`, which [`Table::take_batches`] gives: files with many rows cost less.
    pub fn in_batches(mut self, rows: usize) -> Self {
        self.in_batches = Some(rows);
        self
    }

    /// Says which modules the source has, for the datasets of modules; without, asking for them is an error.
    pub fn with_modules(mut self, modules: Arc<Modules>) -> Self {
        self.modules = Some(modules);
        self
    }

    /// Says what `ts_captures` is to find; without, asking for it is an error.
    pub fn with_query(mut self, query: CaptureQuery) -> Self {
        self.query = Some(query);
        self
    }
}

/// Takes files and fills tables.
#[derive(Debug)]
pub struct Extractor {
    parsers: Parsers,
    tables: Tables,
    modules: Option<ModuleWork>,
}

/// What the datasets of modules need besides the file at hand.
#[derive(Debug)]
struct ModuleWork {
    modules: Arc<Modules>,
    /// Reads other files.
    reader: Option<Box<dyn ModuleReader>>,
    /// What is extracted of other files: no rows.
    others: Tables,
}

/// How files are parsed, and how often they were.
#[derive(Debug)]
pub(crate) struct Parsers {
    pub(crate) options: Options,
    pub(crate) trees: TreeSitter,
    pub(crate) cache: Option<Arc<dyn ParseCache>>,
    pub(crate) parses: Parses,
}

/// How often Python files were parsed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Parses {
    /// From their text.
    pub made: usize,
    /// Not at all: the tree was there.
    pub reused: usize,
}

/// The tables asked for.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// By the name of their dataset.
    tables: BTreeMap<&'static str, Table>,
    /// What the last file says of itself as a module, if someone wants to know.
    module: Option<Collected>,
}

/// None if the file could not be parsed.
type Collected = Option<ModuleNames>;

impl Tables {
    /// The table of a dataset, if it was asked for.
    pub(crate) fn get(&mut self, dataset: &str) -> Option<&mut Table> {
        self.tables.get_mut(dataset)
    }

    /// Whether names of the module are wanted, besides the rows.
    pub(crate) fn collects_module(&self) -> bool {
        self.module.is_some()
    }

    /// Takes the names of the module, if it could be parsed.
    fn take_module(&mut self) -> Option<ModuleNames> {
        self.module.as_mut()?.take()
    }

    /// Leaves the names of the module.
    pub(crate) fn set_module(&mut self, names: ModuleNames) {
        self.module = Some(Some(names));
    }

    /// Whether one of these datasets was asked for.
    pub(crate) fn wants_any(&self, datasets: &[&str]) -> bool {
        datasets.iter().any(|d| self.tables.contains_key(d))
    }

    /// Whether one of these columns of a dataset was asked for.
    pub(crate) fn wants(&self, dataset: &str, columns: &[&str]) -> bool {
        self.tables
            .get(dataset)
            .is_some_and(|table| columns.iter().any(|c| table.wants(c)))
    }
}

impl Extractor {
    /// An extractor for the datasets of `request`. `file_scope` is not among them: [`crate::file::scope`] gives it.
    pub fn new(request: &Request) -> Result<Self, ArrowError> {
        let mut tables = Tables::default();
        for (contract, projection) in &request.datasets {
            let filters = request.filters.iter().filter(|(dataset, _)| *dataset == contract.name);
            let table = Table::new(contract, projection.as_deref())?;
            let table = filters.fold(table, |table, (_, filter)| table.filtered(filter.clone()));
            tables
                .tables
                .insert(contract.name, table.in_batches(request.in_batches));
        }
        let trees = TreeSitter::new(request.query.clone());
        if !trees.has_query() && tables.wants_any(&["ts_captures"]) {
            return Err(ArrowError::InvalidArgumentError(
                "ts_captures needs a query, such as ts_captures(source => '…', query => '(identifier) @name')"
                    .to_owned(),
            ));
        }
        let wants_modules = tables.wants_any(&modules::DATASETS);
        if request.modules.is_none() && wants_modules {
            return Err(ArrowError::InvalidArgumentError(
                "the datasets of modules need the modules of the source".to_owned(),
            ));
        }
        tables.module = modules::needs_names(&tables).then_some(None);
        let modules = request
            .modules
            .as_ref()
            .filter(|_| wants_modules)
            .map(|modules| ModuleWork {
                modules: Arc::clone(modules),
                reader: None,
                others: Tables {
                    tables: BTreeMap::new(),
                    module: Some(None),
                },
            });
        Ok(Self {
            modules,
            parsers: Parsers {
                options: request.options,
                trees,
                cache: None,
                parses: Parses::default(),
            },
            tables,
        })
    }

    /// The same, which looks for parsed files in `cache` and leaves its own there.
    #[must_use]
    pub fn with_cache(mut self, cache: Arc<dyn ParseCache>) -> Self {
        self.parsers.cache = Some(cache);
        self
    }

    /// The same, which reads the files that imports lead to. Without, they count as files that cannot be parsed.
    #[must_use]
    pub fn with_reader(mut self, reader: Box<dyn ModuleReader>) -> Self {
        if let Some(work) = &mut self.modules {
            work.reader = Some(reader);
        }
        self
    }

    /// How often files were parsed.
    pub fn parses(&self) -> Parses {
        self.parsers.parses
    }

    /// Whether anything that was asked for needs the bytes of files in a language. If not, [`Extractor::add`] may be given
    /// none.
    pub fn reads(&self, language: Language) -> bool {
        content::is_needed(language, &self.tables)
            || (language == Language::Bytecode && bytecode::is_needed(&self.tables))
    }

    /// Whether anything that was asked for needs files in a language to be parsed, or bytecode to be decoded.
    pub fn needs_parse(&self, language: Language) -> bool {
        content::needs_parse(language, &self.tables)
            || (language == Language::Bytecode && bytecode::is_needed(&self.tables))
    }

    /// Whether [`Extractor::add_bytecode`] makes use of a source file.
    pub fn reads_source_of_bytecode(&self) -> bool {
        bytecode::needs_source(&self.tables)
    }

    /// Adds the rows of one file to the tables that have rows of its language. `bytes` is its content, or why it could not be read.
    pub fn add(&mut self, entry: &Entry, bytes: io::Result<Vec<u8>>) {
        if entry.is_folder() {
            return self.add_module(entry, None);
        }
        content::extract(entry, bytes, &mut self.parsers, &mut self.tables);
        if self.modules.is_some() && entry.language == Language::Python {
            let names = self.tables.take_module();
            self.add_module(entry, names);
        }
    }

    fn add_module(&mut self, entry: &Entry, names: Option<ModuleNames>) {
        let Some(ModuleWork {
            modules,
            reader,
            others,
        }) = &mut self.modules
        else {
            return;
        };
        if self.tables.wants_any(&["resolved_imports"]) {
            modules.offer_at(entry, names.as_ref());
        }
        let parsers = &mut self.parsers;
        let mut read = |entry: &Entry| {
            let bytes = reader.as_mut()?.read(entry);
            content::extract(entry, bytes, parsers, others);
            others.take_module()
        };
        modules::write(entry, names.as_ref(), modules, &mut read, &mut self.tables);
    }

    /// Adds the rows of one `.pyc` file. `bytes` is its content, or why it could not be read; `source` is the file at its
    /// [`source_path`](bytecode::source_path), if there is one.
    pub fn add_bytecode(&mut self, entry: &Entry, bytes: io::Result<Vec<u8>>, source: Option<SourceFile>) {
        bytecode::extract(entry, bytes, source, self.parsers.options, &mut self.tables);
    }

    /// Adds the rows of the next document of a SCIP index; `sources` gives the content of the file of a path. False if
    /// there was none left.
    pub fn add_scip<R: Read + Seek>(&mut self, index: &mut scip::Index<R>, sources: &scip::Sources<'_>) -> bool {
        index.extract_next(sources, &mut self.tables)
    }

    /// The table of a dataset that was asked for.
    pub fn table(&mut self, dataset: &str) -> Option<&mut Table> {
        self.tables.get(dataset)
    }
}
