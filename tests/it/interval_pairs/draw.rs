//! Drawn tables: a key, a span, an id, a tag.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::catalog::MemTable;

/// Numbers from a seed (splitmix64).
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Types of bounds, of which two in a pair can be compared.
pub(super) fn bound_types(draw: &mut Draw) -> (DataType, DataType) {
    use DataType::*;
    let micro = || Timestamp(TimeUnit::Microsecond, None);
    let same = [
        Int8,
        Int16,
        Int32,
        Int64,
        Int64,
        UInt8,
        UInt32,
        UInt64,
        Float32,
        Float64,
        Date32,
        Time64(TimeUnit::Microsecond),
        Duration(TimeUnit::Millisecond),
        Decimal128(12, 2),
        micro(),
    ];
    let mixed = [
        (Int32, Int64),
        (Int64, UInt32),
        (Int16, Float64),
        (Int64, Decimal128(12, 2)),
        (Date32, micro()),
    ];
    match draw.one_in(4) {
        true => draw.of(&mixed).clone(),
        false => {
            let ty = draw.of(&same).clone();
            (ty.clone(), ty)
        }
    }
}

/// The columns `k`, `s`, `e`, `id`, `tag`; ids differ.
pub(super) fn table(draw: &mut Draw, rows: usize, bound: &DataType, key: &DataType) -> MemTable {
    let keys = 1 + draw.below(4);
    // Either spans anywhere, or few different ones, or deep nesting.
    let shape = draw.below(3);
    let (mut k, mut s, mut e, mut tag) = (vec![], vec![], vec![], vec![]);
    for i in 0..rows {
        k.push((!draw.one_in(12)).then(|| draw.below(keys) as i64));
        let (mut start, mut end) = match shape {
            0 => {
                let start = draw.below(60) as i64;
                (start, start + draw.below(20) as i64)
            }
            1 => (draw.below(4) as i64 * 10, draw.below(4) as i64 * 10),
            _ => ((i % 30) as i64, 90 - (i % 30) as i64),
        };
        match draw.below(12) {
            0 => end = start,
            1 => std::mem::swap(&mut start, &mut end),
            _ => {}
        }
        s.push((!draw.one_in(15)).then_some(start));
        e.push((!draw.one_in(15)).then_some(end));
        tag.push(*draw.of(&[Some("u"), Some("v"), Some("w"), None]));
    }
    let key = cast(&Int64Array::from(k), &DataType::Utf8)
        .and_then(|k| cast(&k, key))
        .unwrap();
    let id = Int64Array::from_iter_values(0..rows as i64);
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("k", key, true),
        ("s", bounds(draw, s, bound), true),
        ("e", bounds(draw, e, bound), true),
        ("id", Arc::new(id) as ArrayRef, false),
        ("tag", Arc::new(StringArray::from(tag)) as ArrayRef, true),
    ])
    .unwrap();
    let mut partitions: Vec<Vec<RecordBatch>> = vec![vec![]; 1 + draw.below(3)];
    let mut at = 0;
    while at < rows {
        let length = (1 + draw.below(rows)).min(rows - at);
        let place = draw.below(partitions.len());
        partitions[place].push(batch.slice(at, length));
        at += length;
    }
    MemTable::try_new(batch.schema(), partitions).unwrap()
}

fn bounds(draw: &mut Draw, values: Vec<Option<i64>>, ty: &DataType) -> ArrayRef {
    if ty.is_floating() {
        let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
        let mut value = |v: i64| {
            if draw.one_in(12) {
                *draw.of(&special)
            } else {
                v as f64 / 2.0
            }
        };
        let values: Float64Array = values.into_iter().map(|v| v.map(&mut value)).collect();
        return cast(&values, ty).unwrap();
    }
    let values = Int64Array::from(values);
    match ty {
        DataType::Date32 => cast(&cast(&values, &DataType::Int32).unwrap(), ty).unwrap(),
        // Days, as the dates that they are compared with.
        DataType::Timestamp(..) => {
            let micros: Int64Array = values.iter().map(|v| v.map(|v| v * 86_400_000_000)).collect();
            cast(&micros, ty).unwrap()
        }
        ty => cast(&values, ty).unwrap(),
    }
}
