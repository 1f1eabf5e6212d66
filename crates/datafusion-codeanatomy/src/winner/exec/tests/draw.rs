//! Values of all types, drawn from small domains so that ties are heavy.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::types::{IntervalDayTimeType, IntervalMonthDayNanoType};
use datafusion::arrow::array::{Array, ArrayRef, Int32Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, IntervalUnit, TimeUnit};
use datafusion::common::ScalarValue;

/// Numbers that are the same for the same seed.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % end as u64) as usize
    }

    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub(super) fn coin(&mut self) -> bool {
        self.below(2) == 1
    }
}

/// A value whose order is written down here.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Int(i64),
    Float(f64),
    Text(String),
    /// Of the three parts of an interval.
    Parts([i64; 3]),
    List(Vec<Option<i64>>),
    Pair(Option<i64>, Option<String>),
}

/// How values compare where both are there, with direction and place of the nulls inside them.
pub(super) fn compare(a: &Option<Cell>, b: &Option<Cell>, descending: bool, nulls_first: bool) -> Ordering {
    with_nulls(a, b, nulls_first, |a, b| {
        let turn = |ordering: Ordering| if descending { ordering.reverse() } else { ordering };
        match (a, b) {
            (Cell::Int(a), Cell::Int(b)) => turn(a.cmp(b)),
            (Cell::Float(a), Cell::Float(b)) => turn(a.total_cmp(b)),
            (Cell::Text(a), Cell::Text(b)) => turn(a.as_bytes().cmp(b.as_bytes())),
            (Cell::Parts(a), Cell::Parts(b)) => turn(a.cmp(b)),
            (Cell::List(a), Cell::List(b)) => {
                let elements = a
                    .iter()
                    .zip(b)
                    .map(|(a, b)| with_nulls(a, b, nulls_first, |a, b| turn(a.cmp(b))));
                elements
                    .fold(Ordering::Equal, Ordering::then)
                    .then(turn(a.len().cmp(&b.len())))
            }
            (Cell::Pair(a, c), Cell::Pair(b, d)) => with_nulls(a, b, nulls_first, |a, b| turn(a.cmp(b)))
                .then_with(|| with_nulls(c, d, nulls_first, |c, d| turn(c.cmp(d)))),
            _ => unreachable!("one column has one type"),
        }
    })
}

fn with_nulls<T>(a: &Option<T>, b: &Option<T>, nulls_first: bool, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) if nulls_first => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) if nulls_first => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => compare(a, b),
    }
}

/// Whether two keys are one group: as they compare, but −0 is 0.
pub(super) fn same_group(a: &Option<Cell>, b: &Option<Cell>) -> bool {
    match (a, b) {
        (Some(Cell::Float(a)), Some(Cell::Float(b))) if *a == 0.0 && *b == 0.0 => true,
        _ => compare(a, b, false, true) == Ordering::Equal,
    }
}

pub(super) fn types() -> Vec<DataType> {
    let text = || Box::new(DataType::Utf8);
    vec![
        DataType::Int8,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float32,
        DataType::Float64,
        DataType::Boolean,
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Utf8View,
        DataType::Binary,
        DataType::BinaryView,
        DataType::FixedSizeBinary(2),
        DataType::Dictionary(Box::new(DataType::Int32), text()),
        DataType::Decimal128(20, 3),
        DataType::Decimal256(50, 0),
        DataType::Date32,
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Time32(TimeUnit::Second),
        DataType::Duration(TimeUnit::Second),
        DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Interval(IntervalUnit::DayTime),
        DataType::List(Arc::new(Field::new("item", DataType::Int32, true))),
        DataType::Struct(pair()),
    ]
}

fn pair() -> Fields {
    Fields::from(vec![
        Field::new("a", DataType::Int32, true),
        Field::new("b", DataType::Utf8, true),
    ])
}

const TEXTS: [&str; 9] = [
    "",
    "a",
    "ab",
    "a\0",
    "abcdefgh",
    "abcdefghi",
    "abcdefgh, and more than a view holds",
    "ä",
    "zz",
];

/// A value of the type, of at most `domain` different ones, or none.
pub(super) fn cell(draw: &mut Draw, data_type: &DataType, domain: usize, nulls: bool) -> Option<Cell> {
    if nulls && draw.below(6) == 0 {
        return None;
    }
    let number = draw.below(domain);
    let extreme = |low: i64, high: i64| [0, 1, low, high, low + 1, high - 1, 7, 5].get(number).copied();
    Some(match data_type {
        DataType::Int8 => Cell::Int(extreme(-128, 127).unwrap_or(number as i64 % 100)),
        DataType::Int64 | DataType::Timestamp(..) | DataType::Duration(_) => {
            Cell::Int(extreme(i64::MIN, i64::MAX).unwrap_or(number as i64 - 20))
        }
        DataType::Int32 | DataType::Date32 => Cell::Int(extreme(-2147483648, 2147483647).unwrap_or(number as i64)),
        DataType::UInt8 => Cell::Int(number as i64 % 256),
        DataType::UInt32 | DataType::UInt64 => Cell::Int(number as i64),
        DataType::Decimal128(..) | DataType::Decimal256(..) => Cell::Int(number as i64 - 3),
        DataType::Time32(_) => Cell::Int(number as i64),
        DataType::Boolean => Cell::Int(number as i64 % 2),
        DataType::Float32 | DataType::Float64 => Cell::Float(
            [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, -1.5]
                .get(number)
                .copied()
                .unwrap_or(number as f64),
        ),
        DataType::FixedSizeBinary(_) => Cell::Text(format!("{:02}", number % 100)),
        DataType::Interval(_) => Cell::Parts([0, (number / 2) as i64, (number % 2) as i64 * 30]),
        DataType::List(_) => Cell::List(
            (0..draw.below(3))
                .map(|_| draw.coin().then_some(draw.below(3) as i64))
                .collect(),
        ),
        DataType::Struct(_) => Cell::Pair(
            draw.coin().then_some(number as i64),
            draw.coin().then(|| TEXTS[number % TEXTS.len()].to_string()),
        ),
        _ => Cell::Text(
            TEXTS
                .get(number)
                .map_or_else(|| format!("some text, number {number:05}"), ToString::to_string),
        ),
    })
}

