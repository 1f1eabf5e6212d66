//! A dataset of a source as a table.

use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_model::Contract;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Constraint, Constraints, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::Source;
use super::filter::PathFilter;
use super::scan::DatasetScanExec;

/// One dataset of a [`Source`].
///
/// Pushed down: the projection (a column that is not asked for is not computed; a dataset that needs no file's content
/// reads none), predicates on `path` alone (exactly: other files are not opened) and the limit. Declared: the key as a
/// constraint, the canonical order as the order of every partition, estimated row counts.
#[derive(Debug)]
pub struct DatasetTable {
    source: Source,
    contract: &'static Contract,
    schema: SchemaRef,
    constraints: Constraints,
}

impl DatasetTable {
    /// The dataset `contract` of `source`.
    pub fn new(source: Source, contract: &'static Contract) -> Self {
        Self {
            source,
            contract,
            schema: contract.schema(),
            constraints: key_constraint(contract),
        }
    }
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
        let kind = |e: &&Expr| match PathFilter::decides(e) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
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
        let filter = PathFilter::try_new(session, filters)?;
        let partitions = session.config().target_partitions();
        let scan = DatasetScanExec::try_new(
            self.source.clone(),
            self.contract,
            projection,
            filter,
            limit,
            partitions,
        )?;
        Ok(Arc::new(scan))
    }
}
