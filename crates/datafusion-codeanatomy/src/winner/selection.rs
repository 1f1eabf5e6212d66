//! A selection of winners as a plan of the engine's own nodes, so that every DataFusion runs it.
//!
//! ```text
//! Projection: the input's columns [, rank, candidates, tied, runner_up_score]
//!   Filter: rank <= k                                  (> k for the losers, none for all)
//!     Window: row_number(), lead(score) OVER (PARTITION BY keys ORDER BY order, all columns), count(*) …
//!       input
//! ```

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, Result, plan_err};
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::count::count_all_window;
use datafusion::functions_window::expr_fn::{dense_rank, rank, row_number};
use datafusion::functions_window::lead_lag::lead_udwf;
use datafusion::logical_expr::expr_rewriter::{normalize_cols, normalize_sorts};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, SortExpr, cast, lit};

use super::spec::{Retention, orderable};

/// Which rows of every group a selection gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rows {
    /// The first k.
    #[default]
    Winners,
    /// All.
    Ranked,
    /// All but the first k.
    Losers,
}

/// A selection of rows, group by group: which rows exclude each other, which of them come first, and how many stay.
///
/// The order is completed by all columns of the input, ascending, nulls last, as far as their types have an order. So it is
/// total: two rows are the same in every column, or it is decided which comes first.
///
/// See [`WinnersExt::winners`] for an example.
#[derive(Debug, Clone)]
pub struct Winners {
    /// The expressions in which the rows of a group are equal; nulls are. None: all rows are one group.
    pub partition_by: Vec<Expr>,
    /// The order in a group, best first. The first expression is the score.
    pub order_by: Vec<SortExpr>,
    /// How many stay, at least 1.
    pub k: u64,
    /// Which ranking is compared with `k`.
    pub retention: Retention,
    /// Which rows are given.
    pub rows: Rows,
    /// Whether `rank`, `candidates`, `tied` and `runner_up_score` follow the columns of the input.
    pub report: bool,
}

impl Winners {
    /// The first row of every group of rows that are equal in `partition_by`.
    pub fn per(partition_by: Vec<Expr>) -> Self {
        Self {
            partition_by,
            order_by: vec![],
            k: 1,
            retention: Retention::RowNumber,
            rows: Rows::Winners,
            report: false,
        }
    }

    /// In this order, best first.
    pub fn order_by(mut self, order_by: Vec<SortExpr>) -> Self {
        self.order_by = order_by;
        self
    }

    /// So many instead of one.
    pub fn k(mut self, k: u64) -> Self {
        self.k = k;
        self
    }

