//! What must hold of rows that are written to a table, checked before anything is committed.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, is_null, not, prep_null_mask_filter};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, Result, exec_datafusion_err};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DataFusionMixins;
use deltalake::kernel::StructTypeExt;
use deltalake::table::config::TablePropertiesExt;
use futures::{StreamExt, TryStreamExt, stream};

use super::broken::Broken;
use crate::error::of_table;

/// What a table asks of its rows.
#[derive(Debug, Clone)]
pub(super) struct Contract {
    table: String,
    not_null: Vec<String>,
    /// What is shown of a condition, and the condition.
    holds: Vec<(String, Expr)>,
}

/// A contract, for rows with certain columns.
#[derive(Debug, Clone)]
pub(super) struct Checks {
    table: Arc<str>,
    conditions: Arc<[Condition]>,
    schema: SchemaRef,
}

#[derive(Debug)]
struct Condition {
    /// What is said of rows that break it.
    broken: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    NotNull(usize),
    /// Must be true of every row; null is not true.
    Holds(Arc<dyn PhysicalExpr>),
}

impl Contract {
    /// That of `table`.
    pub(super) fn of(shown: &str, table: &DeltaTable, session: &dyn Session) -> Result<Self> {
        let failed = |e| of_table(shown, e);
        let state = table.snapshot().map_err(failed)?;
        let snapshot = state.snapshot();
        let columns = snapshot.input_schema();
        let not_null = columns.fields().iter().filter(|f| !f.is_nullable());
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
        let mut sorted: Vec<_> = constraints.chain(invariants).collect();
        sorted.sort();
        let parsed = |(name, sql): (String, String)| {
            let parsed = snapshot.parse_predicate_expression(&sql, session).map_err(failed)?;
            Ok((name, parsed))
        };
        Ok(Self {
            table: shown.to_string(),
            not_null: not_null.map(|f| f.name().clone()).collect(),
            holds: sorted.into_iter().map(parsed).collect::<Result<_>>()?,
        })
    }

    /// For rows with the columns of `schema`.
    pub(super) fn bind(&self, schema: &SchemaRef, session: &dyn Session) -> Result<Checks> {
        let mut conditions = vec![];
        for name in &self.not_null {
            if let Ok(i) = schema.index_of(name) {
                conditions.push(Condition {
                    broken: format!("{name} is null"),
                    kind: Kind::NotNull(i),
                });
            }
        }
        let columns = DFSchema::try_from(schema.as_ref().clone())?;
        for (name, condition) in &self.holds {
            conditions.push(Condition {
                broken: format!("{name} does not hold"),
                kind: Kind::Holds(session.create_physical_expr(condition.clone(), &columns)?),
            });
        }
        Ok(Checks {
            table: Arc::from(self.table.as_str()),
            conditions: conditions.into(),
            schema: Arc::clone(schema),
        })
    }
}

impl Checks {
    /// Whether there is nothing to check.
    pub(super) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Where rows that break a condition are noted.
    pub(super) fn nothing_broken(&self) -> Result<Broken> {
        let names = self.conditions.iter().map(|c| c.broken.clone()).collect();
        Broken::new(&self.table, names, &self.schema)
    }

    /// The rows as they are. If some break a condition, all are looked at, and the error says of each condition how many
    /// break it and which is the first.
    pub(super) fn check(self, rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
        if self.is_empty() {
            return rows;
        }
        let schema = rows.schema();
        let checked = stream::try_unfold((self, rows), |(checks, mut rows)| async move {
            let Some(batch) = rows.try_next().await? else {
                return Ok(None);
            };
            let mut broken = checks.nothing_broken()?;
            if !checks.look(&batch, &mut broken)? {
                return Ok(Some((batch, (checks, rows))));
            }
            while let Some(batch) = rows.next().await {
                checks.look(&batch?, &mut broken)?;
            }
            Err(broken.report())
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, checked))
    }

    /// Notes the rows that break a condition, and says whether there are any.
    pub(super) fn look(&self, batch: &RecordBatch, broken: &mut Broken) -> Result<bool> {
        let mut any = false;
        for (i, condition) in self.conditions.iter().enumerate() {
            let breaks = match &condition.kind {
                Kind::NotNull(column) => is_null(batch.column(*column))?,
                Kind::Holds(expr) => {
                    let holds = expr.evaluate(batch)?.into_array(batch.num_rows())?;
                    fails(cast(&holds, &DataType::Boolean)?.as_boolean())?
                }
            };
            if breaks.true_count() > 0 {
                broken.note(i, batch, &breaks)?;
                any = true;
            }
        }
        Ok(any)
    }
}

/// What is false or null.
fn fails(holds: &BooleanArray) -> Result<BooleanArray> {
    let holds = match holds.null_count() {
        0 => holds.clone(),
        _ => prep_null_mask_filter(holds),
    };
    Ok(not(&holds)?)
}
