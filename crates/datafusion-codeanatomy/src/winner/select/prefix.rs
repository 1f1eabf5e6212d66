//! Eight bytes of a value that order as the value does, so that most comparisons touch one number.

use datafusion::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

/// What equal prefixes say of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The values are equal, unless the prefix is this one.
    EqualBut(u64),
    /// Nothing.
    Nothing,
}

impl Meaning {
    /// Whether two values with this prefix are equal.
    pub(crate) fn is_exact(self, prefix: u64) -> bool {
        match self {
            Self::EqualBut(other) => prefix != other,
            Self::Nothing => false,
        }
    }
}

const SIGN: u64 = 1 << 63;

/// Puts the prefixes of `values` into `out`: where one is less than another, so is its value by `options`.
///
/// A null is the least or the greatest prefix, alone; a value that would get that prefix gets its neighbour, which is the
/// prefix that [`Meaning::EqualBut`] names.
pub(crate) fn prefixes(values: &ArrayRef, options: SortOptions, out: &mut Vec<u64>) -> Meaning {
    out.clear();
    let signed = |value: i64| value as u64 ^ SIGN;
    macro_rules! primitive {
        ($type:ty, $encode:expr) => {{
            fill(values.as_primitive::<$type>(), options, out, $encode);
            Meaning::EqualBut(crowded(options))
        }};
    }
    match values.data_type() {
        DataType::Int8 => primitive!(Int8Type, |value| signed(i64::from(value))),
        DataType::Int16 => primitive!(Int16Type, |value| signed(i64::from(value))),
        DataType::Int32 => primitive!(Int32Type, |value| signed(i64::from(value))),
        DataType::Int64 => primitive!(Int64Type, signed),
        DataType::UInt8 => primitive!(UInt8Type, u64::from),
        DataType::UInt16 => primitive!(UInt16Type, u64::from),
        DataType::UInt32 => primitive!(UInt32Type, u64::from),
        DataType::UInt64 => primitive!(UInt64Type, |value| value),
        DataType::Float32 => primitive!(Float32Type, |value: f32| float(u64::from(value.to_bits()) << 32)),
        DataType::Float64 => primitive!(Float64Type, |value: f64| float(value.to_bits())),
        DataType::Decimal32(..) => primitive!(Decimal32Type, |value| signed(i64::from(value))),
        DataType::Decimal64(..) => primitive!(Decimal64Type, signed),
        DataType::Date32 => primitive!(Date32Type, |value| signed(i64::from(value))),
        DataType::Date64 => primitive!(Date64Type, signed),
        DataType::Time32(TimeUnit::Second) => primitive!(Time32SecondType, |value| signed(i64::from(value))),
        DataType::Time32(_) => primitive!(Time32MillisecondType, |value| signed(i64::from(value))),
        DataType::Time64(TimeUnit::Microsecond) => primitive!(Time64MicrosecondType, signed),
        DataType::Time64(_) => primitive!(Time64NanosecondType, signed),
        DataType::Timestamp(TimeUnit::Second, _) => primitive!(TimestampSecondType, signed),
        DataType::Timestamp(TimeUnit::Millisecond, _) => primitive!(TimestampMillisecondType, signed),
        DataType::Timestamp(TimeUnit::Microsecond, _) => primitive!(TimestampMicrosecondType, signed),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => primitive!(TimestampNanosecondType, signed),
        DataType::Decimal128(..) => {
            fill(values.as_primitive::<Decimal128Type>(), options, out, |value| {
                signed((value >> 64) as i64)
            });
            Meaning::Nothing
        }
        DataType::Utf8 => text(
            values.as_string::<i32>().iter().map(|v| v.map(str::as_bytes)),
            options,
            out,
        ),
        DataType::LargeUtf8 => text(
            values.as_string::<i64>().iter().map(|v| v.map(str::as_bytes)),
            options,
            out,
        ),
        DataType::Utf8View => text(
            values.as_string_view().iter().map(|v| v.map(str::as_bytes)),
            options,
            out,
        ),
        DataType::Binary => text(values.as_binary::<i32>().iter(), options, out),
        DataType::LargeBinary => text(values.as_binary::<i64>().iter(), options, out),
        DataType::BinaryView => text(values.as_binary_view().iter(), options, out),
        DataType::Boolean => {
            let values = values.as_boolean();
            out.extend(values.iter().map(|value| place(value.map(u64::from), options)));
            Meaning::EqualBut(crowded(options))
        }
        _ => {
            out.resize(values.len(), 0);
            Meaning::Nothing
        }
    }
}

