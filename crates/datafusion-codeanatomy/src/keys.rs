//! Keys that scans declare and groups have, as columns of the plans above them.
//!
//! They are followed from the scan, since the engine loses them on the way: `EquivalenceProperties::project` looks for the columns of a key among the
//! places behind a projection in place of those before it. So of `SELECT b, c` of a table whose key is its first column, the scan itself
//! says that `b` is a key, and `ORDER BY b, c` is left unsorted where rows come by `b`.

use std::sync::Arc;

use datafusion::common::Constraint;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::buffer::BufferExec;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use crate::dataset::DatasetScanExec;
use crate::ordering::passes_rows_on;

/// A key, and what is known of it.
struct Key {
    constraint: Constraint,
    /// Rows were grouped by it, so that rows with nulls in it differ too.
    grouped: bool,
}

/// The columns of `plan` in which no two of its rows agree: primary keys, unique columns that are never null, and what rows were grouped by.
pub(crate) fn declared_keys(plan: &dyn ExecutionPlan) -> Vec<Vec<usize>> {
    let schema = plan.schema();
    let keys = declared(plan).into_iter().filter_map(|key| match key.constraint {
        Constraint::PrimaryKey(columns) => Some(columns),
        Constraint::Unique(columns) => {
            let differs = key.grouped || !columns.iter().any(|i| schema.field(*i).is_nullable());
            differs.then_some(columns)
        }
    });
    keys.collect()
}

/// Whether no two rows of `plan` are equal in all of `exprs`, since these hold a key.
pub(crate) fn holds_key(plan: &dyn ExecutionPlan, exprs: &[PhysicalExprRef]) -> bool {
    let columns: Vec<usize> = exprs
        .iter()
        .filter_map(|e| e.downcast_ref::<Column>().map(Column::index))
        .collect();
    let holds = |key: &Vec<usize>| key.iter().all(|k| columns.contains(k));
    declared_keys(plan).iter().any(holds)
}

/// Whether the engine holds columns of `plan` to be a key that are none.
pub(crate) fn misleads(plan: &dyn ExecutionPlan) -> bool {
    let claimed = plan.equivalence_properties().constraints();
    if claimed.is_empty() {
        return false;
    }
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        // That groups differ it says itself; the rest it takes from its input, by the wrong columns.
        let groups: Vec<usize> = (0..aggregate.group_expr().expr().len()).collect();
        return claimed.iter().any(|claim| *claim != Constraint::Unique(groups.clone()));
    }
    let projects = plan.children().is_empty() || plan.is::<ProjectionExec>() || plan.is::<FilterExec>();
    projects && {
        let declared = declared(plan);
        let is_declared = |claim: &Constraint| declared.iter().any(|key| key.constraint == *claim);
        claimed.iter().any(|claim| !is_declared(claim))
    }
}

/// What the scan or the groups below `plan` declare, by the columns of `plan`.
fn declared(plan: &dyn ExecutionPlan) -> Vec<Key> {
    let mut node = plan;
    // Where the columns of `plan` stand in `node`.
    let mut places: Vec<Option<usize>> = (0..plan.schema().fields().len()).map(Some).collect();
    loop {
        let Some(input) = node.children().first().copied() else {
            return of_leaf(node, &places);
        };
        if let Some(aggregate) = node.downcast_ref::<AggregateExec>() {
            let whole = matches!(
                aggregate.mode(),
                AggregateMode::Final
                    | AggregateMode::FinalPartitioned
                    | AggregateMode::Single
                    | AggregateMode::SinglePartitioned
            );
            let groups: Vec<usize> = (0..aggregate.group_expr().expr().len()).collect();
            let key = at(&groups, &places).filter(|_| whole && aggregate.group_expr().is_single());
            let key = key.map(|columns| Key {
                constraint: Constraint::Unique(columns),
                grouped: true,
            });
            return key.into_iter().collect();
        }
        if let Some(projection) = node.downcast_ref::<ProjectionExec>() {
            let below = |c: usize| Some(projection.expr().get(c)?.expr.downcast_ref::<Column>()?.index());
            places = places.into_iter().map(|place| place.and_then(below)).collect();
        } else if let Some(projection) = node.downcast_ref::<FilterExec>().and_then(|f| f.projection().as_ref()) {
            let below = |c: usize| projection.get(c).copied();
            places = places.into_iter().map(|place| place.and_then(below)).collect();
        } else if node.is::<WindowAggExec>() || node.is::<BoundedWindowAggExec>() {
            let width = input.schema().fields().len();
            places = places.into_iter().map(|place| place.filter(|c| *c < width)).collect();
        } else if !keeps_rows(node) {
            return vec![];
        }
        node = input.as_ref();
    }
}

/// Whether every row of `node` is another row of its one input, with the same columns.
fn keeps_rows(node: &dyn ExecutionPlan) -> bool {
    node.is::<FilterExec>()
        || node.is::<RepartitionExec>()
        || node.is::<CoalescePartitionsExec>()
        || node.is::<SortExec>()
        || node.is::<SortPreservingMergeExec>()
        || node.is::<CooperativeExec>()
        || node.is::<BufferExec>()
        || node.is::<GlobalLimitExec>()
        || node.is::<LocalLimitExec>()
        || passes_rows_on(node)
}

/// What a scan declares, by the columns that stand at `places` of it.
fn of_leaf(leaf: &dyn ExecutionPlan, places: &[Option<usize>]) -> Vec<Key> {
    let source = leaf.downcast_ref::<DataSourceExec>().map(DataSourceExec::data_source);
    let files = source.and_then(|source| source.downcast_ref::<FileScanConfig>());
    let (constraints, places) = match files {
        // They are of the table, and the columns of the scan are some of the table's.
        Some(files) => {
            let places = match files.file_source().projection() {
                Some(projection) => {
                    let exprs = projection.as_ref();
                    let of_table = |c: usize| Some(exprs.get(c)?.expr.downcast_ref::<Column>()?.index());
                    places.iter().map(|place| place.and_then(of_table)).collect()
                }
                None => places.to_vec(),
            };
            (files.constraints.clone(), places)
        }
        None => match leaf.downcast_ref::<DatasetScanExec>() {
            Some(scan) => (scan.key(), places.to_vec()),
            None => (leaf.equivalence_properties().constraints().clone(), places.to_vec()),
        },
    };
    let here = constraints.iter().filter_map(|constraint| match constraint {
        Constraint::PrimaryKey(key) => at(key, &places).map(Constraint::PrimaryKey),
        Constraint::Unique(key) => at(key, &places).map(Constraint::Unique),
    });
    here.map(|constraint| Key {
        constraint,
        grouped: false,
    })
    .collect()
}

/// Where the columns of `key` stand; none if one is not there.
fn at(key: &[usize], places: &[Option<usize>]) -> Option<Vec<usize>> {
    let place = |k: &usize| places.iter().position(|place| *place == Some(*k));
    key.iter().map(place).collect()
}

/// `scan` of files without the keys of its table.
pub(crate) fn without_keys(scan: &dyn ExecutionPlan) -> Option<Arc<dyn ExecutionPlan>> {
    let files = scan.downcast_ref::<DataSourceExec>()?.data_source();
    let mut files = files.downcast_ref::<FileScanConfig>()?.clone();
    files.constraints = Default::default();
    Some(DataSourceExec::from_data_source(files))
}
