//! `stable_hash128_text(part, …)`

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::digits::digits;
use super::parts::Parts;
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StableHash128Text;

impl Kernel for StableHash128Text {
    const SPEC: &'static Spec = &Spec {
        name: "stable_hash128_text",
        kind: Kind::Scalar,
        section: "Ids",
        parameters: &[Parameter::variadic("part", Class::Value, "What is hashed.")],
        returns: "VARCHAR",
        description: "The hash of stable_hash128 as 32 lower-case hexadecimal digits.",
        nulls: "A null is a part of its own, so the result is never null.",
        example: "SELECT stable_hash128_text('pkg/mod.py', 42)",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, false))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        digits(&Parts::try_new(&call.args)?.hashes(call.rows))
    }
}
