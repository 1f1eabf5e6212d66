//! The two inputs of a call, their spans, and what must be equal.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr as SqlExpr};

use super::mode::Span;
use crate::planner::RelationArguments;

/// Both inputs.
#[derive(Debug)]
pub(super) struct Sides {
    /// The left input, with the qualifier `left`.
    pub(super) left: LogicalPlan,
    /// The right input, with the qualifier `right`.
    pub(super) right: LogicalPlan,
    pub(super) left_span: Span,
    pub(super) right_span: Span,
    pub(super) keys: Vec<Key>,
}

/// An expression over each input, which must be equal.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) left: Expr,
    pub(super) right: Expr,
    /// The name of the column, if both have it by that name.
    pub(super) shared: Option<String>,
}

impl Sides {
    pub(super) fn read(given: &mut RelationArguments<'_, '_>) -> Result<Self> {
        let left = input(given, "left")?;
        let right = input(given, "right")?;
        let left_span = span(given, "left", left.schema())?;
        let right_span = span(given, "right", right.schema())?;
        for (side, schema, span) in [
            ("left", left.schema(), &left_span),
            ("right", right.schema(), &right_span),
        ] {
            for bound in [&span.start, &span.end] {
                let ty = bound.get_type(schema)?;
                if kind(&ty).is_none() {
                    return Err(given.invalid(format!(
                        "the {side} bound {bound} is of type {ty}; a bound is a number, a date, a time, a timestamp or a duration"
                    )));
                }
            }
        }
        let (l, r) = (
            left_span.start.get_type(left.schema())?,
            right_span.start.get_type(right.schema())?,
        );
        if kind(&l) != kind(&r) {
            return Err(given.invalid(format!(
                "the bounds of the left are of type {l}, those of the right of type {r}"
            )));
        }
        let mut keys = vec![];
        for item in given.list("on") {
            keys.push(key(given, item, left.schema(), right.schema())?);
        }
        Ok(Self {
            left,
            right,
            left_span,
            right_span,
            keys,
        })
    }
}

/// A query whose columns have the parameter's name as qualifier.
fn input(given: &mut RelationArguments<'_, '_>, parameter: &str) -> Result<LogicalPlan> {
    let plan = given.relation(parameter)?;
    let mut names: Vec<_> = plan.schema().fields().iter().map(|f| f.name()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(given.invalid(format!("the query {parameter} has two columns {}", twice[0])));
    }
    LogicalPlanBuilder::from(plan).alias(parameter)?.build()
}

fn span(given: &mut RelationArguments<'_, '_>, side: &str, schema: &DFSchema) -> Result<Span> {
    let parameter = format!("{side}_span");
    let mut bounds = given.list(&parameter);
    if bounds.is_empty() {
        let missing = ["bstart", "bend"]
            .into_iter()
            .find(|c| !schema.has_column_with_unqualified_name(c));
        if let Some(missing) = missing {
            return Err(given.invalid(format!(
                "the query {side} has no column {missing}; say {parameter} => [start, end]"
            )));
        }
        bounds = ["bstart", "bend"].map(|c| SqlExpr::Identifier(c.into())).to_vec();
    }
    let Ok([start, end]) = <[SqlExpr; 2]>::try_from(bounds) else {
        return Err(given.invalid(format!("{parameter} is a list of two, [start, end]")));
    };
    Ok(Span {
        start: resolve(given, &parameter, start, schema)?,
        end: resolve(given, &parameter, end, schema)?,
    })
}

fn key(given: &mut RelationArguments<'_, '_>, item: SqlExpr, left: &DFSchema, right: &DFSchema) -> Result<Key> {
    match item {
        SqlExpr::Nested(item) => key(given, *item, left, right),
        SqlExpr::BinaryOp {
            left: l,
            op: BinaryOperator::Eq,
            right: r,
        } => Ok(Key {
            left: resolve(given, "on", *l, left)?,
            right: resolve(given, "on", *r, right)?,
            shared: None,
        }),
        item => {
            if let Some(name) = given.column_name(&item) {
                for (side, schema) in [("left", left), ("right", right)] {
                    if !schema.has_column_with_unqualified_name(&name) {
                        return Err(given.invalid(format!(
                            "on names the column {name}, which the query {side} does not have"
                        )));
                    }
                }
            }
            let left = resolve(given, "on", item.clone(), left)?;
            let right = resolve(given, "on", item.clone(), right)?;
            let shared = match (&left, &right) {
                (Expr::Column(l), Expr::Column(r)) if l.name == r.name => l.name.clone(),
                _ => {
                    return Err(given.invalid(format!(
                        "on takes columns of both sides and pairs of the form [a = b], not {item}"
                    )));
                }
            };
            Ok(Key {
                left,
                right,
                shared: Some(shared),
            })
        }
    }
}

/// An expression over the columns of `schema`; text is the name of a column.
fn resolve(given: &mut RelationArguments<'_, '_>, parameter: &str, expr: SqlExpr, schema: &DFSchema) -> Result<Expr> {
    match &expr {
        SqlExpr::Value(value) if value.value.clone().into_string().is_some() => {
            let name = given.column_name(&expr).unwrap_or_default();
            match schema.qualified_fields_with_unqualified_name(&name).first() {
                Some((qualifier, field)) => Ok(Expr::from((*qualifier, *field))),
                None => Err(given.invalid(format!("there is no column {name} for {parameter}"))),
            }
        }
        _ => given.resolve(parameter, expr, schema),
    }
}

/// What kind of bound a type is; bounds of one kind can be compared.
fn kind(ty: &DataType) -> Option<u8> {
    match ty {
        ty if ty.is_numeric() => Some(0),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Some(1),
        DataType::Time32(_) | DataType::Time64(_) => Some(2),
        DataType::Duration(_) => Some(3),
        _ => None,
    }
}
