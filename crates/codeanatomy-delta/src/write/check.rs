//! What must hold of rows that are written to a table, checked before anything is committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, DataFusionError, Result, exec_datafusion_err};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DataFusionMixins;
use deltalake::kernel::StructTypeExt;
use deltalake::table::config::TablePropertiesExt;
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::of_table;

/// How many values of a row an error shows.
const SHOWN: usize = 4;

/// The conditions of a table.
#[derive(Debug, Clone)]
pub(super) struct Checks {
    table: String,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone)]
enum Condition {
    NotNull(usize, String),
    /// Must be true of every row; null is not true.
    Holds(String, Arc<dyn PhysicalExpr>),
}

/// The rows that break a condition: how many, and the first.
#[derive(Debug)]
struct Broken {
    rows: u64,
    first: String,
}

impl Checks {
    /// Those of `table` for rows with the columns of `schema`.
    pub(super) fn of(shown: &str, table: &DeltaTable, schema: &SchemaRef, session: &dyn Session) -> Result<Self> {
        let failed = |e| of_table(shown, e);
        let state = table.snapshot().map_err(failed)?;
        let snapshot = state.snapshot();
        let mut conditions = vec![];
        for field in snapshot.input_schema().fields().iter().filter(|f| !f.is_nullable()) {
            if let Ok(i) = schema.index_of(field.name()) {
                conditions.push(Condition::NotNull(i, field.name().clone()));
            }
        }
        let constraints = snapshot.table_properties().get_constraints();
        let constraints = constraints
            .into_iter()
            .map(|c| (format!("{} ({})", c.name, c.expr), c.expr));
        let kernel_schema = snapshot.schema();
        let invariants = kernel_schema
            .get_invariants()
            .map_err(|e| exec_datafusion_err!("{shown}: {e}"))?;
        let invariants = invariants
            .into_iter()
            .map(|i| (format!("{} ({})", i.field_name, i.invariant_sql), i.invariant_sql));
        let columns = DFSchema::try_from(schema.as_ref().clone())?;
        let mut sorted: Vec<_> = constraints.chain(invariants).collect();
        sorted.sort();
        for (name, sql) in sorted {
            let parsed = snapshot.parse_predicate_expression(&sql, session).map_err(failed)?;
            conditions.push(Condition::Holds(name, session.create_physical_expr(parsed, &columns)?));
        }
        Ok(Self {
            table: shown.to_string(),
            conditions,
        })
    }

    /// The rows as they are. If some break a condition, all are looked at, and the error says of each condition how many
    /// break it and which is the first.
    pub(super) fn check(self, rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
        if self.conditions.is_empty() {
            return rows;
        }
        let schema = rows.schema();
        let checked = stream::try_unfold((self, rows), |(checks, mut rows)| async move {
            let Some(batch) = rows.try_next().await? else {
                return Ok(None);
            };
            let mut broken = BTreeMap::new();
            checks.look(&batch, &mut broken)?;
            if broken.is_empty() {
                return Ok(Some((batch, (checks, rows))));
            }
            while let Some(batch) = rows.next().await {
                checks.look(&batch?, &mut broken)?;
            }
            Err(checks.report(&broken))
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, checked))
    }

    fn look(&self, batch: &RecordBatch, broken: &mut BTreeMap<usize, Broken>) -> Result<()> {
        for (i, condition) in self.conditions.iter().enumerate() {
            let (count, first) = match condition {
                Condition::NotNull(column, _) => {
                    let column = batch.column(*column);
                    let nulls = column.logical_nulls();
                    let count = nulls.as_ref().map_or(0, |n| n.null_count());
                    (
                        count,
                        (0..batch.num_rows()).find(|row| nulls.as_ref().is_some_and(|n| n.is_null(*row))),
                    )
                }
                Condition::Holds(_, expr) => {
                    let holds = expr.evaluate(batch)?.into_array(batch.num_rows())?;
                    let holds = cast(&holds, &DataType::Boolean)?;
                    let holds = holds.as_boolean();
                    let fails = |row: &usize| holds.is_null(*row) || !holds.value(*row);
                    let mut failing = (0..batch.num_rows()).filter(fails);
                    let first = failing.next();
                    (first.map_or(0, |_| 1 + failing.count()), first)
                }
            };
            if let Some(first) = first {
                let known = broken.entry(i).or_insert(Broken {
                    rows: 0,
                    first: String::new(),
                });
                if known.rows == 0 {
                    known.first = show(batch, first)?;
                }
                known.rows += count as u64;
            }
        }
        Ok(())
    }

    fn report(&self, broken: &BTreeMap<usize, Broken>) -> DataFusionError {
        let say = |(i, broken): (&usize, &Broken)| {
            let condition = match self.conditions.get(*i) {
                Some(Condition::NotNull(_, name)) => format!("{name} is null"),
                Some(Condition::Holds(name, _)) => format!("{name} does not hold"),
                None => String::new(),
            };
            let rows = if broken.rows == 1 { "row" } else { "rows" };
            format!("{condition} in {} {rows}, the first with {}", broken.rows, broken.first)
        };
        exec_datafusion_err!(
            "nothing was written to the Delta table '{}', since rows break its contract: {}",
            self.table,
            broken.iter().map(say).collect::<Vec<_>>().join("; ")
        )
    }
}

/// A row, as `id = 3, name = NULL, …`.
fn show(batch: &RecordBatch, row: usize) -> Result<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut shown = vec![];
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()).take(SHOWN) {
        let value = ArrayFormatter::try_new(column.as_ref(), &options)?;
        shown.push(format!("{} = {}", field.name(), value.value(row).try_to_string()?));
    }
    if batch.num_columns() > SHOWN {
        shown.push("…".to_string());
    }
    Ok(shown.join(", "))
}
