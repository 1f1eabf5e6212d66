//! `null_if_blank(text)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct NullIfBlank;

impl Kernel for NullIfBlank {
    const SPEC: &'static Spec = &Spec {
        name: "null_if_blank",
        kind: Kind::Scalar,
        section: "Texts",
        parameters: &[Parameter::required("text", Class::Text, "The text.")],
        returns: "VARCHAR",
        description: "The text, or null where it is empty or has only white space (Unicode's White_Space).",
        nulls: "Null of null.",
        example: "SELECT null_if_blank('  ')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let texts = call.texts(0)?;
        let mut kept = StringViewBuilder::with_capacity(call.rows);
        for row in 0..call.rows {
            kept.append_option(texts.get(row).filter(|text| !text.trim_start().is_empty()));
        }
        Ok(Arc::new(kept.finish()))
    }
}
