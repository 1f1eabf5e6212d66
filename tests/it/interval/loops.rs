//! What a join must give, by looking at every pair of rows.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinSide, JoinType};
use datafusion::logical_expr::Operator;

use super::case::{BestOf, Case};
use super::data::{LAST, Row};

fn compare(op: Operator, left: Option<i64>, right: Option<i64>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    match op {
        Operator::Lt => left < right,
        Operator::LtEq => left <= right,
        Operator::Gt => left > right,
        _ => left >= right,
    }
}

impl Case {
    pub(super) fn matches(&self, left: &Row, right: &Row) -> bool {
        let bound = |row: &Row, name: &str| if name == "s" { row.start } else { row.end };
        let mut keys = left.keys.iter().zip(&right.keys);
        let same = keys.all(|(l, r)| l.is_some() && l == r);
        if let Some((_, BestOf::Distance { .. })) = self.best {
            let asked = if self.build == JoinSide::Left { right } else { left };
            return same && (!self.residual || asked.value.is_some());
        }
        same && self
            .ranges
            .iter()
            .all(|(l, op, r)| compare(*op, bound(left, l), bound(right, r)))
            && (!self.residual || compare(Operator::LtEq, left.value, right.value))
    }

    /// The pairs of ids that must come out.
    pub(super) fn expected(&self, left: &[Row], right: &[Row]) -> Vec<(Option<i64>, Option<i64>)> {
        let mut pairs: Vec<(usize, usize)> = vec![];
        for (i, l) in left.iter().enumerate() {
            pairs.extend((0..right.len()).filter(|j| self.matches(l, &right[*j])).map(|j| (i, j)));
        }
        if let Some(best) = self.best {
            pairs = self.first(pairs, left, right, best);
        }
        let mut left_matched = vec![false; left.len()];
        let mut right_matched = vec![false; right.len()];
        for (l, r) in &pairs {
            left_matched[*l] = true;
            right_matched[*r] = true;
        }
        let lefts = |wanted: bool| {
            (0..left.len())
                .filter(|i| left_matched[*i] == wanted)
                .collect::<Vec<_>>()
        };
        let rights = |wanted: bool| {
            (0..right.len())
                .filter(|i| right_matched[*i] == wanted)
                .collect::<Vec<_>>()
        };
        let of_left = |rows: Vec<usize>| rows.into_iter().map(|i| (Some(left[i].id), None)).collect::<Vec<_>>();
        let of_right = |rows: Vec<usize>| rows.into_iter().map(|i| (None, Some(right[i].id))).collect::<Vec<_>>();
        let paired = pairs.iter().map(|(l, r)| (Some(left[*l].id), Some(right[*r].id)));
        let mut out = match self.join_type {
            JoinType::LeftSemi => of_left(lefts(true)),
            JoinType::LeftAnti => of_left(lefts(false)),
            JoinType::RightSemi => of_right(rights(true)),
            JoinType::RightAnti => of_right(rights(false)),
            _ => paired.collect(),
        };
        if matches!(self.join_type, JoinType::Left | JoinType::Full) {
            out.extend(of_left(lefts(false)));
        }
        if matches!(self.join_type, JoinType::Right | JoinType::Full) {
            out.extend(of_right(rights(false)));
        }
        out.sort_unstable();
        out
    }

    /// The first `k` kept rows of each streaming row: by the order, then by all columns of the kept row.
    fn first(
        &self,
        mut pairs: Vec<(usize, usize)>,
        left: &[Row],
        right: &[Row],
        (k, of): (usize, BestOf),
    ) -> Vec<(usize, usize)> {
        let sides = |(l, r): (usize, usize)| match self.build {
            JoinSide::Left => (&right[r], &left[l]),
            _ => (&left[l], &right[r]),
        };
        let last = |value: Option<i64>| (value.is_none(), value);
        let order = |a: (usize, usize), b: (usize, usize)| {
            let ((asked, x), (other, y)) = (sides(a), sides(b));
            let sum = |asked: &Row, kept: &Row| asked.value.zip(kept.value).map(|(a, b)| a + b);
            let by_kept = y.value.is_none().cmp(&x.value.is_none()).then(y.value.cmp(&x.value));
            let distance = |asked: &Row, kept: &Row| {
                let distance = self.distance(asked, kept);
                (distance.is_none(), distance)
            };
            let by_order = match of {
                BestOf::Sum => last(sum(asked, x)).cmp(&last(sum(other, y))),
                BestOf::Kept => by_kept,
                BestOf::Distance { then_kept } => {
                    let by_distance = distance(asked, x).cmp(&distance(other, y));
                    if then_kept {
                        by_distance.then(by_kept)
                    } else {
                        by_distance
                    }
                }
            };
            let columns = |row: &Row| (last(row.start), last(row.end), last(row.value), row.id);
            asked.id.cmp(&other.id).then(by_order).then(columns(x).cmp(&columns(y)))
        };
        pairs.sort_by(|a, b| order(*a, *b));
        let mut out: Vec<(usize, usize)> = vec![];
        for pair in pairs {
            let of_row = out.iter().rev().take_while(|p| sides(**p).0.id == sides(pair).0.id);
            if of_row.take(k).count() < k {
                out.push(pair);
            }
        }
        out
    }
    /// How far apart two spans are, as SQL's CASE has it and with the subtraction of the type.
    fn distance(&self, asked: &Row, kept: &Row) -> Option<i128> {
        let value = |rank: Option<i64>| rank.map(|rank| number(&self.bound, rank));
        let (start, end) = (value(kept.start), value(kept.end));
        let (from, to) = (value(asked.start), value(asked.end));
        let minus = |a: Option<i128>, b: Option<i128>| {
            let difference = a? - b?;
            Some(match self.bound {
                DataType::Int8 => i128::from(difference as i8),
                DataType::Int16 => i128::from(difference as i16),
                DataType::Int64 => i128::from(difference as i64),
                DataType::UInt8 => i128::from(difference as u8),
                _ => i128::from(difference as u64),
            })
        };
        let is_greater = |a: Option<i128>, b: Option<i128>| a.zip(b).is_some_and(|(a, b)| a > b);
        if is_greater(start, to) {
            minus(start, to)
        } else if is_greater(from, end) {
            minus(from, end)
        } else {
            minus(to, to)
        }
    }
}

/// The value of a rank, as the columns have it.
fn number(of: &DataType, rank: i64) -> i128 {
    let (least, greatest) = match of {
        DataType::Int8 => (i128::from(i8::MIN), i128::from(i8::MAX)),
        DataType::Int16 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        DataType::Int64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        DataType::UInt8 => (0, i128::from(u8::MAX)),
        _ => (0, i128::from(u64::MAX)),
    };
    match rank {
        0 => least,
        LAST => greatest,
        rank if least < 0 => i128::from(rank) - 20,
        rank => i128::from(rank),
    }
}
