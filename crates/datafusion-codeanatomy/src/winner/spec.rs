//! What is to be selected: keys, order, how many, and which reports.

use std::fmt::{Display, Formatter};
use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::error::Result;
use datafusion::physical_expr::{PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_expr_common::physical_expr::is_volatile;

/// Which rows of every group are kept, and what is said of them.
///
/// Rows whose `partition_by` values are equal are a group; nulls are equal to each other. Inside a group rows are ordered by
/// `order_by`, and where that leaves rows equal, by all columns of the input in schema order, ascending, nulls last, so far
/// as Arrow's row format can order their types. Rows that are equal in all of them are interchangeable.
#[derive(Debug, Clone)]
pub struct WinnerSpec {
    /// Expressions over the input. None: all rows are one group.
    pub partition_by: Vec<Arc<dyn PhysicalExpr>>,
    /// Expressions over the input, with direction and place of nulls. None: the completed order alone.
    pub order_by: Vec<PhysicalSortExpr>,
    /// The last ranking that wins. [`Keep::Ranked`] does not look at it.
    pub k: NonZeroUsize,
    /// The ranking that is compared with `k`.
    pub retention: Retention,
    /// Whether losers are given too.
    pub keep: Keep,
    /// Columns behind those of the input, in this order.
    pub reports: Vec<Report>,
}

/// The ranking function that decides who wins, as SQL defines it. Peers are rows that are equal in `order_by` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// Every row has its own place.
    RowNumber,
    /// Peers share a place, and the next place counts them.
    Rank,
    /// Peers share a place, and places have no gaps.
    DenseRank,
}

/// Which rows come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Those whose ranking is at most `k`.
    Winners,
    /// All.
    Ranked,
}

/// One column behind those of the input.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its name, type and nullability: a type must be that of its kind.
    pub field: FieldRef,
    /// What it says.
    pub kind: ReportKind,
}

/// What a report says of a row.
#[derive(Debug, Clone)]
pub enum ReportKind {
    /// Its place in the total order of its group, from 1. `UInt64`.
    RowNumber,
    /// 1 + the rows of its group that come before it by `order_by`. `UInt64`.
    Rank,
    /// 1 + the distinct values of `order_by` that come before its own. `UInt64`.
    DenseRank,
    /// 1 + the rows of its group that come before it by the first `prefix` order keys. `UInt64`.
    RankBy {
        /// How many order keys are compared.
        prefix: usize,
    },
    /// The rows of its group. `Int64`.
    Candidates,
    /// The rows of its group, itself too, that are equal to it in the first `prefix` order keys. `Int64`.
    Tied {
        /// How many order keys are compared.
        prefix: usize,
    },
    /// Whether another row of its group is equal to it in all order keys. `Boolean`.
    Shared,
    /// The value of an expression in the next row of the group by the total order; null for the last.
    RunnerUp {
        /// An expression over the input, whose type the report has.
        expr: Arc<dyn PhysicalExpr>,
    },
}

impl WinnerSpec {
    /// What a partial selection below the shuffle keeps, so that the same selection above it gives the same rows; none where
    /// a report or [`Keep::Ranked`] needs rows that lose.
    pub fn partial(&self) -> Option<Self> {
        let mut runner_up = false;
        for report in &self.reports {
            match report.kind {
                ReportKind::RowNumber | ReportKind::Rank | ReportKind::DenseRank | ReportKind::RankBy { .. } => {}
                ReportKind::RunnerUp { .. } => runner_up = true,
                ReportKind::Shared if self.retention != Retention::RowNumber => {}
                ReportKind::Shared | ReportKind::Candidates | ReportKind::Tied { .. } => return None,
            }
        }
        if self.keep == Keep::Ranked || runner_up && self.retention != Retention::RowNumber {
            return None;
        }
        let k = if runner_up { self.k.checked_add(1)? } else { self.k };
        Some(Self {
            k,
            reports: Vec::new(),
            ..self.clone()
        })
    }

