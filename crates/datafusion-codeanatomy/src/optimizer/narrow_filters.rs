//! The logical rule `narrow_filters`: predicates on functions become predicates on columns, by which scans prune.
//!
//! ```text
//! Filter: qualified_name_parent(name) = 'a.b'
//! becomes
//! Filter: qualified_name_parent(name) = 'a.b' AND name >= 'a.b.' AND name < 'a.b/'
//! ```
//!
//! What follows from a predicate, the functions say. A filter keeps the rows for which its predicate is true, so that it is the
//! same whether it is false or null for others. The rule stands behind the engine's, which go over the plan again for what it
//! changes, and push it down.

use codeanatomy_functions::{Narrowed, narrowed, span_make_bound};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchemaRef, Result};
use datafusion::functions::core::getfield::GetFieldFunc;
use datafusion::logical_expr::utils::{conjunction, disjunction, split_binary_owned, split_conjunction};
use datafusion::logical_expr::{
    BinaryExpr, Expr, Filter, LogicalPlan, Operator, TableProviderFilterPushDown, TableScan,
};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use crate::settings::Settings;

/// The rule.
#[derive(Debug)]
pub(crate) struct NarrowFilters;

impl OptimizerRule for NarrowFilters {
    fn name(&self) -> &str {
        "narrow_filters"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !Settings::of(&config.options()).narrow_filters {
            return Ok(Transformed::no(plan));
        }
        match plan {
            LogicalPlan::Filter(filter) => {
                let predicate = narrow_all(filter.predicate, filter.input.schema())?;
                predicate.map_data(|p| Filter::try_new(p, filter.input).map(LogicalPlan::Filter))
            }
            LogicalPlan::TableScan(scan) => narrow_scan(scan).map(|scan| scan.update_data(LogicalPlan::TableScan)),
            plan => Ok(Transformed::no(plan)),
        }
    }
}

/// The filters of a scan, which may stand nowhere else, with what it takes of what follows from them.
fn narrow_scan(mut scan: TableScan) -> Result<Transformed<TableScan>> {
    let schema = std::sync::Arc::clone(&scan.projected_schema);
    let mut found = vec![];
    for filter in &scan.filters {
        // A scan may filter by columns that it does not give.
        if filter.column_refs().iter().all(|c| schema.has_column(c)) {
            let narrowed = narrow_all(filter.clone(), &schema)?;
            if narrowed.transformed {
                found.extend(split_conjunction(&narrowed.data).into_iter().cloned());
            }
        }
    }
    found.retain(|f| !scan.filters.contains(f));
    let taken = scan
        .source
        .supports_filters_pushdown(&found.iter().collect::<Vec<_>>())?;
    let taken = found
        .into_iter()
        .zip(taken)
        .filter(|(_, how)| *how != TableProviderFilterPushDown::Unsupported);
    let before = scan.filters.len();
    scan.filters.extend(taken.map(|(filter, _)| filter));
    let is_more = scan.filters.len() > before;
    Ok(Transformed::new_transformed(scan, is_more))
}

/// A predicate that has to be true, with what follows from its conjuncts.
fn narrow_all(predicate: Expr, schema: &DFSchemaRef) -> Result<Transformed<Expr>> {
    let before: Vec<Expr> = split_conjunction(&predicate).into_iter().cloned().collect();
    let mut all = vec![];
    let mut is_changed = false;
    for one in &before {
        let narrowed = narrow(one.clone(), schema)?;
        if !narrowed.transformed {
            all.push(one.clone());
            continue;
        }
        for part in split_conjunction(&narrowed.data) {
            is_changed |= !before.contains(part);
            if !all.contains(part) && (part == one || !before.contains(part)) {
                all.push(part.clone());
            }
        }
    }
    match conjunction(all) {
        Some(all) if is_changed => Ok(Transformed::yes(all)),
        _ => Ok(Transformed::no(predicate)),
    }
}

/// A conjunct: a call, a comparison of one with literals, or these with OR between.
fn narrow(predicate: Expr, schema: &DFSchemaRef) -> Result<Transformed<Expr>> {
    if matches!(&predicate, Expr::BinaryExpr(BinaryExpr { op: Operator::Or, .. })) {
        let parts = split_binary_owned(predicate.clone(), Operator::Or).into_iter();
        let parts = parts.map(|part| narrow_all(part, schema)).collect::<Result<Vec<_>>>()?;
        if !parts.iter().any(|part| part.transformed) {
            return Ok(Transformed::no(predicate));
        }
        let parts = disjunction(parts.into_iter().map(|part| part.data));
        return Ok(Transformed::yes(parts.unwrap_or(predicate)));
    }
    let bare = predicate.transform_down(bound_of_made_span)?;
    Ok(match narrowed(&bare.data, schema.as_ref())? {
        Some(Narrowed::Instead(instead)) => Transformed::yes(instead),
        Some(Narrowed::Besides(besides)) => Transformed::yes(bare.data.and(besides)),
        None => bare,
    })
}

/// `span_make(a, b)['bstart']` is `a`.
fn bound_of_made_span(expr: Expr) -> Result<Transformed<Expr>> {
    let bound = match &expr {
        Expr::ScalarFunction(access) if access.func.inner().is::<GetFieldFunc>() => match &access.args[..] {
            [span, Expr::Literal(name, _)] => name.try_as_str().flatten().and_then(|name| span_make_bound(span, name)),
            _ => None,
        },
        _ => None,
    };
    Ok(match bound {
        Some(bound) => Transformed::yes(bound.clone()),
        None => Transformed::no(expr),
    })
}
