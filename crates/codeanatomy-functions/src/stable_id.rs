//! `stable_id(prefix, part, …)`

use std::sync::Arc;

use codeanatomy_model::id::{Part, stable_hash128, write_id};
use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion_common::{Result, ScalarValue, exec_err, plan_err};
use datafusion_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion_macros::user_doc;

/// An id that no other parts have: see [`codeanatomy_model::id`] for its bytes.
#[user_doc(
    doc_section(label = "Hashing Functions"),
    description = "The id of a prefix and any number of parts: the prefix, a colon and 32 hexadecimal digits of XXH3-128 \
over the tagged, length-prefixed parts. Texts of equal bytes and integers of equal value are equal parts, whatever their \
type's width; a null part differs from every text and number. The id is null only if the prefix is.",
    syntax_example = "stable_id(prefix, part, ...)",
    sql_example = r#"```sql
> SELECT stable_id('def', 'pkg/mod.py', 'C.m', 0) = stable_id('def', 'pkg/mod.py', 'C.m', CAST(0 AS SMALLINT)) AS same;
+------+
| same |
+------+
| true |
+------+
```"#,
    argument(name = "prefix", description = "What is identified; the id begins with it."),
    argument(name = "part", description = "Text or integer; any number of them.")
)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct StableId {
    signature: Signature,
}

impl Default for StableId {
    fn default() -> Self {
        Self::new()
    }
}

impl StableId {
    /// The function.
    pub fn new() -> Self {
        Self {
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for StableId {
    fn name(&self) -> &str {
        "stable_id"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let Some(prefix) = args.arg_fields.first() else {
            return plan_err!("stable_id(prefix, part, ...): the argument prefix is missing");
        };
        for (i, field) in args.arg_fields.iter().enumerate() {
            let ty = field.data_type();
            if !(is_text(ty) || ty.is_null() || (i > 0 && ty.is_integer())) {
                let expected = if i == 0 { "text" } else { "text or an integer" };
                return plan_err!(
                    "stable_id(prefix, part, ...): argument {} must be {expected}, not {ty}",
                    i + 1
                );
            }
        }
        Ok(Arc::new(Field::new(
            self.name(),
            DataType::Utf8View,
            prefix.is_nullable(),
        )))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let columns = args
            .args
            .iter()
            .map(|a| Column::try_new(a, rows))
            .collect::<Result<Vec<_>>>()?;
        let ids = ids(&columns, rows);
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&ids, 0)?));
        }
        Ok(ColumnarValue::Array(ids))
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.doc()
    }
}

fn is_text(ty: &DataType) -> bool {
    match ty {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn ids(columns: &[Column], rows: usize) -> ArrayRef {
    let (mut buffer, mut text) = (Vec::with_capacity(256), String::with_capacity(64));
    let mut parts = Vec::with_capacity(columns.len());
    let mut ids = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        let Some(Part::Text(prefix)) = columns.first().map(|c| c.part(row)) else {
            ids.append_null();
            continue;
        };
        parts.clear();
        parts.extend(columns[1..].iter().map(|c| c.part(row)));
        text.clear();
        write_id(&mut text, prefix, stable_hash128(&mut buffer, prefix, &parts));
        ids.append_value(&text);
    }
    Arc::new(ids.finish())
}

/// An argument, brought to one of two types; a scalar is one value for all rows.
enum Column {
    Text(ArrayRef, bool),
    Int(ArrayRef, bool),
    Null,
}

impl Column {
    fn try_new(value: &ColumnarValue, rows: usize) -> Result<Self> {
        let (array, scalar) = match value {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        debug_assert!(scalar || array.len() == rows);
        match array.data_type() {
            DataType::Null => Ok(Self::Null),
            ty if is_text(ty) => Ok(Self::Text(cast(&array, &DataType::Utf8View)?, scalar)),
            DataType::UInt64 => {
                // Values above the range of Int64 keep their bits, so that distinct values stay distinct only among
                // themselves; the documentation promises equality by value, so they are refused.
                match cast(&array, &DataType::Int64) {
                    Ok(cast) if cast.null_count() == array.null_count() => Ok(Self::Int(cast, scalar)),
                    _ => exec_err!("stable_id(prefix, part, ...): an integer part is larger than 9223372036854775807"),
                }
            }
            _ => Ok(Self::Int(cast(&array, &DataType::Int64)?, scalar)),
        }
    }

    fn part(&self, row: usize) -> Part<'_> {
        match self {
            Self::Null => Part::Null,
            Self::Text(array, scalar) => {
                let row = if *scalar { 0 } else { row };
                if array.is_null(row) {
                    Part::Null
                } else {
                    Part::Text(array.as_string_view().value(row))
                }
            }
            Self::Int(array, scalar) => {
                let row = if *scalar { 0 } else { row };
                if array.is_null(row) {
                    Part::Null
                } else {
                    Part::Int(array.as_primitive::<Int64Type>().value(row))
                }
            }
        }
    }
}
