//! `delta_changes(uri => …, from_version => …, to_version => …)`: what changed between versions of a Delta table.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DataFusionError, Result, exec_datafusion_err, plan_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::object_store::path::Path;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter, wait};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DeltaCdfTableProvider;
use percent_encoding::percent_decode_str;

use super::deletion_vectors::misread_versions;
use super::vector_changes::VectorChanges;
use super::{SECTION, uri};
use crate::error::{of_table, one_line};
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

    fn section(&self) -> &'static str {
        SECTION
    }

    fn description(&self) -> &'static str {
        "The changes of a Delta table from a version to another, both included: its columns, _change_type ('insert', 'delete', 'update_preimage' or 'update_postimage'), _commit_version and _commit_timestamp, in no order. The table must have recorded them since from_version (delta.enableChangeDataFeed)."
    }

    fn example(&self) -> &'static str {
        "SELECT * FROM delta_changes(uri => 'orders', from_version => 4)"
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
            let by_vectors = misread_versions(&table, &shown, from, to).await?;
            let provider = |from, to| {
                let changes = table
                    .clone()
                    .scan_cdf()
                    .with_starting_version(from)
                    .with_ending_version(to);
                DeltaCdfTableProvider::try_new(changes).map_err(|e| of_table(&shown, e))
            };
            let schema = provider(from, to)?.schema();
            let mut recorded = vec![];
            let mut next = from;
            // What is between the versions that are read here, and behind the last one.
            for end in by_vectors.iter().map(|changes| changes.version).chain([to + 1]) {
                if next < end {
                    recorded.push(provider(next, end - 1)?);
                }
                next = end + 1;
            }
            Ok(Changes {
                shown,
                schema,
                table,
                recorded,
                by_vectors,
            })
        })?;
        Ok(Arc::new(provider))
    }
}

/// The changes of all versions: those that delta-rs reads, and those that it would read wrong.
#[derive(Debug)]
struct Changes {
    shown: String,
    schema: SchemaRef,
    table: DeltaTable,
    recorded: Vec<DeltaCdfTableProvider>,
    by_vectors: Vec<VectorChanges>,
}

/// The plan of delta-rs, put right in two places: it has a scan without partitions where there are no files of a kind, and the
/// engine's sorts want one; and it escapes names of files in which values of partitions are escaped already.
fn put_right(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let full = plan.transform_up(|node| {
        if node.children().is_empty() && node.output_partitioning().partition_count() == 0 {
            return Ok(Transformed::yes(
                Arc::new(EmptyExec::new(node.schema())) as Arc<dyn ExecutionPlan>
            ));
        }
        let source = node.downcast_ref::<DataSourceExec>().map(DataSourceExec::data_source);
        match source.and_then(|source| source.downcast_ref::<FileScanConfig>()) {
            Some(files) => unescaped(files).map(Transformed::yes),
            None => Ok(Transformed::no(node)),
        }
    })?;
    Ok(full.data)
}

/// The same scan of files by their names.
fn unescaped(files: &FileScanConfig) -> Result<Arc<dyn ExecutionPlan>> {
    let named = |mut file: PartitionedFile| {
        let meta = &mut file.object_meta;
        let escaped = percent_decode_str(meta.location.as_ref()).decode_utf8_lossy();
        let name = Path::parse(&escaped)
            .map_err(|e| exec_datafusion_err!("delta_changes: '{escaped}' is no name of a file: {e}"))?;
        meta.location = name;
        Ok(file)
    };
    let groups = files.file_groups.iter().map(|group| {
        let files: Result<Vec<_>> = group.iter().cloned().map(named).collect();
        files.map(FileGroup::from)
    });
    let groups = groups.collect::<Result<_>>()?;
    let files = FileScanConfigBuilder::from(files.clone()).with_file_groups(groups);
    Ok(DataSourceExec::from_data_source(files.build()))
}

#[async_trait]
impl TableProvider for Changes {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let shown = &self.shown;
        let failed = |e: DataFusionError| {
            let problem = one_line(&e.strip_backtrace());
            exec_datafusion_err!("delta_changes: the changes of the Delta table '{shown}' cannot be read: {problem}")
        };
        let mut parts = vec![];
        for provider in &self.recorded {
            let plan = provider.scan(session, projection, filters, limit).await;
            parts.push(put_right(plan.map_err(failed)?)?);
        }
        for changes in &self.by_vectors {
            let plan = changes.plan(&self.table, &self.schema, session).await.map_err(failed)?;
            parts.push(match projection {
                Some(columns) => project(plan, columns)?,
                None => plan,
            });
        }
        match parts.len() {
            1 => Ok(parts.swap_remove(0)),
            _ => UnionExec::try_new(parts),
        }
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // What is read here is not filtered.
        let support = match self.by_vectors.is_empty() {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Inexact,
        };
        Ok(vec![support; filters.len()])
    }
}

fn project(plan: Arc<dyn ExecutionPlan>, columns: &[usize]) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let exprs = columns.iter().map(|index| {
        let name = schema.field(*index).name();
        (
            Arc::new(Column::new(name, *index)) as Arc<dyn PhysicalExpr>,
            name.clone(),
        )
    });
    Ok(Arc::new(ProjectionExec::try_new(exprs.collect::<Vec<_>>(), plan)?))
}
