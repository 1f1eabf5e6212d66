//! What the operator gives, for rows that come in some order.

use std::sync::Arc;

use datafusion::error::Result;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, PlanProperties};

use super::WinnerMode;
use crate::winner::spec::WinnerSpec;

/// The order of the input in which the rows of a group come one after the other. An order by several keys tells −0 from 0,
/// which are one group, so floats stand alone.
pub(super) fn sorted_by_keys(
    input: &Arc<dyn ExecutionPlan>,
    spec: &WinnerSpec,
) -> Result<Option<Vec<PhysicalSortExpr>>> {
    let keys = &spec.partition_by;
    let schema = input.schema();
    for key in keys {
        if keys.len() > 1 && key.data_type(&schema)?.is_floating() {
            return Ok(None);
        }
    }
    let (order, found) = input.equivalence_properties().find_longest_permutation(keys)?;
    Ok((!found.is_empty() && found.len() == keys.len()).then_some(order))
}

/// What a plan may count on about the rows that come out. `sorted`: the rows of a group come one after the other.
pub(super) fn properties(
    input: &Arc<dyn ExecutionPlan>,
    spec: &WinnerSpec,
    mode: WinnerMode,
    sorted: bool,
) -> Result<PlanProperties> {
    let mut known = input.equivalence_properties().clone();
    if !sorted && mode != WinnerMode::Partial {
        known.clear_orderings();
    }
    if !spec.reports.is_empty() {
        known = EquivalenceProperties::new(spec.schema(&input.schema())).extend(known)?;
    }
    let (emission, boundedness) = match (sorted, input.boundedness()) {
        (true, boundedness) => (EmissionType::Incremental, boundedness),
        (false, Boundedness::Bounded) => (EmissionType::Final, Boundedness::Bounded),
        (false, Boundedness::Unbounded { .. }) => (
            EmissionType::Final,
            Boundedness::Unbounded {
                requires_infinite_memory: true,
            },
        ),
    };
    Ok(
        PlanProperties::new(known, input.output_partitioning().clone(), emission, boundedness)
            .with_scheduling_type(SchedulingType::Cooperative),
    )
}
