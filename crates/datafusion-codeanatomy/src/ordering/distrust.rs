//! What the engine says wrongly of some operators, and what would come of it: no sort where one is needed.
//!
//! - An outer join passes on that a column of the side that may be missing is constant (`... LEFT JOIN (SELECT * FROM b WHERE
//!   c = 1)`), though it is null in unmatched rows; so `c` is left out of sorts above.
//! - A union of inputs in which a column is constant, in each another value, passes on that it is constant in each partition, and behind
//!   a shuffle that it is constant.
//! - `unnest` passes on that a column is a key, though its rows are now repeated; so columns behind it are left out.
//! - A filter and a join pass on that what is equal is the same, though `f = 0` lets zeros of both signs through, and they are sorted apart.
//! - Columns behind a projection are held to be a key because those that stood in their places before it are (see [`keys`](crate::keys)).
//! - `LIMIT 16 OFFSET 2` takes 16 rows of what is below it, not 18, where its rows come as they are asked for, in one partition: of
//!   `SELECT * FROM (SELECT * FROM t ORDER BY a LIMIT 16 OFFSET 2) ORDER BY a` two rows are lost.
//! - A `PiecewiseMergeJoinExec` on `a < b` passes on that `a` and `b` are the same, as they are in a join on `a = b`.
//! - A scan that reads several files one after the other is held to be ordered if bounds of the files say so, and bounds that are null do: so
//!   it is where a table declares a column narrower than its files have it (`int` for 64 bits).
//!
//! Where an answer has to be determined, nothing of the rows of these operators is taken for granted, no key that none declares, and no number of
//! rows behind an offset.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Constraints, JoinType, Result, ScalarValue};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_expr::equivalence::EquivalenceClass;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, PiecewiseMergeJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::limit::GlobalLimitExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use super::pass::{PassExec, Passing};
use super::types::compares_otherwise;
use crate::keys::{misleads, without_keys};
use crate::settings::{Determinism, Settings};

/// Puts [`DistrustExec`] above the operators.
#[derive(Debug)]
pub(crate) struct Distrust;

impl PhysicalOptimizerRule for Distrust {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        let guarded = plan.transform_up(|node| {
            if node.is::<SortExec>() {
                return count_on_offsets(node);
            }
            // What is left of such a scan may mislead by its keys.
            let bare = without_vain_order(&node);
            let is_bare = bare.is_some();
            let node = bare.unwrap_or(node);
            if promises_too_much(&node) {
                return Ok(Transformed::yes(Arc::new(DistrustExec::new(node, NoPromises)) as _));
            }
            if !misleads(node.as_ref()) {
                return Ok(Transformed::new_transformed(node, is_bare));
            }
            let bare = without_keys(node.as_ref());
            Ok(Transformed::yes(match bare {
                Some(scan) => scan,
                None => Arc::new(NoKeysExec::new(node, NoKeys)),
            }))
        })?;
        Ok(guarded.data)
    }

    fn name(&self) -> &str {
        "distrust"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Puts [`WholeOffsetExec`] between a sort and the limit whose rows it sorts, if that skips some.
fn count_on_offsets(node: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let counted = node.transform_down(|node| {
        if node
            .downcast_ref::<GlobalLimitExec>()
            .is_some_and(|limit| limit.skip() > 0)
        {
            let whole = Arc::new(WholeOffsetExec::new(node, WholeOffset)) as _;
            return Ok(Transformed::new(whole, true, TreeNodeRecursion::Stop));
        }
        let passes = node.is::<SortExec>() || node.is::<ProjectionExec>();
        Ok(match passes {
            true => Transformed::no(node),
            false => Transformed::new(node, false, TreeNodeRecursion::Stop),
        })
    })?;
    Ok(Transformed::new(
        counted.data,
        counted.transformed,
        TreeNodeRecursion::Continue,
    ))
}

fn promises_too_much(node: &Arc<dyn ExecutionPlan>) -> bool {
    let join = if let Some(join) = node.downcast_ref::<HashJoinExec>() {
        join.join_type
    } else if let Some(join) = node.downcast_ref::<SortMergeJoinExec>() {
        join.join_type
    } else if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
        *join.join_type()
    } else {
        return node.is::<UnnestExec>()
            || unites_constants(node)
            || node.is::<PiecewiseMergeJoinExec>()
            || (node.is::<FilterExec>() && equates(node));
    };
    matches!(join, JoinType::Left | JoinType::Right | JoinType::Full) || equates(node)
}

