//! The interval join against nested loops.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, PrimitiveArray, RecordBatch, StringArray, UInt32Array,
};
use datafusion::arrow::compute::{SortOptions, cast, take_record_batch};
use datafusion::arrow::datatypes::*;
use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::datasource::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, Column};
use datafusion::physical_expr::{LexOrdering, PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, Partitioning, collect_partitioned};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::interval::{Best, IntervalJoinExec, IntervalJoinSpec, RangeConjunct};
use futures::StreamExt;

/// Draws numbers that are the same in every run.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())].clone()
    }
}

/// A row by the ranks of its values: what the loops compare.
#[derive(Debug, Clone)]
struct Row {
    keys: Vec<Option<i64>>,
    start: Option<i64>,
    end: Option<i64>,
    value: Option<i64>,
    id: i64,
}

/// The ranks 0 and LAST stand for the least and the greatest value of a type.
const LAST: i64 = 60;

fn primitive<T: ArrowPrimitiveType>(
    of: &DataType,
    ranks: &[Option<i64>],
    value: impl Fn(i64) -> T::Native,
) -> ArrayRef {
    let values = ranks.iter().map(|rank| rank.map(&value));
    Arc::new(values.collect::<PrimitiveArray<T>>().with_data_type(of.clone()))
}

macro_rules! integers {
    ($of:expr, $ranks:expr, $t:ty, $native:ty) => {
        primitive::<$t>($of, $ranks, |rank| match rank {
            0 => <$native>::MIN,
            LAST => <$native>::MAX,
            rank => (rank - if <$native>::MIN == 0 { 0 } else { 20 }) as $native,
        })
    };
}

macro_rules! floats {
    ($of:expr, $ranks:expr, $t:ty, $native:ty, $draw:expr) => {{
        let zero = std::cell::RefCell::new($draw);
        primitive::<$t>($of, $ranks, |rank| match rank {
            0 => -<$native>::NAN,
            1 => <$native>::NEG_INFINITY,
            20 if zero.borrow_mut().one_in(2) => -0.0,
            59 => <$native>::INFINITY,
            LAST => <$native>::NAN,
            rank => (rank - 20) as $native / 4.0,
        })
    }};
}

/// Values of these ranks.
fn bounds(of: &DataType, ranks: &[Option<i64>], draw: &mut Draw) -> ArrayRef {
    match of {
        DataType::Int8 => integers!(of, ranks, Int8Type, i8),
        DataType::Int16 => integers!(of, ranks, Int16Type, i16),
        DataType::Int32 => integers!(of, ranks, Int32Type, i32),
        DataType::UInt8 => integers!(of, ranks, UInt8Type, u8),
        DataType::UInt16 => integers!(of, ranks, UInt16Type, u16),
        DataType::UInt32 => integers!(of, ranks, UInt32Type, u32),
        DataType::UInt64 => integers!(of, ranks, UInt64Type, u64),
        DataType::Date32 => integers!(of, ranks, Date32Type, i32),
        DataType::Time64(_) => primitive::<Time64NanosecondType>(of, ranks, |rank| rank),
        DataType::Timestamp(TimeUnit::Millisecond, _) => integers!(of, ranks, TimestampMillisecondType, i64),
        DataType::Timestamp(..) => integers!(of, ranks, TimestampNanosecondType, i64),
        DataType::Duration(_) => integers!(of, ranks, DurationSecondType, i64),
        DataType::Decimal64(..) => primitive::<Decimal64Type>(of, ranks, |rank| rank - 20),
        DataType::Decimal128(..) => primitive::<Decimal128Type>(of, ranks, |rank| i128::from(rank - 20) << 64),
        DataType::Float32 => floats!(of, ranks, Float32Type, f32, draw),
        DataType::Float64 => floats!(of, ranks, Float64Type, f64, draw),
        _ => integers!(of, ranks, Int64Type, i64),
    }
}

