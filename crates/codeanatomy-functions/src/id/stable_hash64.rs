//! `stable_hash64(part, …)`

use std::sync::Arc;

use codeanatomy_model::id::{hash64_of_bytes, hash64_of_text};
use datafusion_common::arrow::array::{Array, ArrayAccessor, ArrayRef, AsArray, Int64Array, StringViewArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{ColumnarValue, ReturnFieldArgs};

use super::parts::{Parts, push_view};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StableHash64;

impl Kernel for StableHash64 {
    const SPEC: &'static Spec = &Spec {
        name: "stable_hash64",
        kind: Kind::Scalar,
        section: "Ids",
        parameters: &[Parameter::variadic("part", Class::Value, "What is hashed.")],
        returns: "BIGINT",
        description: "A hash of any number of parts that never changes: the lower 63 bits of XXH3-64 over their tagged, \
length-prefixed bytes, so a non-negative integer. Texts of equal bytes and integers of equal value hash alike, whatever their \
type. Two different lists of parts among n have the same hash by chance with a probability of about n²/2⁶⁴; for ids take stable_id.",
        nulls: "A null is a part of its own, so the result is never null.",
        example: "SELECT stable_hash64('pkg/mod.py', 42)",
        since: "0.1.0",
    };

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(i64::MAX))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, false))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        if let [ColumnarValue::Array(array)] = &call.args[..] {
            match array.data_type() {
                DataType::Utf8 => return Ok(of_texts(array.as_string::<i32>())),
                DataType::LargeUtf8 => return Ok(of_texts(array.as_string::<i64>())),
                DataType::Utf8View => return Ok(of_views(array.as_string_view())),
                _ => {}
            }
        }
        let parts = Parts::try_new(&call.args)?;
        let mut hashes = Vec::with_capacity(call.rows);
        parts.for_each(call.rows, |_, bytes| hashes.push(hash64_of_bytes(bytes)));
        Ok(Arc::new(Int64Array::from(hashes)))
    }
}

/// What is asked for most: the hash of one text.
fn of_views(texts: &StringViewArray) -> ArrayRef {
    let mut bytes = vec![0; 256];
    let hashes: Vec<i64> = (0..texts.len())
        .map(|row| match texts.is_valid(row) {
            true => {
                let length = push_view(&mut bytes, 0, texts, row);
                hash64_of_bytes(&bytes[..length])
            }
            false => hash64_of_bytes(&[0]),
        })
        .collect();
    Arc::new(Int64Array::from(hashes))
}

fn of_texts<'a>(texts: impl ArrayAccessor<Item = &'a str>) -> ArrayRef {
    let mut bytes = Vec::with_capacity(256);
    let hashes: Vec<i64> = (0..texts.len())
        .map(|row| match texts.is_valid(row) {
            true => hash64_of_text(&mut bytes, texts.value(row)),
            false => hash64_of_bytes(&[0]),
        })
        .collect();
    Arc::new(Int64Array::from(hashes))
}
