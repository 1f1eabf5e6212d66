//! What each relation cost, as the operators of its plans counted it.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use serde::Serialize;

/// What a relation cost in a build: of its operators, without the extraction of what they read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RelationCost {
    /// Candidates.
    pub rows: u64,
    /// Time of the processor in operators, over all threads, in microseconds.
    pub microseconds: u64,
    /// The most memory that joins and groups held for one part of the source, in bytes.
    pub bytes: u64,
}

/// The costs of relations, by name.
pub(super) type Costs = BTreeMap<String, RelationCost>;

/// Adds other costs; parts follow each other or have their own threads, so memory is the largest of one.
pub(super) fn add(into: &mut Costs, other: &Costs) {
    for (relation, cost) in other {
        let sum = into.entry(relation.clone()).or_default();
        sum.rows += cost.rows;
        sum.microseconds += cost.microseconds;
        sum.bytes = sum.bytes.max(cost.bytes);
    }
}

/// The costs of the relations whose candidates a plan has given.
pub(super) fn of(plan: &Arc<dyn ExecutionPlan>) -> Costs {
    let mut costs = Costs::default();
    let mut open = vec![Arc::clone(plan)];
    while let Some(plan) = open.pop() {
        match relation_of(plan.as_ref()) {
            Some(relation) => {
                let rows = plan.metrics().and_then(|m| m.output_rows()).unwrap_or_default();
                let sum = costs.entry(relation).or_default();
                sum.rows += rows as u64;
                add_operators(plan, sum);
            }
            None => open.extend(plan.children().into_iter().map(Arc::clone)),
        }
    }
    costs
}

fn add_operators(plan: Arc<dyn ExecutionPlan>, sum: &mut RelationCost) {
    let mut open = vec![plan];
    while let Some(plan) = open.pop() {
        if let Some(metrics) = plan.metrics() {
            sum.microseconds += metrics.elapsed_compute().unwrap_or_default() as u64 / 1000;
            for name in ["build_mem_used", "peak_mem_used"] {
                sum.bytes += metrics.sum_by_name(name).map_or(0, |v| v.as_usize()) as u64;
            }
        }
        open.extend(plan.children().into_iter().map(Arc::clone));
    }
}

/// The relation whose name a projection gives to its rows.
fn relation_of(plan: &dyn ExecutionPlan) -> Option<String> {
    let projection = plan.downcast_ref::<ProjectionExec>()?;
    let named = projection.expr().iter().find(|e| e.alias == "relation")?;
    let literal = named.expr.downcast_ref::<Literal>()?;
    literal.value().try_as_str().flatten().map(str::to_string)
}
