//! `qualified_name_normalize(name)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameNormalize;

impl Kernel for QualifiedNameNormalize {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_normalize",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::required("name", Class::Text, "The qualified name.")],
        returns: "VARCHAR",
        description: "A qualified name as it is written in an index of symbols: without the parts `<locals>`, without white space around parts, and without empty parts.",
        nulls: "Null of null, and of a name that has no part left.",
        example: "SELECT qualified_name_normalize(' pkg.mod . f.<locals>.g')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        let mut normal = StringViewBuilder::with_capacity(call.rows);
        let mut text = String::with_capacity(64);
        for row in 0..call.rows {
            text.clear();
            for part in names.get(row).unwrap_or_default().split('.').map(str::trim) {
                if !(part.is_empty() || part == "<locals>") {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(part);
                }
            }
            normal.append_option(Some(&text).filter(|text| !text.is_empty()));
        }
        Ok(Arc::new(normal.finish()))
    }
}
