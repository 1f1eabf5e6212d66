//! The order that a table declares.

use datafusion::catalog::MemTable;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema};
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Expr, LogicalPlan, SortExpr, TableScan};

use crate::dataset::DatasetTable;

use super::ascending;

/// The order of the rows of `plan`, as far as it is that of one table and its columns are there: empty if none is known.
///
/// It comes from declarations alone, so it is the same for any partitions, statistics and settings.
pub(super) fn declared_order(plan: &LogicalPlan) -> Vec<SortExpr> {
    match plan {
        LogicalPlan::TableScan(scan) => of_table(scan),
        LogicalPlan::Filter(filter) => declared_order(&filter.input),
        LogicalPlan::Limit(limit) => declared_order(&limit.input),
        LogicalPlan::SubqueryAlias(alias) => {
            // Columns keep their places and get another qualifier.
            let inner = alias.input.schema();
            let place =
                |e: &Expr| position(inner, e).map(|i| Expr::Column(Column::from(alias.schema.qualified_field(i))));
            through(declared_order(&alias.input), place)
        }
        LogicalPlan::Projection(projection) => {
            let place = |e: &Expr| {
                let i = projection.expr.iter().position(|p| p.clone().unalias() == *e)?;
                Some(Expr::Column(Column::from(projection.schema.qualified_field(i))))
            };
            through(declared_order(&projection.input), place)
        }
        _ => vec![],
    }
}

/// The order up to the first expression without a place.
fn through(order: Vec<SortExpr>, place: impl Fn(&Expr) -> Option<Expr>) -> Vec<SortExpr> {
    let placed = order.into_iter().map_while(|sort| {
        let expr = place(&sort.expr)?;
        Some(SortExpr { expr, ..sort })
    });
    placed.collect()
}

fn position(schema: &DFSchema, expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Column(column) => schema.maybe_index_of_column(column),
        _ => None,
    }
}

fn of_table(scan: &TableScan) -> Vec<SortExpr> {
    let Ok(provider) = source_as_provider(&scan.source) else {
        return vec![];
    };
    let order = if let Some(dataset) = provider.downcast_ref::<DatasetTable>() {
        let columns = dataset.contract().order.iter();
        columns
            .map(|name| ascending(Expr::Column(Column::from_name(*name))))
            .collect()
    } else if let Some(table) = provider.downcast_ref::<MemTable>() {
        table.sort_order.lock().first().cloned().unwrap_or_default()
    } else if let Some(table) = provider.downcast_ref::<ListingTable>() {
        table.options().file_sort_order.first().cloned().unwrap_or_default()
    } else {
        vec![]
    };
    // Declarations name columns without the table's name.
    let qualified = order.into_iter().map_while(|sort| {
        let mut known = true;
        let expr = sort.expr.transform(|e| match e {
            Expr::Column(column) => {
                let i = scan.projected_schema.index_of_column_by_name(None, &column.name);
                let i = i.or_else(|| {
                    scan.projected_schema
                        .fields()
                        .iter()
                        .position(|f| *f.name() == column.name)
                });
                known &= i.is_some();
                let column = i.map_or(column, |i| Column::from(scan.projected_schema.qualified_field(i)));
                Ok(Transformed::yes(Expr::Column(column)))
            }
            e => Ok(Transformed::no(e)),
        });
        let expr = expr.ok()?.data;
        known.then_some(SortExpr { expr, ..sort })
    });
    qualified.collect()
}