    /// The columns of `input`, then the reports.
    pub fn schema(&self, input: &SchemaRef) -> SchemaRef {
        if self.reports.is_empty() {
            return Arc::clone(input);
        }
        let reports = self.reports.iter().map(|report| Arc::clone(&report.field));
        let fields: Vec<FieldRef> = input.fields().iter().cloned().chain(reports).collect();
        Arc::new(Schema::new_with_metadata(fields, input.metadata().clone()))
    }

    /// Every expression over the input.
    pub fn expressions(&self) -> impl Iterator<Item = &Arc<dyn PhysicalExpr>> {
        let reports = self.reports.iter().filter_map(|report| match &report.kind {
            ReportKind::RunnerUp { expr } => Some(expr),
            _ => None,
        });
        self.partition_by
            .iter()
            .chain(self.order_by.iter().map(|key| &key.expr))
            .chain(reports)
    }

    /// An error says what of this selection cannot be done over rows of `input`.
    pub(crate) fn check(&self, input: &Schema) -> Result<()> {
        for expr in self.expressions() {
            if is_volatile(expr) {
                return datafusion::common::plan_err!(
                    "winner selection needs expressions that give a row the same value each time, and '{expr}' does not"
                );
            }
        }
        for key in &self.order_by {
            let data_type = key.expr.data_type(input)?;
            if !orderable(&data_type) {
                return datafusion::common::plan_err!(
                    "winner selection cannot order by '{}': values of type {data_type} have no order",
                    key.expr
                );
            }
        }
        for expr in &self.partition_by {
            let data_type = expr.data_type(input)?;
            if !orderable(&data_type) {
                return datafusion::common::plan_err!(
                    "winner selection cannot group by '{expr}': values of type {data_type} cannot be compared"
                );
            }
        }
        for report in &self.reports {
            report.check(input, self.order_by.len())?;
        }
        Ok(())
    }
}

impl Report {
    fn check(&self, input: &Schema, order_keys: usize) -> Result<()> {
        let expected = match &self.kind {
            ReportKind::Tied { prefix } | ReportKind::RankBy { prefix } if *prefix > order_keys => {
                return datafusion::common::plan_err!(
                    "the report '{}' compares {prefix} order keys, and there are {order_keys}",
                    self.field.name()
                );
            }
            ReportKind::RowNumber | ReportKind::Rank | ReportKind::DenseRank | ReportKind::RankBy { .. } => {
                DataType::UInt64
            }
            ReportKind::Candidates | ReportKind::Tied { .. } => DataType::Int64,
            ReportKind::Shared => DataType::Boolean,
            ReportKind::RunnerUp { expr } => expr.data_type(input)?,
        };
        if self.field.data_type() != &expected {
            return datafusion::common::plan_err!(
                "the report '{}' is declared as {}, and its values are {expected}",
                self.field.name(),
                self.field.data_type()
            );
        }
        Ok(())
    }
}

/// Whether Arrow's row format orders values of this type.
pub(crate) fn orderable(data_type: &DataType) -> bool {
    RowConverter::supports_fields(&[SortField::new(data_type.clone())])
}

impl Display for Retention {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::RowNumber => "row_number",
            Self::Rank => "rank",
            Self::DenseRank => "dense_rank",
        })
    }
}

impl Display for ReportKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RowNumber => f.write_str("row_number"),
            Self::Rank => f.write_str("rank"),
            Self::DenseRank => f.write_str("dense_rank"),
            Self::RankBy { prefix } => write!(f, "rank({prefix})"),
            Self::Candidates => f.write_str("candidates"),
            Self::Tied { prefix } => write!(f, "tied({prefix})"),
            Self::Shared => f.write_str("shared"),
            Self::RunnerUp { expr } => write!(f, "runner_up({expr})"),
        }
    }
}
