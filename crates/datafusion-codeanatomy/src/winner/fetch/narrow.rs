//! A scan of Parquet files with fewer columns, and the places of its rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Result, internal_err};
use datafusion::datasource::physical_plan::{FileScanConfig, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::functions::core::{file_row_index, input_file_name};
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};

use super::place::{Counted, Files, RowPlace};

/// The name of the column that has the places.
const PLACE: &str = "row_place";

/// The files below `plan`, if it is a scan of whole Parquet files whose numbers of rows are known, perhaps below filters and
/// projections of columns.
pub(super) fn files(plan: &Arc<dyn ExecutionPlan>) -> Option<Files> {
    if let Some(filter) = filter(plan) {
        return files(filter.input());
    }
    if let Some((projection, _)) = columns_of(plan) {
        return files(projection.input());
    }
    let scan = scan(plan)?;
    let whole = scan.limit.is_none() && scan.output_partitioning.is_none();
    if !whole || scan.file_source.downcast_ref::<ParquetSource>().is_none() {
        return None;
    }
    let files = scan.file_groups.iter().flat_map(|group| group.iter());
    let counted = files.map(|file| match file.statistics.as_ref()?.num_rows {
        Precision::Exact(rows) if file.range.is_none() && file.extensions.is_empty() => Some(Counted {
            name: file.object_meta.location.to_string(),
            rows,
        }),
        _ => None,
    });
    Files::new(counted.collect::<Option<_>>()?)
}

/// Its filter, if there is one.
fn filter(plan: &Arc<dyn ExecutionPlan>) -> Option<&FilterExec> {
    plan.downcast_ref::<FilterExec>()
        .filter(|filter| filter.fetch().is_none())
}

/// The columns below that `plan` has, if it is a projection of columns.
fn columns_of(plan: &Arc<dyn ExecutionPlan>) -> Option<(&ProjectionExec, Vec<usize>)> {
    let projection = plan.downcast_ref::<ProjectionExec>()?;
    let column = |expr: &ProjectionExpr| expr.expr.downcast_ref::<Column>().map(Column::index);
    let columns = projection.expr().iter().map(column);
    Some((projection, columns.collect::<Option<_>>()?))
}

/// What a node that scans files scans.
pub(super) fn scan(plan: &Arc<dyn ExecutionPlan>) -> Option<&FileScanConfig> {
    plan.downcast_ref::<DataSourceExec>()?.data_source().downcast_ref()
}

/// The rows of `plan`, for which there are [`files`], with these columns and then their places.
pub(super) fn narrow(
    plan: &Arc<dyn ExecutionPlan>,
    columns: &[usize],
    files: &Arc<Files>,
    config: &Arc<ConfigOptions>,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    if let Some((projection, below)) = columns_of(plan) {
        let below: Vec<usize> = columns.iter().map(|column| below[*column]).collect();
        let Some(input) = narrow(projection.input(), &below, files, config)? else {
            return Ok(None);
        };
        let mut names: Vec<_> = picked(plan, columns).into_iter().map(|picked| picked.alias).collect();
        names.push(PLACE.to_string());
        let all: Vec<usize> = (0..names.len()).collect();
        let mut exprs = picked(&input, &all);
        exprs.iter_mut().zip(names).for_each(|(expr, name)| expr.alias = name);
        let projection = ProjectionExec::try_new(exprs, Arc::clone(&input))?;
        let swapped = input.try_swapping_with_projection(&projection)?;
        return Ok(Some(swapped.unwrap_or_else(|| Arc::new(projection))));
    }
    let Some(filter) = filter(plan) else {
        let mut exprs = picked(plan, columns);
        exprs.push(ProjectionExpr {
            expr: of_row(ScalarUDF::from(RowPlace::new(files)), DataType::Int64, config),
            alias: PLACE.to_string(),
        });
        return project(exprs, plan);
    };
    let below: Vec<usize> = match filter.projection() {
        Some(projection) => columns.iter().map(|column| projection[*column]).collect(),
        None => columns.to_vec(),
    };
    let asked = collect_columns(filter.predicate()).into_iter().map(|c| c.index());
    let needed: BTreeSet<usize> = below.iter().copied().chain(asked).collect();
    let needed: Vec<usize> = needed.into_iter().collect();
    let Some(input) = narrow(filter.input(), &needed, files, config)? else {
        return Ok(None);
    };
    let predicate = moved(filter.predicate(), &needed)?;
    let stands = |column: &usize| needed.binary_search(column).unwrap_or(needed.len());
    let kept = below.iter().map(stands).chain([needed.len()]).collect();
    let narrow = FilterExecBuilder::new(predicate, input)
        .with_default_selectivity(filter.default_selectivity())
        .with_batch_size(filter.batch_size())
        .apply_projection(Some(kept))?
        .build()?;
    Ok(Some(Arc::new(narrow)))
}

