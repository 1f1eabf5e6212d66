//! From expressions to terms.

use std::collections::BTreeMap;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, Result, internal_err, plan_err};
use datafusion::logical_expr::expr::{ScalarFunction, WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::{
    BinaryExpr, Expr, ExprSchemable, Operator, Subquery, Volatility, WindowFunctionDefinition,
};

use super::{Builder, Scope};
use crate::analysis::literal::literal;
use crate::analysis::term::{Arguments, Form, Over, Place, QueryKind, Term};
use crate::planner::SqlFunction;

impl Builder {
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope) -> Result<Term> {
        let mut one = |name: &str, e: &Expr| Ok(Term::call(name, vec![self.expr(e, scope)?]));
        match expr {
            Expr::Alias(alias) => self.expr(&alias.expr, scope),
            Expr::Column(column) => self.column(column, scope),
            Expr::OuterReferenceColumn(_, column) => {
                let outer = self.outer.iter().rev().find_map(|scope| in_scope(column, scope));
                outer.map_or_else(|| internal_err!("no query around has the column {column}"), Ok)
            }
            Expr::Literal(value, _) => Ok(Term::value(literal(value))),
            Expr::Placeholder(place) => {
                let value = self.arguments.last().and_then(|values| values.get(&place.id));
                Ok(value.cloned().unwrap_or_else(|| Term::value(&place.id)))
            }
            Expr::ScalarVariable(_, names) => Ok(Term::value(names.join("."))),
            Expr::LambdaVariable(variable) => Ok(Term::value(format!("LAMBDA {:?}", variable.name))),
            Expr::BinaryExpr(binary) => self.binary(binary, scope),
            Expr::Not(e) => one("NOT", e),
            Expr::IsNull(e) => one("IS NULL", e),
            Expr::IsNotNull(e) => one("IS NOT NULL", e),
            Expr::IsTrue(e) => one("IS TRUE", e),
            Expr::IsFalse(e) => one("IS FALSE", e),
            Expr::IsUnknown(e) => one("IS UNKNOWN", e),
            Expr::IsNotTrue(e) => one("IS NOT TRUE", e),
            Expr::IsNotFalse(e) => one("IS NOT FALSE", e),
            Expr::IsNotUnknown(e) => one("IS NOT UNKNOWN", e),
            Expr::Negative(e) => one("-", e),
            Expr::Like(like) | Expr::SimilarTo(like) => {
                let kind = match (expr, like.case_insensitive) {
                    (Expr::SimilarTo(_), _) => "SIMILAR TO",
                    (_, true) => "ILIKE",
                    (_, false) => "LIKE",
                };
                let not = if like.negated { "NOT " } else { "" };
                let escape = like.escape_char.map_or_else(String::new, |c| format!(" ESCAPE {c:?}"));
                let terms = self.terms([like.expr.as_ref(), like.pattern.as_ref()], scope)?;
                Ok(Term::call(format!("{not}{kind}{escape}"), terms))
            }
            Expr::Between(between) => {
                let [value, low, high] = [&between.expr, &between.low, &between.high].map(|e| self.expr(e, scope));
                let (value, low, high) = (value?, low?, high?);
                let at_least = Term::call("<=", vec![low, value.clone()]);
                let both = Term::operation(
                    "AND",
                    Arguments::Set,
                    vec![at_least, Term::call("<=", vec![value, high])],
                );
                Ok(match between.negated {
                    true => Term::call("NOT", vec![both]),
                    false => both,
                })
            }
            Expr::Case(case) => {
                let whens = case.when_then_expr.iter().flat_map(|(when, then)| [when, then]);
                let parts = case.expr.iter().chain(whens).chain(&case.else_expr);
                let terms = self.terms(parts.map(AsRef::as_ref), scope)?;
                let shape = [case.expr.is_some(), case.else_expr.is_some()];
                let name = match shape {
                    [true, true] => "CASE OF ELSE",
                    [true, false] => "CASE OF",
                    [false, true] => "CASE ELSE",
                    [false, false] => "CASE",
                };
                Ok(Term::call(name, terms))
            }
            Expr::Cast(cast) => self.cast("CAST", &cast.expr, cast.field.data_type(), scope),
            Expr::TryCast(cast) => self.cast("TRY_CAST", &cast.expr, cast.field.data_type(), scope),
            Expr::ScalarFunction(call) => self.scalar(call, scope),
            Expr::HigherOrderFunction(call) => {
                let terms = self.terms(&call.args, scope)?;
                Ok(Term::call(call.name(), terms))
            }
            Expr::Lambda(lambda) => {
                let body = self.expr(&lambda.body, scope)?;
                Ok(Term::call(format!("LAMBDA {:?}", lambda.params), vec![body]))
            }
            Expr::InList(list) => {
                let value = self.expr(&list.expr, scope)?;
                let items = Term::operation("LIST", Arguments::Set, self.terms(&list.list, scope)?);
                let name = if list.negated { "NOT IN" } else { "IN" };
                Ok(Term::call(name, vec![value, items]))
            }
            Expr::ScalarSubquery(query) => self.query(QueryKind::Scalar, "QUERY", vec![], query, scope),
            Expr::Exists(exists) => {
                let name = if exists.negated { "NOT EXISTS" } else { "EXISTS" };
                self.query(QueryKind::Exists, name, vec![], &exists.subquery, scope)
            }
            Expr::InSubquery(within) => {
                let name = if within.negated { "NOT IN" } else { "IN" };
                let value = self.expr(&within.expr, scope)?;
                self.query(QueryKind::Compared, name, vec![value], &within.subquery, scope)
            }
            Expr::SetComparison(set) => {
                let value = self.expr(&set.expr, scope)?;
                let name = format!("{} {:?}", set.op, set.quantifier);
                self.query(QueryKind::Compared, &name, vec![value], &set.subquery, scope)
            }
            Expr::Unnest(unnest) => one("UNNEST", &unnest.expr),
            other => plan_err!("the plan has an expression that is not known here: {other}"),
        }
    }

    /// An aggregate or window function that is computed at `place`.
    pub(super) fn over(&mut self, expr: &Expr, scope: &Scope, place: Place) -> Result<Term> {
        let call = match expr {
            Expr::Alias(alias) => return self.over(&alias.expr, scope, place),
            Expr::AggregateFunction(call) => {
                let of = &call.params;
                Over {
                    name: call.func.name().to_string(),
                    is_window: false,
                    is_distinct: of.distinct,
                    terms: self.terms(&of.args, scope)?,
                    filter: of.filter.as_ref().map(|e| self.expr(e, scope)).transpose()?,
                    order: self.keys(&of.order_by, scope)?,
                    partition: vec![],
                    rest: of.null_treatment.as_ref().map_or_else(String::new, ToString::to_string),
                }
            }
            Expr::WindowFunction(call) => self.window_call(call, scope)?,
            // What host rules put beside aggregates is computed of them.
            other => return self.expr(other, scope),
        };
        Ok(Term::new(Form::Over { place, call }))
    }

    fn window_call(&mut self, call: &WindowFunction, scope: &Scope) -> Result<Over> {
        let WindowFunctionParams {
            args,
            partition_by,
            order_by,
            window_frame,
            filter,
            null_treatment,
            distinct,
        } = &call.params;
        let name = match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => function.name(),
            WindowFunctionDefinition::WindowUDF(function) => function.name(),
        };
        let nulls = null_treatment
            .as_ref()
            .map_or_else(String::new, |nulls| format!(" {nulls}"));
        Ok(Over {
            name: name.to_string(),
            is_window: true,
            is_distinct: *distinct,
            terms: self.terms(args, scope)?,
            filter: filter.as_ref().map(|e| self.expr(e, scope)).transpose()?,
            order: self.keys(order_by, scope)?,
            partition: self.terms(partition_by, scope)?,
            rest: format!("{window_frame}{nulls}"),
        })
    }

    fn column(&mut self, column: &Column, scope: &Scope) -> Result<Term> {
        if let Some(term) = in_scope(column, scope) {
            return Ok(term);
        }
        let argument = self.arguments.last().and_then(|values| values.get(&column.name));
        match argument {
            Some(term) if scope.sides.is_empty() => Ok(term.clone()),
            _ => internal_err!("no input has the column {column}"),
        }
    }

    fn binary(&mut self, binary: &BinaryExpr, scope: &Scope) -> Result<Term> {
        let op = binary.op;
        if matches!(op, Operator::And | Operator::Or) {
            // Not by recursion: of conditions there may be many.
            let (mut open, mut parts) = (vec![binary.left.as_ref(), binary.right.as_ref()], vec![]);
            while let Some(part) = open.pop() {
                match part {
                    Expr::BinaryExpr(of) if of.op == op => open.extend([of.left.as_ref(), of.right.as_ref()]),
                    part => parts.push(self.expr(part, scope)?),
                }
            }
            return Ok(Term::operation(op.to_string(), Arguments::Set, parts));
        }
        let (left, right) = (self.expr(&binary.left, scope)?, self.expr(&binary.right, scope)?);
        let commutes = matches!(
            op,
            Operator::Eq
                | Operator::NotEq
                | Operator::IsDistinctFrom
                | Operator::IsNotDistinctFrom
                | Operator::Plus
                | Operator::Multiply
                | Operator::BitwiseAnd
                | Operator::BitwiseOr
                | Operator::BitwiseXor
        );
        Ok(match op {
            Operator::Gt => Term::call("<", vec![right, left]),
            Operator::GtEq => Term::call("<=", vec![right, left]),
            _ if commutes => Term::operation(op.to_string(), Arguments::Commute, vec![left, right]),
            _ => Term::call(op.to_string(), vec![left, right]),
        })
    }

    fn cast(&mut self, name: &str, expr: &Expr, to: &DataType, scope: &Scope) -> Result<Term> {
        let term = self.expr(expr, scope)?;
        let from = scope
            .sides
            .iter()
            .find_map(|(schema, _)| expr.get_type(schema.as_ref()).ok());
        Ok(Term::new(Form::Cast {
            ty: format!("{name} {to}"),
            keeps_value: from.is_some_and(|from| keeps_value(&from, to)),
            term,
        }))
    }

    fn scalar(&mut self, call: &ScalarFunction, scope: &Scope) -> Result<Term> {
        let terms = self.terms(&call.args, scope)?;
        let Some(function) = call.func.inner().downcast_ref::<SqlFunction>() else {
            let is_volatile = call.func.signature().volatility == Volatility::Volatile;
            let term = Term::call(call.name(), terms);
            // Each call gives another value.
            return Ok(match is_volatile {
                true => Term::there(self.place(), "call", term),
                false => term,
            });
        };
        // A function of SQL is its expression.
        let mut values = BTreeMap::new();
        let mut terms = terms.into_iter();
        for parameter in &function.parameters {
            let value = match (terms.next(), &parameter.default) {
                (Some(term), _) => term,
                (None, Some(default)) => self.expr(default, &Scope::default())?,
                (None, None) => return plan_err!("{}: the argument {} is missing", function.name, parameter.name),
            };
            values.insert(parameter.name.clone(), cast_to(value, &parameter.ty));
        }
        self.arguments.push(values);
        let body = self.expr(&function.body, &Scope::default());
        self.arguments.pop();
        Ok(cast_to(body?, &function.returns))
    }

    fn query(
        &mut self,
        kind: QueryKind,
        name: &str,
        terms: Vec<Term>,
        query: &Subquery,
        scope: &Scope,
    ) -> Result<Term> {
        self.outer.push(scope.clone());
        let relation = self.relation(&query.subquery);
        self.outer.pop();
        Ok(Term::new(Form::Query {
            kind,
            name: name.to_string(),
            terms,
            relation: relation?,
        }))
    }
}

