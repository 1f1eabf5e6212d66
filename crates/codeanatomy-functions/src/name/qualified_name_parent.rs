//! `qualified_name_parent(name)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, StringViewBuilder};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::utils::disjunction;
use datafusion_expr::{Expr, ExprSchemable, ReturnFieldArgs, lit};

use crate::narrow::{Asked, Narrowed};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(crate) struct QualifiedNameParent;

impl Kernel for QualifiedNameParent {
    const SPEC: &'static Spec = &Spec {
        name: "qualified_name_parent",
        kind: Kind::Scalar,
        section: "Qualified names",
        parameters: &[Parameter::required("name", Class::Text, "The qualified name.")],
        returns: "VARCHAR",
        description: "The qualified name without its last part, and without the `<locals>` of a function that this leaves at the end.",
        nulls: "Null of null, and of a name of one part.",
        example: "SELECT qualified_name_parent('pkg.mod.f.<locals>.g')",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Utf8View, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let names = call.texts(0)?;
        fn parent(name: &str) -> Option<&str> {
            let (parent, _) = name.rsplit_once('.')?;
            let parent = parent.strip_suffix(".<locals>").unwrap_or(parent);
            Some(parent)
        }
        let mut parents = StringViewBuilder::with_capacity(call.rows);
        for row in 0..call.rows {
            parents.append_option(names.get(row).and_then(parent));
        }
        Ok(Arc::new(parents.finish()))
    }

    /// What is directly in a module or class begins with its name and a dot, whose next character is `/`.
    fn narrow(args: &[Expr], asked: &Asked, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
        let ([name @ Expr::Column(_)], Some(parents)) = (args, asked.texts()) else {
            return Ok(None);
        };
        let ty = name.get_type(schema)?;
        if parents.is_empty() || parents.len() > MOST_RANGES {
            return Ok(None);
        }
        let text = |parent: &str, end| ScalarValue::from(format!("{parent}{end}")).cast_to(&ty).map(lit);
        let within = |parent: &str| -> Result<Expr> {
            let from = name.clone().gt_eq(text(parent, ".")?);
            Ok(from.and(name.clone().lt(text(parent, "/")?)))
        };
        let ranges = parents.into_iter().map(within).collect::<Result<Vec<_>>>()?;
        Ok(disjunction(ranges).map(Narrowed::Besides))
    }
}

/// How many names are asked for, at most, for a range of each to be worth its comparisons.
const MOST_RANGES: usize = 8;
