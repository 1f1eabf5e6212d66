//! Drawn rows and their columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, Float64Array, Int64Array, PrimitiveArray, RecordBatch, StringArray, UInt32Array,
};
use datafusion::arrow::compute::{cast, take_record_batch};
use datafusion::arrow::datatypes::*;
use datafusion::datasource::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, Partitioning};

/// Draws numbers that are the same in every run.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn of<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())].clone()
    }
}

/// A row by the ranks of its values: what the loops compare.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) keys: Vec<Option<i64>>,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) value: Option<i64>,
    pub(super) id: i64,
}

/// The ranks 0 and LAST stand for the least and the greatest value of a type.
pub(super) const LAST: i64 = 60;

pub(super) fn primitive<T: ArrowPrimitiveType>(
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
pub(super) fn bounds(of: &DataType, ranks: &[Option<i64>], draw: &mut Draw) -> ArrayRef {
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

pub(super) fn bound_types() -> Vec<DataType> {
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

pub(super) fn key_types(draw: &mut Draw) -> Vec<DataType> {
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

pub(super) fn keys(of: &DataType, ranks: &[Option<i64>], draw: &mut Draw) -> ArrayRef {
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

pub(super) fn span(draw: &mut Draw) -> (Option<i64>, Option<i64>) {
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

pub(super) fn rows(draw: &mut Draw, count: usize, keys: usize, distinct: usize) -> Vec<Row> {
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

pub(super) fn batch(rows: &[Row], key_types: &[DataType], bound: &DataType, draw: &mut Draw) -> RecordBatch {
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

pub(super) fn column(schema: &Schema, name: &str) -> PhysicalExprRef {
    Arc::new(Column::new_with_schema(name, schema).unwrap())
}

/// The rows in batches of `size`, hash-partitioned by their keys.
pub(super) fn input(batch: &RecordBatch, keys: usize, size: usize, partitions: usize) -> Arc<dyn ExecutionPlan> {
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
