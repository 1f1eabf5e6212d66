//! The order in which rows stand in their files, as an order that a scan declares.
//!
//! ```text
//! SortExec: [FILE, ROW]                                            PlaceOrderExec: [FILE, ROW]
//!   ProjectionExec: x, input_file_name() AS FILE,          ─▶        DataSourceExec: x, input_file_name() AS FILE,
//!                   file_row_index() AS ROW                                          file_row_index() AS ROW
//!     DataSourceExec
//! ```
//!
//! With `codeanatomy.implicit_order` rows that tie come by the name of their file and their number in it. A partition that reads
//! its files one after the other, by name, gives them so: the files are dealt out by name, the scan keeps them where they are (no
//! partition takes files from others), and nothing has to be sorted. `EnsureRequirements`, behind this rule, takes the sorts away, and
//! `ordered_concat` puts the partitions together. It fires for scans of Parquet files whose projection has both columns of the place.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, ScalarValue};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr, PhysicalSortExpr, ScalarFunctionExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use super::pass::{PassExec, Passing};
use crate::settings::{Determinism, Settings};

/// Declares the order of scans whose rows have their places as columns.
#[derive(Debug)]
pub(crate) struct PlaceOrder;

impl PhysicalOptimizerRule for PlaceOrder {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let settings = Settings::of(config);
        if settings.determinism == Determinism::Off || !settings.implicit_order {
            return Ok(plan);
        }
        let declared = plan.transform_up(|node| {
            let declared = match node.downcast_ref::<ProjectionExec>() {
                Some(projection) => declare(projection, config)?,
                None => None,
            };
            Ok(declared.map_or_else(|| Transformed::no(node), Transformed::yes))
        })?;
        Ok(declared.data)
    }

    fn name(&self) -> &str {
        "place_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The rows of `projection` in the order of their places; none if they have none.
fn declare(projection: &ProjectionExec, config: &ConfigOptions) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let calls = |name: &str| {
        let is_call = |expr: &Arc<dyn PhysicalExpr>| {
            let function = expr.downcast_ref::<ScalarFunctionExpr>();
            function.is_some_and(|f| f.fun().name() == name)
        };
        projection.expr().iter().position(|e| is_call(&e.expr))
    };
    let (Some(file), Some(row)) = (calls("input_file_name"), calls("file_row_index")) else {
        return Ok(None);
    };
    let Some(scan) = projection.input().downcast_ref::<DataSourceExec>() else {
        return Ok(None);
    };
    let Some(files) = scan.data_source().downcast_ref::<FileScanConfig>() else {
        return Ok(None);
    };
    if files.output_partitioning.is_some() {
        return Ok(None);
    }
    let by_name = FileScanConfigBuilder::from(files.clone())
        .with_file_groups(by_name(&files.file_groups))
        .with_preserve_order(true)
        .build();
    // What is between the scan and its order may shuffle rows, so the columns become the scan's own, and files are cut here.
    let scan = DataSourceExec::from_data_source(by_name).try_swapping_with_projection(projection)?;
    let Some(scan) = scan else { return Ok(None) };
    let cut = match config.optimizer.repartition_file_scans {
        true => scan.repartitioned(config.execution.target_partitions, config)?,
        false => None,
    };
    let scan = cut.unwrap_or(scan);
    Ok(Some(Arc::new(PlaceOrderExec::new(scan, Place { file, row }))))
}

/// The files, dealt out by name to as many groups of the same number.
fn by_name(groups: &[FileGroup]) -> Vec<FileGroup> {
    let mut files: Vec<_> = groups.iter().flat_map(FileGroup::iter).cloned().collect();
    let start = |range: &Option<datafusion::datasource::listing::FileRange>| range.as_ref().map_or(0, |r| r.start);
    files.sort_by(|a, b| {
        let names = a.object_meta.location.as_ref().cmp(b.object_meta.location.as_ref());
        names.then_with(|| start(&a.range).cmp(&start(&b.range)))
    });
    let size = files.len().div_ceil(groups.len().max(1)).max(1);
    files.chunks(size).map(|files| FileGroup::new(files.to_vec())).collect()
}

/// Passes on rows of a scan of files in the order of their places.
pub(super) type PlaceOrderExec = PassExec<Place>;

/// The columns that say where a row is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    file: usize,
    row: usize,
}

/// In a partition: the first file, the first byte of it that is read, the last file, and the last byte.
pub(super) struct Stretch {
    pub(super) first: (ScalarValue, ScalarValue),
    pub(super) last: (ScalarValue, ScalarValue),
}

impl Place {
    /// Whether `order` begins with the place.
    pub(super) fn begins(&self, order: &[(usize, SortOptions)]) -> bool {
        let ascending = |options: &SortOptions| !options.descending;
        matches!(order, [(file, a), (row, b), ..] if *file == self.file && *row == self.row && ascending(a) && ascending(b))
    }

    /// What a partition of the scan reads; none if it has no files. Rows of later bytes have greater numbers.
    pub(super) fn stretch(scan: &FileScanConfig, partition: usize) -> Option<Stretch> {
        let files = scan.file_groups.get(partition)?.files();
        let (first, last) = (files.first()?, files.last()?);
        let name = |location: &str| ScalarValue::Utf8(Some(location.to_string()));
        let byte = |byte: i64| ScalarValue::Int64(Some(byte));
        let start = first.range.as_ref().map_or(0, |r| r.start);
        let end = last.range.as_ref().map_or(i64::MAX, |r| r.end - 1);
        Some(Stretch {
            first: (name(first.object_meta.location.as_ref()), byte(start)),
            last: (name(last.object_meta.location.as_ref()), byte(end)),
        })
    }
}

impl Passing for Place {
    const NAME: &'static str = "PlaceOrderExec";

    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties {
        let mut known = input.equivalence_properties().clone();
        if is_by_name(input) {
            let schema = input.schema();
            let ascending = SortOptions::new(false, false);
            let sort = |i: usize| PhysicalSortExpr::new(Arc::new(Column::new(schema.field(i).name(), i)), ascending);
            known.add_orderings([[sort(self.file), sort(self.row)]]);
        }
        known
    }

    fn describe(&self) -> String {
        "by file and row".to_string()
    }
}

/// Whether every partition reads its files by name, and parts of a file by their places.
fn is_by_name(input: &Arc<dyn ExecutionPlan>) -> bool {
    let scan = input.downcast_ref::<DataSourceExec>();
    let Some(files) = scan.and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>()) else {
        return false;
    };
    files.file_groups.iter().all(|group| {
        group.files().windows(2).all(|pair| match pair {
            [a, b] => match a.object_meta.location.as_ref().cmp(b.object_meta.location.as_ref()) {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Greater => false,
                std::cmp::Ordering::Equal => {
                    matches!((&a.range, &b.range), (Some(a), Some(b)) if a.end <= b.start)
                }
            },
            _ => true,
        })
    })
}
