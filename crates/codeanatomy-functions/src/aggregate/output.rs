//! What becomes of the values of groups: a list, or a text.

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, ListArray, StringBuilder};
use datafusion_common::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Field};

/// What is made of the sorted values of a group. No values give null.
#[derive(Debug, Clone)]
pub(super) enum Output {
    List,
    /// The texts with this between them.
    Text(String),
}

/// The type of a list of these.
pub(super) fn list_of(ty: &DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(ty.clone(), true)))
}

impl Output {
    /// Of groups, by how many of `values` each has, one group behind the other.
    pub(super) fn of(&self, lengths: &[usize], values: ArrayRef) -> Result<ArrayRef> {
        match self {
            Self::List => lists(lengths, values),
            Self::Text(separator) => {
                let values = cast(&values, &DataType::Utf8View)?;
                let values = values.as_string_view();
                let (mut texts, mut text, mut at) = (StringBuilder::new(), String::new(), 0);
                for length in lengths {
                    if *length == 0 {
                        texts.append_null();
                        continue;
                    }
                    text.clear();
                    for i in at..at + length {
                        if i > at {
                            text.push_str(separator);
                        }
                        text.push_str(values.value(i));
                    }
                    at += length;
                    texts.append_value(&text);
                }
                Ok(Arc::new(texts.finish()))
            }
        }
    }
}

/// Lists, by how many values each has; one without values is null.
pub(super) fn lists(lengths: &[usize], values: ArrayRef) -> Result<ArrayRef> {
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let nulls: NullBuffer = lengths.iter().map(|length| *length > 0).collect();
    let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
    Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
}
