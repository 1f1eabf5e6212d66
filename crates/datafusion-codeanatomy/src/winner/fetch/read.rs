//! Rows of Parquet files, read by their places.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, internal_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::projection::ProjectionExpr;
use parquet::arrow::arrow_reader::RowSelection;

use super::narrow::{of_row, picked, project, scan};
use super::place::{Marked, RowMarked};

/// Where more than one row in so many is read, the others are read with it and dropped: a reader that skips would stop at each.
const SPARSE: usize = 32;

/// The marked rows of `plan`, which reads files.
pub(super) fn read(
    plan: &Arc<dyn ExecutionPlan>,
    marked: &Arc<Marked>,
    config: &Arc<ConfigOptions>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let sparse = marked.count() <= marked.all() / SPARSE;
    let mut scans = 0;
    let read = Arc::clone(plan).transform_up(|node| {
        let Some(files) = scan(&node) else {
            return Ok(Transformed::no(node));
        };
        scans += 1;
        let some = some_files(files, marked, sparse);
        Ok(Transformed::yes(if sparse {
            some
        } else {
            some_rows(&some, marked, config)?
        }))
    })?;
    match scans {
        1 => Ok(read.data),
        _ => internal_err!("rows are read by their places from one scan of files, and there are {scans}"),
    }
}

/// A scan of the files that have marked rows, and only of these rows if they are few.
fn some_files(scan: &FileScanConfig, marked: &Marked, sparse: bool) -> Arc<dyn ExecutionPlan> {
    let of_file = |file: &PartitionedFile| {
        let marks = marked.of(file.object_meta.location.as_ref())?;
        let mut file = file.clone();
        if sparse {
            let rows = RowSelection::from_boolean_buffer(marks.clone());
            file.extensions.insert(ParquetRowSelection::new(rows));
        }
        Some(file)
    };
    let groups = scan.file_groups.iter();
    let groups = groups.map(|group| FileGroup::new(group.iter().filter_map(of_file).collect()));
    DataSourceExec::from_data_source(
        FileScanConfigBuilder::from(scan.clone())
            .with_file_groups(groups.collect())
            .build(),
    )
}

/// The marked rows of a scan, which reads the others too.
fn some_rows(
    scan: &Arc<dyn ExecutionPlan>,
    marked: &Arc<Marked>,
    config: &Arc<ConfigOptions>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let columns: Vec<usize> = (0..scan.schema().fields().len()).collect();
    let function = ScalarUDF::from(RowMarked::new(marked));
    let mut exprs = picked(scan, &columns);
    exprs.push(ProjectionExpr {
        alias: function.name().to_string(),
        expr: of_row(function, DataType::Boolean, config),
    });
    let Some(with_marks) = project(exprs, scan)? else {
        return internal_err!("the scan of Parquet files does not take the function that marks its rows");
    };
    let is_marked = Arc::new(Column::new("row_marked", columns.len()));
    let rows = FilterExecBuilder::new(is_marked, with_marks).apply_projection(Some(columns))?;
    Ok(Arc::new(rows.build()?))
}
