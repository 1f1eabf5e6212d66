//! The types that a parameter takes.

use std::sync::Arc;

use datafusion_common::arrow::datatypes::{DataType, Field, Fields};
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_common::types::{logical_boolean, logical_int64, logical_string};
use datafusion_expr::TypeSignatureClass;

use crate::encode::is_encodable;

/// The types that a parameter takes. Null is of every one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Every type.
    Any,
    /// Types whose values have bytes for hashes: all but unions and what holds one.
    Value,
    /// Types whose values have an order.
    Ordered,
    /// Text: `Utf8`, `LargeUtf8`, `Utf8View` or a dictionary of one.
    Text,
    /// An integer of any width; it becomes an `Int64`.
    Integer,
    /// A truth value.
    Boolean,
    /// A struct with the integers `bstart` and `bend`.
    Span,
    /// A list of values that have an order.
    List,
    /// A map.
    Map,
    /// A struct.
    Struct,
    /// A literal text, one of these.
    Choice(&'static [&'static str]),
}

/// The type of spans: `{bstart: Int64, bend: Int64}`.
pub(crate) fn span_type() -> DataType {
    DataType::Struct(span_fields())
}

/// The fields of spans.
pub(crate) fn span_fields() -> Fields {
    Fields::from(vec![
        Field::new("bstart", DataType::Int64, true),
        Field::new("bend", DataType::Int64, true),
    ])
}

/// Whether it is text, or a dictionary of it.
pub(crate) fn is_text(ty: &DataType) -> bool {
    match ty {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn is_span(ty: &DataType) -> bool {
    match ty {
        DataType::Struct(fields) => ["bstart", "bend"].iter().all(|name| {
            let field = fields.iter().find(|f| f.name() == name);
            field.is_some_and(|f| f.data_type().is_integer())
        }),
        _ => false,
    }
}

/// Whether values of the type have an order: those that Arrow's row format knows.
pub(crate) fn is_ordered(ty: &DataType) -> bool {
    !ty.is_null() && RowConverter::supports_fields(&[SortField::new(ty.clone())])
}

impl Class {
    /// Whether an argument of this type fits, as it is or cast by [`Self::coerce`].
    pub(crate) fn takes(self, ty: &DataType) -> bool {
        if ty.is_null() {
            return true;
        }
        match self {
            Self::Any => true,
            Self::Value => is_encodable(ty),
            Self::Ordered => is_ordered(ty),
            Self::Text | Self::Choice(_) => is_text(ty),
            Self::Integer => ty.is_integer(),
            Self::Boolean => ty == &DataType::Boolean,
            Self::Span => is_span(ty),
            Self::List => match ty {
                DataType::List(f) | DataType::LargeList(f) | DataType::FixedSizeList(f, _) => {
                    f.data_type().is_null() || is_ordered(f.data_type())
                }
                _ => false,
            },
            Self::Map => matches!(ty, DataType::Map(..)),
            Self::Struct => matches!(ty, DataType::Struct(_)),
        }
    }

    /// The type that an argument is cast to.
    pub(crate) fn coerce(self, ty: &DataType) -> DataType {
        match (self, ty) {
            (Self::Integer, ty) if ty.is_integer() || ty.is_null() => DataType::Int64,
            (Self::Text | Self::Choice(_) | Self::Ordered, DataType::Null) => DataType::Utf8View,
            (Self::Boolean, DataType::Null) => DataType::Boolean,
            (Self::Span, DataType::Null) => span_type(),
            (Self::Ordered, DataType::Dictionary(_, value)) => value.as_ref().clone(),
            (Self::List, DataType::LargeList(f) | DataType::FixedSizeList(f, _)) => DataType::List(Arc::clone(f)),
            (_, ty) => ty.clone(),
        }
    }

    /// A type that it takes, for the engine's lists; none of structs and maps, of which the engine has no example.
    pub(crate) fn plain_example(self) -> Option<TypeSignatureClass> {
        let native = match self {
            Self::Any | Self::Value | Self::Ordered | Self::Integer => logical_int64(),
            Self::Text | Self::Choice(_) => logical_string(),
            Self::Boolean => logical_boolean(),
            Self::Span | Self::List | Self::Map | Self::Struct => return None,
        };
        Some(TypeSignatureClass::Native(native))
    }

    /// A type that it takes, for the engine's lists.
    pub(crate) fn example(self) -> DataType {
        match self {
            Self::Any | Self::Value | Self::Ordered | Self::Integer => DataType::Int64,
            Self::Text | Self::Choice(_) => DataType::Utf8View,
            Self::Boolean => DataType::Boolean,
            Self::Span | Self::Struct => span_type(),
            Self::List => DataType::new_list(DataType::Int64, true),
            Self::Map => {
                let entry = |name, is_nullable| Field::new(name, DataType::Utf8View, is_nullable);
                let entry = vec![entry("key", false), entry("value", true)];
                DataType::Map(Arc::new(Field::new_struct("entries", entry, false)), false)
            }
        }
    }

    /// How errors and pages say it.
    pub fn words(self) -> String {
        match self {
            Self::Any => "a value of any type".to_string(),
            Self::Value => "a value of any type but a union".to_string(),
            Self::Ordered => "a value of a type that has an order".to_string(),
            Self::Text => "text".to_string(),
            Self::Integer => "an integer".to_string(),
            Self::Boolean => "true or false".to_string(),
            Self::Span => "a struct of the integers bstart and bend".to_string(),
            Self::List => "a list of values that have an order".to_string(),
            Self::Map => "a map".to_string(),
            Self::Struct => "a struct".to_string(),
            Self::Choice(words) => format!("'{}'", words.join("' or '")),
        }
    }
}
