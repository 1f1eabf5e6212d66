//! The bytes of a value: what digests of rows hash.
//!
//! A value is a tag byte and its content; all numbers are little endian.
//!
//! | value | tag | content |
//! |---|---|---|
//! | null | `00` | |
//! | text | `01` | length in bytes (8), UTF-8 bytes |
//! | integer from −2⁶³ to 2⁶³−1 | `02` | two's complement (8) |
//! | integer from 2⁶³ | `03` | unsigned (8) |
//! | boolean | `04` | `00` or `01` (1) |
//! | floating-point number | `05` | bits as binary64 (8), every NaN as `7ff8000000000000` |
//! | binary | `06` | length in bytes (8), bytes |
//! | decimal | `07` | scale (1), unscaled value (32), without trailing zeros: 1.50 is 15 at scale 1, 0.00 is 0 at scale 0 |
//! | date | `08` | milliseconds since 1970-01-01 (8) |
//! | time of day | `09` | nanoseconds since midnight (8) |
//! | timestamp without, with zone | `0a`, `0b` | nanoseconds since 1970-01-01, of UTC if with zone (16) |
//! | duration | `0c` | nanoseconds (16) |
//! | interval | `0d` | months (4), days (4), nanoseconds (8) |
//! | list | `10` | number of items (8), items |
//! | struct | `11` | number of fields (8), values of the fields in order, without names |
//! | map | `12` | number of entries (8), key and value of each in order |
//!
//! So the bytes follow the value and not the type: a text is the same as `Utf8`, `LargeUtf8`, `Utf8View` or dictionary, an
//! integer in every width. 0.0 and −0.0 differ. No value's bytes begin another's, so a row is its values, one behind the other.

mod fixed;
mod nested;
mod text;

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, internal_err};

/// Writes the values of a column.
pub(crate) struct ColumnEncoder {
    /// What says which values are null; of a dictionary that is the key.
    array: ArrayRef,
    write: Box<dyn Encode>,
}

/// Writes the tag and the content of the value of a row that is not null.
trait Encode {
    fn write(&self, row: usize, out: &mut Vec<u8>);
}

impl ColumnEncoder {
    /// Fails for a type without encoding, which planning refuses: see [`is_encodable`].
    pub(crate) fn try_new(array: &ArrayRef) -> Result<Self> {
        let encoder = fixed::encoder(array)
            .or_else(|| text::encoder(array))
            .map_or_else(|| nested::encoder(array), |encoder| Ok(Some(encoder)))?;
        let Some(write) = encoder else {
            return internal_err!("values of the type {} have no encoding", array.data_type());
        };
        Ok(Self {
            array: Arc::clone(array),
            write,
        })
    }

    /// Writes the value of `row` behind what is in `out`.
    #[inline]
    pub(crate) fn write(&self, row: usize, out: &mut Vec<u8>) {
        if self.array.is_null(row) {
            out.push(0);
        } else {
            self.write.write(row, out);
        }
    }
}

/// Whether values of this type have bytes: all but unions and what contains one.
pub(crate) fn is_encodable(ty: &DataType) -> bool {
    match ty {
        DataType::Union(..) => false,
        DataType::Dictionary(_, value) => is_encodable(value),
        DataType::RunEndEncoded(_, values) => is_encodable(values.data_type()),
        DataType::List(f)
        | DataType::LargeList(f)
        | DataType::ListView(f)
        | DataType::LargeListView(f)
        | DataType::FixedSizeList(f, _)
        | DataType::Map(f, _) => is_encodable(f.data_type()),
        DataType::Struct(fields) => fields.iter().all(|f| is_encodable(f.data_type())),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