/// Whether the operator holds values to be the same that are only equal.
fn equates(node: &Arc<dyn ExecutionPlan>) -> bool {
    let schema = node.schema();
    let differ = |class: &EquivalenceClass| {
        let one = class.iter().next();
        one.is_some_and(|one| one.data_type(&schema).is_ok_and(|ty| compares_otherwise(&ty)))
    };
    node.equivalence_properties().eq_group().iter().any(differ)
}

/// Whether a column is constant in an input of a union: each may have another constant.
fn unites_constants(node: &Arc<dyn ExecutionPlan>) -> bool {
    let constant = |input: &&Arc<dyn ExecutionPlan>| !input.equivalence_properties().constants().is_empty();
    node.is::<UnionExec>() && node.children().iter().any(constant)
}

/// A scan of several files in a row that is held to be ordered by bounds that are null: the same without that order. It stays the scan that it is, since
/// what asks for the name of a file or the place in it must find it below.
fn without_vain_order(node: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let scan = node.downcast_ref::<DataSourceExec>()?;
    let mut files = scan.data_source().downcast_ref::<FileScanConfig>()?.clone();
    if !has_vain_bounds(&files) {
        return None;
    }
    files.output_ordering.clear();
    Some(DataSourceExec::from_data_source(files))
}

fn has_vain_bounds(files: &FileScanConfig) -> bool {
    let mut keys = files.output_ordering.iter().flatten();
    keys.any(|key| {
        let Some(column) = key.expr.downcast_ref::<Column>() else {
            return false;
        };
        let is_null = |bound: &Precision<ScalarValue>| bound.get_value().is_some_and(ScalarValue::is_null);
        let is_vain = |file: &PartitionedFile| {
            let statistics = file.statistics.as_ref();
            let of_column = statistics.and_then(|s| s.column_statistics.get(column.index()));
            of_column.is_some_and(|c| is_null(&c.min_value) || is_null(&c.max_value))
        };
        let mut groups = files.file_groups.iter().filter(|group| group.len() > 1);
        groups.any(|group| group.iter().any(is_vain))
    })
}

/// Passes rows on, and promises nothing of them but their partitions.
pub(super) type DistrustExec = PassExec<NoPromises>;

#[derive(Debug, Clone)]
pub(super) struct NoPromises;

impl Passing for NoPromises {
    const NAME: &'static str = "DistrustExec";

    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties {
        EquivalenceProperties::new(input.schema())
    }
}

/// Passes rows on, and says of no column that it is a key.
pub(super) type NoKeysExec = PassExec<NoKeys>;

#[derive(Debug, Clone)]
pub(super) struct NoKeys;

impl Passing for NoKeys {
    const NAME: &'static str = "NoKeysExec";
    const KEEPS_ORDER: bool = true;

    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties {
        let known = input.equivalence_properties().clone();
        known.with_constraints(Constraints::default())
    }
}

/// Passes rows on, and says nothing of how many there are.
pub(super) type WholeOffsetExec = PassExec<WholeOffset>;

#[derive(Debug, Clone)]
pub(super) struct WholeOffset;

impl Passing for WholeOffset {
    const NAME: &'static str = "WholeOffsetExec";
    const KEEPS_ORDER: bool = true;

    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties {
        input.equivalence_properties().clone()
    }
}
