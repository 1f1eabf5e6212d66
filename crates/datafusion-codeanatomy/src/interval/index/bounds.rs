//! Bounds as unsigned integers, so that every inequality becomes `kept <= asked`.
//!
//! The engine's order is kept: integers, dates, times, timestamps, durations, intervals and decimals by value; floats by
//! IEEE 754's totalOrder with -0.0 equal to 0.0, as the engine's `<` compares them. `>=` becomes `<=` of the complements;
//! `<` becomes `<=` of the integer before the asked one, and where there is none nothing matches.

use datafusion::arrow::array::{Array, AsArray, PrimitiveArray};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalDayTime, IntervalDayTimeType,
    IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::Operator;

/// An unsigned integer that holds bounds.
pub(in crate::interval) trait Ordinal: Copy + Ord + Default + Send + Sync + 'static {
    /// The greatest one.
    const MAX: Self;
    /// From the wide form; a bound of a narrow type fits.
    fn of(wide: u128) -> Self;
    /// The integer before, if there is one.
    fn before(self) -> Option<Self>;
    /// All bits flipped: the order reversed.
    fn complement(self) -> Self;
    /// How much greater it is than `other`; 0 if it is not.
    fn above(self, other: Self) -> Self;
}

macro_rules! ordinal {
    ($($t:ty),+) => {$(
        impl Ordinal for $t {
            const MAX: Self = <$t>::MAX;
            #[inline]
            fn of(wide: u128) -> Self {
                wide as $t
            }
            #[inline]
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
            #[inline]
            fn complement(self) -> Self {
                !self
            }
            #[inline]
            fn above(self, other: Self) -> Self {
                self.saturating_sub(other)
            }
        }
    )+};
}

ordinal!(u64, u128);

/// A value whose order an integer can have.
trait Value: Copy {
    fn ordinal(self) -> u128;
}

