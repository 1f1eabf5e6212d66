//! The canonical order of a bounded set of rows.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringViewArray, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::{Result, internal_err};

use super::Categories;

/// Sorts `rows` by the columns of `order`, ascending, nulls last, text by its bytes. `order` is a text column with few
/// distinct values (a path), then at most two integer columns, then text columns.
///
/// Rows of a graph come nearly in order and differ mostly in their integers, so the comparison keys stand side by side:
/// on the graph of a standard library this takes a tenth of the time of a general sort.
pub(crate) fn canonical_sort(rows: &RecordBatch, order: &[&str]) -> Result<RecordBatch> {
    let mut integers: Vec<&Int64Array> = vec![];
    let mut texts: Vec<&StringViewArray> = vec![];
    for name in order {
        let Some(column) = rows.column_by_name(name) else {
            return internal_err!("there is no column {name} to sort by");
        };
        match (column.as_primitive_opt::<Int64Type>(), column.as_string_view_opt()) {
            (Some(column), _) if texts.len() == 1 && integers.len() < 2 => integers.push(column),
            (Some(column), _) => return sort_with_tail(rows, order, &texts, &integers, column),
            (_, Some(column)) => texts.push(column),
            _ => return internal_err!("the column {name} can be no part of a canonical order"),
        }
    }
    apply(rows, &texts, &integers, None)
}

/// A last integer column behind the texts.
fn sort_with_tail(
    rows: &RecordBatch,
    order: &[&str],
    texts: &[&StringViewArray],
    integers: &[&Int64Array],
    tail: &Int64Array,
) -> Result<RecordBatch> {
    match order
        .last()
        .and_then(|name| rows.column_by_name(name))
        .and_then(|c| c.as_primitive_opt::<Int64Type>())
    {
        Some(last) if std::ptr::eq(last, tail) => apply(rows, texts, integers, Some(tail)),
        _ => internal_err!("an integer column stands between texts in the canonical order {order:?}"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: u32,
    integers: [u64; 2],
    /// The first bytes of the first text behind the path; equal prefixes are decided by the whole texts.
    prefix: u128,
    row: u32,
}

fn apply(
    rows: &RecordBatch,
    texts: &[&StringViewArray],
    integers: &[&Int64Array],
    tail: Option<&Int64Array>,
) -> Result<RecordBatch> {
    let Some((path, texts)) = texts.split_first() else {
        return internal_err!("a canonical order begins with a text");
    };
    let Ok(count) = u32::try_from(rows.num_rows()) else {
        return internal_err!("too many rows to sort at once");
    };
    let paths = Categories::of(path).codes;
    let mut keys = Vec::with_capacity(rows.num_rows());
    for row in 0..count {
        let i = row as usize;
        let mut key = Key {
            path: paths[i],
            integers: [0; 2],
            prefix: 0,
            row,
        };
        for (slot, column) in key.integers.iter_mut().zip(integers) {
            *slot = if column.is_null(i) {
                u64::MAX
            } else {
                ordered(column.value(i))
            };
        }
        key.prefix = texts.first().map_or(0, |t| prefix(t, i));
        keys.push(key);
    }
    let compare = |a: &Key, b: &Key| {
        (a.path, a.integers, a.prefix)
            .cmp(&(b.path, b.integers, b.prefix))
            .then_with(|| compare_texts(texts, a.row as usize, b.row as usize))
            .then_with(|| {
                tail.map_or(Ordering::Equal, |t| {
                    t.value(a.row as usize).cmp(&t.value(b.row as usize))
                })
            })
    };
    // Stable, and quick where rows are already in order.
    keys.sort_by(compare);
    let indices = UInt32Array::from_iter_values(keys.iter().map(|k| k.row));
    Ok(take_record_batch(rows, &indices)?)
}

/// Signed order as unsigned order; the greatest value is left to nulls.
fn ordered(value: i64) -> u64 {
    (value as u64) ^ (1 << 63)
}

fn prefix(text: &StringViewArray, row: usize) -> u128 {
    if text.is_null(row) {
        return u128::MAX;
    }
    let bytes = text.value(row).as_bytes();
    let mut prefix = [0; 16];
    let length = bytes.len().min(16);
    prefix[..length].copy_from_slice(&bytes[..length]);
    u128::from_be_bytes(prefix)
}

fn compare_texts(texts: &[&StringViewArray], a: usize, b: usize) -> Ordering {
    let compare = |text: &&StringViewArray| match (text.is_null(a), text.is_null(b)) {
        (false, false) => text.value(a).cmp(text.value(b)),
        (a, b) => a.cmp(&b),
    };
    texts.iter().map(compare).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::ArrayRef;
    use datafusion::arrow::compute::{SortColumn, SortOptions, lexsort_to_indices};
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_order_is_that_of_the_engines_sort() {
        let mut seed = 7u64;
        let mut next = |n: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % n
        };
        let n = 3000;
        let text = |v: u64| {
            [
                "",
                "a",
                "ab",
                "b/é",
                "the same first sixteen bytes 1",
                "the same first sixteen bytes 0",
            ][v as usize]
        };
        let path: StringViewArray = (0..n).map(|_| Some(next(7)).filter(|v| *v < 6).map(text)).collect();
        let start: Int64Array = (0..n).map(|_| Some(next(5) as i64 - 2).filter(|v| *v < 2)).collect();
        let kind: StringViewArray = (0..n).map(|_| Some(next(7)).filter(|v| *v < 6).map(text)).collect();
        let rank: Int64Array = (0..n).map(|_| Some(next(1000) as i64 - 500)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("path", Arc::new(path)),
            ("bstart", Arc::new(start)),
            ("kind", Arc::new(kind)),
            ("rank", Arc::new(rank)),
        ];
        let options = Some(SortOptions {
            descending: false,
            nulls_first: false,
        });
        let sorted: Vec<_> = columns
            .iter()
            .map(|(_, c)| SortColumn {
                values: Arc::clone(c),
                options,
            })
            .collect();
        let rows = RecordBatch::try_from_iter(columns).unwrap();
        let expected = take_record_batch(&rows, &lexsort_to_indices(&sorted, None).unwrap()).unwrap();
        assert_eq!(
            canonical_sort(&rows, &["path", "bstart", "kind", "rank"]).unwrap(),
            expected
        );
    }
}
