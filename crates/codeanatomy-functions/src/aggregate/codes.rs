//! Values as numbers or bytes that compare as the values do: numbers of up to 64 bits by their code, text and binary by its
//! bytes, everything else in Arrow's row format. NaN is the greatest number, whatever its bits.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion_common::arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BinaryViewBuilder, Float64Array, Int64Array, UInt64Array,
};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type, Int64Type, UInt64Type};
use datafusion_common::arrow::row::{RowConverter, Rows, SortField};
use datafusion_common::{Result, internal_err};

/// How values of a type are coded.
#[derive(Debug, Clone)]
pub(super) struct Coder {
    ty: DataType,
    layout: Layout,
}

#[derive(Debug, Clone)]
enum Layout {
    /// Through `Int64`, by way of the first type.
    Signed(DataType),
    Unsigned,
    Float,
    /// Through `BinaryView`.
    Bytes,
    Rows(Arc<RowConverter>),
}

/// The codes of the values of a batch; those of nulls mean nothing.
pub(super) enum Codes {
    Numbers(Vec<u64>),
    Bytes(BinaryViewArray),
    Rows(Rows),
}

/// One code per group.
#[derive(Debug, Clone)]
pub(super) enum Slots {
    Numbers(Vec<u64>),
    Bytes(Vec<Vec<u8>>),
}

impl Coder {
    pub(super) fn try_new(ty: &DataType) -> Result<Self> {
        let layout = match ty {
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Layout::Signed(ty.clone()),
            DataType::Date32 | DataType::Time32(_) => Layout::Signed(DataType::Int32),
            DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Layout::Signed(DataType::Int64)
            }
            DataType::Boolean | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
                Layout::Unsigned
            }
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Layout::Float,
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView => Layout::Bytes,
            _ => Layout::Rows(Arc::new(RowConverter::new(vec![SortField::new(ty.clone())])?)),
        };
        Ok(Self { ty: ty.clone(), layout })
    }

    pub(super) fn slots(&self) -> Slots {
        match self.layout {
            Layout::Signed(_) | Layout::Unsigned | Layout::Float => Slots::Numbers(vec![]),
            Layout::Bytes | Layout::Rows(_) => Slots::Bytes(vec![]),
        }
    }

    pub(super) fn encode(&self, values: &ArrayRef) -> Result<Codes> {
        Ok(match &self.layout {
            Layout::Signed(natural) => {
                let values = cast(&cast(values, natural)?, &DataType::Int64)?;
                let code = |value: &i64| (*value as u64) ^ (1 << 63);
                Codes::Numbers(values.as_primitive::<Int64Type>().values().iter().map(code).collect())
            }
            Layout::Unsigned => {
                let values = cast(values, &DataType::UInt64)?;
                Codes::Numbers(values.as_primitive::<UInt64Type>().values().to_vec())
            }
            Layout::Float => {
                let values = cast(values, &DataType::Float64)?;
                let values = values.as_primitive::<Float64Type>().values();
                Codes::Numbers(values.iter().map(|v| code_of_float(*v)).collect())
            }
            Layout::Bytes => Codes::Bytes(match values.data_type() {
                DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                    cast(values, &DataType::BinaryView)?.as_binary_view().clone()
                }
                _ => cast(values, &DataType::Utf8View)?
                    .as_string_view()
                    .clone()
                    .to_binary_view(),
            }),
            Layout::Rows(converter) => Codes::Rows(converter.convert_columns(&[Arc::clone(values)])?),
        })
    }

    /// The values of codes; none is null.
    pub(super) fn numbers(&self, codes: impl Iterator<Item = Option<u64>>) -> Result<ArrayRef> {
        let (values, natural): (ArrayRef, &DataType) = match &self.layout {
            Layout::Signed(natural) => {
                let values = codes.map(|code| code.map(|code| (code ^ (1 << 63)) as i64));
                (Arc::new(values.collect::<Int64Array>()), natural)
            }
            Layout::Unsigned => (Arc::new(codes.collect::<UInt64Array>()), &DataType::UInt64),
            Layout::Float => {
                let values = codes.map(|code| code.map(float_of_code));
                (Arc::new(values.collect::<Float64Array>()), &DataType::Float64)
            }
            _ => return internal_err!("values of the type {} have no numbers", self.ty),
        };
        Ok(cast(&cast(&values, natural)?, &self.ty)?)
    }

    /// The values of codes, all of them.
    pub(super) fn all_numbers(&self, codes: Vec<u64>) -> Result<ArrayRef> {
        let (values, natural): (ArrayRef, &DataType) = match &self.layout {
            Layout::Signed(natural) => {
                let values = codes.into_iter().map(|code| (code ^ (1 << 63)) as i64);
                (Arc::new(Int64Array::from_iter_values(values)), natural)
            }
            Layout::Unsigned => (Arc::new(UInt64Array::from(codes)), &DataType::UInt64),
            _ => return self.numbers(codes.into_iter().map(Some)),
        };
        Ok(cast(&cast(&values, natural)?, &self.ty)?)
    }

    /// The values of codes; none is null.
    pub(super) fn bytes<'a>(&self, codes: impl Iterator<Item = Option<&'a [u8]>>) -> Result<ArrayRef> {
        match &self.layout {
            Layout::Bytes => {
                let mut values = BinaryViewBuilder::new();
                codes.for_each(|code| values.append_option(code));
                let values = values.finish();
                match &self.ty {
                    DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Ok(cast(&values, &self.ty)?),
                    _ => {
                        let values: ArrayRef = Arc::new(values.to_string_view()?);
                        Ok(cast(&values, &self.ty)?)
                    }
                }
            }
            Layout::Rows(converter) => {
                // A row of the format can be null itself: it is the code of the null value.
                let null =
                    converter.convert_columns(&[datafusion_common::arrow::array::new_null_array(&self.ty, 1)])?;
                let parser = converter.parser();
                let rows: Vec<_> = codes
                    .map(|code| parser.parse(code.unwrap_or_else(|| null.row(0).data())))
                    .collect();
                match converter.convert_rows(rows)?.pop() {
                    Some(values) => Ok(values),
                    None => internal_err!("a row has one column"),
                }
            }
            _ => internal_err!("values of the type {} have no bytes", self.ty),
        }
    }

    /// The values of slots, null where a group has none.
    pub(super) fn values(&self, slots: &Slots, is_there: &[bool]) -> Result<ArrayRef> {
        match slots {
            Slots::Numbers(codes) => {
                self.numbers(codes.iter().zip(is_there).map(|(code, there)| there.then_some(*code)))
            }
            Slots::Bytes(codes) => self.bytes(
                codes
                    .iter()
                    .zip(is_there)
                    .map(|(code, there)| there.then_some(code.as_slice())),
            ),
        }
    }
}

