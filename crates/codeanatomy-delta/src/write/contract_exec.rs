//! Rows that delta-rs's own plans write, checked as those of an `INSERT` are.
//!
//! delta-rs checks the rows of an `UPDATE` or `MERGE` too, and its message has a batch's first rows and no condition. So a
//! rule of its session puts an operator on top of the plan that gives the rows.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Fields, Schema, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, exec_datafusion_err, internal_err};
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::{TryStreamExt, stream};
use tokio::sync::watch;

use super::broken::Broken;
use super::check::{Checks, Contract};

/// The error that ends a write: delta-rs gives back its text alone.
pub(super) type Failure = Arc<Mutex<Option<DataFusionError>>>;

/// The column by which delta-rs says, in tables with a change feed, what becomes of a row.
const CHANGE: &str = "_change_type";
/// What does not become a row of the table.
const GOES: [&str; 3] = ["delete", "source_delete", "update_preimage"];

/// Before: a plan with the columns of the table, and maybe [`CHANGE`]. After: the same below [`ContractExec`]. Other plans, such
/// as those that look for files, are left alone. It comes last.
pub(super) struct CheckRows {
    contract: Contract,
    columns: SchemaRef,
    session: SessionState,
    failure: Failure,
}

impl CheckRows {
    /// For rows of a table with `columns`, in a session of delta-rs. What breaks the contract is left in `failure`.
    pub(super) fn new(contract: Contract, columns: SchemaRef, session: SessionState, failure: Failure) -> Self {
        Self {
            contract,
            columns,
            session,
            failure,
        }
    }
}

impl fmt::Debug for CheckRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckRows").finish_non_exhaustive()
    }
}

impl PhysicalOptimizerRule for CheckRows {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = plan.schema();
        let rows = without_change(&schema);
        let names = |schema: &SchemaRef| -> BTreeSet<String> {
            schema.fields().iter().map(|field| field.name().clone()).collect()
        };
        if names(&rows) != names(&self.columns) {
            return Ok(plan);
        }
        let checks = self.contract.bind(&rows, &self.session)?;
        if checks.is_empty() {
            return Ok(plan);
        }
        Ok(Arc::new(ContractExec::new(plan, checks, Arc::clone(&self.failure))?))
    }

    fn name(&self) -> &str {
        "delta_check_rows"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn without_change(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().filter(|field| field.name() != CHANGE);
    Arc::new(Schema::new(fields.cloned().collect::<Fields>()))
}

/// Passes rows on as they are. If some break a condition, the rows of all partitions are looked at, none is passed on any more,
/// and every partition that has such rows ends in an error.
#[derive(Debug)]
struct ContractExec {
    input: Arc<dyn ExecutionPlan>,
    checks: Checks,
    failure: Failure,
    all: Arc<All>,
}

/// What the partitions know together.
#[derive(Debug)]
struct All {
    broken: Mutex<Broken>,
    /// How many partitions have ended.
    ended: watch::Sender<usize>,
}

impl ContractExec {
    fn new(input: Arc<dyn ExecutionPlan>, checks: Checks, failure: Failure) -> Result<Self> {
        let all = All {
            broken: Mutex::new(checks.nothing_broken()?),
            ended: watch::Sender::new(0),
        };
        Ok(Self {
            input,
            checks,
            failure,
            all: Arc::new(all),
        })
    }
}

impl DisplayAs for ContractExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeltaContractExec")
    }
}

impl ExecutionPlan for ContractExec {
    fn name(&self) -> &str {
        "DeltaContractExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match children.into_iter().next() {
            Some(input) => Ok(Arc::new(Self::new(
                input,
                self.checks.clone(),
                Arc::clone(&self.failure),
            )?)),
            None => internal_err!("rows that are checked have an input"),
        }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let part = Part {
            rows: self.input.execute(partition, context)?,
            checks: self.checks.clone(),
            failure: Arc::clone(&self.failure),
            partitions: self.input.output_partitioning().partition_count(),
            running: Running(Arc::clone(&self.all)),
        };
        let checked = stream::try_unfold(part, |mut part| async move {
            let Some(batch) = part.rows.try_next().await? else {
                return Ok(None);
            };
            let mut broken = part.checks.nothing_broken()?;
            match part.look(&batch, &mut broken)? {
                false => Ok(Some((batch, part))),
                true => Err(part.fail(broken).await),
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), checked)))
    }
}

/// A partition under way.
struct Part {
    rows: SendableRecordBatchStream,
    checks: Checks,
    failure: Failure,
    partitions: usize,
    running: Running,
}

/// Says that a partition has ended when it is dropped.
struct Running(Arc<All>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.ended.send_modify(|ended| *ended += 1);
    }
}

impl Part {
    fn look(&self, batch: &RecordBatch, broken: &mut Broken) -> Result<bool> {
        let Some(change) = batch.column_by_name(CHANGE).and_then(|c| c.as_string_opt::<i32>()) else {
            return self.checks.look(batch, broken);
        };
        let stays = change
            .iter()
            .map(|change| Some(change.is_some_and(|change| !GOES.contains(&change))));
        let mut rows = filter_record_batch(batch, &stays.collect::<BooleanArray>())?;
        if let Ok(column) = rows.schema().index_of(CHANGE) {
            rows.remove_column(column);
        }
        self.checks.look(&rows, broken)
    }

    /// Looks at the rest of the rows, waits for the other partitions, which run at once with this one, and says what they all
    /// found.
    async fn fail(mut self, mut broken: Broken) -> DataFusionError {
        loop {
            match self.rows.try_next().await {
                Ok(Some(batch)) => match self.look(&batch, &mut broken) {
                    Ok(_) => {}
                    Err(error) => return error,
                },
                Ok(None) => break,
                Err(error) => return error,
            }
        }
        let Self {
            running,
            partitions,
            failure,
            rows,
            ..
        } = self;
        drop(rows);
        let all = Arc::clone(&running.0);
        all.broken.lock().unwrap_or_else(PoisonError::into_inner).merge(broken);
        drop(running);
        // The sender is alive as long as `all` is.
        let _ = all.ended.subscribe().wait_for(|ended| *ended >= partitions).await;
        let report = all.broken.lock().unwrap_or_else(PoisonError::into_inner).report();
        failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(report);
        // What delta-rs is told; the failure is what is shown.
        exec_datafusion_err!("rows break the contract of the table")
    }
}
