//! The changes of a version by deletion vectors, from the rows that are there before it and after it.
//!
//! Where a commit has no change files, its changes follow from the files that come and go. Of a file that comes they are the rows
//! that it has at this version, of one that goes those that it had at the one before: the rows that are not in its vector. Of a file that
//! gets another vector they are the rows that only one of the two versions has, as often as it has them more.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, Result, ScalarValue, exec_err};
use datafusion::datasource::provider_as_source;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::TableProviderBuilder;

/// The files of a version whose vectors say what changed, by their paths in the log.
#[derive(Debug, Clone, Default)]
pub(super) struct VectorChanges {
    pub(super) version: u64,
    /// Milliseconds since 1970, as the commit says.
    pub(super) timestamp: i64,
    pub(super) come: Vec<String>,
    pub(super) gone: Vec<String>,
    /// There before and after.
    pub(super) changed: Vec<String>,
}

/// The column of the file that a row is in, and of its number among equal rows of the file.
const FILE: &str = "__codeanatomy_file";
const NUMBER: &str = "__codeanatomy_number";

impl VectorChanges {
    /// A plan of the changes, with the columns of `schema`: those of the table, and three of the change.
    pub(super) async fn plan(
        &self,
        table: &DeltaTable,
        schema: &SchemaRef,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut parts = vec![];
        let after = self.version;
        if !self.come.is_empty() {
            let rows = rows(table, after, &self.come, schema).await?.build()?;
            parts.push(self.of_kind("insert", rows, schema)?);
        }
        if !(self.gone.is_empty() && self.changed.is_empty()) {
            let Some(before) = after.checked_sub(1) else {
                return exec_err!("delta_changes: version 0 removes files, and there is none before it");
            };
            if !self.gone.is_empty() {
                let rows = rows(table, before, &self.gone, schema).await?.build()?;
                parts.push(self.of_kind("delete", rows, schema)?);
            }
            if !self.changed.is_empty() {
                let old = numbered(rows(table, before, &self.changed, schema).await?, schema)?;
                let new = numbered(rows(table, after, &self.changed, schema).await?, schema)?;
                let deleted = LogicalPlanBuilder::except(old.clone(), new.clone(), true)?;
                parts.push(self.of_kind("delete", deleted, schema)?);
                let inserted = LogicalPlanBuilder::except(new, old, true)?;
                parts.push(self.of_kind("insert", inserted, schema)?);
            }
        }
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return exec_err!("delta_changes: version {after} changes no file, which is a bug");
        };
        let all = parts.try_fold(LogicalPlanBuilder::from(first), LogicalPlanBuilder::union)?;
        session.create_physical_plan(&all.build()?).await
    }

    /// The rows, with what `schema` has of the change.
    fn of_kind(&self, kind: &str, rows: LogicalPlan, schema: &SchemaRef) -> Result<LogicalPlan> {
        let (columns, of_change) = split(schema);
        let mut exprs: Vec<_> = columns.iter().map(|field| column(field.name())).collect();
        let timestamp = ScalarValue::TimestampMillisecond(Some(self.timestamp), None);
        let values = [lit(kind), lit(self.version), lit(timestamp)];
        for (field, value) in of_change.iter().zip(values) {
            exprs.push(cast(value, field.data_type().clone()).alias(field.name()));
        }
        LogicalPlanBuilder::from(rows).project(exprs)?.build()
    }
}

type Fields<'a> = &'a [Arc<datafusion::arrow::datatypes::Field>];

/// The columns of the table, and those of the change.
fn split(schema: &SchemaRef) -> (Fields<'_>, Fields<'_>) {
    schema.fields().split_at(schema.fields().len().saturating_sub(3))
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

/// The rows of files at a version, with the columns of the table in `schema`, and their file. A column that the version has not is null.
async fn rows(table: &DeltaTable, version: u64, files: &[String], schema: &SchemaRef) -> Result<LogicalPlanBuilder> {
    let provider = TableProviderBuilder::default()
        .with_log_store(table.log_store())
        .with_table_version(version)
        .with_file_column(FILE)
        .with_file_paths(files.iter().cloned())
        .build()
        .await?;
    let there = provider.schema();
    let (columns, _) = split(schema);
    let mut exprs: Vec<_> = columns
        .iter()
        .map(|field| {
            let value = match there.index_of(field.name()) {
                Ok(_) => column(field.name()),
                Err(_) => lit(ScalarValue::Null),
            };
            cast(value, field.data_type().clone()).alias(field.name())
        })
        .collect();
    exprs.push(cast(column(FILE), DataType::Utf8).alias(FILE));
    LogicalPlanBuilder::scan("rows", provider_as_source(Arc::new(provider)), None)?
        .project(exprs)?
        .alias("rows")
}

/// With their number among equal rows of their file, by which those that are there twice are told apart.
fn numbered(rows: LogicalPlanBuilder, schema: &SchemaRef) -> Result<LogicalPlan> {
    let (columns, _) = split(schema);
    let mut all: Vec<_> = columns.iter().map(|field| column(field.name())).collect();
    all.push(column(FILE));
    let number = row_number().partition_by(all.clone()).build()?.alias(NUMBER);
    rows.window([number])?.build()
}
