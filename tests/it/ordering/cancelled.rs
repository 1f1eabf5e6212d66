//! What reads ahead ends with the stream that it reads for.

use std::fmt::Formatter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{ColumnStatistics, ScalarValue, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions, StatisticsArgs,
};
use futures::StreamExt;

use super::{run, session};

/// How many numbers a partition has, which are never all read.
const RANGE: i64 = 1 << 40;

/// Partitions of ascending numbers, each behind the one before it, without end.
#[derive(Debug)]
struct Endless {
    properties: Arc<PlanProperties>,
    /// How many of its streams there are.
    live: Arc<AtomicUsize>,
}

struct Live(Arc<AtomicUsize>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn numbers(from: i64) -> RecordBatch {
    let column: ArrayRef = Arc::new(Int64Array::from_iter_values(from..from + 1000));
    RecordBatch::try_from_iter([("n", column)]).unwrap()
}

impl Endless {
    fn new(partitions: usize) -> Self {
        let schema = numbers(0).schema();
        let order = [PhysicalSortExpr::new_default(col("n", &schema).unwrap())];
        let known = EquivalenceProperties::new_with_orderings(schema, [order]);
        let partitioning = Partitioning::UnknownPartitioning(partitions);
        let properties = PlanProperties::new(known, partitioning, EmissionType::Incremental, Boundedness::Bounded);
        Self {
            properties: Arc::new(properties),
            live: Arc::default(),
        }
    }
}

impl DisplayAs for Endless {
    fn fmt_as(&self, _kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endless")
    }
}

impl ExecutionPlan for Endless {
    fn name(&self) -> &str {
        "Endless"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.live.fetch_add(1, Ordering::SeqCst);
        let live = Live(Arc::clone(&self.live));
        let batches = futures::stream::unfold((live, partition as i64 * RANGE), |(live, from)| async move {
            tokio::task::yield_now().await;
            Some((Ok(numbers(from)), (live, from + 1000)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }

    fn statistics_from_inputs(&self, _inputs: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        if let Some(partition) = args.partition() {
            let bound = |n: i64| Precision::Exact(ScalarValue::Int64(Some(n)));
            let low = partition as i64 * RANGE;
            let column = ColumnStatistics::new_unknown().with_null_count(Precision::Exact(0));
            let column = column.with_min_value(bound(low)).with_max_value(bound(low + RANGE - 1));
            statistics.column_statistics = vec![column];
        }
        Ok(Arc::new(statistics))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_that_read_ahead_end_with_the_stream() {
    let ctx = session(4, 8192);
    run(&ctx, "SET codeanatomy.determinism = 'set'").await;
    let endless = Arc::new(Endless::new(4));
    let order = endless.properties.output_ordering().cloned();
    let merge = SortPreservingMergeExec::new(order.unwrap(), Arc::<Endless>::clone(&endless));
    let state = ctx.state();
    let rule = state
        .physical_optimizers()
        .iter()
        .find(|r| r.name() == "ordered_concat")
        .unwrap();
    let plan = rule.optimize(Arc::new(merge), state.config_options()).unwrap();
    assert_eq!(plan.name(), "OrderedConcatExec");

    let mut rows = plan.execute(0, ctx.task_ctx()).unwrap();
    let first = rows.next().await.unwrap().unwrap();
    assert_eq!(first, numbers(0));
    assert!(endless.live.load(Ordering::SeqCst) > 1, "nothing reads ahead");
    let pool = Arc::clone(&ctx.runtime_env().memory_pool);
    for _ in 0..2000 {
        if pool.reserved() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(pool.reserved() > 0, "what waits is not charged");
    drop(rows);
    for _ in 0..2000 {
        if endless.live.load(Ordering::SeqCst) == 0 && pool.reserved() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!(
        "{} partitions are still read, and {} bytes held",
        endless.live.load(Ordering::SeqCst),
        pool.reserved()
    );
}
