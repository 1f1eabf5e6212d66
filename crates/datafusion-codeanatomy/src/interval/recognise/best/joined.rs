//! The join below a rank, and whose rows the rank's partition tells apart.

use std::sync::Arc;

use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;

use super::column;
use super::number::{is_row_number, without_row_number};
use crate::interval::recognise::condition::{Condition, columns};
use crate::interval::recognise::join::EngineJoin;
use crate::interval::recognise::worth::is_large;
use crate::interval::{IntervalJoinExec, IntervalJoinSpec};
use crate::keys::holds_key;

/// A join that is, or can be, an interval join.
pub(super) struct Join {
    pub(super) left: Arc<dyn ExecutionPlan>,
    pub(super) right: Arc<dyn ExecutionPlan>,
    pub(super) spec: IntervalJoinSpec,
}

/// `node` as a join that finds spans, whether it is the engine's or ours; also one with a single inequality or none.
pub(super) fn join(node: &Arc<dyn ExecutionPlan>, least_pairs: usize) -> Result<Option<Join>> {
    if let Some(join) = node.downcast_ref::<IntervalJoinExec>() {
        let plain = join.spec().best.is_none() && join.fetch().is_none();
        return Ok(plain.then(|| Join {
            left: Arc::clone(join.left()),
            right: Arc::clone(join.right()),
            spec: join.spec().clone(),
        }));
    }
    let Some(join) = EngineJoin::of(node) else {
        return Ok(None);
    };
    let Some(condition) = Condition::of(join.filter.as_ref(), &join.left.schema(), &join.right.schema())? else {
        return Ok(None);
    };
    if !is_large(&join, least_pairs)? {
        return Ok(None);
    }
    Ok(Some(Join {
        spec: IntervalJoinSpec {
            on: join.on,
            ranges: condition.ranges,
            residual: condition.residual,
            join_type: join.join_type,
            build: JoinSide::Left,
            best: None,
            projection: join.projection,
        },
        left: join.left,
        right: join.right,
    }))
}

impl Join {
    /// The columns of a side, as positions in the join's schema.
    pub(super) fn columns_of(&self, side: JoinSide) -> std::ops::Range<usize> {
        let width = self.left_width();
        match side {
            JoinSide::Left => 0..width,
            _ => width..width + self.right.schema().fields().len(),
        }
    }

    fn left_width(&self) -> usize {
        self.left.schema().fields().len()
    }

    pub(super) fn name(&self, index: usize) -> String {
        let width = self.left_width();
        match index.checked_sub(width) {
            None => self.left.schema().field(index).name().clone(),
            Some(right) => self.right.schema().field(right).name().clone(),
        }
    }

    /// The side whose rows `partition` tells apart, if the join gives each of them its matches.
    pub(super) fn rows_of(&self, partition: &[PhysicalExprRef]) -> Option<JoinSide> {
        let width = self.left_width();
        let used: Vec<usize> = partition.iter().flat_map(columns).collect();
        let (side, input) = match (used.iter().all(|c| *c < width), used.iter().all(|c| *c >= width)) {
            (true, false) => (JoinSide::Left, &self.left),
            (false, true) => (JoinSide::Right, &self.right),
            _ => return None,
        };
        let kept = match self.spec.join_type {
            JoinType::Inner => true,
            JoinType::Left => side == JoinSide::Left,
            JoinType::Right => side == JoinSide::Right,
            _ => false,
        };
        if !kept {
            return None;
        }
        let base = if side == JoinSide::Left { 0 } else { width };
        let own: Vec<PhysicalExprRef> = partition
            .iter()
            .filter_map(|e| e.downcast_ref::<Column>())
            .map(|c| column(c.name(), c.index() - base))
            .collect();
        let numbered = || own.iter().flat_map(columns).any(|c| is_row_number(input, c));
        (holds_key(input.as_ref(), &own) || numbered()).then_some(side)
    }

    /// Puts a constant in the place of a row number that told the rows of `probe` apart, if neither `output` nor the join asks for it.
    pub(super) fn drop_row_number(
        &mut self,
        probe: JoinSide,
        partition: &[PhysicalExprRef],
        output: &[PhysicalExprRef],
    ) -> Result<()> {
        let [number] = partition else { return Ok(()) };
        let Some(number) = number.downcast_ref::<Column>().map(Column::index) else {
            return Ok(());
        };
        let best = self.spec.best.iter().flat_map(|b| &b.order_by).map(|o| &o.expr);
        if output.iter().chain(best).any(|e| columns(e).contains(&number)) {
            return Ok(());
        }
        let (input, own) = match probe {
            JoinSide::Left => (&mut self.left, number),
            _ => {
                let width = self.left.schema().fields().len();
                (&mut self.right, number - width)
            }
        };
        let asks = |e: &PhysicalExprRef| columns(e).contains(&own);
        let keys = self
            .spec
            .on
            .iter()
            .map(|(l, r)| if probe == JoinSide::Left { l } else { r });
        let ranges = self
            .spec
            .ranges
            .iter()
            .map(|r| if probe == JoinSide::Left { &r.left } else { &r.right });
        let residual = self.spec.residual.iter().flat_map(|r| r.column_indices());
        if keys.chain(ranges).any(asks) || residual.into_iter().any(|c| c.side == probe && c.index == own) {
            return Ok(());
        }
        if let Some(plan) = without_row_number(input, own)? {
            *input = plan;
        }
        Ok(())
    }
}
