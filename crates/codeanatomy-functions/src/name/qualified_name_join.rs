//! `qualified_name_join(part)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameJoin;

impl Kernel for QualifiedNameJoin {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_join",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::variadic(
            "part",
            Class::Text,
            "A part, or several with dots between.",
        )],
        returns: "VARCHAR",
        description: "The parts with dots between. Empty parts are left out.",
        nulls: "Null parts are left out; null if there is no part.",
        example: "SELECT qualified_name_join('pkg.mod', NULL, 'C', 'm')",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let parts = (0..call.args.len())
            .map(|i| call.texts(i))
            .collect::<Result<Vec<_>>>()?;
        let mut names = StringViewBuilder::with_capacity(call.rows);
        let mut text = String::with_capacity(64);
        for row in 0..call.rows {
            text.clear();
            for part in parts.iter().filter_map(|p| p.get(row)).filter(|p| !p.is_empty()) {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(part);
            }
            names.append_option(Some(&text).filter(|text| !text.is_empty()));
        }
        Ok(Arc::new(names.finish()))
    }
}
