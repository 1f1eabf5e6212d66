//! Values of a fixed width.

use datafusion_common::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray};
use datafusion_common::arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType,
    IntervalUnit, IntervalYearMonthType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
};

use super::Encode;

const MILLISECONDS_OF_DAY: i64 = 86_400_000;
const QUIET_NAN: u64 = 0x7ff8_0000_0000_0000;

/// An array and how one of its values is written.
struct Primitive<T: ArrowPrimitiveType, F> {
    array: PrimitiveArray<T>,
    write: F,
}

impl<T: ArrowPrimitiveType, F: Fn(T::Native, &mut Vec<u8>)> Encode for Primitive<T, F> {
    #[inline]
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        (self.write)(self.array.value(row), out);
    }
}

impl Encode for BooleanArray {
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&[4, u8::from(self.value(row))]);
    }
}

/// Null has no values to write.
struct NoValues;

impl Encode for NoValues {
    fn write(&self, _row: usize, out: &mut Vec<u8>) {
        out.push(0);
    }
}

fn primitive<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    write: impl Fn(T::Native, &mut Vec<u8>) + 'static,
) -> Box<dyn Encode> {
    let array = array.as_primitive::<T>().clone();
    Box::new(Primitive { array, write })
}

fn tagged<const N: usize>(out: &mut Vec<u8>, tag: u8, content: [u8; N]) {
    out.push(tag);
    out.extend_from_slice(&content);
}

fn integer<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Box<dyn Encode> {
    primitive::<T>(array, |value, out| tagged(out, 2, value.into().to_le_bytes()))
}

fn unsigned(value: u64, out: &mut Vec<u8>) {
    let tag = if i64::try_from(value).is_ok() { 2 } else { 3 };
    tagged(out, tag, value.to_le_bytes());
}

fn float(value: f64, out: &mut Vec<u8>) {
    let bits = if value.is_nan() { QUIET_NAN } else { value.to_bits() };
    tagged(out, 5, bits.to_le_bytes());
}

/// `factor` units of the content are one of the array's.
fn scaled<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef, tag: u8, factor: i64) -> Box<dyn Encode> {
    // Within range: a day of nanoseconds, and days of an i32 in milliseconds, are below 2^63.
    primitive::<T>(array, move |value, out| {
        tagged(out, tag, value.into().wrapping_mul(factor).to_le_bytes());
    })
}

fn nanoseconds<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, tag: u8, factor: i128) -> Box<dyn Encode> {
    primitive::<T>(array, move |value, out| {
        tagged(out, tag, (i128::from(value) * factor).to_le_bytes());
    })
}

fn decimal(mut value: i256, mut scale: i8, out: &mut Vec<u8>) {
    let ten = i256::from_i128(10);
    if value == i256::ZERO {
        scale = 0;
    } else {
        while let Some(rest) = value.checked_rem(ten)
            && rest == i256::ZERO
            && let Some(shorter) = value.checked_div(ten)
            && let Some(less) = scale.checked_sub(1)
        {
            (value, scale) = (shorter, less);
        }
    }
    out.extend_from_slice(&[7, scale.to_le_bytes()[0]]);
    out.extend_from_slice(&value.to_le_bytes());
}

fn interval(months: i32, days: i32, nanoseconds: i64, out: &mut Vec<u8>) {
    tagged(out, 13, months.to_le_bytes());
    out.extend_from_slice(&days.to_le_bytes());
    out.extend_from_slice(&nanoseconds.to_le_bytes());
}

/// The encoder of `array` if its values have a fixed width.
pub(super) fn encoder(array: &ArrayRef) -> Option<Box<dyn Encode>> {
    Some(match array.data_type() {
        DataType::Null => Box::new(NoValues),
        DataType::Boolean => Box::new(array.as_boolean().clone()),
        DataType::Int8 => integer::<Int8Type>(array),
        DataType::Int16 => integer::<Int16Type>(array),
        DataType::Int32 => integer::<Int32Type>(array),
        DataType::Int64 => integer::<Int64Type>(array),
        DataType::UInt8 => integer::<UInt8Type>(array),
        DataType::UInt16 => integer::<UInt16Type>(array),
        DataType::UInt32 => integer::<UInt32Type>(array),
        DataType::UInt64 => primitive::<UInt64Type>(array, unsigned),
        DataType::Float16 => primitive::<Float16Type>(array, |value, out| float(value.to_f64(), out)),
        DataType::Float32 => primitive::<Float32Type>(array, |value, out| float(value.into(), out)),
        DataType::Float64 => primitive::<Float64Type>(array, float),
        DataType::Decimal32(_, s) => decimals::<Decimal32Type>(array, *s, |v| i256::from_i128(v.into())),
        DataType::Decimal64(_, s) => decimals::<Decimal64Type>(array, *s, |v| i256::from_i128(v.into())),
        DataType::Decimal128(_, s) => decimals::<Decimal128Type>(array, *s, i256::from_i128),
        DataType::Decimal256(_, s) => decimals::<Decimal256Type>(array, *s, |v| v),
        DataType::Date32 => scaled::<Date32Type>(array, 8, MILLISECONDS_OF_DAY),
        DataType::Date64 => scaled::<Date64Type>(array, 8, 1),
        DataType::Time32(TimeUnit::Second) => scaled::<Time32SecondType>(array, 9, 1_000_000_000),
        DataType::Time32(_) => scaled::<Time32MillisecondType>(array, 9, 1_000_000),
        DataType::Time64(TimeUnit::Microsecond) => scaled::<Time64MicrosecondType>(array, 9, 1_000),
        DataType::Time64(_) => scaled::<Time64NanosecondType>(array, 9, 1),
        DataType::Timestamp(unit, zone) => {
            let tag = if zone.is_some() { 11 } else { 10 };
            match unit {
                TimeUnit::Second => nanoseconds::<TimestampSecondType>(array, tag, 1_000_000_000),
                TimeUnit::Millisecond => nanoseconds::<TimestampMillisecondType>(array, tag, 1_000_000),
                TimeUnit::Microsecond => nanoseconds::<TimestampMicrosecondType>(array, tag, 1_000),
                TimeUnit::Nanosecond => nanoseconds::<TimestampNanosecondType>(array, tag, 1),
            }
        }
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => nanoseconds::<DurationSecondType>(array, 12, 1_000_000_000),
            TimeUnit::Millisecond => nanoseconds::<DurationMillisecondType>(array, 12, 1_000_000),
            TimeUnit::Microsecond => nanoseconds::<DurationMicrosecondType>(array, 12, 1_000),
            TimeUnit::Nanosecond => nanoseconds::<DurationNanosecondType>(array, 12, 1),
        },
        DataType::Interval(unit) => match unit {
            IntervalUnit::YearMonth => {
                primitive::<IntervalYearMonthType>(array, |months, out| interval(months, 0, 0, out))
            }
            IntervalUnit::DayTime => primitive::<IntervalDayTimeType>(array, |v, out| {
                interval(0, v.days, i64::from(v.milliseconds) * 1_000_000, out);
            }),
            IntervalUnit::MonthDayNano => primitive::<IntervalMonthDayNanoType>(array, |v, out| {
                interval(v.months, v.days, v.nanoseconds, out);
            }),
        },
        _ => return None,
    })
}

fn decimals<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    scale: i8,
    widen: impl Fn(T::Native) -> i256 + 'static,
) -> Box<dyn Encode> {
    primitive::<T>(array, move |value, out| decimal(widen(value), scale, out))
}
