//! What an interval join joins.

use std::num::NonZeroUsize;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::{JoinSide, JoinType, Result, plan_err};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::joins::JoinOn;
use datafusion::physical_plan::joins::utils::JoinFilter;

use super::index::is_bound_type;

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
        Ok(())
    }
}
