//! What a predicate on a call says of the call's arguments, where it has to be true: ranges and lists of columns, by which
//! scans can prune, in place of a call or beside it.
//!
//! The engine's `preimage` does the same for functions that are monotone and null of nothing but null. None of ours is: a
//! text that is no change type has no rank, and a name of one part no parent. A filter does not tell null from false, so
//! that what has to be true can be said where an equal value cannot.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use datafusion_common::{ExprSchema, Result, ScalarValue};
use datafusion_expr::expr::InList;
use datafusion_expr::interval_arithmetic::Interval;
use datafusion_expr::{BinaryExpr, Expr, Operator, ScalarUDF, lit};

use crate::name::QualifiedNameParent;
use crate::scalar::{Kernel, arguments_of};
use crate::value::{CdfChangeRank, CdfIsDelete, CdfIsUpsert, NullIfBlank};

/// What follows from a predicate that has to be true.
#[derive(Debug, Clone, PartialEq)]
pub enum Narrowed {
    /// It is true for the same rows.
    Instead(Expr),
    /// It is true wherever the predicate is.
    Besides(Expr),
}

/// What a predicate asks of the value of a call.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// The call is true, or false.
    Is(bool),
    /// The value compares so with this one, which is not null.
    Compared(Operator, ScalarValue),
    /// The value is one of these, of which none is null.
    In(Vec<ScalarValue>),
}

impl Asked {
    /// Whether a value that is not null passes; none where that cannot be said.
    pub(crate) fn passes(&self, value: &ScalarValue) -> Option<bool> {
        match self {
            Self::Is(truth) => Some(value == &ScalarValue::Boolean(Some(*truth))),
            Self::Compared(op, other) => decided(*op, value.partial_cmp(other)?),
            Self::In(values) => Some(values.contains(value)),
        }
    }

    /// Whether no value within these bounds passes.
    fn is_never(&self, bounds: &Interval) -> bool {
        let (lower, upper) = (bounds.lower(), bounds.upper());
        let is_out = |value: &ScalarValue| value < lower || value > upper;
        match self {
            Self::Is(_) => false,
            Self::Compared(Operator::Lt, value) => lower >= value,
            Self::Compared(Operator::LtEq, value) => lower > value,
            Self::Compared(Operator::Gt, value) => upper <= value,
            Self::Compared(Operator::GtEq, value) => upper < value,
            Self::Compared(Operator::Eq, value) => is_out(value),
            Self::Compared(..) => false,
            Self::In(values) => values.iter().all(is_out),
        }
    }

    /// The texts that the value has to be one of.
    pub(crate) fn texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Compared(Operator::Eq, value) => Some(vec![value.try_as_str()??]),
            Self::In(values) => values.iter().map(|v| v.try_as_str()?).collect(),
            _ => None,
        }
    }
}

/// Whether `left op right`, where they compare so.
fn decided(op: Operator, order: Ordering) -> Option<bool> {
    match op {
        Operator::Eq => Some(order.is_eq()),
        Operator::NotEq => Some(order.is_ne()),
        Operator::Lt => Some(order.is_lt()),
        Operator::LtEq => Some(order.is_le()),
        Operator::Gt => Some(order.is_gt()),
        Operator::GtEq => Some(order.is_ge()),
        _ => None,
    }
}

/// What follows from `predicate`, a call of a function of ours or its comparison with literals, where it has to be true; none
/// where nothing is known to follow.
pub fn narrowed(predicate: &Expr, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
    match predicate {
        Expr::ScalarFunction(_) => of_call(predicate, &Asked::Is(true), schema),
        Expr::Not(call) => of_call(call, &Asked::Is(false), schema),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (left.as_ref(), right.as_ref()) {
            (call, Expr::Literal(value, _)) if !value.is_null() => {
                of_call(call, &Asked::Compared(*op, value.clone()), schema)
            }
            (Expr::Literal(value, _), call) if !value.is_null() => match op.swap() {
                Some(op) => of_call(call, &Asked::Compared(op, value.clone()), schema),
                None => Ok(None),
            },
            _ => Ok(None),
        },
        Expr::InList(InList {
            expr,
            list,
            negated: false,
        }) => {
            let literal = |e: &Expr| match e {
                Expr::Literal(value, _) => Some(value.clone()),
                _ => None,
            };
            match list.iter().map(literal).collect::<Option<Vec<_>>>() {
                // A null in the list makes nothing true.
                Some(values) => {
                    let values = values.into_iter().filter(|v| !v.is_null()).collect();
                    of_call(expr, &Asked::In(values), schema)
                }
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// The functions whose values have bounds, whatever the arguments.
static BOUNDED: LazyLock<Vec<(Arc<ScalarUDF>, Interval)>> = LazyLock::new(|| {
    let bounds = |f: Arc<ScalarUDF>| {
        let bounds = f.evaluate_bounds(&[]).ok().filter(|b| !b.is_unbounded())?;
        Some((f, bounds))
    };
    crate::scalar_functions().into_iter().filter_map(bounds).collect()
});

fn of_call(call: &Expr, asked: &Asked, schema: &dyn ExprSchema) -> Result<Option<Narrowed>> {
    let Expr::ScalarFunction(function) = call else {
        return Ok(None);
    };
    let bounded = BOUNDED.iter().find(|(f, _)| *f == function.func);
    if bounded.is_some_and(|(_, bounds)| asked.is_never(bounds)) {
        return Ok(Some(Narrowed::Instead(lit(false))));
    }
    macro_rules! first_of {
        ($($kernel:ty),*) => {
            $(if let Some(args) = arguments_of::<$kernel>(call) {
                return <$kernel>::narrow(args, asked, schema);
            })*
        };
    }
    first_of!(
        QualifiedNameParent,
        NullIfBlank,
        CdfChangeRank,
        CdfIsDelete,
        CdfIsUpsert
    );
    Ok(None)
}
