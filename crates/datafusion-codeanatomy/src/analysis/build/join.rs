//! Joins, and rows put behind each other.

use std::sync::Arc;

use datafusion::common::{JoinType, NullEquality, Result};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Join, LogicalPlan};

use super::{Builder, Scope, in_no_order, select, settled};
use crate::analysis::term::{Arguments, Form, Place, Relation, Rows, Term};

impl Builder {
    pub(super) fn join(&mut self, node: &Join) -> Result<Relation> {
        let left = self.relation(&node.left)?;
        let of_left = Scope::of(&node.left, &left);
        // The right side may be a query for each row of the left one.
        self.outer.push(of_left.clone());
        let right = self.relation(&node.right);
        self.outer.pop();
        let right = right?;
        let of_right = Scope::of(&node.right, &right);
        let is_set = node.null_equality == NullEquality::NullEqualsNull;
        let equals = if is_set { "IS NOT DISTINCT FROM" } else { "=" };
        let mut conditions = vec![];
        for (l, r) in &node.on {
            let sides = vec![self.checked(l, &of_left)?, self.checked(r, &of_right)?];
            conditions.push(Term::operation(equals, Arguments::Commute, sides));
        }
        let both = Scope {
            sides: of_left.sides.into_iter().chain(of_right.sides).collect(),
        };
        let filters = node.filter.as_ref().map(split_conjunction).unwrap_or_default();
        conditions.extend(Term::spliced("AND", self.terms(filters, &both)?));
        let is_volatile = node
            .filter
            .as_ref()
            .is_some_and(datafusion::logical_expr::Expr::is_volatile);
        let (of_left, of_right) = (left.columns.clone(), right.columns.clone());
        let (left, right) = (settled(left), settled(right));
        if node.join_type == JoinType::Inner {
            let rows = select(vec![left, right], conditions, is_volatile);
            return Ok(Relation {
                rows,
                columns: of_left.into_iter().chain(of_right).collect(),
                order: vec![],
            });
        }
        let place = self.place();
        let nullable = |terms: Vec<Term>| {
            terms
                .into_iter()
                .map(|term| without_partner(place, term))
                .collect::<Vec<_>>()
        };
        let mark = || vec![Term::column(place, "mark")];
        let columns = match node.join_type {
            JoinType::Inner => vec![],
            JoinType::Left => [of_left, nullable(of_right)].concat(),
            JoinType::Right => [nullable(of_left), of_right].concat(),
            JoinType::Full => [nullable(of_left), nullable(of_right)].concat(),
            JoinType::LeftSemi | JoinType::LeftAnti => of_left,
            JoinType::RightSemi | JoinType::RightAnti => of_right,
            JoinType::LeftMark => [of_left, mark()].concat(),
            JoinType::RightMark => [of_right, mark()].concat(),
        };
        // A right one is a left one with the sides exchanged.
        let (kind, is_exchanged) = match node.join_type {
            JoinType::Inner => ("INNER JOIN", false),
            JoinType::Left => ("LEFT JOIN", false),
            JoinType::Right => ("LEFT JOIN", true),
            JoinType::Full => ("FULL JOIN", false),
            JoinType::LeftSemi => ("SEMI JOIN", false),
            JoinType::RightSemi => ("SEMI JOIN", true),
            JoinType::LeftAnti if node.null_aware => ("NULL AWARE ANTI JOIN", false),
            JoinType::LeftAnti => ("ANTI JOIN", false),
            JoinType::RightAnti => ("ANTI JOIN", true),
            JoinType::LeftMark => ("MARK JOIN", false),
            JoinType::RightMark => ("MARK JOIN", true),
        };
        let (left, right) = if is_exchanged { (right, left) } else { (left, right) };
        let is_set = is_set && kind != "LEFT JOIN" && kind != "FULL JOIN";
        let rows = Rows::Join {
            place,
            kind,
            is_set,
            left,
            right,
            conditions,
        };
        Ok(in_no_order(rows, columns))
    }

    pub(super) fn union(&mut self, plans: &[Arc<LogicalPlan>], width: usize) -> Result<Relation> {
        let mut inputs = vec![];
        for plan in plans {
            let mut input = self.relation(plan)?;
            if !input.order.is_empty() {
                let columns = input.columns.clone();
                input = Relation {
                    rows: settled(input),
                    columns,
                    order: vec![],
                };
            }
            match input.rows.as_ref() {
                Rows::Union { place, inputs: parts } if is_all_of(*place, &input.columns, parts) => {
                    inputs.extend(parts.iter().cloned());
                }
                _ => inputs.push(input),
            }
        }
        let place = self.place();
        let columns = (1..=width).map(|i| Term::column(place, i.to_string())).collect();
        Ok(in_no_order(Rows::Union { place, inputs }, columns))
    }
}

/// Whether these are the columns of the union, each at its place.
fn is_all_of(union: Place, columns: &[Term], inputs: &[Relation]) -> bool {
    let width = inputs.first().map_or(0, |input| input.columns.len());
    let is_column = |(i, term): (usize, &Term)| match term.form() {
        Form::Column { place, name } => *place == union && *name == i.to_string(),
        _ => false,
    };
    columns.len() == width && (1..).zip(columns).all(is_column)
}

/// The value where rows may have no partner. That of a column is null there by itself; one of an expression would not be, above the join.
fn without_partner(place: Place, term: Term) -> Term {
    match term.form() {
        Form::Column { .. } | Form::There { .. } | Form::Over { .. } => term,
        _ => Term::there(place, "nullable", term),
    }
}
