//! A spec as the join uses it: by kept and asking side instead of left and right.

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::{JoinSide, Result};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};

use super::best::Order;
use crate::interval::index::{Bounds, Ordinal, Side, is_wide, widest_distance};
use crate::interval::spec::IntervalJoinSpec;

/// `kept op asked`.
#[derive(Debug, Clone)]
struct Inequality {
    kept: PhysicalExprRef,
    op: Operator,
    asked: PhysicalExprRef,
}

/// What becomes of the rows of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// They come out with their matches.
    Paired,
    /// And with nulls if they have none.
    Kept,
    /// They come out once, if they have a match or if they have none.
    Existing(bool),
    /// The other side's rows come out by themselves.
    Hidden,
}

/// What a join does, by its sides.
#[derive(Debug, Clone)]
pub(in crate::interval) struct Shape {
    pub(super) kept_side: JoinSide,
    pub(super) kept_keys: Vec<PhysicalExprRef>,
    pub(super) asked_keys: Vec<PhysicalExprRef>,
    inequalities: Vec<Inequality>,
    pub(super) residual: Option<JoinFilter>,
    pub(super) best: Option<Order>,
    /// If rows are wanted that miss the inequalities least: up to which distance the engine's subtraction gives it.
    pub(super) nearest: Option<u128>,
    pub(super) kept_fate: Fate,
    pub(super) asked_fate: Fate,
    /// Where each column of the output comes from.
    pub(super) columns: Vec<ColumnIndex>,
    pub(super) schema: SchemaRef,
    pub(super) wide: bool,
}

impl Shape {
    /// `columns` and `schema` are those of the output.
    pub(in crate::interval) fn try_new(
        spec: &IntervalJoinSpec,
        left: &Schema,
        right: &Schema,
        columns: Vec<ColumnIndex>,
        schema: SchemaRef,
    ) -> Result<Self> {
        let kept_left = spec.build == JoinSide::Left;
        let by_side = |(left, right): &(PhysicalExprRef, PhysicalExprRef)| match kept_left {
            true => (PhysicalExprRef::clone(left), PhysicalExprRef::clone(right)),
            false => (PhysicalExprRef::clone(right), PhysicalExprRef::clone(left)),
        };
        let (kept_keys, asked_keys) = spec.on.iter().map(by_side).unzip();
        let mut wide = false;
        let mut nearest = spec.is_nearest().then_some(u128::MAX);
        let mut inequalities = vec![];
        for range in &spec.ranges {
            let data_type = range.left.data_type(left)?;
            wide |= is_wide(&data_type);
            nearest = nearest.map(|distance| distance.min(widest_distance(&data_type).unwrap_or(0)));
            let (kept, asked) = by_side(&(
                PhysicalExprRef::clone(&range.left),
                PhysicalExprRef::clone(&range.right),
            ));
            let op = match kept_left {
                true => range.op,
                false => range.op.swap().unwrap_or(range.op),
            };
            inequalities.push(Inequality { kept, op, asked });
        }
        // Rows that come in the order of a lower bound need no sort if that bound is the first one.
        inequalities.sort_by_key(|i| matches!(i.op, Operator::Gt | Operator::GtEq));
        let fate = |side| match spec.existence() {
            Some((existing, matched)) if existing == side => Fate::Existing(matched),
            Some(_) => Fate::Hidden,
            None if spec.keeps_all_of(side) => Fate::Kept,
            None => Fate::Paired,
        };
        Ok(Self {
            kept_side: spec.build,
            kept_keys,
            asked_keys,
            inequalities,
            residual: spec.residual.clone(),
            best: Order::try_new(spec, left, right)?,
            nearest,
            kept_fate: fate(spec.build),
            asked_fate: fate(spec.probe()),
            columns,
            schema,
            wide,
        })
    }

    /// Whether bounds need 128 bits.
    pub(in crate::interval) fn is_wide(&self) -> bool {
        self.wide
    }

    /// The bounds of a batch that stands on `side`: of the first inequality, and of the second if there is one.
    pub(super) fn bounds<K: Ordinal>(&self, side: Side, batch: &RecordBatch) -> Result<(Bounds<K>, Option<Bounds<K>>)> {
        let of = |inequality: &Inequality| {
            let expr = match side {
                Side::Kept => &inequality.kept,
                Side::Asked => &inequality.asked,
            };
            let array = expr.evaluate(batch)?.into_array(batch.num_rows())?;
            Bounds::try_new(array.as_ref() as &dyn Array, inequality.op, side)
        };
        let second = self.inequalities.get(1).map(of).transpose()?;
        Ok((of(&self.inequalities[0])?, second))
    }
}

/// The values of `keys` over a batch.
pub(super) fn evaluate(keys: &[PhysicalExprRef], batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    keys.iter()
        .map(|key| key.evaluate(batch)?.into_array(batch.num_rows()))
        .collect()
}