fn bound_types() -> Vec<DataType> {
    vec![
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::Int64,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Date32,
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Nanosecond, None),
        DataType::Duration(TimeUnit::Second),
        DataType::Decimal64(10, 2),
        DataType::Decimal128(38, 4),
        DataType::Float32,
        DataType::Float64,
    ]
}

fn key_types(draw: &mut Draw) -> Vec<DataType> {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    match draw.below(9) {
        0 => vec![],
        1 => vec![DataType::Int64],
        2 => vec![DataType::Utf8View],
        3 => vec![dictionary],
        4 => vec![DataType::Utf8, DataType::Int32],
        5 => vec![DataType::Float64],
        6 => vec![dictionary, DataType::LargeUtf8],
        7 => vec![DataType::Binary],
        _ => vec![DataType::Utf8],
    }
}

fn keys(of: &DataType, ranks: &[Option<i64>], draw: &mut Draw) -> ArrayRef {
    if *of == DataType::Float64 {
        let mut value = |rank: i64| match rank {
            0 if draw.one_in(2) => -0.0,
            1 => f64::NAN,
            rank => rank as f64,
        };
        return Arc::new(ranks.iter().map(|rank| rank.map(&mut value)).collect::<Float64Array>());
    }
    let numbers: ArrayRef = Arc::new(ranks.iter().copied().collect::<Int64Array>());
    if of.is_integer() {
        return cast(&numbers, of).unwrap();
    }
    let texts = ranks
        .iter()
        .map(|rank| rank.map(|rank| format!("folder/of/many/files/{rank}.py")));
    cast(&(Arc::new(texts.collect::<StringArray>()) as ArrayRef), of).unwrap()
}

fn span(draw: &mut Draw) -> (Option<i64>, Option<i64>) {
    let mut rank = |wide: bool| match (draw.below(24), wide) {
        (0, _) => None,
        (1, true) => Some(0),
        (2, true) => Some(LAST),
        _ => Some(1 + draw.below(LAST as usize - 1) as i64),
    };
    let (a, b) = (rank(true), rank(true));
    // Mostly the right way round, often nested, some reversed or empty.
    match draw.below(8) {
        0 => (a, b),
        1 => (a, a),
        2 => (a, a.map(|a| (a + 2).min(LAST))),
        _ if a > b => (b, a),
        _ => (a, b),
    }
}

fn rows(draw: &mut Draw, count: usize, keys: usize, distinct: usize) -> Vec<Row> {
    let mut key = 0;
    let row = |id| {
        if !draw.one_in(4) {
            key = draw.below(distinct) as i64;
        }
        let keys = (0..keys).map(|_| (!draw.one_in(15)).then_some(key)).collect();
        let (start, end) = span(draw);
        let value = (!draw.one_in(6)).then(|| draw.below(5) as i64);
        Row {
            keys,
            start,
            end,
            value,
            id,
        }
    };
    (0..count as i64).map(row).collect()
}

