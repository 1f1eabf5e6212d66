//! Whether an interval join pays, and which side it keeps.

use datafusion::common::stats::Precision;
use datafusion::common::{JoinSide, JoinType, Result, Statistics};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::{ExecutionPlan, StatisticsArgs, StatisticsContext};

use super::condition::{Condition, columns};
use super::join::EngineJoin;
use crate::interval::RangeConjunct;
use crate::keys::holds_key;

/// How many pairs of equal keys, for each row of either side, a hash join looks at in the time of an interval join.
///
/// Measured with 1,000,000 rows on each side, Parquet in and rows out, by rows of either side per key, CPU seconds of the hash join and of the interval
/// join: 1 row 0.38 and 0.58, 2 rows 0.56 and 0.68, 4 rows 0.81 and 0.66, 8 rows 1.38 and 0.64, 16 rows 2.6 and 0.61, 64
/// rows 12.6 and 0.62; where all pairs match 1 row 0.42 and 0.63, 4 rows 0.92 and 0.77, 8 rows 1.5 and 0.85. So they are even at 3 rows
/// per key, which is one and a half pairs per row, and a wrong guess costs half as much again at most.
const PAIRS_PER_ROW: usize = 2;

/// How many rows of a side are few where nothing is known of the other: they give each of its rows at most so many pairs, and
/// only if all have one key.
const FEW_ROWS: usize = 8;

/// Whether the operator pays in place of `join`. `least_pairs` is the number of pairs that a hash join looks at in no time.
///
/// - One inequality keeps half of all pairs: what comes out is as much as what a hash join looks at. It pays where only
///   the existence of a match is asked (semi, anti), which the operator answers with one look.
/// - A side with one row per key gives a hash join no pairs to waste.
/// - Sizes that are known decide. Estimates do not: an interval join of what turns out to be small costs as little as a
///   hash join of it, a hash join of what turns out to be large does not end.
pub(super) fn pays(join: &EngineJoin, condition: &Condition, least_pairs: usize) -> Result<bool> {
    if condition.ranges.len() < 2 && !asks_for_existence(join.join_type) {
        return Ok(false);
    }
    is_large(join, least_pairs)
}

/// Whether there are, as far as is known, many pairs of equal keys.
pub(super) fn is_large(join: &EngineJoin, least_pairs: usize) -> Result<bool> {
    if least_pairs == 0 {
        return Ok(true);
    }
    let (left, right): (Vec<_>, Vec<_>) = join.on.iter().cloned().unzip();
    let keyed = !join.on.is_empty();
    if keyed && (holds_key(join.left.as_ref(), &left) || holds_key(join.right.as_ref(), &right)) {
        return Ok(false);
    }
    let sides = [statistics(join.left.as_ref())?, statistics(join.right.as_ref())?];
    let rows = |s: &Statistics| match s.num_rows {
        Precision::Exact(rows) => Some(rows),
        _ => None,
    };
    let (n, m) = match (rows(&sides[0]), rows(&sides[1])) {
        (Some(n), Some(m)) => (n, m),
        (Some(few), None) | (None, Some(few)) => return Ok(few > FEW_ROWS),
        (None, None) => return Ok(true),
    };
    let keys = match keyed {
        true => distinct(&sides[0], &left).max(distinct(&sides[1], &right)).max(1),
        false => 1,
    };
    let pairs = n.saturating_mul(m) / keys;
    Ok(pairs >= least_pairs && pairs > n.saturating_add(m).saturating_mul(PAIRS_PER_ROW))
}

/// The side to keep and search.
///
/// Where only existence is asked, the other side: each row that may come out asks once. Else the smaller one, if sizes are
/// known or guessed. Else the side whose spans contain the other's, since there are mostly fewer of them; else the left,
/// where the engine puts what it takes for the smaller.
pub(super) fn side_to_keep(join: &EngineJoin, condition: &Condition) -> Result<JoinSide> {
    match join.join_type {
        JoinType::LeftSemi | JoinType::LeftAnti => return Ok(JoinSide::Right),
        JoinType::RightSemi | JoinType::RightAnti => return Ok(JoinSide::Left),
        _ => {}
    }
    let left = statistics(join.left.as_ref())?.num_rows.get_value().copied();
    let right = statistics(join.right.as_ref())?.num_rows.get_value().copied();
    Ok(match (left, right) {
        (Some(left), Some(right)) if left < right => JoinSide::Left,
        (Some(left), Some(right)) if left > right => JoinSide::Right,
        _ => containing_side(&condition.ranges).unwrap_or(JoinSide::Left),
    })
}

/// The side whose spans contain those of the other, as far as their form says.
///
/// A side whose bounds are one expression has points. Else a side whose start is at most the other's start, and its end at
/// least the other's end; of two columns, the one that stands first is taken for the start.
fn containing_side(ranges: &[RangeConjunct]) -> Option<JoinSide> {
    let below = |r: &&RangeConjunct| matches!(r.op, Operator::Lt | Operator::LtEq);
    let low = ranges.iter().find(below)?;
    let high = ranges.iter().find(|r| !below(r))?;
    if low.right.eq(&high.right) {
        return Some(JoinSide::Left);
    }
    if low.left.eq(&high.left) {
        return Some(JoinSide::Right);
    }
    let first = |e: &PhysicalExprRef| columns(e).first().copied();
    let left = (first(&low.left)?, first(&high.left)?);
    let right = (first(&low.right)?, first(&high.right)?);
    match (left.0 < left.1, right.0 < right.1) {
        (true, true) => Some(JoinSide::Left),
        (false, false) => Some(JoinSide::Right),
        _ => None,
    }
}

fn asks_for_existence(join_type: JoinType) -> bool {
    matches!(
        join_type,
        JoinType::LeftSemi | JoinType::LeftAnti | JoinType::RightSemi | JoinType::RightAnti
    )
}

fn statistics(plan: &dyn ExecutionPlan) -> Result<std::sync::Arc<Statistics>> {
    StatisticsContext::new().compute(plan, &StatisticsArgs::new())
}

/// At least how many different keys there are; 0 if nothing is known.
fn distinct(statistics: &Statistics, keys: &[PhysicalExprRef]) -> usize {
    let of = |key: &PhysicalExprRef| {
        let column = key.downcast_ref::<Column>()?;
        let statistics = statistics.column_statistics.get(column.index())?;
        statistics.distinct_count.get_value().copied()
    };
    keys.iter().filter_map(of).max().unwrap_or(0)
}
