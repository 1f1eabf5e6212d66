//! Groups and windows.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::logical_expr::utils::grouping_set_to_exprlist;
use datafusion::logical_expr::{Aggregate, DistinctOn, Expr, GroupingSet, Window};

use super::{Builder, Scope, in_no_order, settled};
use crate::analysis::term::{Relation, Rows, Term};

impl Builder {
    pub(super) fn group(&mut self, node: &Aggregate) -> Result<Relation> {
        let input = self.relation(&node.input)?;
        let scope = Scope::of(&node.input, &input);
        let place = self.place();
        let exprs = grouping_set_to_exprlist(&node.group_expr)?;
        let keys = self.terms(exprs.iter().copied(), &scope)?;
        let number = |expr: &Expr| exprs.iter().position(|e| *e == expr);
        let numbers = |of: &[Expr]| -> Vec<usize> { of.iter().filter_map(number).collect() };
        let sets = match node.group_expr.first() {
            Some(Expr::GroupingSet(GroupingSet::Rollup(exprs))) => {
                Some((0..=exprs.len()).map(|n| numbers(&exprs[..n])).collect())
            }
            Some(Expr::GroupingSet(GroupingSet::Cube(exprs))) => {
                let all = numbers(exprs);
                let sets = 0..1_usize << all.len().min(16);
                let set = |bits: usize| {
                    all.iter()
                        .enumerate()
                        .filter(|(i, _)| (bits >> i) & 1 == 1)
                        .map(|(_, n)| *n)
                        .collect()
                };
                Some(sets.map(set).collect())
            }
            Some(Expr::GroupingSet(GroupingSet::GroupingSets(sets))) => {
                Some(sets.iter().map(|set| numbers(set)).collect())
            }
            _ => None,
        };
        let mut columns = match &sets {
            None => keys.clone(),
            // A key is null in the rows of the sets that it is not in.
            Some(_) => {
                let key = |key: &Term| Term::there(place, "grouped", key.clone());
                let mut columns: Vec<_> = keys.iter().map(key).collect();
                let of_keys = Term::call("grouping_id", keys.clone());
                columns.push(Term::there(place, "grouped", of_keys));
                columns
            }
        };
        for expr in &node.aggr_expr {
            columns.push(self.over(expr, &scope, place)?);
        }
        let rows = Rows::Group {
            place,
            keys,
            sets,
            input: settled(input),
        };
        Ok(in_no_order(rows, columns))
    }

    pub(super) fn window(&mut self, node: &Window) -> Result<Relation> {
        let input = self.relation(&node.input)?;
        let scope = Scope::of(&node.input, &input);
        // Windows over the same rows are one place, whatever their order.
        let (place, below) = match input.rows.as_ref() {
            Rows::Window { place, input: below } if input.order.is_empty() => (*place, Some(Arc::clone(below))),
            _ => (self.place(), None),
        };
        let mut columns = input.columns.clone();
        for expr in &node.window_expr {
            columns.push(self.over(expr, &scope, place)?);
        }
        let input = below.unwrap_or_else(|| settled(input));
        Ok(in_no_order(Rows::Window { place, input }, columns))
    }

    pub(super) fn first(&mut self, node: &DistinctOn) -> Result<Relation> {
        let input = self.relation(&node.input)?;
        let scope = Scope::of(&node.input, &input);
        let keys = self.terms(&node.on_expr, &scope)?;
        let columns = self.terms(&node.select_expr, &scope)?;
        let order = match &node.sort_expr {
            Some(order) => self.keys(order, &scope)?,
            None => input.order.clone(),
        };
        let rows = Rows::First {
            keys,
            order: order.clone(),
            input: input.rows,
        };
        Ok(Relation {
            order,
            ..in_no_order(rows, columns)
        })
    }
}
