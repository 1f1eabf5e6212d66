//! What the kept rows say about those that can match them, told to the scan of the side that asks, so that it leaves files,
//! row groups and rows unread: the engine's dynamic filter, as its hash join makes one.
//!
//! Every partition says what it keeps, the last one to do so sets the filter: least and greatest key, the keys themselves if
//! there are few, and the least or greatest bound of each inequality. No partition waits for another, since a
//! consumer may ask for one after the other; a scan that has begun by then reads on without the filter. Where
//! a partition's rows do not fit in memory, nothing is said.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{JoinSide, Result, ScalarValue};
use datafusion::functions_aggregate::min_max::{MaxAccumulator, MinAccumulator};
use datafusion::logical_expr::{Accumulator, Operator};
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::{BinaryExpr, DynamicFilterPhysicalExpr, in_list, lit};
use datafusion::physical_expr::utils::conjunction;

use super::IntervalJoinSpec;

/// The filter of a join, and what its partitions have said so far.
#[derive(Debug)]
pub(super) struct Announcement {
    filter: Arc<DynamicFilterPhysicalExpr>,
    said: Mutex<BTreeMap<usize, Option<Summary>>>,
}

/// What a partition keeps.
#[derive(Debug)]
struct Summary {
    is_empty: bool,
    /// Per key the least and the greatest; none where the type has no such order.
    keys: Vec<Option<(ScalarValue, ScalarValue)>>,
    /// The values of the only key, if they are few.
    values: Option<Vec<ScalarValue>>,
    /// Per inequality the bound that is easiest to satisfy.
    bounds: Vec<Option<ScalarValue>>,
}

/// What tells a partition's kept rows: these rows, and their distinct keys; none if they are not in memory.
pub(super) type Announce = Box<dyn FnOnce(Option<(&RecordBatch, &[ArrayRef])>) -> Result<()> + Send>;

impl Announcement {
    /// Whether an asking row without a match changes nothing, so that it need not be read.
    pub(super) fn is_possible(spec: &IntervalJoinSpec) -> bool {
        match spec.existence() {
            Some((side, matched)) => side == spec.build || matched,
            None => !spec.keeps_all_of(spec.probe()),
        }
    }

    /// A filter over the asking side that lets everything pass until something is known.
    pub(super) fn filter_of(spec: &IntervalJoinSpec) -> Arc<DynamicFilterPhysicalExpr> {
        let (mut exprs, ranges) = asked(spec);
        exprs.extend(ranges.into_iter().map(|(asked, _, _)| asked));
        Arc::new(DynamicFilterPhysicalExpr::new(exprs, lit(true)))
    }

    /// For a filter that a scan has taken.
    pub(super) fn new(filter: Arc<DynamicFilterPhysicalExpr>) -> Arc<Self> {
        Arc::new(Self {
            filter,
            said: Mutex::default(),
        })
    }

    /// The same filter, before anything is said.
    pub(super) fn anew(&self) -> Arc<Self> {
        Self::new(Arc::clone(&self.filter))
    }

    pub(super) fn filter(&self) -> &Arc<DynamicFilterPhysicalExpr> {
        &self.filter
    }

    /// What partition `partition` of `partitions` has to call. `most` is how many values are few; `schema` is that of the
    /// asking side.
    pub(super) fn announce(
        self: &Arc<Self>,
        spec: &IntervalJoinSpec,
        schema: SchemaRef,
        (partition, partitions): (usize, usize),
        most: usize,
    ) -> Announce {
        let (announcement, spec) = (Arc::clone(self), spec.clone());
        Box::new(move |kept| {
            let summary = kept
                .map(|(rows, keys)| Summary::of(&spec, rows, keys, most))
                .transpose()?;
            let mut said = announcement.said.lock().unwrap_or_else(PoisonError::into_inner);
            said.insert(partition, summary);
            if said.len() < partitions {
                return Ok(());
            }
            if let Some(summaries) = said.values().map(Option::as_ref).collect::<Option<Vec<_>>>() {
                announcement
                    .filter
                    .update(condition(&spec, &summaries, &schema, most)?)?;
            }
            announcement.filter.mark_complete();
            Ok(())
        })
    }
}

/// The keys of the asking side; and of each inequality, as `asked op kept`, its sides.
fn asked(spec: &IntervalJoinSpec) -> (Vec<PhysicalExprRef>, Vec<(PhysicalExprRef, Operator, PhysicalExprRef)>) {
    let left_asks = spec.probe() == JoinSide::Left;
    let key = |(left, right): &(PhysicalExprRef, PhysicalExprRef)| Arc::clone(if left_asks { left } else { right });
    // The nearest rows need not satisfy them.
    let ranges = spec.ranges.iter().filter(|_| !spec.is_nearest()).map(|range| {
        let (left, right) = (Arc::clone(&range.left), Arc::clone(&range.right));
        match left_asks {
            true => (left, range.op, right),
            false => (right, range.op.swap().unwrap_or(range.op), left),
        }
    });
    (spec.on.iter().map(key).collect(), ranges.collect())
}

