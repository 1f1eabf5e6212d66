//! `span_id(prefix, path, bstart, bend, kind)`

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::stable_id::ids;
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct SpanId;

impl Kernel for SpanId {
    const SPEC: &'static Spec = &Spec {
        name: "span_id",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[
            Parameter::required("prefix", Class::Text, "What is identified; the id begins with it."),
            Parameter::required("path", Class::Text, "The file."),
            Parameter::required("bstart", Class::Integer, "Offset of the first byte."),
            Parameter::required("bend", Class::Integer, "Offset after the last byte."),
            Parameter::optional(
                "kind",
                Class::Text,
                "NULL",
                "What stands there; left out, it is no part of the id.",
            ),
        ],
        returns: "VARCHAR",
        description: "The id of a place in a file: stable_id(prefix, path, bstart, bend), or stable_id(prefix, path, bstart, \
bend, kind) if a kind is given. It changes when text is inserted before the place; for what is to outlive edits take stable_id of names.",
        nulls: "The id is null only if the prefix is; another argument that is null is a null part, a constant null as kind none.",
        example: "SELECT span_id('node', 'pkg/mod.py', 10, 25, 'call')",
        since: "0.1.0",
    };

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, args.arg_fields[0].is_nullable()))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let parts = if call.given(4).is_some() { 5 } else { 4 };
        ids(&call.args[..parts], call.rows)
    }
}
