//! `qualified_name_within(name, ancestor)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, BooleanArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{Expr, ReturnFieldArgs, lit};

use crate::scalar::{Call, Kernel, any_nullable};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct QualifiedNameWithin;

impl Kernel for QualifiedNameWithin {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_within",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[
            Parameter::required("name", Class::Text, "The qualified name."),
            Parameter::required("ancestor", Class::Text, "The name of a module, class or function."),
        ],
        returns: "BOOLEAN",
        description: "Whether a qualified name is the ancestor's or one of what it holds: it is equal, or begins with it and a dot. \
With a column and a literal ancestor it is run as a range of names, so that scans can prune by it.",
        nulls: "Null if either is null.",
        example: "SELECT qualified_name_within('pkg.mod.C.m', 'pkg.mod')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Boolean, any_nullable(args)))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (names, ancestors) = (call.texts(0)?, call.texts(1)?);
        let within = |(name, ancestor): (&str, &str)| match name.strip_prefix(ancestor) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        };
        let rows = (0..call.rows).map(|row| names.get(row).zip(ancestors.get(row)).map(within));
        Ok(Arc::new(rows.collect::<BooleanArray>()))
    }

    /// `'/'` is the character after the dot, so `['a.', 'a/')` has all texts that begin with `'a.'`, and `['a', 'a/')` these and
    /// `'a'` itself, besides some that the last condition leaves out.
    fn simplify(args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let (name, ancestor) = match &args[..] {
            [name @ Expr::Column(_), Expr::Literal(ancestor, _)] => (name, ancestor.try_as_str().flatten()),
            _ => return Ok(ExprSimplifyResult::Original(args)),
        };
        let Some(ancestor) = ancestor else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        // Types are coerced already, so that literals are of the column's.
        let ty = info.get_data_type(name)?;
        if matches!(ty, DataType::Dictionary(..)) {
            return Ok(ExprSimplifyResult::Original(args));
        }
        let text = |end| ScalarValue::from(format!("{ancestor}{end}")).cast_to(&ty).map(lit);
        let range = name.clone().gt_eq(text("")?).and(name.clone().lt(text("/")?));
        let exact = name.clone().eq(text("")?).or(name.clone().gt_eq(text(".")?));
        Ok(ExprSimplifyResult::Simplified(range.and(exact)))
    }
}
