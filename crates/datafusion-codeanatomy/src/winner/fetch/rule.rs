//! The physical rule `winner_fetch`: it sees where a selection of winners reads Parquet files, and puts [`FetchWinnersExec`] there.
//!
//! It fires where one row of every group wins, or those that share the first place, the files have at least
//! `codeanatomy.optimizer.winner_fetch_rows` rows, and there is more to read later than keys, order and the place of a row, or
//! something at all if that setting is 0. It does not where rows come ordered by the keys, since then nothing is held, nor where something is said of rows that lose.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

use super::exec::FetchWinnersExec;
use super::narrow::{files, moved, narrow, unfiltered};
use crate::settings::Settings;
use crate::winner::exec::{COMPLETED, WinnerMode, WinnerSelectExec, completing};
use crate::winner::recognise::select;
use crate::winner::spec::{Keep, Report, ReportKind, Retention, WinnerSpec};

/// What a text or a list is taken to have, in bytes.
const LONG: usize = 32;

/// Those of a place.
const PLACE: usize = 8;

/// How many bytes of the columns that complete the order are read with it, so that fewer rows share a place.
const COMPLETING: usize = 8;

/// The rule; see the module.
#[derive(Debug)]
pub(crate) struct WinnerFetch;

impl PhysicalOptimizerRule for WinnerFetch {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let settings = Settings::of(config);
        if !settings.winner_fetch {
            return Ok(plan);
        }
        let config = Arc::new(config.clone());
        plan.transform_down(|node| {
            Ok(match fetched(&node, settings.winner_fetch_rows, &config)? {
                // What it reads first is not to be fetched late.
                Some(plan) => Transformed::new(plan, true, TreeNodeRecursion::Jump),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "winner_fetch"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn fetched(
    node: &Arc<dyn ExecutionPlan>,
    least: usize,
    config: &Arc<ConfigOptions>,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(last) = node.downcast_ref::<WinnerSelectExec>() else {
        return Ok(None);
    };
    let spec = last.spec();
    let input = match (last.mode(), last.input().downcast_ref::<WinnerSelectExec>()) {
        (WinnerMode::Single, _) => last.input(),
        (WinnerMode::Final, Some(first)) => first.input(),
        _ => return Ok(None),
    };
    if !is_first_place(spec) || last.is_streaming() {
        return Ok(None);
    }
    let Some(files) = files(input).filter(|files| files.rows() >= least) else {
        return Ok(None);
    };
    let schema = input.schema();
    let completing = match spec.retention {
        Retention::RowNumber => completing_early(spec, &schema),
        Retention::Rank | Retention::DenseRank => vec![],
    };
    let asked = spec.expressions().flat_map(collect_columns).map(|c| c.index());
    let needed: BTreeSet<usize> = asked.chain(completing.iter().copied()).collect();
    // What is read twice, and the place, should be less than what is then read of few rows.
    let (mut twice, mut later) = (PLACE, 0);
    for (at, field) in schema.fields().iter().enumerate() {
        *(if needed.contains(&at) { &mut twice } else { &mut later }) += bytes(field);
    }
    if later == 0 || (later < twice && least > 0) {
        return Ok(None);
    }
    let (needed, files): (Vec<usize>, _) = (needed.into_iter().collect(), Arc::new(files));
    let (Some(narrow), Some(rows)) = (narrow(input, &needed, &files, config)?, unfiltered(input)?) else {
        return Ok(None);
    };
    let places = select(narrow, places(spec, &completing, &schema, &needed)?, config)?;
    Ok(Some(Arc::new(FetchWinnersExec::try_new(
        places,
        rows,
        spec.clone(),
        files,
    )?)))
}

/// Whether only rows of the first place come out, and nothing is said of them but that.
fn is_first_place(spec: &WinnerSpec) -> bool {
    let says_one = |report: &Report| match report.kind {
        ReportKind::RowNumber => spec.retention == Retention::RowNumber,
        ReportKind::Rank | ReportKind::DenseRank | ReportKind::RankBy { .. } => true,
        _ => false,
    };
    spec.keep == Keep::Winners && spec.k.get() == 1 && !spec.order_by.is_empty() && spec.reports.iter().all(says_one)
}

/// The first columns that complete the order, while they are numbers and few.
fn completing_early(spec: &WinnerSpec, schema: &Schema) -> Vec<usize> {
    let mut left = COMPLETING;
    let fits = |at: &usize| {
        let rest = left.checked_sub(bytes(schema.field(*at)));
        rest.map(|rest| left = rest).is_some()
    };
    completing(spec, schema).take_while(fits).collect()
}

fn bytes(field: &Field) -> usize {
    match field.data_type() {
        DataType::Boolean | DataType::Null => 1,
        fixed => fixed.primitive_width().unwrap_or(LONG),
    }
}

/// The selection of rows that share the first place of their group, as far as `completing` does not tell them apart, by the
/// columns that stand in `needed`.
fn places(spec: &WinnerSpec, completing: &[usize], schema: &Schema, needed: &[usize]) -> Result<WinnerSpec> {
    let partition_by = spec.partition_by.iter().map(|key| moved(key, needed));
    let completing = completing.iter().map(|at| {
        let column = Column::new(schema.field(*at).name(), *at);
        PhysicalSortExpr::new(Arc::new(column), COMPLETED)
    });
    let order_by = spec.order_by.iter().cloned().chain(completing).map(|key| {
        let options = key.options;
        moved(&key.expr, needed).map(|expr| PhysicalSortExpr { expr, options })
    });
    let shared = Report {
        field: Arc::new(Field::new("shared", DataType::Boolean, false)),
        kind: ReportKind::Shared,
    };
    Ok(WinnerSpec {
        partition_by: partition_by.collect::<Result<_>>()?,
        order_by: order_by.collect::<Result<_>>()?,
        k: spec.k,
        retention: Retention::Rank,
        keep: Keep::Winners,
        reports: Vec::from_iter((spec.retention == Retention::RowNumber).then_some(shared)),
    })
}
