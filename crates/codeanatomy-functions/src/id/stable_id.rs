//! `stable_id(prefix, part, …)`

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, new_null_array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ReturnFieldArgs};

use super::digits;
use super::parts::Parts;
use crate::scalar::{Call, Kernel, Texts};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct StableId;

impl Kernel for StableId {
    const SPEC: &'static Spec = &Spec {
        name: "stable_id",
        kind: Kind::Scalar,
        section: "Ids",
        parameters: &[
            Parameter::required("prefix", Class::Text, "What is identified; the id begins with it."),
            Parameter::variadic_or_none("part", Class::Value, "What makes it one of its kind."),
        ],
        returns: "VARCHAR",
        description: "The id of a prefix and any number of parts: the prefix, a colon and 32 hexadecimal digits of XXH3-128 \
over the tagged, length-prefixed parts, the prefix first. Texts of equal bytes and integers of equal value are equal parts, \
whatever their type.",
        nulls: "The id is null only if the prefix is; a null part differs from every text and number.",
        example: "SELECT stable_id('def', 'pkg/mod.py', 'C.m', 0)",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, args.arg_fields[0].is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        ids(&call.args, call.rows)
    }
}

/// The ids of rows: the prefix is the first argument and part.
pub(super) fn ids(args: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let prefixes = Texts::try_new(&args[0])?;
    if matches!(prefixes, Texts::Constant(None)) {
        return Ok(new_null_array(&DataType::Utf8View, rows));
    }
    digits::ids(&prefixes, &Parts::try_new(args)?.hashes(rows))
}
