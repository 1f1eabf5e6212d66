//! The bounds of spans: of arrays, and of expressions.

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, Int64Array, StructArray};
use datafusion_common::arrow::buffer::NullBuffer;
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, ScalarValue, internal_datafusion_err};
use datafusion_expr::{Expr, lit};

use super::span_make::SpanMake;
use crate::scalar::{Call, arguments_of};
use crate::spec::{Class, Parameter, span_fields};

pub(super) const A: Parameter = Parameter::required("a", Class::Span, "A span.");
pub(super) const B: Parameter = Parameter::required("b", Class::Span, "Another span.");

/// The bounds of the spans of a batch. A null span has two null bounds.
pub(super) struct Bounds {
    pub(super) bstart: Int64Array,
    pub(super) bend: Int64Array,
}

impl Bounds {
    pub(super) fn try_new(call: &Call, argument: usize) -> Result<Self> {
        let spans = call.array(argument)?;
        if spans.data_type().is_null() {
            let none = Int64Array::new_null(spans.len());
            return Ok(Self {
                bstart: none.clone(),
                bend: none,
            });
        }
        let spans = spans.as_struct();
        Ok(Self {
            bstart: bound(spans, "bstart")?,
            bend: bound(spans, "bend")?,
        })
    }

    /// The bounds of a row, if it has both.
    pub(super) fn get(&self, row: usize) -> Option<(i64, i64)> {
        let whole = self.bstart.is_valid(row) && self.bend.is_valid(row);
        whole.then(|| (self.bstart.value(row), self.bend.value(row)))
    }
}

fn bound(spans: &StructArray, name: &str) -> Result<Int64Array> {
    let Some(bound) = spans.column_by_name(name) else {
        return Err(internal_datafusion_err!("a span has no field {name}"));
    };
    let bound = cast(bound, &DataType::Int64)?.as_primitive::<Int64Type>().clone();
    let nulls = NullBuffer::union(bound.nulls(), spans.nulls());
    Ok(Int64Array::new(bound.values().clone(), nulls))
}

/// The spans of rows; None is a null span.
pub(super) fn spans(rows: impl Iterator<Item = Option<(i64, i64)>>) -> Result<ArrayRef> {
    let spans: Vec<_> = rows.collect();
    let nulls: NullBuffer = spans.iter().map(Option::is_some).collect();
    let of = |pick: fn(&(i64, i64)) -> i64| {
        let values = spans.iter().map(|s| s.as_ref().map(pick));
        Arc::new(values.collect::<Int64Array>()) as ArrayRef
    };
    let fields = vec![of(|s| s.0), of(|s| s.1)];
    Ok(Arc::new(StructArray::try_new(span_fields(), fields, Some(nulls))?))
}

/// The bounds of a span that is written as a call of `span_make` or as a literal, if they cost nothing to say more than once.
pub(super) fn bounds_of(span: &Expr) -> Option<(Expr, Expr)> {
    let cheap = |e: &Expr| match e {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Cast(cast) => matches!(cast.expr.as_ref(), Expr::Column(_)),
        _ => false,
    };
    if let Some([bstart, bend]) = arguments_of::<SpanMake>(span) {
        return (cheap(bstart) && cheap(bend)).then(|| (bstart.clone(), bend.clone()));
    }
    let Expr::Literal(ScalarValue::Struct(span), _) = span else {
        return None;
    };
    let bound = |name| {
        let bound = bound(span, name).ok()?;
        Some(lit(ScalarValue::Int64(bound.is_valid(0).then(|| bound.value(0)))))
    };
    bound("bstart").zip(bound("bend"))
}

/// The expression of the bound of that name, if `span` is a call of `span_make`: `span_make(a, b)['bstart']` is `a`.
pub fn span_make_bound<'a>(span: &'a Expr, name: &str) -> Option<&'a Expr> {
    match (arguments_of::<SpanMake>(span)?, name) {
        ([bstart, _], "bstart") => Some(bstart),
        ([_, bend], "bend") => Some(bend),
        _ => None,
    }
}
