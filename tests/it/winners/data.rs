//! Tables with heavy ties, nulls, NaN, both zeros, and columns of many types.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array,
    Int64Array, IntervalMonthDayNanoArray, ListArray, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMicrosecondArray, UInt16Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, IntervalMonthDayNano, Schema};

use super::random::Random;

/// A column of the table `t`.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether the table says that there may be nulls.
    pub(super) is_nullable: bool,
}

impl Column {
    /// Whether Parquet has values of its type.
    pub(super) fn is_for_files(&self) -> bool {
        self.kind != Kind::Interval
    }

    pub(super) fn is_key_with_two_zeros(&self) -> bool {
        self.name.starts_with('k') && self.kind == Kind::Float
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int32,
    Int64,
    UInt16,
    Float,
    Text,
    View,
    Dictionary,
    Boolean,
    Date,
    Timestamp,
    Decimal,
    Binary,
    Interval,
    List,
    Struct,
}

const KEYS: &[Kind] = &[
    Kind::Int32,
    Kind::Int64,
    Kind::UInt16,
    Kind::Text,
    Kind::View,
    Kind::Dictionary,
    Kind::Boolean,
    Kind::Date,
    Kind::Decimal,
    Kind::Binary,
    Kind::Timestamp,
    Kind::Float,
    Kind::List,
    Kind::Struct,
];

const VALUES: &[Kind] = &[
    Kind::Int64,
    Kind::Float,
    Kind::Text,
    Kind::View,
    Kind::Dictionary,
    Kind::Boolean,
    Kind::Timestamp,
    Kind::Decimal,
    Kind::Interval,
    Kind::UInt16,
    Kind::List,
    Kind::Struct,
];

/// Two keys, two scores, two values.
pub(super) fn columns(random: &mut Random) -> Vec<Column> {
    let mut column = |name, kinds: &[Kind]| Column {
        name,
        kind: *random.of(kinds),
        is_nullable: *random.of(&[true, false]),
    };
    vec![
        column("k1", KEYS),
        column("s1", VALUES),
        column("v1", VALUES),
        column("k2", KEYS),
        column("s2", VALUES),
        column("v2", VALUES),
    ]
}

/// `rows` rows, cut into batches and those into partitions.
pub(super) fn partitions(random: &mut Random, columns: &[Column], rows: usize) -> Vec<Vec<RecordBatch>> {
    // Where there are many rows, many groups: else few rows win, and memory is never little.
    let choices: &[usize] = if rows > 1000 {
        &[3, 40, 400, 4000]
    } else {
        &[1, 2, 3, 7, 40]
    };
    let distinct: Vec<usize> = columns.iter().map(|_| *random.of(choices)).collect();
    let nulls: Vec<usize> = columns
        .iter()
        .map(|column| if column.is_nullable { *random.of(&[2, 5]) } else { 0 })
        .collect();
    let arrays: Vec<ArrayRef> = columns
        .iter()
        .zip(distinct.iter().zip(&nulls))
        .map(|(column, (distinct, nulls))| {
            let codes: Vec<Option<i64>> = (0..rows)
                .map(|_| (*nulls == 0 || !random.one_in(*nulls)).then(|| random.below(*distinct) as i64))
                .collect();
            let zeros = column.name.starts_with('k');
            array(column.kind, &codes, zeros)
        })
        .collect();
    let fields = columns
        .iter()
        .zip(&arrays)
        .map(|(column, array)| Field::new(column.name, array.data_type().clone(), column.is_nullable));
    let all = RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays).unwrap();
    let mut partitions = vec![vec![]; 1 + random.below(4)];
    let mut at = 0;
    while at < rows {
        let length = (1 + random.below(1 + rows / 3)).min(rows - at);
        let partition = random.below(partitions.len());
        partitions[partition].push(all.slice(at, length));
        at += length;
    }
    if rows == 0 {
        partitions[0].push(all);
    }
    partitions
}

/// One value for each code. Groups take both zeros of a float for one, an order tells them apart: keys have one only.
fn array(kind: Kind, codes: &[Option<i64>], is_key: bool) -> ArrayRef {
    let text = |code: i64| {
        format!(
            "{}{code}",
            ["", "a", "B", "ß", "long enough to need a buffer "][code as usize % 5]
        )
    };
    let texts = || codes.iter().map(|c| c.map(text));
    match kind {
        Kind::Int32 => Arc::new(codes.iter().map(|c| c.map(|c| c as i32 - 2)).collect::<Int32Array>()),
        Kind::Int64 => Arc::new(codes.iter().map(|c| c.map(|c| (c - 1) << 33)).collect::<Int64Array>()),
        Kind::UInt16 => Arc::new(codes.iter().map(|c| c.map(|c| c as u16)).collect::<UInt16Array>()),
        Kind::Float => {
            let zero = if is_key { 2.5 } else { -0.0 };
            let value = |c: i64| {
                *[0.0, f64::NAN, zero, -1.5, f64::INFINITY]
                    .get(c as usize)
                    .unwrap_or(&(c as f64))
            };
            Arc::new(codes.iter().map(|c| c.map(value)).collect::<Float64Array>())
        }
        Kind::Text => Arc::new(texts().collect::<StringArray>()),
        Kind::View => Arc::new(texts().collect::<StringViewArray>()),
        Kind::Dictionary => {
            let texts: Vec<_> = texts().collect();
            Arc::new(
                texts
                    .iter()
                    .map(|t| t.as_deref())
                    .collect::<DictionaryArray<Int32Type>>(),
            )
        }
        Kind::Boolean => Arc::new(codes.iter().map(|c| c.map(|c| c % 2 == 0)).collect::<BooleanArray>()),
        Kind::Date => Arc::new(codes.iter().map(|c| c.map(|c| c as i32 * 365)).collect::<Date32Array>()),
        Kind::Timestamp => Arc::new(
            codes
                .iter()
                .map(|c| c.map(|c| c * 1_000_003 - 5))
                .collect::<TimestampMicrosecondArray>(),
        ),
        Kind::Decimal => {
            let decimals: Decimal128Array = codes.iter().map(|c| c.map(|c| i128::from(c) * 101 - 99)).collect();
            Arc::new(decimals.with_precision_and_scale(20, 2).unwrap())
        }
        Kind::Binary => Arc::new(
            codes
                .iter()
                .map(|c| c.map(|c| vec![c as u8; c as usize % 3]))
                .collect::<BinaryArray>(),
        ),
        Kind::Interval => {
            let value = |c: i64| IntervalMonthDayNano::new(c as i32 % 3, c as i32, c);
            Arc::new(
                codes
                    .iter()
                    .map(|c| c.map(value))
                    .collect::<IntervalMonthDayNanoArray>(),
            )
        }
        Kind::List => {
            let value = |c: i64| vec![(c % 2 == 0).then_some(c as i32), Some(1)];
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(
                codes.iter().map(|c| c.map(value)),
            ))
        }
        Kind::Struct => {
            let a: ArrayRef = Arc::new(codes.iter().map(|c| c.map(|c| c as i32 / 2)).collect::<Int32Array>());
            let b: ArrayRef = Arc::new(texts().collect::<StringArray>());
            Arc::new(StructArray::from(vec![
                (Arc::new(Field::new("a", DataType::Int32, true)), a),
                (Arc::new(Field::new("b", DataType::Utf8, true)), b),
            ]))
        }
    }
}
