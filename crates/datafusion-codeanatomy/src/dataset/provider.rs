//! A dataset of a source as a table.

use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_model::{Contract, Family};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Constraint, Constraints, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::DatasetOptions;
use super::calls::ResolvedCallsTable;
use super::check::{self, CheckTable};
use super::filter::FileFilter;
use super::module_filter::ModuleFilter;
use super::row_filter::row_filter;
use super::scan::{DatasetScanExec, ScanModules};
use crate::settings::Settings;
use crate::source::{Files, Source};

/// The most threads that list a folder: more do it no faster.
const LISTING_THREADS: usize = 4;

/// One dataset of a [`Source`].
///
/// Pushed down: the projection (a column that is not asked for is not computed; a dataset that needs no file's content
/// reads none), predicates on `path` and `language` alone (exactly: other files are not opened), bounds of qualified names
/// (inexactly: files of other modules are not opened), equality of `kind` or `name` with literals (inexactly: other rows are
/// not made where that saves work) and the limit. Declared: the key as a
/// constraint, the canonical order as the order of every partition, estimated row counts.
#[derive(Debug)]
pub struct DatasetTable {
    dataset: Dataset,
    schema: SchemaRef,
    constraints: Constraints,
}

impl DatasetTable {
    /// What the dataset promises.
    pub(crate) fn contract(&self) -> &'static Contract {
        self.dataset.contract
    }

    /// The dataset `contract` of `source`.
    pub fn new(source: Source, contract: &'static Contract) -> Self {
        Self {
            dataset: Dataset {
                source,
                contract,
                options: DatasetOptions::default(),
            },
            schema: contract.schema(),
            constraints: key_constraint(contract),
        }
    }

    /// The same, read as `options` say.
    #[must_use]
    pub fn with_options(mut self, options: DatasetOptions) -> Self {
        self.dataset.options = options;
        self
    }
}

/// The dataset `contract` of `source` as a table: files that are read as `options` say, or a query over other datasets.
pub(crate) fn open(
    source: Source,
    contract: &'static Contract,
    options: DatasetOptions,
) -> Result<Arc<dyn TableProvider>> {
    Ok(match check::query(contract) {
        _ if contract.family == Family::CallGraph => Arc::new(ResolvedCallsTable::new(source, contract)),
        Some(sql) => Arc::new(CheckTable::try_new(source, options, contract, sql)?),
        None => Arc::new(DatasetTable::new(source, contract).with_options(options)),
    })
}

/// What is read from where, and how.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) source: Source,
    pub(crate) contract: &'static Contract,
    pub(crate) options: DatasetOptions,
}

/// The key of a contract as a constraint.
pub(crate) fn key_constraint(contract: &Contract) -> Constraints {
    let key = contract.key.iter().filter_map(|c| contract.index_of(c)).collect();
    Constraints::new_unverified(vec![Constraint::PrimaryKey(key)])
}

#[async_trait]
impl TableProvider for DatasetTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn constraints(&self) -> Option<&Constraints> {
        Some(&self.constraints)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let contract = self.dataset.contract;
        let kind = |e: &&Expr| match e {
            e if FileFilter::decides(contract, e) => TableProviderFilterPushDown::Exact,
            e if row_filter(contract, e).is_some() => TableProviderFilterPushDown::Inexact,
            e if ModuleFilter::try_new(contract, e).is_some() => TableProviderFilterPushDown::Inexact,
            _ => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(kind).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let contract = self.dataset.contract;
        let of_rows = filters.iter().filter_map(|e| row_filter(contract, e)).collect();
        let decides = |e: &&Expr| FileFilter::decides(contract, e);
        let of_modules: Vec<_> = match Settings::of(session.config_options()).module_filter {
            true => filters
                .iter()
                .filter_map(|e| ModuleFilter::try_new(contract, e))
                .collect(),
            false => vec![],
        };
        let is_inexact = |e: &&Expr| row_filter(contract, e).is_some() || ModuleFilter::try_new(contract, e).is_some();
        let of_files: Vec<Expr> = filters
            .iter()
            .filter(|e| decides(e) || !is_inexact(e))
            .cloned()
            .collect();
        let filter = FileFilter::try_new(session, contract, &of_files)?.with_modules(of_modules);
        let partitions = session.config().target_partitions();
        // The scope is read when the scan runs, and by one partition.
        let files = match self.dataset.contract.name {
            "file_scope" => Files::default(),
            _ => {
                let (source, inputs) = (&self.dataset.source, self.dataset.contract.inputs);
                source
                    .list(session.runtime_env(), inputs, partitions.min(LISTING_THREADS))
                    .await?
            }
        };
        let modules = match self.dataset.contract.family {
            Family::Modules => Some(ScanModules::new(&files)),
            _ => None,
        };
        let files = match (&modules, self.dataset.contract.name) {
            (Some(modules), "modules") => modules.entries(),
            _ => files,
        };
        let scan = DatasetScanExec::try_new(self.dataset.clone(), projection, &files, filter, limit, partitions)?;
        let scan = scan.with_rows(of_rows);
        Ok(Arc::new(match modules {
            Some(modules) => scan.with_modules(modules),
            None => scan,
        }))
    }
}