/// The scan below `plan`, for which there are [`files`], with the columns of `plan`.
pub(super) fn unfiltered(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    if let Some((projection, below)) = columns_of(plan) {
        let Some(scan) = unfiltered(projection.input())? else {
            return Ok(None);
        };
        let mut exprs = picked(&scan, &below);
        let named = exprs.iter_mut().zip(projection.expr());
        named.for_each(|(expr, named)| expr.alias.clone_from(&named.alias));
        return project(exprs, &scan);
    }
    let Some(filter) = filter(plan) else {
        return Ok(Some(Arc::clone(plan)));
    };
    match (unfiltered(filter.input())?, filter.projection()) {
        (Some(scan), Some(projection)) => project(picked(&scan, projection), &scan),
        (scan, _) => Ok(scan),
    }
}

/// The columns of `plan` that stand in `columns`.
pub(super) fn picked(plan: &Arc<dyn ExecutionPlan>, columns: &[usize]) -> Vec<ProjectionExpr> {
    let schema = plan.schema();
    let pick = |column: &usize| ProjectionExpr {
        expr: Arc::new(Column::new(schema.field(*column).name(), *column)),
        alias: schema.field(*column).name().clone(),
    };
    columns.iter().map(pick).collect()
}

/// The scan with these columns instead; none if it does not take them.
pub(super) fn project(
    exprs: Vec<ProjectionExpr>,
    scan: &Arc<dyn ExecutionPlan>,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    scan.try_swapping_with_projection(&ProjectionExec::try_new(exprs, Arc::clone(scan))?)
}

/// A function of the file of a row and its number in it.
pub(super) fn of_row(function: ScalarUDF, gives: DataType, config: &Arc<ConfigOptions>) -> Arc<dyn PhysicalExpr> {
    let call = |function: Arc<ScalarUDF>, args, data_type| -> Arc<dyn PhysicalExpr> {
        let name = function.name().to_string();
        let field = Arc::new(Field::new(&name, data_type, true));
        Arc::new(ScalarFunctionExpr::new(
            &name,
            function,
            args,
            field,
            Arc::clone(config),
        ))
    };
    let file = call(input_file_name(), vec![], DataType::Utf8);
    let row = call(file_row_index(), vec![], DataType::Int64);
    call(Arc::new(function), vec![file, row], gives)
}

/// `expr` over the columns that stand in `columns`, in this order.
pub(super) fn moved(expr: &Arc<dyn PhysicalExpr>, columns: &[usize]) -> Result<Arc<dyn PhysicalExpr>> {
    let moved = Arc::clone(expr).transform_down(|expr| {
        let Some(column) = expr.downcast_ref::<Column>() else {
            return Ok(Transformed::no(expr));
        };
        let Some(at) = columns.iter().position(|c| *c == column.index()) else {
            return internal_err!("the column {column} was not kept");
        };
        Ok(Transformed::yes(Arc::new(Column::new(column.name(), at))))
    });
    moved.data()
}