fn code_of_float(value: f64) -> u64 {
    let bits = if value.is_nan() {
        f64::NAN.to_bits() & !(1 << 63)
    } else {
        value.to_bits()
    };
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn float_of_code(code: u64) -> f64 {
    f64::from_bits(if code >> 63 == 1 { code & !(1 << 63) } else { !code })
}

/// The same floating-point numbers, with one NaN for all.
pub(super) fn one_nan(values: &ArrayRef) -> ArrayRef {
    match values.data_type() {
        DataType::Float64 => {
            let one = |v: f64| if v.is_nan() { f64::NAN.abs() } else { v };
            Arc::new(values.as_primitive::<Float64Type>().unary::<_, Float64Type>(one))
        }
        DataType::Float32 => {
            let one = |v: f32| if v.is_nan() { f32::NAN.abs() } else { v };
            Arc::new(values.as_primitive::<Float32Type>().unary::<_, Float32Type>(one))
        }
        DataType::Float16 => {
            let values = values.as_primitive::<Float16Type>();
            Arc::new(values.unary::<_, Float16Type>(|v| if v.is_sign_negative() && v.is_nan() { -v } else { v }))
        }
        _ => Arc::clone(values),
    }
}

/// Codes of one layout, compared with and kept in slots of it.
pub(super) trait Column {
    type Slot: Default + Clone;

    fn compare(&self, row: usize, slot: &Self::Slot) -> Ordering;

    fn compare_rows(&self, row: usize, other: usize) -> Ordering;

    /// Keeps the code, and says by how many bytes the slot has grown.
    fn keep(&self, row: usize, slot: &mut Self::Slot) -> usize;
}

pub(super) struct Numbers<'a>(pub(super) &'a [u64]);

impl Column for Numbers<'_> {
    type Slot = u64;

    #[inline]
    fn compare(&self, row: usize, slot: &u64) -> Ordering {
        self.0[row].cmp(slot)
    }

    #[inline]
    fn compare_rows(&self, row: usize, other: usize) -> Ordering {
        self.0[row].cmp(&self.0[other])
    }

    #[inline]
    fn keep(&self, row: usize, slot: &mut u64) -> usize {
        *slot = self.0[row];
        0
    }
}

/// The bytes of each row.
pub(super) trait ByteRows {
    fn bytes(&self, row: usize) -> &[u8];
}

impl ByteRows for BinaryViewArray {
    fn bytes(&self, row: usize) -> &[u8] {
        self.value(row)
    }
}

impl ByteRows for Rows {
    fn bytes(&self, row: usize) -> &[u8] {
        // The row borrows from the rows, but its bytes are had through it.
        self.row(row).data()
    }
}

pub(super) struct Bytes<'a>(pub(super) &'a dyn ByteRows);

impl Column for Bytes<'_> {
    type Slot = Vec<u8>;

    fn compare(&self, row: usize, slot: &Vec<u8>) -> Ordering {
        self.0.bytes(row).cmp(slot)
    }

    fn compare_rows(&self, row: usize, other: usize) -> Ordering {
        self.0.bytes(row).cmp(self.0.bytes(other))
    }

    fn keep(&self, row: usize, slot: &mut Vec<u8>) -> usize {
        let before = slot.capacity();
        slot.clear();
        slot.extend_from_slice(self.0.bytes(row));
        slot.capacity() - before
    }
}

impl Codes {
    /// The codes as bytes, unless they are numbers.
    pub(super) fn byte_rows(&self) -> Option<&dyn ByteRows> {
        match self {
            Self::Numbers(_) => None,
            Self::Bytes(bytes) => Some(bytes),
            Self::Rows(rows) => Some(rows),
        }
    }
}
