//! The bytes of a value: what ids, hashes and digests of rows hash. `docs/ids.md` defines them.
//!
//! The bytes follow the value and not the type: a text is the same as `Utf8`, `LargeUtf8`, `Utf8View` or dictionary, an
//! integer in every width. No value's bytes begin another's, so a row is its values, one behind the other.

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
