//! The engine's joins on a condition, in one form.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinType, NullEquality};
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, JoinOn, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// A join of the engine that an interval join could do in its place.
#[derive(Debug)]
pub(super) struct EngineJoin {
    pub(super) left: Arc<dyn ExecutionPlan>,
    pub(super) right: Arc<dyn ExecutionPlan>,
    pub(super) on: JoinOn,
    /// What must be true of a pair beside the keys.
    pub(super) filter: Option<JoinFilter>,
    pub(super) join_type: JoinType,
    /// The columns that come out, as positions in the join's schema.
    pub(super) projection: Option<Vec<usize>>,
}

impl EngineJoin {
    /// Reads `plan`, if it is a join whose rows the operator gives too.
    ///
    /// Not so: mark joins; `NOT IN`, which a null on either side decides; keys of which null equals null; a join that ends
    /// after some rows; inputs that do not end; keys without a type; and joins whose dynamic filter is out already.
    pub(super) fn of(plan: &Arc<dyn ExecutionPlan>) -> Option<Self> {
        let join = Self::read(plan)?;
        let supported = !matches!(join.join_type, JoinType::LeftMark | JoinType::RightMark);
        let ends = |side: &Arc<dyn ExecutionPlan>| !side.boundedness().is_unbounded();
        let typed = |(l, r): &(PhysicalExprRef, PhysicalExprRef)| {
            let types = (l.data_type(&join.left.schema()), r.data_type(&join.right.schema()));
            matches!(types, (Ok(l), Ok(r)) if l == r && l != DataType::Null)
        };
        let fits = plan.fetch().is_none() && ends(&join.left) && ends(&join.right) && join.on.iter().all(typed);
        (supported && fits).then_some(join)
    }

    fn read(plan: &Arc<dyn ExecutionPlan>) -> Option<Self> {
        if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
            let plain = !join.null_aware
                && join.null_equality() == NullEquality::NullEqualsNothing
                && join.dynamic_expressions_produced().is_empty();
            return plain.then_some(Self {
                left: Arc::clone(join.left()),
                right: Arc::clone(join.right()),
                on: join.on().to_vec(),
                filter: join.filter().cloned(),
                join_type: *join.join_type(),
                projection: join.projection.as_ref().map(|p| p.to_vec()),
            });
        }
        if let Some(join) = plan.downcast_ref::<SortMergeJoinExec>() {
            return (join.null_equality() == NullEquality::NullEqualsNothing).then_some(Self {
                left: Arc::clone(join.left()),
                right: Arc::clone(join.right()),
                on: join.on().to_vec(),
                filter: join.filter().clone(),
                join_type: join.join_type(),
                projection: None,
            });
        }
        if let Some(join) = plan.downcast_ref::<CrossJoinExec>() {
            return Some(Self {
                left: Arc::clone(join.left()),
                right: Arc::clone(join.right()),
                on: vec![],
                filter: None,
                join_type: JoinType::Inner,
                projection: None,
            });
        }
        let join = plan.downcast_ref::<NestedLoopJoinExec>()?;
        Some(Self {
            left: Arc::clone(join.left()),
            right: Arc::clone(join.right()),
            on: vec![],
            filter: join.filter().cloned(),
            join_type: *join.join_type(),
            projection: join.projection().as_ref().map(|p| p.to_vec()),
        })
    }
}