    /// By another ranking: those that tie for the last place stay too.
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Other rows than the winners.
    pub fn rows(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    /// With the columns that say how the row stands in its group.
    pub fn with_report(mut self) -> Self {
        self.report = true;
        self
    }

    /// The plan over `input`.
    pub(super) fn plan(&self, input: LogicalPlan) -> Result<LogicalPlan> {
        self.check(&input)?;
        let schema = input.schema();
        let columns: Vec<Expr> = schema.columns().into_iter().map(Expr::Column).collect();
        let mut total = self.order_by.clone();
        for (column, field) in columns.iter().zip(schema.fields()) {
            if orderable(field.data_type()) && !total.iter().any(|key| key.expr == *column) {
                total.push(column.clone().sort(true, false));
            }
        }
        let over = |function: Expr, partition_by: &[Expr], order_by: &[SortExpr]| {
            let function = function.partition_by(partition_by.to_vec());
            match order_by {
                [] => function.build(),
                _ => function.order_by(order_by.to_vec()).build(),
            }
        };
        let groups = &self.partition_by;
        let ranking = match self.retention {
            Retention::RowNumber => over(row_number(), groups, &total)?,
            Retention::Rank => over(rank(), groups, &self.order_by)?,
            Retention::DenseRank => over(dense_rank(), groups, &self.order_by)?,
        };
        let mut windows = vec![ranking.clone()];
        let mut shown = columns;
        if let Some(score) = self.order_by.first().map(|key| &key.expr).filter(|_| self.report) {
            let tied: Vec<_> = groups.iter().chain([score]).cloned().collect();
            let reports = [
                over(count_all_window(), groups, &[])?,
                over(count_all_window(), &tied, &[])?,
                over(lead_udwf().call(vec![score.clone()]), groups, &total)?,
            ];
            let [candidates, tied, runner_up] = reports.each_ref().map(result);
            shown.extend([
                cast(result(&ranking), DataType::Int64).alias(REPORT[0]),
                candidates.alias(REPORT[1]),
                tied.alias(REPORT[2]),
                runner_up.alias(REPORT[3]),
            ]);
            for report in reports {
                if !windows.contains(&report) {
                    windows.push(report);
                }
            }
        }
        let ranked = LogicalPlanBuilder::from(LogicalPlanBuilder::window_plan(input, windows)?);
        let k = lit(self.k);
        let kept = match self.rows {
            Rows::Winners => ranked.filter(result(&ranking).lt_eq(k))?,
            Rows::Losers => ranked.filter(result(&ranking).gt(k))?,
            Rows::Ranked => ranked,
        };
        kept.project(shown)?.build()
    }

    fn check(&self, input: &LogicalPlan) -> Result<()> {
        if self.k == 0 {
            return plan_err!("winners: k is at least 1, not 0");
        }
        if self.order_by.is_empty() && (self.report || self.retention != Retention::RowNumber) {
            return plan_err!(
                "winners: without order_by there is no score, so no report and no rank but row_number; give order_by"
            );
        }
        let taken = REPORT
            .iter()
            .find(|name| self.report && input.schema().has_column_with_unqualified_name(name));
        if let Some(name) = taken {
            return plan_err!(
                "winners: the input has a column {name} already, which is the name of one that the report adds; rename it in the \
                 input, or leave the report out"
            );
        }
        for key in self
            .partition_by
            .iter()
            .chain(self.order_by.iter().map(|key| &key.expr))
        {
            check_key(key)?;
        }
        Ok(())
    }
}

/// The columns of a report.
const REPORT: [&str; 4] = ["rank", "candidates", "tied", "runner_up_score"];

/// The column that a window function gives.
fn result(function: &Expr) -> Expr {
    Expr::Column(Column::new_unqualified(function.schema_name().to_string()))
}

/// A key is a value of its row, the same each time.
fn check_key(key: &Expr) -> Result<()> {
    if key.is_volatile() {
        return plan_err!("winners: {key} is not the same twice, so it decides nothing; compute it in the input");
    }
    let mut wrong = None;
    key.apply(|expr| {
        let is_wrong = matches!(
            expr,
            Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
                | Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::OuterReferenceColumn(..)
        );
        if is_wrong {
            wrong = Some(expr.to_string());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    match wrong {
        Some(expr) => plan_err!("winners: {expr} is no value of a row; compute it in the input"),
        None => Ok(()),
    }
}

/// Winner selection of a DataFrame.
pub trait WinnersExt: Sized {
    /// The rows that `winners` selects; what the SQL function `winners` gives.
    ///
    /// Fails if `winners` is not sound: k of 0, a report without an order or beside columns of its names, keys that are volatile
    /// or no values of a row.
    ///
    /// ```
    /// # use datafusion::prelude::*;
    /// # use datafusion::arrow::util::pretty::pretty_format_batches;
    /// use datafusion_codeanatomy::{Winners, WinnersExt};
    /// # #[tokio::main] async fn main() -> datafusion::error::Result<()> {
    /// let ctx = SessionContext::new();
    /// datafusion_codeanatomy::register_all(&ctx)?;
    /// let offers = ctx.sql("SELECT * FROM (VALUES ('pen', 3), ('pen', 2), ('ink', 9)) AS offers(item, price)").await?;
    /// let cheapest = offers.winners(Winners::per(vec![col("item")]).order_by(vec![col("price").sort(true, false)]))?;
    /// let rows = cheapest.sort(vec![col("item").sort(true, false)])?.collect().await?;
    /// assert_eq!(
    ///     pretty_format_batches(&rows)?.to_string(),
    ///     "+------+-------+\n\
    ///      | item | price |\n\
    ///      +------+-------+\n\
    ///      | ink  | 9     |\n\
    ///      | pen  | 2     |\n\
    ///      +------+-------+"
    /// );
    /// # Ok(()) }
    /// ```
    fn winners(self, winners: Winners) -> Result<Self>;
}

impl WinnersExt for DataFrame {
    fn winners(self, winners: Winners) -> Result<Self> {
        let (state, plan) = self.into_parts();
        // Columns may be named without their table.
        let winners = Winners {
            partition_by: normalize_cols(winners.partition_by, &plan)?,
            order_by: normalize_sorts(winners.order_by, &plan)?,
            ..winners
        };
        Ok(Self::new(state, winners.plan(plan)?))
    }
}