macro_rules! unsigned_value {
    ($($t:ty),+) => {$( impl Value for $t { #[inline] fn ordinal(self) -> u128 { u128::from(self) } } )+};
}
macro_rules! signed_value {
    ($($t:ty => $u:ty),+) => {$(
        impl Value for $t { #[inline] fn ordinal(self) -> u128 { u128::from((self as $u) ^ (1 << (<$u>::BITS - 1))) } }
    )+};
}
macro_rules! float_bits {
    ($($name:ident: $u:ty),+) => {$(
        /// The order of floats with these bits.
        #[inline]
        fn $name(bits: $u) -> u128 {
            let sign: $u = 1 << (<$u>::BITS - 1);
            u128::from(match bits & sign == 0 {
                true => bits | sign,
                // -0.0 stands where 0.0 does.
                false if bits == sign => sign,
                false => !bits,
            })
        }
    )+};
}

float_bits!(half: u16, single: u32, double: u64);

impl Value for f32 {
    #[inline]
    fn ordinal(self) -> u128 {
        single(self.to_bits())
    }
}

impl Value for f64 {
    #[inline]
    fn ordinal(self) -> u128 {
        double(self.to_bits())
    }
}

unsigned_value!(u8, u16, u32, u64);
signed_value!(i8 => u8, i16 => u16, i32 => u32, i64 => u64, i128 => u128);

impl Value for IntervalDayTime {
    fn ordinal(self) -> u128 {
        self.days.ordinal() << 32 | self.milliseconds.ordinal()
    }
}

impl Value for IntervalMonthDayNano {
    fn ordinal(self) -> u128 {
        self.months.ordinal() << 96 | self.days.ordinal() << 64 | self.nanoseconds.ordinal()
    }
}

/// Whether values of a type can be bounds.
pub(in crate::interval) fn is_bound_type(data_type: &DataType) -> bool {
    use DataType::*;
    match data_type {
        Decimal32(..) | Decimal64(..) | Decimal128(..) => true,
        Time32(_) | Time64(_) | Date32 | Date64 | Timestamp(..) | Duration(_) | Interval(_) => true,
        other => other.is_integer() || other.is_floating(),
    }
}

/// Whether bounds of a type need 128 bits.
pub(in crate::interval) fn is_wide(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Decimal128(..) | DataType::Interval(IntervalUnit::MonthDayNano)
    )
}

/// The greatest difference of two values that the engine's subtraction gives as it is; `None` for types whose integers are not
/// as far apart as their values.
pub(in crate::interval) fn widest_distance(data_type: &DataType) -> Option<u128> {
    use DataType::*;
    match data_type {
        other if other.is_unsigned_integer() => Some(u128::from(u64::MAX)),
        Int8 | Int16 | Int32 | Int64 | Date32 | Date64 | Timestamp(..) | Duration(_) => {
            let bits = 8 * data_type.primitive_width()?;
            Some((1 << (bits - 1)) - 1)
        }
        _ => None,
    }
}

/// Which side of `kept op asked` an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::interval) enum Side {
    Kept,
    Asked,
}

/// The integers of one bound, so that `kept op asked` is true where the kept integer is at most the asked one.
#[derive(Debug)]
pub(in crate::interval) struct Bounds<K> {
    /// An integer per row; without meaning where `matches` is false.
    pub(in crate::interval) values: Vec<K>,
    /// Which rows can match anything; `None`: all.
    pub(in crate::interval) matches: Option<Vec<bool>>,
}

impl<K: Ordinal> Bounds<K> {
    /// The integers of `array`, which stands on `side` of `kept op asked`.
    pub(in crate::interval) fn try_new(array: &dyn Array, op: Operator, side: Side) -> Result<Self> {
        let (flip, strict) = match op {
            Operator::LtEq => (false, false),
            Operator::Lt => (false, true),
            Operator::GtEq => (true, false),
            Operator::Gt => (true, true),
            _ => return exec_err!("'{op}' is no inequality"),
        };
        let values: Vec<K> = ordinals(array)?;
        let values = match flip {
            true => values.into_iter().map(K::complement).collect(),
            false => values,
        };
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        let matches = nulls.map(|nulls| nulls.iter().collect());
        let bounds = Self { values, matches };
        Ok(if strict && side == Side::Asked {
            bounds.before()
        } else {
            bounds
        })
    }

    /// `<` as `<=`.
    fn before(mut self) -> Self {
        let mut never = vec![];
        for (row, value) in self.values.iter_mut().enumerate() {
            match value.before() {
                Some(before) => *value = before,
                None => never.push(row),
            }
        }
        if !never.is_empty() {
            let matches = self.matches.get_or_insert_with(|| vec![true; self.values.len()]);
            for row in never {
                matches[row] = false;
            }
        }
        self
    }

    /// Whether row `row` can match anything.
    #[inline]
    pub(in crate::interval) fn can_match(&self, row: usize) -> bool {
        self.matches.as_ref().is_none_or(|matches| matches[row])
    }
}

fn half_floats<K: Ordinal>(array: &PrimitiveArray<Float16Type>) -> Vec<K> {
    let bits = array.values().inner().typed_data::<u16>();
    bits.iter().map(|v| K::of(half(*v))).collect()
}

macro_rules! by_type {
    ($array:expr; $($p:pat => $t:ty),+ $(,)?) => {
        match $array.data_type() {
            Float16 => half_floats($array.as_primitive::<Float16Type>()),
            $($p => primitive($array.as_primitive::<$t>()),)+
            other => return exec_err!("a bound of an interval join cannot have the type {other}"),
        }
    };
}

fn ordinals<K: Ordinal>(array: &dyn Array) -> Result<Vec<K>> {
    use DataType::*;
    use TimeUnit::*;
    Ok(by_type!(array;
        Int8 => Int8Type,
        Int16 => Int16Type,
        Int32 => Int32Type,
        Int64 => Int64Type,
        UInt8 => UInt8Type,
        UInt16 => UInt16Type,
        UInt32 => UInt32Type,
        UInt64 => UInt64Type,
        Float32 => Float32Type,
        Float64 => Float64Type,
        Decimal32(..) => Decimal32Type,
        Decimal64(..) => Decimal64Type,
        Decimal128(..) => Decimal128Type,
        Date32 => Date32Type,
        Date64 => Date64Type,
        Time32(Second) => Time32SecondType,
        Time32(Millisecond) => Time32MillisecondType,
        Time64(Microsecond) => Time64MicrosecondType,
        Time64(Nanosecond) => Time64NanosecondType,
        Timestamp(Second, _) => TimestampSecondType,
        Timestamp(Millisecond, _) => TimestampMillisecondType,
        Timestamp(Microsecond, _) => TimestampMicrosecondType,
        Timestamp(Nanosecond, _) => TimestampNanosecondType,
        Duration(Second) => DurationSecondType,
        Duration(Millisecond) => DurationMillisecondType,
        Duration(Microsecond) => DurationMicrosecondType,
        Duration(Nanosecond) => DurationNanosecondType,
        Interval(IntervalUnit::YearMonth) => IntervalYearMonthType,
        Interval(IntervalUnit::DayTime) => IntervalDayTimeType,
        Interval(IntervalUnit::MonthDayNano) => IntervalMonthDayNanoType,
    ))
}

fn primitive<T: ArrowPrimitiveType<Native: Value>, K: Ordinal>(array: &PrimitiveArray<T>) -> Vec<K> {
    array.values().iter().map(|v| K::of(v.ordinal())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int8Array, UInt64Array};
    use std::sync::Arc;

    /// For all pairs of values the integers say what the engine's own comparison says.
    #[test]
    fn integers_compare_as_the_engine_compares() {
        use datafusion::logical_expr::ColumnarValue;
        use datafusion::physical_expr_common::datum::apply_cmp;
        let floats = vec![
            f64::NAN,
            -f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            -0.0,
            0.0,
            1.5,
            -1.5,
            f64::MIN_POSITIVE,
        ];
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(floats)),
            Arc::new(Int8Array::from(vec![Some(-128), Some(-1), None, Some(0), Some(127)])),
            Arc::new(UInt64Array::from(vec![0, 1, u64::MAX])),
            Arc::new(Decimal128Array::from(vec![i128::MIN, -1, 0, 1, i128::MAX])),
        ];
        for array in arrays {
            for op in [Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq] {
                let kept = Bounds::<u128>::try_new(&array, op, Side::Kept).unwrap();
                let asked = Bounds::<u128>::try_new(&array, op, Side::Asked).unwrap();
                for (i, j) in (0..array.len()).flat_map(|i| (0..array.len()).map(move |j| (i, j))) {
                    let of = |row| ColumnarValue::Array(array.slice(row, 1));
                    let engine = apply_cmp(op, &of(i), &of(j)).unwrap().into_array(1).unwrap();
                    let engine = engine.as_boolean().is_valid(0) && engine.as_boolean().value(0);
                    let ours = kept.can_match(i) && asked.can_match(j) && kept.values[i] <= asked.values[j];
                    assert_eq!(ours, engine, "{} {op}: rows {i} and {j}", array.data_type());
                }
            }
        }
    }
}