impl Summary {
    fn of(spec: &IntervalJoinSpec, rows: &RecordBatch, keys: &[ArrayRef], most: usize) -> Result<Self> {
        let values = match keys {
            [key] if key.len() <= most && is_told(key.data_type()) => {
                let values = (0..key.len()).map(|row| ScalarValue::try_from_array(key, row));
                Some(values.collect::<Result<_>>()?)
            }
            _ => None,
        };
        let least_and_greatest = |key: &ArrayRef| Ok(least(key)?.zip(greatest(key)?));
        let bound = |(_, op, kept): (PhysicalExprRef, Operator, PhysicalExprRef)| {
            let kept = kept.evaluate(rows)?.into_array(rows.num_rows())?;
            match op {
                Operator::Gt | Operator::GtEq => least(&kept),
                _ => greatest(&kept),
            }
        };
        Ok(Self {
            is_empty: rows.num_rows() == 0 || (!spec.on.is_empty() && keys.first().is_none_or(|key| key.is_empty())),
            keys: keys.iter().map(least_and_greatest).collect::<Result<_>>()?,
            values,
            bounds: asked(spec).1.into_iter().map(bound).collect::<Result<_>>()?,
        })
    }
}

/// Whether values of a type are spoken of. Scans know nothing of those of others, or compare them in other ways, as floats.
fn is_told(data_type: &DataType) -> bool {
    use DataType::{Binary, BinaryView, Boolean, Interval, LargeBinary, LargeUtf8, Utf8, Utf8View};
    match data_type {
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView | Boolean => true,
        Interval(_) => false,
        other => other.is_primitive() && !other.is_floating(),
    }
}

fn least(values: &ArrayRef) -> Result<Option<ScalarValue>> {
    extreme(values, |data_type| Ok(Box::new(MinAccumulator::try_new(data_type)?)))
}

fn greatest(values: &ArrayRef) -> Result<Option<ScalarValue>> {
    extreme(values, |data_type| Ok(Box::new(MaxAccumulator::try_new(data_type)?)))
}

fn extreme(
    values: &ArrayRef,
    accumulator: impl Fn(&DataType) -> Result<Box<dyn Accumulator>>,
) -> Result<Option<ScalarValue>> {
    if !is_told(values.data_type()) {
        return Ok(None);
    }
    let mut accumulator = accumulator(values.data_type())?;
    accumulator.update_batch(std::slice::from_ref(values))?;
    Ok(Some(accumulator.evaluate()?).filter(|value| !value.is_null()))
}

/// What is true of every asking row that has a match in a partition.
fn condition(
    spec: &IntervalJoinSpec,
    summaries: &[&Summary],
    schema: &SchemaRef,
    most: usize,
) -> Result<PhysicalExprRef> {
    let summaries: Vec<_> = summaries.iter().filter(|summary| !summary.is_empty).collect();
    if summaries.is_empty() {
        return Ok(lit(false));
    }
    let compare = |expr: &PhysicalExprRef, op, value: ScalarValue| {
        Arc::new(BinaryExpr::new(Arc::clone(expr), op, lit(value))) as PhysicalExprRef
    };
    let (keys, ranges) = asked(spec);
    let mut conjuncts = vec![];
    for (at, key) in keys.iter().enumerate() {
        let known: Option<Vec<_>> = summaries.iter().map(|summary| summary.keys[at].clone()).collect();
        let (least, greatest): (Vec<_>, Vec<_>) = known.unwrap_or_default().into_iter().unzip();
        conjuncts.extend(first(least, true).map(|least| compare(key, Operator::GtEq, least)));
        conjuncts.extend(first(greatest, false).map(|greatest| compare(key, Operator::LtEq, greatest)));
    }
    let values: Option<Vec<_>> = summaries.iter().map(|summary| summary.values.clone()).collect();
    if let (Some(values), [key]) = (values, keys.as_slice()) {
        let values: Vec<_> = values.into_iter().flatten().map(lit).collect();
        if values.len() <= most {
            conjuncts.push(in_list(Arc::clone(key), values, &false, schema)?);
        }
    }
    for (at, (expr, op, _)) in ranges.iter().enumerate() {
        let known: Option<Vec<_>> = summaries.iter().map(|summary| summary.bounds[at].clone()).collect();
        let easiest = first(known.unwrap_or_default(), matches!(op, Operator::Gt | Operator::GtEq));
        conjuncts.extend(easiest.map(|bound| compare(expr, *op, bound)));
    }
    Ok(conjunction(conjuncts))
}

/// The least value, or the greatest.
fn first(values: Vec<ScalarValue>, least: bool) -> Option<ScalarValue> {
    values.into_iter().reduce(|a, b| if (b < a) == least { b } else { a })
}
