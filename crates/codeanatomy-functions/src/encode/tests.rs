use std::sync::Arc;

use datafusion_common::ScalarValue;
use datafusion_common::arrow::array::{Array, ArrayRef, DictionaryArray, Int32Array, Int64Array, StringArray};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int8Type, TimeUnit};

use super::ColumnEncoder;

fn bytes(array: &ArrayRef, row: usize) -> Vec<u8> {
    let mut out = vec![];
    ColumnEncoder::try_new(array).unwrap().write(row, &mut out);
    out
}

fn scalar(value: ScalarValue) -> Vec<u8> {
    bytes(&value.to_array().unwrap(), 0)
}

#[test]
fn a_text_has_the_same_bytes_in_every_type() {
    let plain: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("läuft")]));
    let key = Box::new(DataType::Int8);
    let types = [
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Dictionary(key.clone(), Box::new(DataType::Utf8)),
        DataType::Dictionary(key, Box::new(DataType::LargeUtf8)),
    ];
    for ty in types {
        let other = cast(&plain, &ty).unwrap();
        for row in 0..3 {
            assert_eq!(bytes(&other, row), bytes(&plain, row), "{ty} {row}");
        }
        let sliced = other.slice(2, 1);
        assert_eq!(bytes(&sliced, 0), bytes(&plain, 2), "{ty} sliced");
    }
    assert_eq!(bytes(&plain, 0), [1, 1, 0, 0, 0, 0, 0, 0, 0, b'a']);
    assert_eq!(bytes(&plain, 1), [0]);
}

#[test]
fn nulls_of_a_dictionary_may_be_keys_or_values() {
    let values: ArrayRef = Arc::new(StringArray::from(vec![None, Some("x")]));
    let keys = [Some(0i8), None, Some(1)].into_iter().collect();
    let array: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::new(keys, values));
    assert_eq!((bytes(&array, 0), bytes(&array, 1)), (vec![0], vec![0]));
    assert_eq!(bytes(&array, 2)[0], 1);
    let none: ArrayRef = Arc::new(StringArray::from(Vec::<&str>::new()));
    let keys = [None].into_iter().collect();
    let array: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::new(keys, none));
    assert_eq!(bytes(&array, 0), [0]);
}

#[test]
fn numbers_have_the_bytes_of_their_value() {
    let seven = scalar(ScalarValue::Int64(Some(7)));
    for ty in [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::UInt8,
        DataType::UInt64,
    ] {
        assert_eq!(scalar(ScalarValue::Int64(Some(7)).cast_to(&ty).unwrap()), seven, "{ty}");
    }
    assert_ne!(scalar(ScalarValue::Float64(Some(7.0))), seven);
    assert_ne!(
        scalar(ScalarValue::UInt64(Some(u64::MAX))),
        scalar(ScalarValue::Int64(Some(-1)))
    );
    let nan = f64::from_bits(0xfff8_0000_0000_0001);
    assert_eq!(
        scalar(ScalarValue::Float64(Some(nan))),
        scalar(ScalarValue::Float32(Some(f32::NAN)))
    );
    assert_ne!(
        scalar(ScalarValue::Float64(Some(0.0))),
        scalar(ScalarValue::Float64(Some(-0.0)))
    );
    let decimal = |value, scale| scalar(ScalarValue::Decimal128(Some(value), 20, scale));
    assert_eq!(decimal(150, 2), decimal(15, 1));
    assert_eq!(decimal(150, 2), scalar(ScalarValue::Decimal32(Some(1500), 9, 3)));
    assert_eq!(decimal(0, 2), decimal(0, -3));
    assert_ne!(decimal(15, 1), decimal(15, 2));
}

#[test]
fn times_have_the_bytes_of_their_instant() {
    let timestamp = |unit| DataType::Timestamp(unit, None);
    let seconds: ArrayRef = Arc::new(Int64Array::from(vec![-3]));
    let seconds = cast(&seconds, &timestamp(TimeUnit::Second)).unwrap();
    for unit in [TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond] {
        assert_eq!(bytes(&cast(&seconds, &timestamp(unit)).unwrap(), 0), bytes(&seconds, 0));
    }
    let days: ArrayRef = Arc::new(Int32Array::from(vec![i32::MIN, 20_000]));
    let days = cast(&days, &DataType::Date32).unwrap();
    assert_eq!(bytes(&cast(&days, &DataType::Date64).unwrap(), 1), bytes(&days, 1));
    assert_eq!(bytes(&days, 0).len(), 9);
}

#[test]
fn nested_values_say_where_they_end() {
    let list = |values: &[&[i32]]| {
        let values = values
            .iter()
            .map(|v| Some(v.iter().map(|i| Some(*i)).collect::<Vec<_>>()));
        let lists = datafusion_common::arrow::array::ListArray::from_iter_primitive::<
            datafusion_common::arrow::datatypes::Int32Type,
            _,
            _,
        >(values);
        Arc::new(lists) as ArrayRef
    };
    let lists = list(&[&[1, 2], &[], &[1]]);
    assert_ne!(bytes(&lists, 0), bytes(&lists, 2));
    assert_eq!(bytes(&lists, 1), [16, 0, 0, 0, 0, 0, 0, 0, 0]);
    let large = cast(
        &lists,
        &DataType::LargeList(Arc::new(datafusion_common::arrow::datatypes::Field::new(
            "other",
            DataType::Int64,
            true,
        ))),
    )
    .unwrap();
    assert_eq!(bytes(&large, 0), bytes(&lists, 0));
    assert_eq!(bytes(&lists.slice(2, 1), 0), bytes(&lists, 2));
}
