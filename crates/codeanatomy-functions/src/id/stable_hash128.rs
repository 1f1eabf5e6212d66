//! `stable_hash128(part, …)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, FixedSizeBinaryArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::parts::Parts;
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StableHash128;

impl Kernel for StableHash128 {
    const SPEC: &'static Spec = &Spec {
        name: "stable_hash128",
        kind: Kind::Scalar,
        section: "Ids",
        parameters: &[Parameter::variadic("part", Class::Value, "What is hashed.")],
        returns: "FixedSizeBinary(16)",
        description: "A hash of any number of parts that never changes: XXH3-128 over their tagged, length-prefixed bytes, as 16 \
bytes, the most significant first, so that they sort as the text of stable_hash128_text does. Texts of equal bytes and \
integers of equal value hash alike, whatever their type.",
        nulls: "A null is a part of its own, so the result is never null.",
        example: "SELECT stable_hash128('pkg/mod.py', 42)",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::FixedSizeBinary(16), false))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let hashes = Parts::try_new(&call.args)?.hashes(call.rows);
        Ok(Arc::new(FixedSizeBinaryArray::try_new(16, hashes.into(), None)?))
    }
}
