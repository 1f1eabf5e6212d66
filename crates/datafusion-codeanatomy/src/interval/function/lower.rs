//! A call as a plan: a join, a rank over it if only the best matches stay, and the columns by their names.

use std::collections::BTreeSet;

use datafusion::arrow::row::RowConverter;
use datafusion::arrow::row::SortField;
use datafusion::common::{Column, DFSchema, Result};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, ident, lit};

use super::Call;
use super::mode::{order, unmatched};
use super::sides::Sides;
use crate::planner::RelationArguments;

/// Which rows come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Inner,
    Left,
    Semi,
    Anti,
}

impl How {
    /// By name, the default first.
    pub(super) const ALL: &[(&str, Self)] = &[
        ("inner", Self::Inner),
        ("left", Self::Left),
        ("semi", Self::Semi),
        ("anti", Self::Anti),
    ];

    fn join_type(self) -> JoinType {
        match self {
            Self::Inner => JoinType::Inner,
            Self::Left => JoinType::Left,
            Self::Semi => JoinType::LeftSemi,
            Self::Anti => JoinType::LeftAnti,
        }
    }
}

/// The name of the column with the reason why a row has no match.
const UNMATCHED: &str = "unmatched";

// Columns of the plan that do not come out. The qualifier of the inputs' columns keeps them apart.
const ROW: &str = "__left_row";
const RANK: &str = "__rank";
const MATCH: &str = "__is_match";
const KEY: &str = "__is_key";

pub(super) fn lower(call: Call, given: &RelationArguments<'_, '_>) -> Result<LogicalPlan> {
    let output = output(&call, given)?;
    let order = ranks(&call)?;
    let Call {
        sides, mode, how, best, ..
    } = call;
    let mut conditions: Vec<Expr> = sides
        .keys
        .iter()
        .map(|key| key.left.clone().eq(key.right.clone()))
        .collect();
    conditions.extend(mode.conditions(&sides.left_span, &sides.right_span));

    let mut left = LogicalPlanBuilder::from(sides.left.clone());
    let mut right = LogicalPlanBuilder::from(sides.right.clone());
    let reason = how == How::Left;
    if reason {
        left = with_keys(left, &sides)?;
        let mut columns = columns_of(right.schema());
        columns.push(lit(true).alias(MATCH));
        right = right.project(columns)?;
    }
    if best.is_some() {
        let mut columns = columns_of(left.schema());
        left = left.window(vec![row_number()])?;
        let number = left.schema().columns().pop().map(Expr::Column);
        columns.extend(number.map(|number| number.alias(ROW)));
        left = left.project(columns)?;
    }
    let mut plan = left.join_on(right.build()?, how.join_type(), conditions)?;
    if let Some((_, k)) = best {
        let rank = row_number().partition_by(vec![ident(ROW)]).order_by(order).build()?;
        plan = plan.window(vec![rank.alias(RANK)])?.filter(ident(RANK).lt_eq(lit(k)))?;
    }
    let mut output = output;
    if reason {
        let keys = sides.keys.iter().map(|key| key.left.clone()).collect();
        let has_key = (!sides.keys.is_empty()).then(|| ident(KEY));
        output.push(unmatched(ident(MATCH), keys, &sides.left_span, has_key)?.alias(UNMATCHED));
    }
    plan.project(output)?.build()
}

fn columns_of(schema: &DFSchema) -> Vec<Expr> {
    schema.columns().into_iter().map(Expr::Column).collect()
}

/// `left` with a column that is null where the right has no row of its key.
fn with_keys(left: LogicalPlanBuilder, sides: &Sides) -> Result<LogicalPlanBuilder> {
    if sides.keys.is_empty() {
        return Ok(left);
    }
    let name = |i: usize| format!("__key_{i}");
    let keys = sides.keys.iter().enumerate();
    let columns = keys.clone().map(|(i, key)| key.right.clone().alias(name(i)));
    let keyed = LogicalPlanBuilder::from(sides.right.clone())
        .project(columns)?
        .distinct()?;
    let columns = keys.clone().map(|(i, _)| ident(name(i))).chain([lit(true).alias(KEY)]);
    let keyed = keyed.project(columns)?.build()?;
    let same = keys.map(|(i, key)| key.left.clone().eq(ident(name(i))));
    left.join_on(keyed, JoinType::Left, same)
}

/// The order in which the matches of a row are ranked: total, but for rows that are equal in all columns that have an order.
fn ranks(call: &Call) -> Result<Vec<datafusion::logical_expr::SortExpr>> {
    let Some((best, _)) = &call.best else { return Ok(vec![]) };
    let mut ranks = order(call.mode, *best, &call.sides.left_span, &call.sides.right_span)?;
    for (qualifier, field) in call.sides.right.schema().iter() {
        if RowConverter::supports_fields(&[SortField::new(field.data_type().clone())]) {
            ranks.push(Expr::Column(Column::from((qualifier, field))).sort(true, false));
        }
    }
    Ok(ranks)
}

/// What comes out: the left's columns, then the right's but for those that `on` makes equal to a column of that name.
fn output(call: &Call, given: &RelationArguments<'_, '_>) -> Result<Vec<Expr>> {
    let mut output = vec![];
    let mut taken = BTreeSet::new();
    let reason = (call.how == How::Left).then_some(UNMATCHED);
    for (qualifier, field) in call.sides.left.schema().iter() {
        output.push(Expr::Column(Column::from((qualifier, field))).alias(field.name()));
        taken.insert(field.name().clone());
    }
    if matches!(call.how, How::Semi | How::Anti) {
        return Ok(output);
    }
    let shared = |name: &str| call.sides.keys.iter().any(|k| k.shared.as_deref() == Some(name));
    let on_left = taken.clone();
    for (qualifier, field) in call.sides.right.schema().iter() {
        if shared(field.name()) {
            continue;
        }
        let name = match on_left.contains(field.name()) {
            true => format!("{}{}", call.prefix, field.name()),
            false => field.name().clone(),
        };
        if !taken.insert(name.clone()) {
            return Err(given.invalid(format!(
                "two columns would have the name {name}; give another prefix => '…' to columns of the right"
            )));
        }
        output.push(Expr::Column(Column::from((qualifier, field))).alias(name));
    }
    match reason.filter(|name| taken.contains(*name)) {
        Some(name) => Err(given.invalid(format!(
            "an input has a column {name}, which how => 'left' adds; give it another name"
        ))),
        None => Ok(output),
    }
}
