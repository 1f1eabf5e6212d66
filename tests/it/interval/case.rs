//! Drawn joins: their plans, and whether they give what they must.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, case};
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::{ExecutionPlan, collect_partitioned};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::interval::{Best, IntervalJoinExec, IntervalJoinSpec, RangeConjunct};

use super::data::{Draw, Row, batch, bound_types, column, input, key_types};

/// The order in which the matches of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BestOf {
    /// By `v` of the kept row, descending, nulls first.
    Kept,
    /// By the sum of both rows' `v`.
    Sum,
    /// By the distance of their spans; then by `v` of the kept row as above, or not.
    Distance { then_kept: bool },
}

/// What a case joins, by names: ranges of columns, with a residual over `v` or not.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) keys: Vec<DataType>,
    pub(super) bound: DataType,
    pub(super) ranges: Vec<(&'static str, Operator, &'static str)>,
    pub(super) residual: bool,
    pub(super) join_type: JoinType,
    pub(super) build: JoinSide,
    /// `k`, and what is best.
    pub(super) best: Option<(usize, BestOf)>,
    pub(super) partitions: usize,
    pub(super) batch_size: usize,
    pub(super) memory: Option<usize>,
}

pub(super) fn draw_case(draw: &mut Draw) -> Case {
    let ops = [Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq];
    let mut range = || (draw.of(&["s", "e"]), draw.of(&ops), draw.of(&["s", "e"]));
    let mut ranges = vec![range(), range()];
    match draw.below(4) {
        0 => ranges.truncate(1),
        1 => ranges = vec![("s", Operator::LtEq, "s"), ("e", Operator::GtEq, "e")],
        2 => ranges = vec![("s", Operator::Lt, "e"), ("e", Operator::Gt, "s")],
        _ => {}
    }
    let types = [
        JoinType::Inner,
        JoinType::Left,
        JoinType::Right,
        JoinType::Full,
        JoinType::LeftSemi,
        JoinType::RightSemi,
        JoinType::LeftAnti,
        JoinType::RightAnti,
    ];
    let build = draw.of(&[JoinSide::Left, JoinSide::Right]);
    let mut case = Case {
        keys: key_types(draw),
        bound: draw.of(&bound_types()),
        ranges,
        residual: draw.one_in(3),
        join_type: draw.of(&types),
        build,
        best: None,
        partitions: draw.of(&[1, 1, 3, 16]),
        batch_size: draw.of(&[1, 7, 8192]),
        memory: None,
    };
    let may_be_best = match build {
        JoinSide::Left => [JoinType::Inner, JoinType::Right],
        _ => [JoinType::Inner, JoinType::Left],
    };
    if may_be_best.contains(&case.join_type) && draw.one_in(2) {
        let then_kept = draw.one_in(2);
        let of = draw.of(&[BestOf::Kept, BestOf::Sum, BestOf::Distance { then_kept }]);
        case.best = Some((draw.of(&[1, 1, 2, 3, 40]), of));
        if matches!(of, BestOf::Distance { .. }) {
            case.bound = draw.of(&[
                DataType::Int8,
                DataType::Int16,
                DataType::Int64,
                DataType::UInt8,
                DataType::UInt64,
            ]);
            let (low, high) = (("s", Operator::LtEq, "e"), ("e", Operator::GtEq, "s"));
            case.ranges = if draw.one_in(2) {
                vec![low, high]
            } else {
                vec![high, low]
            };
        }
        // Values that are equal in rank and differ in bits would order rows of equal order.
        if case.bound.is_floating() {
            case.bound = DataType::Int64;
        }
        if case.keys.contains(&DataType::Float64) {
            case.keys = vec![DataType::Utf8];
        }
    }
    case
}