fn in_scope(column: &Column, scope: &Scope) -> Option<Term> {
    let found = |(schema, columns): &(datafusion::common::DFSchemaRef, Vec<Term>)| {
        let i = schema.maybe_index_of_column(column)?;
        columns.get(i).cloned()
    };
    scope.sides.iter().find_map(found)
}

/// What an argument or a result of a function of SQL becomes.
fn cast_to(term: Term, ty: &DataType) -> Term {
    Term::new(Form::Cast {
        ty: format!("CAST {ty}"),
        keeps_value: false,
        term,
    })
}

/// Whether each value of a type has the same meaning in the other one.
fn keeps_value(from: &DataType, to: &DataType) -> bool {
    if let DataType::Dictionary(_, from) = from {
        return keeps_value(from, to);
    }
    if let DataType::Dictionary(_, to) = to {
        return keeps_value(from, to);
    }
    let is_wider = || match (from.primitive_width(), to.primitive_width()) {
        (Some(from), Some(to)) => from <= to,
        _ => false,
    };
    from == to
        || (from.is_string() && to.is_string())
        || (from.is_signed_integer() && to.is_signed_integer() && is_wider())
        || (from.is_unsigned_integer() && to.is_unsigned_integer() && is_wider())
        || (from.is_unsigned_integer() && to.is_signed_integer() && from.primitive_width() < to.primitive_width())
}
