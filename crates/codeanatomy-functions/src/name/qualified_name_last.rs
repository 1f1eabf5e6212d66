//! `qualified_name_last(name)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel, any_nullable};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameLast;

impl Kernel for QualifiedNameLast {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_last",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::required("name", Class::Text, "The qualified name.")],
        returns: "VARCHAR",
        description: "The last part of a qualified name.",
        nulls: "Null of null.",
        example: "SELECT qualified_name_last('pkg.mod.C.m')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, any_nullable(args)))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        let mut lasts = StringViewBuilder::with_capacity(call.rows);
        for row in 0..call.rows {
            lasts.append_option(
                names
                    .get(row)
                    .map(|name| name.rsplit_once('.').map_or(name, |(_, last)| last)),
            );
        }
        Ok(Arc::new(lasts.finish()))
    }
}