impl Case {
    pub(super) fn plan(&self, left: &RecordBatch, right: &RecordBatch) -> Result<IntervalJoinExec> {
        let (l, r) = (left.schema(), right.schema());
        let on = (0..self.keys.len()).map(|i| format!("k{i}"));
        let range = |(left, op, right): &(&str, Operator, &str)| RangeConjunct {
            left: column(&l, left),
            op: *op,
            right: column(&r, right),
        };
        let v = |schema: &Schema| schema.index_of("v").unwrap();
        let filter_schema = Schema::new(vec![
            Field::new("l", DataType::Int64, true),
            Field::new("r", DataType::Int64, true),
        ]);
        let binary = |left: PhysicalExprRef, op, right: PhysicalExprRef| -> PhysicalExprRef {
            Arc::new(BinaryExpr::new(left, op, right))
        };
        let is_nearest = matches!(self.best, Some((_, BestOf::Distance { .. })));
        let residual = self.residual.then(|| {
            let expr = binary(column(&filter_schema, "l"), Operator::LtEq, column(&filter_schema, "r"));
            let columns = match (is_nearest, self.build) {
                (false, _) => JoinFilter::build_column_indices(vec![v(&l)], vec![v(&r)]),
                (true, JoinSide::Left) => JoinFilter::build_column_indices(vec![], vec![v(&r); 2]),
                (true, _) => JoinFilter::build_column_indices(vec![v(&l); 2], vec![]),
            };
            JoinFilter::new(expr, columns, Arc::new(filter_schema))
        });
        let joined = |side: JoinSide, name: &str| -> PhysicalExprRef {
            match side {
                JoinSide::Left => Arc::new(Column::new(name, l.index_of(name).unwrap())),
                _ => Arc::new(Column::new(name, l.fields().len() + r.index_of(name).unwrap())),
            }
        };
        let by_kept = || PhysicalSortExpr::new(joined(self.build, "v"), SortOptions::new(true, true));
        let ascending = |expr| PhysicalSortExpr::new(expr, SortOptions::new(false, false));
        let best = self.best.map(|(k, of)| Best {
            k: NonZeroUsize::new(k).unwrap(),
            order_by: match of {
                BestOf::Kept => vec![by_kept()],
                BestOf::Sum => vec![ascending(binary(
                    joined(JoinSide::Left, "v"),
                    Operator::Plus,
                    joined(JoinSide::Right, "v"),
                ))],
                BestOf::Distance { then_kept } => {
                    let kept = |name| joined(self.build, name);
                    let asked = |name| joined(self.build.negate(), name);
                    let apart =
                        |greater: &PhysicalExprRef, less: &PhysicalExprRef| -> (PhysicalExprRef, PhysicalExprRef) {
                            let of = |op| binary(Arc::clone(greater), op, Arc::clone(less));
                            (of(Operator::Gt), of(Operator::Minus))
                        };
                    let cases = vec![apart(&kept("s"), &asked("e")), apart(&asked("s"), &kept("e"))];
                    let none = binary(asked("e"), Operator::Minus, asked("e"));
                    let distance = case(None, cases, Some(none)).unwrap();
                    [ascending(distance)]
                        .into_iter()
                        .chain(then_kept.then(by_kept))
                        .collect()
                }
            },
            nearest: is_nearest,
        });
        let spec = IntervalJoinSpec {
            on: on.map(|k| (column(&l, &k), column(&r, &k))).collect(),
            ranges: self.ranges.iter().map(range).collect(),
            residual,
            join_type: self.join_type,
            build: self.build,
            best,
            projection: None,
        };
        let keys = self.keys.len();
        let left = input(left, keys, self.batch_size, self.partitions);
        let right = input(right, keys, self.batch_size, self.partitions);
        IntervalJoinExec::try_new(left, right, spec)
    }

    pub(super) fn context(&self) -> SessionContext {
        let config = SessionConfig::new().with_batch_size(self.batch_size);
        let runtime = RuntimeEnvBuilder::new();
        let runtime = match self.memory {
            Some(bytes) if self.partitions > 1 => runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes))),
            Some(bytes) => runtime.with_memory_pool(Arc::new(GreedyMemoryPool::new(bytes))),
            None => runtime,
        };
        SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap())
    }

    /// The pairs of ids that come out, by partition, and how often something was spilled.
    pub(super) async fn found(
        &self,
        left: &RecordBatch,
        right: &RecordBatch,
    ) -> Result<(Vec<Vec<(Option<i64>, Option<i64>)>>, usize)> {
        let plan = Arc::new(self.plan(left, right)?);
        let partitions =
            collect_partitioned(Arc::clone(&plan) as Arc<dyn ExecutionPlan>, self.context().task_ctx()).await?;
        let spilled = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
        let columns = |batch: &RecordBatch| {
            assert!(batch.num_rows() <= self.batch_size.max(1), "{self:?}");
            let ids: Vec<_> = (batch.schema().fields().iter().zip(batch.columns()))
                .filter(|(field, _)| field.name() == "id")
                .map(|(_, array)| array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>())
                .collect();
            match (ids.as_slice(), self.join_type) {
                ([left, right], _) => left.iter().copied().zip(right.iter().copied()).collect::<Vec<_>>(),
                ([left], JoinType::LeftSemi | JoinType::LeftAnti) => left.iter().map(|id| (*id, None)).collect(),
                ([right], _) => right.iter().map(|id| (None, *id)).collect(),
                _ => panic!("{self:?}"),
            }
        };
        let rows = partitions
            .iter()
            .map(|batches| batches.iter().flat_map(columns).collect());
        Ok((rows.collect(), spilled))
    }

    /// Checks rows and order; the number of spills.
    pub(super) async fn check(&self, draw: &mut Draw, left: &[Row], right: &[Row]) -> usize {
        let (l, r) = (
            batch(left, &self.keys, &self.bound, draw),
            batch(right, &self.keys, &self.bound, draw),
        );
        let (partitions, spilled) = match self.found(&l, &r).await {
            Ok(found) => found,
            Err(error) => panic!("{self:?}: {error}"),
        };
        let maintains = self.plan(&l, &r).unwrap().maintains_input_order();
        for rows in &partitions {
            // Ids follow the order of the input.
            let in_order = |ids: Vec<Option<i64>>| ids.is_sorted_by(|a, b| a.cmp(b) != Ordering::Greater);
            assert!(
                !maintains[0] || in_order(rows.iter().map(|(l, _)| *l).collect()),
                "{self:?}"
            );
            assert!(
                !maintains[1] || in_order(rows.iter().map(|(_, r)| *r).collect()),
                "{self:?}"
            );
        }
        let mut found: Vec<_> = partitions.into_iter().flatten().collect();
        found.sort_unstable();
        let expected = self.expected(left, right);
        assert_eq!(found.len(), expected.len(), "{self:?}");
        assert_eq!(found, expected, "{self:?}");
        spilled
    }
}
