//! The arguments of a call, row by row.

use std::sync::Arc;

use datafusion_common::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs};

use crate::spec::Spec;

/// A call for the rows of a batch.
pub(crate) struct Call {
    spec: &'static Spec,
    pub(crate) args: Vec<ColumnarValue>,
    pub(crate) rows: usize,
    pub(crate) return_type: DataType,
}

impl Call {
    pub(super) fn new(spec: &'static Spec, args: ScalarFunctionArgs, constant: bool) -> Self {
        Self {
            spec,
            rows: if constant { 1 } else { args.number_rows },
            return_type: args.return_field.data_type().clone(),
            args: args.args,
        }
    }

    /// An argument as an array of all rows.
    pub(crate) fn array(&self, argument: usize) -> Result<ArrayRef> {
        self.args[argument].to_array(self.rows)
    }

    /// An argument, if it was given and is not a constant null.
    pub(crate) fn given(&self, argument: usize) -> Option<&ColumnarValue> {
        self.args.get(argument).filter(|a| match a {
            ColumnarValue::Scalar(value) => !value.is_null(),
            ColumnarValue::Array(array) => !array.data_type().is_null(),
        })
    }

    /// A text argument.
    pub(crate) fn texts(&self, argument: usize) -> Result<Texts> {
        Texts::try_new(&self.args[argument])
    }

    /// A text argument that stands for `default` where it is left out or null.
    pub(crate) fn texts_or(&self, argument: usize, default: &str) -> Result<Texts> {
        match self.given(argument) {
            None => Ok(Texts::Constant(Some(default.to_string()))),
            Some(value) => Texts::try_new(value),
        }
    }

    /// An integer argument.
    pub(crate) fn ints(&self, argument: usize) -> Result<Ints> {
        Ints::try_new(&self.args[argument])
    }

    /// The word that an argument chooses; its planning has checked it.
    pub(crate) fn choice(&self, argument: usize) -> Result<&'static str> {
        match self.args.get(argument) {
            None => self.spec.choice(argument, None, false),
            Some(ColumnarValue::Scalar(value)) => self.spec.choice(argument, Some(value), true),
            Some(ColumnarValue::Array(_)) => self.spec.choice(argument, None, true),
        }
    }

    /// The truth value of an optional argument; false where it is left out or null.
    pub(crate) fn flag(&self, argument: usize) -> Result<Flags> {
        match self.given(argument) {
            None => Ok(Flags::Constant(false)),
            Some(ColumnarValue::Scalar(value)) => {
                Ok(Flags::Constant(matches!(value, ScalarValue::Boolean(Some(true)))))
            }
            Some(ColumnarValue::Array(array)) => Ok(Flags::Column(array.as_boolean().clone())),
        }
    }
}

/// Truth values; null is false.
pub(crate) enum Flags {
    Constant(bool),
    Column(datafusion_common::arrow::array::BooleanArray),
}

impl Flags {
    pub(crate) fn get(&self, row: usize) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Column(values) => values.is_valid(row) && values.value(row),
        }
    }
}

/// Texts of any type; a constant is one text for all rows.
pub(crate) enum Texts {
    Constant(Option<String>),
    Utf8(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    pub(crate) fn try_new(value: &ColumnarValue) -> Result<Self> {
        let array = match value {
            ColumnarValue::Scalar(value) => {
                return Ok(Self::Constant(value.try_as_str().flatten().map(str::to_string)));
            }
            ColumnarValue::Array(array) => array,
        };
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Self::Large(array.as_string::<i64>().clone()),
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            _ => Self::View(cast(array, &DataType::Utf8View)?.as_string_view().clone()),
        })
    }

    /// The text of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Constant(value) => value.as_deref(),
            Self::Utf8(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

/// Integers; a constant is one for all rows.
pub(crate) enum Ints {
    Constant(Option<i64>),
    Column(Int64Array),
}

impl Ints {
    pub(crate) fn try_new(value: &ColumnarValue) -> Result<Self> {
        match value {
            ColumnarValue::Scalar(value) => match value.cast_to(&DataType::Int64)? {
                ScalarValue::Int64(value) => Ok(Self::Constant(value)),
                _ => Ok(Self::Constant(None)),
            },
            ColumnarValue::Array(array) => {
                let array = match array.data_type() {
                    DataType::Int64 => Arc::clone(array),
                    _ => cast(array, &DataType::Int64)?,
                };
                Ok(Self::Column(array.as_primitive::<Int64Type>().clone()))
            }
        }
    }

    /// The integer of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Constant(value) => *value,
            Self::Column(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}
