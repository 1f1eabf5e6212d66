//! The operator.

use std::cmp::Ordering;
use std::fmt::Formatter;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, UInt64Array, new_null_array};
use datafusion::arrow::compute::{SortOptions, concat, concat_batches, take, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, apply_expression_roots};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    InputDistributionRequirements, PlanProperties, ReplaceChildrenOptions,
};
use futures::{StreamExt, TryStreamExt};

use super::spec::{Keep, ReportKind, Retention, WinnerSpec, orderable};

/// Where in a plan a selection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WinnerMode {
    /// Below the shuffle: gives a superset of the winners of its partition, without reports.
    Partial,
    /// Above a partial selection, with all rows of a group in one partition.
    Final,
    /// The only selection, with all rows of a group in one partition.
    Single,
}

/// Keeps the winners of every group: see [`WinnerSpec`].
#[derive(Debug, Clone)]
pub struct WinnerSelectExec {
    input: Arc<dyn ExecutionPlan>,
    spec: Arc<WinnerSpec>,
    mode: WinnerMode,
    properties: Arc<PlanProperties>,
}

impl WinnerSelectExec {
    /// Selects among the rows of `input`. In mode [`WinnerMode::Partial`] the specification is that of
    /// [`WinnerSpec::partial`].
    pub fn try_new(input: Arc<dyn ExecutionPlan>, spec: WinnerSpec, mode: WinnerMode) -> Result<Self> {
        spec.check(&input.schema())?;
        if mode == WinnerMode::Partial && (spec.keep == Keep::Ranked || !spec.reports.is_empty()) {
            return datafusion::common::plan_err!("a partial winner selection has no reports and keeps winners only");
        }
        let schema = spec.schema(&input.schema());
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            input.output_partitioning().clone(),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Ok(Self {
            input,
            spec: Arc::new(spec),
            mode,
            properties: Arc::new(properties),
        })
    }

    /// What is selected.
    pub fn spec(&self) -> &WinnerSpec {
        &self.spec
    }

    /// Where in the plan it is selected.
    pub fn mode(&self) -> WinnerMode {
        self.mode
    }

    /// The plan whose rows are selected.
    pub fn input(&self) -> &Arc<dyn ExecutionPlan> {
        &self.input
    }
}

impl DisplayAs for WinnerSelectExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let join = |parts: Vec<String>| parts.join(", ");
        let mut parts = vec![
            ("mode", format!("{:?}", self.mode)),
            (
                "partition_by",
                format!(
                    "[{}]",
                    join(self.spec.partition_by.iter().map(ToString::to_string).collect())
                ),
            ),
            (
                "order_by",
                format!(
                    "[{}]",
                    join(self.spec.order_by.iter().map(ToString::to_string).collect())
                ),
            ),
        ];
        if self.spec.keep == Keep::Winners {
            parts.push(("k", self.spec.k.to_string()));
            parts.push(("retention", self.spec.retention.to_string()));
        }
        if !self.spec.reports.is_empty() {
            let reports = self.spec.reports.iter().map(|report| report.kind.to_string()).collect();
            parts.push(("reports", format!("[{}]", join(reports))));
        }
        match kind {
            DisplayFormatType::Default | DisplayFormatType::Verbose => {
                let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
                write!(f, "WinnerSelectExec: {}", parts.join(", "))
            }
            DisplayFormatType::TreeRender => parts.iter().try_for_each(|(name, value)| writeln!(f, "{name}={value}")),
        }
    }
}

impl ExecutionPlan for WinnerSelectExec {
    fn name(&self) -> &str {
        "WinnerSelectExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![match self.mode {
            WinnerMode::Partial => Distribution::UnspecifiedDistribution,
            _ if self.spec.partition_by.is_empty() => Distribution::SinglePartition,
            _ => Distribution::KeyPartitioned(self.spec.partition_by.clone()),
        }])
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.spec.expressions(), f)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.swap_remove(0);
        Ok(Arc::new(Self::try_new(input, self.spec.as_ref().clone(), self.mode)?))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        if self.mode == WinnerMode::Partial {
            return Ok(input);
        }
        let (spec, schema) = (Arc::clone(&self.spec), self.schema());
        let input_schema = self.input.schema();
        let rows = futures::stream::once(async move {
            let batches: Vec<RecordBatch> = input.try_collect().await?;
            select(&concat_batches(&input_schema, &batches)?, &spec, &schema)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows.boxed())))
    }
}