/// The prefix that several values share.
fn crowded(options: SortOptions) -> u64 {
    if options.nulls_first { 1 } else { u64::MAX - 1 }
}

fn place(encoded: Option<u64>, options: SortOptions) -> u64 {
    match (encoded, options.nulls_first) {
        (None, true) => 0,
        (None, false) => u64::MAX,
        (Some(encoded), nulls_first) => {
            let encoded = if options.descending { !encoded } else { encoded };
            if nulls_first {
                encoded.max(1)
            } else {
                encoded.min(u64::MAX - 1)
            }
        }
    }
}

fn fill<T: ArrowPrimitiveType>(
    values: &PrimitiveArray<T>,
    options: SortOptions,
    out: &mut Vec<u64>,
    encode: impl Fn(T::Native) -> u64,
) {
    if values.null_count() == 0 {
        out.extend(values.values().iter().map(|value| place(Some(encode(*value)), options)));
    } else {
        out.extend(values.iter().map(|value| place(value.map(&encode), options)));
    }
}

/// The total order of floats: the sign turns the order of the other bits around.
fn float(bits: u64) -> u64 {
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn text<'a>(values: impl Iterator<Item = Option<&'a [u8]>>, options: SortOptions, out: &mut Vec<u64>) -> Meaning {
    out.extend(values.map(|value| {
        place(
            value.map(|bytes| {
                let mut first = [0; 8];
                let len = bytes.len().min(8);
                first[..len].copy_from_slice(&bytes[..len]);
                u64::from_be_bytes(first)
            }),
            options,
        )
    }));
    Meaning::Nothing
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;
    use std::sync::Arc;

    use datafusion::arrow::array::{
        BooleanArray, Decimal128Array, Float32Array, Float64Array, Int64Array, StringViewArray,
    };

    use super::*;
    use crate::winner::select::compare::{Loc, comparison};

    #[test]
    fn prefixes_never_contradict_the_order_of_the_values() {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(vec![
                None,
                Some(i64::MIN),
                Some(i64::MIN + 1),
                Some(0),
                Some(i64::MAX - 1),
                Some(i64::MAX),
            ])),
            Arc::new(Float64Array::from(vec![
                None,
                Some(-f64::NAN),
                Some(f64::NEG_INFINITY),
                Some(-0.0),
                Some(0.0),
                Some(f64::NAN),
            ])),
            Arc::new(Float32Array::from(vec![
                None,
                Some(-f32::NAN),
                Some(-1.5),
                Some(-0.0),
                Some(0.0),
                Some(f32::NAN),
            ])),
            Arc::new(Decimal128Array::from(vec![
                None,
                Some(i128::MIN),
                Some(-1),
                Some(0),
                Some(1 << 70),
                Some(i128::MAX),
            ])),
            Arc::new(StringViewArray::from(vec![
                None,
                Some(""),
                Some("\0"),
                Some("abcdefgh"),
                Some("abcdefghi"),
                Some("\u{10ffff}\u{10ffff}"),
            ])),
            Arc::new(BooleanArray::from(vec![None, Some(false), Some(true)])),
        ];
        for column in &columns {
            for (descending, nulls_first) in [(false, false), (false, true), (true, false), (true, true)] {
                let options = SortOptions {
                    descending,
                    nulls_first,
                };
                let mut found = Vec::new();
                let meaning = prefixes(column, options, &mut found);
                let mut order = comparison(column.data_type(), options).unwrap();
                order.push(column).unwrap();
                for a in 0..column.len() {
                    for b in 0..column.len() {
                        let loc = |row: usize| Loc {
                            batch: 0,
                            row: row as u32,
                        };
                        let expected = order.compare(loc(a), loc(b));
                        match found[a].cmp(&found[b]) {
                            Ordering::Equal if meaning.is_exact(found[a]) => assert_eq!(expected, Ordering::Equal),
                            Ordering::Equal => {}
                            ordering => assert_eq!(ordering, expected, "{column:?} {options:?} {a} {b}"),
                        }
                    }
                }
            }
        }
    }
}
