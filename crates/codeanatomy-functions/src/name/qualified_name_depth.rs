//! `qualified_name_depth(name)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel, any_nullable};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameDepth;

impl Kernel for QualifiedNameDepth {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_depth",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::required("name", Class::Text, "The qualified name.")],
        returns: "BIGINT",
        description: "The number of parts of a qualified name, `<locals>` left out. An empty name has none.",
        nulls: "Null of null.",
        example: "SELECT qualified_name_depth('pkg.mod.C.m')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(i64::MAX))));

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, any_nullable(args)))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        let depth = |name: &str| match name {
            "" => 0,
            name => name.split('.').filter(|part| *part != "<locals>").count() as i64,
        };
        let depths = (0..call.rows).map(|row| names.get(row).map(depth));
        Ok(Arc::new(depths.collect::<Int64Array>()))
    }
}