/// A column of these values.
pub(super) fn array(data_type: &DataType, cells: &[Option<Cell>]) -> ArrayRef {
    if cells.is_empty() {
        return datafusion::arrow::array::new_empty_array(data_type);
    }
    let text = |cell: &Option<Cell>| match cell {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    match data_type {
        DataType::Dictionary(..) => cast(&array(&DataType::Utf8, cells), data_type).unwrap(),
        DataType::Utf8 => Arc::new(cells.iter().map(text).collect::<StringArray>()),
        DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary | DataType::BinaryView => {
            cast(&array(&DataType::Utf8, cells), data_type).unwrap()
        }
        _ => ScalarValue::iter_to_array(cells.iter().map(|cell| scalar(data_type, cell))).unwrap(),
    }
}

fn scalar(data_type: &DataType, cell: &Option<Cell>) -> ScalarValue {
    let Some(cell) = cell else {
        return ScalarValue::try_from(data_type).unwrap();
    };
    match (data_type, cell) {
        (DataType::Int8, Cell::Int(v)) => ScalarValue::Int8(Some(*v as i8)),
        (DataType::Int32, Cell::Int(v)) => ScalarValue::Int32(Some(*v as i32)),
        (DataType::Int64, Cell::Int(v)) => ScalarValue::Int64(Some(*v)),
        (DataType::UInt8, Cell::Int(v)) => ScalarValue::UInt8(Some(*v as u8)),
        (DataType::UInt32, Cell::Int(v)) => ScalarValue::UInt32(Some(*v as u32)),
        (DataType::UInt64, Cell::Int(v)) => ScalarValue::UInt64(Some(*v as u64)),
        (DataType::Float32, Cell::Float(v)) => ScalarValue::Float32(Some(*v as f32)),
        (DataType::Float64, Cell::Float(v)) => ScalarValue::Float64(Some(*v)),
        (DataType::Boolean, Cell::Int(v)) => ScalarValue::Boolean(Some(*v == 1)),
        (DataType::Decimal128(p, s), Cell::Int(v)) => ScalarValue::Decimal128(Some(i128::from(*v)), *p, *s),
        (DataType::Decimal256(p, s), Cell::Int(v)) => ScalarValue::Decimal256(Some((*v).into()), *p, *s),
        (DataType::Date32, Cell::Int(v)) => ScalarValue::Date32(Some(*v as i32)),
        (DataType::Timestamp(..), Cell::Int(v)) => ScalarValue::TimestampMicrosecond(Some(*v), None),
        (DataType::Duration(_), Cell::Int(v)) => ScalarValue::DurationSecond(Some(*v)),
        (DataType::Time32(_), Cell::Int(v)) => ScalarValue::Time32Second(Some(*v as i32)),
        (DataType::FixedSizeBinary(len), Cell::Text(v)) => {
            ScalarValue::FixedSizeBinary(*len, Some(v.clone().into_bytes()))
        }
        (DataType::Interval(IntervalUnit::MonthDayNano), Cell::Parts([m, d, n])) => {
            ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNanoType::make_value(*m as i32, *d as i32, *n)))
        }
        (DataType::Interval(_), Cell::Parts([_, d, m])) => {
            ScalarValue::IntervalDayTime(Some(IntervalDayTimeType::make_value(*d as i32, *m as i32)))
        }
        (DataType::List(_), Cell::List(values)) => {
            let values: Vec<ScalarValue> = values.iter().map(|v| ScalarValue::Int32(v.map(|v| v as i32))).collect();
            ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Int32))
        }
        (DataType::Struct(fields), Cell::Pair(a, b)) => {
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Int32Array::from(vec![a.map(|a| a as i32)])),
                Arc::new(StringArray::from(vec![b.clone()])),
            ];
            ScalarValue::Struct(Arc::new(datafusion::arrow::array::StructArray::new(
                fields.clone(),
                columns,
                None,
            )))
        }
        other => unreachable!("{other:?}"),
    }
}

/// A text that says which value it is, −0 and 0 apart.
pub(super) fn text(array: &dyn Array, row: usize) -> String {
    format!("{:?}", ScalarValue::try_from_array(array, row).unwrap())
}
