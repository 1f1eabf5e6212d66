//! What is read back is what was written.

use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, StringViewArray};
use std::sync::Arc;

use super::*;

fn column(array: &ArrayRef) -> Column {
    Column::new(match array.data_type() {
        arrow_schema::DataType::Int64 => ColumnType::Int,
        arrow_schema::DataType::Boolean => ColumnType::Bool,
        _ => ColumnType::Text,
    })
}

/// Encodes the arrays one by one and appends them all to one column.
fn round_trip(arrays: &[ArrayRef]) -> ArrayRef {
    let mut column = column(&arrays[0]);
    for array in arrays {
        let mut bytes = vec![];
        encode(array, &mut bytes).unwrap();
        column.append(array.len(), &mut Bytes(&bytes)).unwrap();
    }
    column.finish().unwrap()
}

fn samples() -> Vec<Vec<ArrayRef>> {
    let ints = |values: Vec<Option<i64>>| Arc::new(Int64Array::from(values)) as ArrayRef;
    let texts = |values: Vec<Option<String>>| Arc::new(StringViewArray::from_iter(values)) as ArrayRef;
    let bools = |values: Vec<Option<bool>>| Arc::new(BooleanArray::from(values)) as ArrayRef;
    let words = |n: usize, of: usize| {
        texts(
            (0..n)
                .map(|i| Some(format!("a rather long word {}", i * 7 % of)))
                .collect(),
        )
    };
    vec![
        vec![
            ints((0..1000).map(Some).collect()),
            ints(vec![Some(7); 3]),
            ints(vec![Some(i64::MIN), Some(i64::MAX), None]),
            ints(vec![None; 9]),
            ints(vec![Some(i64::MAX), Some(i64::MAX - 255), Some(i64::MAX - 3)]),
            ints((0..300).map(|i| (i % 3 > 0).then_some(i * i)).collect()),
            ints((0..300).map(|i| Some(i * i * i * 1000 - 5)).collect()),
            ints(vec![Some(-1)]),
            ints((0..300).map(|i| Some(i * i * i * i * i * i)).collect()),
        ],
        vec![
            words(5, 100),
            words(500, 3),
            texts(vec![None, None]),
            words(700, 600),
            texts((0..99).map(|i| (i % 4 > 0).then(|| "x".repeat(i * 5))).collect()),
            texts(vec![Some(String::new())]),
            words(70_000, 69_000),
            texts((0..200_000).map(|i| Some((i % 70_000).to_string())).collect()),
            texts(vec![Some("ü".repeat(70_000)), None, Some("ü".repeat(70_000))]),
        ],
        // One text for each cell from the first to the last.
        vec![
            words(9, 100),
            texts(vec![Some("a".to_owned()), None, Some("b".to_owned())]),
        ],
        vec![
            bools((0..77).map(|i| Some(i % 3 == 0)).collect()),
            bools(vec![None; 5]),
            bools((0..9).map(|i| (i % 2 == 0).then_some(i % 4 == 0)).collect()),
        ],
    ]
}

#[test]
fn cells_come_back_as_they_were_in_any_order_of_columns() {
    for arrays in samples() {
        for start in 0..arrays.len() {
            let mut arrays = arrays.clone();
            arrays.rotate_left(start);
            let all: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
            assert_eq!(&round_trip(&arrays), &arrow_select::concat::concat(&all).unwrap());
            // Slices do not begin at a byte.
            let arrays: Vec<_> = arrays
                .iter()
                .map(|a| a.slice(1.min(a.len() - 1), a.len() - 1))
                .collect();
            let all: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
            assert_eq!(&round_trip(&arrays), &arrow_select::concat::concat(&all).unwrap());
        }
    }
}

#[test]
fn bytes_that_make_no_sense_are_refused_and_leave_no_trace() {
    for arrays in samples() {
        let array = arrays[1].slice(0, arrays[1].len().min(40));
        let mut good = vec![];
        encode(&array, &mut good).unwrap();
        let mut column = column(&array);
        column.append(array.len(), &mut Bytes(&good)).unwrap();
        let mut wrong: Vec<Vec<u8>> = (0..good.len()).map(|end| good[..end].to_vec()).collect();
        wrong.push([&good[..], &[0]].concat());
        for byte in 0..good.len() {
            let mut changed = good.clone();
            changed[byte] ^= 0xff;
            wrong.push(changed);
        }
        for bytes in wrong {
            // Some changes are other cells: telling them is the work of the checksum.
            let _ = column.append(array.len(), &mut Bytes(&bytes));
            column.truncate(array.len());
        }
        column.append(array.len(), &mut Bytes(&good)).unwrap();
        let twice = arrow_select::concat::concat(&[&array, &array]).unwrap();
        assert_eq!(&column.finish().unwrap(), &twice);
    }
}