fn batch(rows: &[Row], key_types: &[DataType], bound: &DataType, draw: &mut Draw) -> RecordBatch {
    let column = |of: fn(&Row) -> Option<i64>| rows.iter().map(of).collect::<Vec<_>>();
    let mut columns: Vec<(String, ArrayRef)> = vec![];
    for (i, of) in key_types.iter().enumerate() {
        let ranks: Vec<_> = rows.iter().map(|row| row.keys[i]).collect();
        columns.push((format!("k{i}"), keys(of, &ranks, draw)));
    }
    columns.push(("s".to_string(), bounds(bound, &column(|row| row.start), draw)));
    columns.push(("e".to_string(), bounds(bound, &column(|row| row.end), draw)));
    columns.push(("v".to_string(), Arc::new(Int64Array::from(column(|row| row.value)))));
    columns.push(("id".to_string(), Arc::new(Int64Array::from(column(|row| Some(row.id))))));
    let fields: Vec<_> = (columns.iter())
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

fn column(schema: &Schema, name: &str) -> PhysicalExprRef {
    Arc::new(Column::new_with_schema(name, schema).unwrap())
}

/// The rows in batches of `size`, hash-partitioned by their keys.
fn input(batch: &RecordBatch, keys: usize, size: usize, partitions: usize) -> Arc<dyn ExecutionPlan> {
    let schema = batch.schema();
    let rows = batch.num_rows();
    let slice = |at: usize| {
        let indices = UInt32Array::from_iter_values(at as u32..(at + size).min(rows) as u32);
        take_record_batch(batch, &indices).unwrap()
    };
    let batches: Vec<_> = (0..rows).step_by(size).map(slice).collect();
    let source = MemorySourceConfig::try_new(&[batches], Arc::clone(&schema), None).unwrap();
    let by_id = LexOrdering::new([PhysicalSortExpr::new_default(column(&schema, "id"))]).unwrap();
    let source = source.try_with_sort_information(vec![by_id]).unwrap();
    let plan = DataSourceExec::from_data_source(source);
    match keys {
        0 => plan,
        _ => {
            let keys = (0..keys).map(|i| column(&schema, &format!("k{i}"))).collect();
            Arc::new(RepartitionExec::try_new(plan, Partitioning::Hash(keys, partitions)).unwrap())
        }
    }
}

/// What a case joins, by names: ranges of columns, with a residual over `v` or not.
#[derive(Debug, Clone)]
struct Case {
    keys: Vec<DataType>,
    bound: DataType,
    ranges: Vec<(&'static str, Operator, &'static str)>,
    residual: bool,
    join_type: JoinType,
    build: JoinSide,
    /// `k`, and whether the order takes columns of both sides.
    best: Option<(usize, bool)>,
    partitions: usize,
    batch_size: usize,
    memory: Option<usize>,
}

fn draw_case(draw: &mut Draw) -> Case {
    let ops = [Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq];
    let mut range = || (draw.of(&["s", "e"]), draw.of(&ops), draw.of(&["s", "e"]));
    let mut ranges = vec![range(), range()];
    match draw.below(4) {
        0 => ranges.truncate(1),
        1 => ranges = vec![("s", Operator::LtEq, "s"), ("e", Operator::GtEq, "e")],
        2 => ranges = vec![("s", Operator::Lt, "e"), ("e", Operator::Gt, "s")],
        _ => {}
    }
    let types = [
        JoinType::Inner,
        JoinType::Left,
        JoinType::Right,
        JoinType::Full,
        JoinType::LeftSemi,
        JoinType::RightSemi,
        JoinType::LeftAnti,
        JoinType::RightAnti,
    ];
    let build = draw.of(&[JoinSide::Left, JoinSide::Right]);
    let mut case = Case {
        keys: key_types(draw),
        bound: draw.of(&bound_types()),
        ranges,
        residual: draw.one_in(3),
        join_type: draw.of(&types),
        build,
        best: None,
        partitions: draw.of(&[1, 1, 3, 16]),
        batch_size: draw.of(&[1, 7, 8192]),
        memory: None,
    };
    let may_be_best = match build {
        JoinSide::Left => [JoinType::Inner, JoinType::Right],
        _ => [JoinType::Inner, JoinType::Left],
    };
    if may_be_best.contains(&case.join_type) && draw.one_in(2) {
        case.best = Some((1 + draw.below(3), draw.one_in(2)));
        // Values that are equal in rank and differ in bits would order rows of equal order.
        if case.bound.is_floating() {
            case.bound = DataType::Int64;
        }
        if case.keys.contains(&DataType::Float64) {
            case.keys = vec![DataType::Utf8];
        }
    }
    case
}

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
    fn matches(&self, left: &Row, right: &Row) -> bool {
        let bound = |row: &Row, name: &str| if name == "s" { row.start } else { row.end };
        let keys = left.keys.iter().zip(&right.keys);
        keys.into_iter().all(|(l, r)| l.is_some() && l == r)
            && self
                .ranges
                .iter()
                .all(|(l, op, r)| compare(*op, bound(left, l), bound(right, r)))
            && (!self.residual || compare(Operator::LtEq, left.value, right.value))
    }

    /// The pairs of ids that must come out.
    fn expected(&self, left: &[Row], right: &[Row]) -> Vec<(Option<i64>, Option<i64>)> {
        let mut pairs: Vec<(usize, usize)> = vec![];
        for (i, l) in left.iter().enumerate() {
            pairs.extend((0..right.len()).filter(|j| self.matches(l, &right[*j])).map(|j| (i, j)));
        }
        if let Some((k, both)) = self.best {
            pairs = self.first(pairs, left, right, k, both);
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

    /// The first `k` kept rows of each streaming row: by `v` of the kept row descending, then, if both sides count, by the
    /// ids of the streaming row; then by all columns of the kept row.
    fn first(
        &self,
        mut pairs: Vec<(usize, usize)>,
        left: &[Row],
        right: &[Row],
        k: usize,
        both: bool,
    ) -> Vec<(usize, usize)> {
        let sides = |(l, r): (usize, usize)| match self.build {
            JoinSide::Left => (&right[r], &left[l]),
            _ => (&left[l], &right[r]),
        };
        let last = |value: Option<i64>| (value.is_none(), value);
        let order = |a: (usize, usize), b: (usize, usize)| {
            let ((asked, x), (other, y)) = (sides(a), sides(b));
            let sum = |asked: &Row, kept: &Row| asked.value.zip(kept.value).map(|(a, b)| a + b);
            let by_order = match both {
                true => last(sum(asked, x)).cmp(&last(sum(other, y))),
                // Nulls first.
                false => y.value.is_none().cmp(&x.value.is_none()).then(y.value.cmp(&x.value)),
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

    fn plan(&self, left: &RecordBatch, right: &RecordBatch) -> Result<IntervalJoinExec> {
        let (l, r) = (left.schema(), right.schema());
        let on = (0..self.keys.len()).map(|i| format!("k{i}"));
        let range = |(left, op, right): &(&str, Operator, &str)| RangeConjunct {
            left: column(&l, left),
            op: *op,
            right: column(&r, right),
        };
        let v = |schema: &Schema| schema.index_of("v").unwrap();
        let filter_schema = Schema::new(vec![
            Field::new("l", DataType::Int64, true),
            Field::new("r", DataType::Int64, true),
        ]);
        let binary = |left: PhysicalExprRef, op, right: PhysicalExprRef| Arc::new(BinaryExpr::new(left, op, right));
        let residual = self.residual.then(|| {
            let expr = binary(column(&filter_schema, "l"), Operator::LtEq, column(&filter_schema, "r"));
            let columns = JoinFilter::build_column_indices(vec![v(&l)], vec![v(&r)]);
            JoinFilter::new(expr, columns, Arc::new(filter_schema))
        });
        let joined = |side: JoinSide| -> PhysicalExprRef {
            match side {
                JoinSide::Left => Arc::new(Column::new("v", v(&l))),
                _ => Arc::new(Column::new("v", l.fields().len() + v(&r))),
            }
        };
        let best = self.best.map(|(k, both)| {
            let order = match both {
                true => PhysicalSortExpr::new(
                    binary(joined(JoinSide::Left), Operator::Plus, joined(JoinSide::Right)),
                    SortOptions::new(false, false),
                ),
                false => PhysicalSortExpr::new(joined(self.build), SortOptions::new(true, true)),
            };
            Best {
                k: NonZeroUsize::new(k).unwrap(),
                order_by: vec![order],
            }
        });
        let spec = IntervalJoinSpec {
            on: on.map(|k| (column(&l, &k), column(&r, &k))).collect(),
            ranges: self.ranges.iter().map(range).collect(),
            residual,
            join_type: self.join_type,
            build: self.build,
            best,
            projection: None,
        };
        let keys = self.keys.len();
        let left = input(left, keys, self.batch_size, self.partitions);
        let right = input(right, keys, self.batch_size, self.partitions);
        IntervalJoinExec::try_new(left, right, spec)
    }

    fn context(&self) -> SessionContext {
        let config = SessionConfig::new().with_batch_size(self.batch_size);
        let runtime = RuntimeEnvBuilder::new();
        let runtime = match self.memory {
            Some(bytes) if self.partitions > 1 => runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes))),
            Some(bytes) => runtime.with_memory_pool(Arc::new(GreedyMemoryPool::new(bytes))),
            None => runtime,
        };
        SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap())
    }

    /// The pairs of ids that come out, by partition, and how often something was spilled.
    async fn found(
        &self,
        left: &RecordBatch,
        right: &RecordBatch,
    ) -> Result<(Vec<Vec<(Option<i64>, Option<i64>)>>, usize)> {
        let plan = Arc::new(self.plan(left, right)?);
        let partitions =
            collect_partitioned(Arc::clone(&plan) as Arc<dyn ExecutionPlan>, self.context().task_ctx()).await?;
        let spilled = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
        let columns = |batch: &RecordBatch| {
            assert!(batch.num_rows() <= self.batch_size.max(1), "{self:?}");
            let ids: Vec<_> = (batch.schema().fields().iter().zip(batch.columns()))
                .filter(|(field, _)| field.name() == "id")
                .map(|(_, array)| array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>())
                .collect();
            match (ids.as_slice(), self.join_type) {
                ([left, right], _) => left.iter().copied().zip(right.iter().copied()).collect::<Vec<_>>(),
                ([left], JoinType::LeftSemi | JoinType::LeftAnti) => left.iter().map(|id| (*id, None)).collect(),
                ([right], _) => right.iter().map(|id| (None, *id)).collect(),
                _ => panic!("{self:?}"),
            }
        };
        let rows = partitions
            .iter()
            .map(|batches| batches.iter().flat_map(columns).collect());
        Ok((rows.collect(), spilled))
    }

    /// Checks rows and order; the number of spills.
    async fn check(&self, draw: &mut Draw, left: &[Row], right: &[Row]) -> usize {
        let (l, r) = (
            batch(left, &self.keys, &self.bound, draw),
            batch(right, &self.keys, &self.bound, draw),
        );
        let (partitions, spilled) = match self.found(&l, &r).await {
            Ok(found) => found,
            Err(error) => panic!("{self:?}: {error}"),
        };
        let maintains = self.plan(&l, &r).unwrap().maintains_input_order();
        for rows in &partitions {
            // Ids follow the order of the input.
            let in_order = |ids: Vec<Option<i64>>| ids.is_sorted_by(|a, b| a.cmp(b) != Ordering::Greater);
            assert!(
                !maintains[0] || in_order(rows.iter().map(|(l, _)| *l).collect()),
                "{self:?}"
            );
            assert!(
                !maintains[1] || in_order(rows.iter().map(|(_, r)| *r).collect()),
                "{self:?}"
            );
        }
        let mut found: Vec<_> = partitions.into_iter().flatten().collect();
        found.sort_unstable();
        let expected = self.expected(left, right);
        assert_eq!(found.len(), expected.len(), "{self:?}");
        assert_eq!(found, expected, "{self:?}");
        spilled
    }
}

/// How many cases are drawn.
fn cases(default: u64) -> u64 {
    std::env::var("INTERVAL_JOIN_CASES").map_or(default, |cases| cases.parse().unwrap())
}

#[tokio::test]
async fn rows_are_those_of_nested_loops() {
    for seed in 0..cases(600) {
        let mut draw = Draw(seed);
        let case = draw_case(&mut draw);
        let distinct = draw.of(&[1, 2, 8]);
        let counts = [0, 1, 5, 40, 90];
        let (left, right) = (draw.of(&counts), draw.of(&counts));
        let left = rows(&mut draw, left, case.keys.len(), distinct);
        let right = rows(&mut draw, right, case.keys.len(), distinct);
        case.check(&mut draw, &left, &right).await;
    }
}

#[tokio::test]
async fn a_memory_limit_changes_nothing() {
    let (mut spilled, mut in_slices) = (0, 0);
    let count = cases(25);
    for seed in 0..count {
        let mut draw = Draw(1_000_000 + seed);
        let mut case = draw_case(&mut draw);
        case.batch_size = draw.of(&[7, 256, 8192]);
        case.partitions = draw.of(&[1, 1, 3]);
        let one_key = case.best.is_none() && draw.one_in(3);
        let (distinct, sizes) = match one_key || case.keys.is_empty() {
            true => (1, (900, 1000)),
            false => (200, (3000, 2000)),
        };
        if case.keys.is_empty() {
            case.best = None;
        }
        let left = rows(&mut draw, sizes.0, case.keys.len(), distinct);
        let right = rows(&mut draw, sizes.1, case.keys.len(), distinct);
        // Each batch of a merge has its dictionary, or what its views see.
        let has_more = case
            .keys
            .iter()
            .any(|key| matches!(key, DataType::Dictionary(..) | DataType::Utf8View));
        let for_merge = if has_more { 160 } else { 48 } * 1024;
        // A fair pool counts the consumers of the repartitions too.
        let shares = if case.partitions > 1 { 4 * case.partitions } else { 1 };
        case.memory = Some(shares * (sizes.1 * draw.of(&[10, 25]) + for_merge));
        let spills = case.check(&mut draw, &left, &right).await;
        spilled += u64::from(spills > 0);
        in_slices += u64::from(spills > 0 && distinct == 1);
    }
    assert!(spilled > count / 2, "{spilled}");
    assert!(in_slices > count / 10, "{in_slices}");
}

/// One streaming row meets all kept rows: they come out in pieces.
#[tokio::test]
async fn a_row_with_many_matches_comes_in_pieces() {
    for residual in [false, true] {
        let case = Case {
            keys: vec![DataType::Utf8],
            bound: DataType::Int64,
            ranges: vec![("s", Operator::LtEq, "s"), ("e", Operator::GtEq, "e")],
            residual,
            join_type: JoinType::Left,
            build: JoinSide::Right,
            best: None,
            partitions: 1,
            batch_size: 100,
            memory: None,
        };
        let row = |id, start, end| Row {
            keys: vec![Some(0)],
            start: Some(start),
            end: Some(end),
            value: Some(1),
            id,
        };
        let hub: Vec<_> = [row(0, 1, 59), row(1, 59, 59)].into();
        let kept: Vec<_> = (0..20_000).map(|id| row(id, 2 + id % 20, 40 - id % 7)).collect();
        case.check(&mut Draw(7), &hub, &kept).await;
    }
}

/// A query that is dropped while a row's candidates come ends.
#[tokio::test]
async fn a_dropped_join_ends() {
    let mut draw = Draw(11);
    let mut case = draw_case(&mut draw);
    case.keys = vec![DataType::Utf8];
    case.bound = DataType::Int64;
    case.ranges = vec![("s", Operator::LtEq, "e")];
    case.join_type = JoinType::Inner;
    case.residual = false;
    case.best = None;
    case.partitions = 1;
    case.batch_size = 10;
    let many = rows(&mut draw, 5_000, 1, 1);
    let batch = batch(&many, &case.keys, &case.bound, &mut draw);
    let context = case.context().task_ctx();
    let pool = Arc::clone(context.memory_pool());
    let mut rows = case.plan(&batch, &batch).unwrap().execute(0, context).unwrap();
    let first = rows.next().await.unwrap().unwrap();
    assert_eq!(first.num_rows(), 10);
    assert!(pool.reserved() > 0);
    drop(rows);
    // The input's task ends a moment later.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(pool.reserved(), 0);
}
