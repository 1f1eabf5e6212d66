//! `delta_changes(uri => …, from_version => …, to_version => …)`: what changed between versions of a Delta table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter};
use deltalake::delta_datafusion::DeltaCdfTableProvider;

use super::uri;
use crate::blocking::wait;
use crate::error::of_table;
use crate::open::Place;

/// The change feed of a Delta table from a version to another, both included: its columns, and `_change_type` (`insert`,
/// `delete`, `update_preimage` or `update_postimage`), `_commit_version` and `_commit_timestamp` (UTC, milliseconds).
///
/// The table must have recorded its changes (`delta.enableChangeDataFeed`) since `from_version`. Rows come in no order.
#[derive(Debug)]
pub(super) struct DeltaChanges;

const PARAMETERS: &[Parameter] = &[
    Parameter::required("uri", "the folder or URL of a Delta table"),
    Parameter::with_default("from_version", "0", "the first version whose changes are read"),
    Parameter::with_default("to_version", "the newest", "the last version whose changes are read"),
];

impl NamedTableFunction for DeltaChanges {
    fn name(&self) -> &'static str {
        "delta_changes"
    }

    fn parameters(&self) -> &'static [Parameter] {
        PARAMETERS
    }

    fn call(&self, arguments: &Arguments<'_>, session: &dyn Session) -> Result<Arc<dyn TableProvider>> {
        let from = arguments.integer("from_version")?.unwrap_or(0);
        let to = arguments.integer("to_version")?;
        let place = Place::newest(uri(arguments)?)?;
        let runtime = Arc::clone(session.runtime_env());
        let provider = wait(async move {
            let table = place.open(&runtime).await?;
            let shown = place.location.shown().to_string();
            let newest = table.version().unwrap_or(0);
            let to = to.unwrap_or(newest);
            if to > newest {
                return plan_err!(
                    "delta_changes: the Delta table '{shown}' has no version {to}; its newest is {newest}"
                );
            }
            if from > to {
                return plan_err!("delta_changes: from_version is {from} and to_version is {to}, which is before it");
            }
            let changes = table.scan_cdf().with_starting_version(from).with_ending_version(to);
            DeltaCdfTableProvider::try_new(changes).map_err(|e| of_table(&shown, e))
        })?;
        Ok(Arc::new(Changes(provider)))
    }
}

/// The provider of delta-rs, whose plan has a scan without partitions where there are no files of a kind; the engine's sorts
/// want one.
#[derive(Debug)]
struct Changes(DeltaCdfTableProvider);

#[async_trait]
impl TableProvider for Changes {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        self.0.table_type()
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = self.0.scan(session, projection, filters, limit).await?;
        let full = plan.transform_up(|node| {
            if node.children().is_empty() && node.output_partitioning().partition_count() == 0 {
                return Ok(Transformed::yes(
                    Arc::new(EmptyExec::new(node.schema())) as Arc<dyn ExecutionPlan>
                ));
            }
            Ok(Transformed::no(node))
        })?;
        Ok(full.data)
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.0.supports_filters_pushdown(filters)
    }
}
