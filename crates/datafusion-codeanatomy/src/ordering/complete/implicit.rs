//! `SET codeanatomy.implicit_order = true`: ties are settled by where a row is, the name of its file and its number in it.
//!
//! ```text
//! Sort: t.s ASC                   Projection: t.s, t.x
//!   TableScan: t           ─▶       Sort: t.s ASC, FILE AS added by implicit order ASC, ROW AS added by implicit order ASC
//!                                     Projection: t.s, t.x, input_file_name() AS FILE, file_row_index() AS ROW
//!                                       TableScan: t
//! ```
//!
//! It holds for rows of one table of Parquet files without a declared key, through filters, projections and aliases. Two columns
//! are compared in place of all, but the answer depends on the names of files, and on how rows are dealt out to them.

use std::sync::Arc;

use datafusion::common::{Column, Result};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::functions::core::{file_row_index, input_file_name};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, Projection, Sort, SubqueryAlias, TableScan};

use super::ascending;
use super::total::{because, is_keyed, is_total};

/// The columns of the place; no column of a user's has such a name.
const FILE: &str = "codeanatomy.file";
const ROW: &str = "codeanatomy.row";

/// `sort`, with its ties settled by the places of rows; none if it has no ties, if a key settles them, or if rows have no places.
pub(super) fn settled(sort: &Sort) -> Result<Option<LogicalPlan>> {
    if is_total(&sort.expr, &sort.input) || is_keyed(&sort.input) {
        return Ok(None);
    }
    let Some(input) = placed(&sort.input)? else {
        return Ok(None);
    };
    let mut expr = sort.expr.clone();
    for column in place(&input) {
        expr.push(because(ascending(column), "added by implicit order"));
    }
    let columns = sort.input.schema().columns().into_iter().map(Expr::Column).collect();
    let sorted = Sort {
        expr,
        input: Arc::new(input),
        fetch: sort.fetch,
    };
    let projection = Projection::try_new(columns, Arc::new(LogicalPlan::Sort(sorted)))?;
    Ok(Some(LogicalPlan::Projection(projection)))
}

/// `plan` with the places of its rows as two more columns, where they have any.
fn placed(plan: &LogicalPlan) -> Result<Option<LogicalPlan>> {
    let with = match plan {
        LogicalPlan::TableScan(scan) if is_parquet(scan) => {
            let columns = plan.schema().columns().into_iter().map(Expr::Column);
            let file = input_file_name().call(vec![]).alias(FILE);
            let row = file_row_index().call(vec![]).alias(ROW);
            let columns = columns.chain([file, row]).collect();
            LogicalPlan::Projection(Projection::try_new(columns, Arc::new(plan.clone()))?)
        }
        LogicalPlan::Filter(filter) => match placed(&filter.input)? {
            Some(input) => LogicalPlan::Filter(Filter::try_new(filter.predicate.clone(), Arc::new(input))?),
            None => return Ok(None),
        },
        LogicalPlan::SubqueryAlias(alias) => match placed(&alias.input)? {
            Some(input) => LogicalPlan::SubqueryAlias(SubqueryAlias::try_new(Arc::new(input), alias.alias.clone())?),
            None => return Ok(None),
        },
        LogicalPlan::Projection(projection) => match placed(&projection.input)? {
            Some(input) => {
                let columns = projection.expr.iter().cloned().chain(place(&input)).collect();
                LogicalPlan::Projection(Projection::try_new(columns, Arc::new(input))?)
            }
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(with))
}

fn place(plan: &LogicalPlan) -> Vec<Expr> {
    let columns = plan.schema().iter();
    columns
        .filter(|(_, field)| field.name() == FILE || field.name() == ROW)
        .map(|column| Expr::Column(Column::from(column)))
        .collect()
}

fn is_parquet(scan: &TableScan) -> bool {
    let Ok(provider) = source_as_provider(&scan.source) else {
        return false;
    };
    provider
        .downcast_ref::<ListingTable>()
        .is_some_and(|table| table.options().format.downcast_ref::<ParquetFormat>().is_some())
}
