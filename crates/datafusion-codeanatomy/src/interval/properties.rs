//! What a plan may count on about the rows that come out.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::physical_expr::Partitioning;
use datafusion::physical_expr::equivalence::{ProjectionMapping, join_equivalence_properties};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::joins::utils::adjust_right_output_partitioning;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, PlanProperties, project_schema};

use super::IntervalJoinSpec;

/// Per input whether its order is that of the rows that come out.
pub(super) fn maintains_order(spec: &IntervalJoinSpec) -> [bool; 2] {
    let keeps = spec.keeps_probe_order();
    [
        keeps && spec.probe() == JoinSide::Left,
        keeps && spec.probe() == JoinSide::Right,
    ]
}

/// The properties of a join of these inputs with this schema before its projection.
pub(super) fn properties(
    spec: &IntervalJoinSpec,
    left: &Arc<dyn ExecutionPlan>,
    right: &Arc<dyn ExecutionPlan>,
    schema: &SchemaRef,
) -> Result<PlanProperties> {
    // No probe side is named: that would say that matches come in the order of the kept input, and they come by their bounds.
    let mut equivalences = join_equivalence_properties(
        left.equivalence_properties().clone(),
        right.equivalence_properties().clone(),
        &spec.join_type,
        Arc::clone(schema),
        &maintains_order(spec),
        None,
        &spec.on,
    )?;
    let (of_left, of_right) = (left.output_partitioning(), right.output_partitioning());
    let mut partitioning = match spec.join_type {
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => of_left.clone(),
        JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => of_right.clone(),
        JoinType::Inner | JoinType::Right => adjust_right_output_partitioning(of_right, left.schema().fields().len())?,
        JoinType::Full => Partitioning::UnknownPartitioning(of_right.partition_count()),
    };
    if let Some(projection) = &spec.projection {
        let mapping = ProjectionMapping::from_indices(projection, schema)?;
        partitioning = partitioning.project(&mapping, &equivalences);
        equivalences = equivalences.project(&mapping, project_schema(schema, Some(projection))?);
    }
    let (kept, asking) = match spec.build {
        JoinSide::Left => (left, right),
        _ => (right, left),
    };
    let at_the_end = spec.keeps_all_of(spec.build) || spec.existence().is_some_and(|(side, _)| side == spec.build);
    let emission = match (kept.boundedness().is_unbounded(), asking.pipeline_behavior()) {
        (true, _) => EmissionType::Final,
        (false, EmissionType::Incremental) if at_the_end => EmissionType::Both,
        (false, emission) => emission,
    };
    let unbounded = |plan: &Arc<dyn ExecutionPlan>| match plan.boundedness() {
        Boundedness::Bounded => None,
        Boundedness::Unbounded {
            requires_infinite_memory,
        } => Some(requires_infinite_memory),
    };
    let boundedness = match [unbounded(left), unbounded(right)].into_iter().flatten().max() {
        None => Boundedness::Bounded,
        Some(requires_infinite_memory) => Boundedness::Unbounded {
            requires_infinite_memory,
        },
    };
    Ok(PlanProperties::new(equivalences, partitioning, emission, boundedness))
}
