//! What an interval join joins.

use std::num::NonZeroUsize;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::{JoinSide, JoinType, Result, plan_err};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::joins::JoinOn;
use datafusion::physical_plan::joins::utils::JoinFilter;

use super::index::{is_bound_type, widest_distance};

/// A join of two inputs on equal keys and one or two inequalities. A row of the left and a row of the right match where all
/// keys are equal, all inequalities hold and the residual is true. A null key or bound matches nothing, as in SQL.
#[derive(Debug, Clone)]
pub struct IntervalJoinSpec {
    /// Expressions that must be equal, over the left and over the right input, of equal types; none: every row meets every row.
    pub on: JoinOn,
    /// One or two inequalities.
    pub ranges: Vec<RangeConjunct>,
    /// What else must be true of a pair of rows.
    pub residual: Option<JoinFilter>,
    /// Inner, outer, semi or anti; no mark joins.
    pub join_type: JoinType,
    /// The side that is kept in memory and searched; the other one streams and gives the rows their order.
    pub build: JoinSide,
    /// Keep only the best kept rows of each streaming row; with inner joins and those that keep all streaming rows.
    pub best: Option<Best>,
    /// The columns that come out, as positions in the join's schema; `None` for all.
    pub projection: Option<Vec<usize>>,
}

/// `left op right`.
#[derive(Debug, Clone)]
pub struct RangeConjunct {
    /// An expression over the left input.
    pub left: PhysicalExprRef,
    /// `<`, `<=`, `>` or `>=`.
    pub op: Operator,
    /// An expression over the right input, of the type of `left`: an integer, a float, a decimal of up to 128 bits, a date, a time, a timestamp
    /// or a duration.
    pub right: PhysicalExprRef,
}

/// The first `k` matches of each streaming row.
#[derive(Debug, Clone)]
pub struct Best {
    /// How many.
    pub k: NonZeroUsize,
    /// The order, over the columns of the left and then those of the right. Where it ties, the columns of the kept row decide, ascending with nulls
    /// last, so that the answer does not depend on the order of the inputs.
    pub order_by: Vec<PhysicalSortExpr>,
    /// Rows need equal keys only, and those that miss the inequalities least are the best: the first of `order_by` is by how much, least first,
    /// which is 0 where both hold, and otherwise the difference of the bounds of the one that fails, as the engine subtracts them; of two
    /// that fail that is the one that asks for a kept bound to be at most another. What follows reads kept columns only. There are two inequalities,
    /// one by `<=` and one by `>=`, between integers, dates, timestamps or durations, and the residual reads streaming rows only.
    pub nearest: bool,
}

impl IntervalJoinSpec {
    /// The side that streams.
    pub fn probe(&self) -> JoinSide {
        self.build.negate()
    }

    /// Whether every row of `side` comes out, with nulls where it has no match.
    pub(super) fn keeps_all_of(&self, side: JoinSide) -> bool {
        match self.join_type {
            JoinType::Full => true,
            JoinType::Left => side == JoinSide::Left,
            JoinType::Right => side == JoinSide::Right,
            _ => false,
        }
    }

    /// For semi and anti joins the side whose rows come out, and whether it is those that have a match.
    pub(super) fn existence(&self) -> Option<(JoinSide, bool)> {
        match self.join_type {
            JoinType::LeftSemi => Some((JoinSide::Left, true)),
            JoinType::LeftAnti => Some((JoinSide::Left, false)),
            JoinType::RightSemi => Some((JoinSide::Right, true)),
            JoinType::RightAnti => Some((JoinSide::Right, false)),
            _ => None,
        }
    }

    /// Whether the rows come out in the order of the streaming rows.
    pub(super) fn keeps_probe_order(&self) -> bool {
        match self.existence() {
            Some((side, _)) => side == self.probe(),
            None => !self.keeps_all_of(self.build),
        }
    }

    /// Checks what the types alone do not.
    pub(super) fn check(&self, left: &Schema, right: &Schema) -> Result<()> {
        if matches!(self.join_type, JoinType::LeftMark | JoinType::RightMark) {
            return plan_err!("an interval join has no {} join", self.join_type);
        }
        if self.build == JoinSide::None {
            return plan_err!("an interval join keeps its left or its right side");
        }
        if !(1..=2).contains(&self.ranges.len()) {
            return plan_err!(
                "an interval join has one or two inequalities, not {}",
                self.ranges.len()
            );
        }
        for RangeConjunct { left: l, op, right: r } in &self.ranges {
            if !matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) {
                return plan_err!("'{l} {op} {r}' is no inequality of an interval join; <, <=, > and >= are");
            }
            let (left, right) = (l.data_type(left)?, r.data_type(right)?);
            if left != right || !is_bound_type(&left) {
                return plan_err!("an interval join cannot compare '{l}' of type {left} with '{r}' of type {right}");
            }
        }
        for (l, r) in &self.on {
            let (left, right) = (l.data_type(left)?, r.data_type(right)?);
            if left != right {
                return plan_err!(
                    "the keys '{l}' and '{r}' of an interval join have the types {left} and {right}; they must be equal"
                );
            }
            if matches!(left, DataType::Null) {
                return plan_err!("the key '{l}' of an interval join has no type");
            }
        }
        if self.best.is_some() && (self.existence().is_some() || self.keeps_all_of(self.build)) {
            return plan_err!(
                "the best matches of a row are for inner joins and those that keep all rows of the {} side, not for {} joins",
                self.probe(),
                self.join_type
            );
        }
        self.check_nearest(left, right)
    }

    fn check_nearest(&self, left: &Schema, right: &Schema) -> Result<()> {
        let Some(best) = self.best.as_ref().filter(|best| best.nearest) else {
            return Ok(());
        };
        let mut is_known = self.ranges.len() == 2;
        for op in [Operator::LtEq, Operator::GtEq] {
            is_known &= self.ranges.iter().any(|range| range.op == op);
        }
        for range in &self.ranges {
            is_known &= widest_distance(&range.left.data_type(left)?).is_some();
        }
        if !is_known {
            return plan_err!(
                "the nearest rows of an interval join are found by one '<=' and one '>=' of integers, dates, timestamps or durations"
            );
        }
        let width = left.fields().len();
        let is_kept =
            |index: usize| (index < width) == (self.build == JoinSide::Left) && index < width + right.fields().len();
        let rest = best
            .order_by
            .iter()
            .skip(1)
            .flat_map(|order| collect_columns(&order.expr));
        if best.order_by.is_empty() || !rest.into_iter().all(|column| is_kept(column.index())) {
            return plan_err!(
                "the nearest rows of an interval join are ordered by the distance and then by columns of the {} side",
                self.build
            );
        }
        let residual = self.residual.iter().flat_map(|residual| residual.column_indices());
        if !residual.into_iter().all(|column| column.side == self.probe()) {
            return plan_err!(
                "the condition of an interval join that looks for the nearest rows reads the {} side only",
                self.probe()
            );
        }
        Ok(())
    }

    /// Whether rows are wanted that miss the inequalities least.
    pub(super) fn is_nearest(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.nearest)
    }
}