fn rows_of(columns: &[ArrayRef], options: &[SortOptions], len: usize) -> Result<Vec<Vec<u8>>> {
    if columns.is_empty() {
        return Ok(vec![Vec::new(); len]);
    }
    let fields = columns
        .iter()
        .zip(options)
        .map(|(column, options)| SortField::new_with_options(column.data_type().clone(), *options));
    let rows: Rows = RowConverter::new(fields.collect())?.convert_columns(columns)?;
    Ok(rows.iter().map(|row| row.as_ref().to_vec()).collect())
}

/// All rows sorted and numbered, the simple way.
fn select(batch: &RecordBatch, spec: &WinnerSpec, schema: &SchemaRef) -> Result<RecordBatch> {
    let len = batch.num_rows();
    let evaluate = |expr: &Arc<dyn PhysicalExpr>| expr.evaluate(batch)?.into_array(len);
    let keys: Vec<ArrayRef> = spec.partition_by.iter().map(evaluate).collect::<Result<_>>()?;
    let keys = rows_of(&keys, &vec![SortOptions::default(); keys.len()], len)?;
    let order: Vec<ArrayRef> = spec
        .order_by
        .iter()
        .map(|key| evaluate(&key.expr))
        .collect::<Result<_>>()?;
    let options: Vec<SortOptions> = spec.order_by.iter().map(|key| key.options).collect();
    let prefixes: Vec<Vec<Vec<u8>>> = (0..=order.len())
        .map(|n| rows_of(&order[..n], &options[..n], len))
        .collect::<Result<_>>()?;
    let peers = &prefixes[order.len()];
    let rest: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .filter(|column| orderable(column.data_type()))
        .cloned()
        .collect();
    let last = SortOptions {
        descending: false,
        nulls_first: false,
    };
    let rest = rows_of(&rest, &vec![last; rest.len()], len)?;
    let mut sorted: Vec<usize> = (0..len).collect();
    let compare = |a: usize, b: usize| -> Ordering {
        keys[a]
            .cmp(&keys[b])
            .then_with(|| peers[a].cmp(&peers[b]))
            .then_with(|| rest[a].cmp(&rest[b]))
    };
    sorted.sort_unstable_by(|a, b| compare(*a, *b));
    let (mut taken, mut numbers): (Vec<u64>, Vec<[u64; 3]>) = (Vec::new(), Vec::new());
    let (mut ends, mut next, mut tied) = (Vec::new(), Vec::new(), vec![Vec::new(); prefixes.len()]);
    for group in sorted.chunk_by(|a, b| keys[*a] == keys[*b]) {
        let (mut rank, mut dense) = (0, 0);
        for (place, row) in group.iter().enumerate() {
            if place == 0 || peers[group[place - 1]] != peers[*row] {
                (rank, dense) = (place as u64 + 1, dense + 1);
            }
            let number = [place as u64 + 1, rank, dense];
            let ranking = match spec.retention {
                Retention::RowNumber => number[0],
                Retention::Rank => number[1],
                Retention::DenseRank => number[2],
            };
            if spec.keep == Keep::Winners && ranking > spec.k.get() as u64 {
                break;
            }
            taken.push(*row as u64);
            numbers.push(number);
            ends.push(group.len() as i64);
            next.push(group.get(place + 1).map(|row| *row as u64));
            for (prefix, tied) in prefixes.iter().zip(&mut tied) {
                let first = group.partition_point(|other| prefix[*other] < prefix[*row]);
                let end = group.partition_point(|other| prefix[*other] <= prefix[*row]);
                tied.push((end - first) as i64);
            }
        }
    }
    let winners = take_record_batch(batch, &UInt64Array::from(taken))?;
    let mut columns = winners.columns().to_vec();
    let number = |at: usize| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(numbers.iter().map(|n| n[at]))) };
    for report in &spec.reports {
        columns.push(match &report.kind {
            ReportKind::RowNumber => number(0),
            ReportKind::Rank => number(1),
            ReportKind::DenseRank => number(2),
            ReportKind::Candidates => Arc::new(Int64Array::from(ends.clone())),
            ReportKind::Tied { prefix } => Arc::new(Int64Array::from(tied[*prefix].clone())),
            ReportKind::RunnerUp { expr } => {
                let values = evaluate(expr)?;
                let values = concat(&[values.as_ref(), new_null_array(values.data_type(), 1).as_ref()])?;
                take(
                    &values,
                    &UInt64Array::from_iter_values(next.iter().map(|row| row.unwrap_or(len as u64))),
                    None,
                )?
            }
        });
    }
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(DataFusionError::from)
}
