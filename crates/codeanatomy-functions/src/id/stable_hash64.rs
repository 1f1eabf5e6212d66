//! `stable_hash64(part, …)`

use std::sync::Arc;

use codeanatomy_model::id::hash64_of_bytes;
use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use super::parts::Parts;
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
        let parts = Parts::try_new(&call.args)?;
        let mut hashes = Vec::with_capacity(call.rows);
        parts.for_each(call.rows, |_, bytes| hashes.push(hash64_of_bytes(bytes)));
        Ok(Arc::new(Int64Array::from(hashes)))
    }
}
