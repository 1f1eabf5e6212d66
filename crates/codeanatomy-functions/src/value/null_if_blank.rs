//! `null_if_blank(text)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::{Expr, ExprSchemable, Operator, ReturnFieldArgs, binary_expr, lit};

use crate::narrow::{Asked, Narrowed};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(crate) struct NullIfBlank;

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
            kept.append_option(texts.get(row).filter(|text| !is_blank(text)));
        }
        Ok(Arc::new(kept.finish()))
    }

    /// A text that is not blank is its own value, and no other text has it.
    fn narrow(args: &[Expr], asked: &Asked, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
        let [text @ Expr::Column(_)] = args else {
            return Ok(None);
        };
        let ty = text.get_type(schema)?;
        Ok(match asked {
            Asked::Compared(op, value) => {
                let compared = binary_expr(text.clone(), *op, lit(value.cast_to(&ty)?));
                match (op, value.try_as_str().flatten()) {
                    (Operator::Eq, Some(wanted)) if !is_blank(wanted) => Some(Narrowed::Instead(compared)),
                    (Operator::Eq, Some(_)) => Some(Narrowed::Instead(lit(false))),
                    (Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq, Some(_)) => {
                        Some(Narrowed::Besides(compared))
                    }
                    _ => None,
                }
            }
            Asked::In(_) => {
                let wanted = asked.texts().unwrap_or_default().into_iter().filter(|t| !is_blank(t));
                let wanted = wanted.map(|t| Ok(lit(ScalarValue::from(t).cast_to(&ty)?)));
                Some(Narrowed::Instead(
                    text.clone().in_list(wanted.collect::<Result<_>>()?, false),
                ))
            }
            Asked::Is(_) => None,
        })
    }
}

fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}
