//! Where in a row its columns, order keys and reported values stand, and how many rows of a group are needed.

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;

use crate::winner::spec::Retention;

/// One step of the total order.
#[derive(Debug, Clone)]
pub(crate) struct Level {
    /// The column of a row that is compared.
    pub(crate) column: usize,
    /// In which direction.
    pub(crate) options: SortOptions,
}

/// How rows are laid out for a selection.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Types of the columns of a row: those of the input, then computed ones.
    pub(crate) rows: SchemaRef,
    /// How many of them come out.
    pub(crate) input_columns: usize,
    /// Types of the group keys. None: all rows are one group.
    pub(crate) keys: SchemaRef,
    /// The total order: `order_keys` steps of the declared order, then those that complete it.
    pub(crate) levels: Vec<Level>,
    /// How many levels decide who are peers.
    pub(crate) order_keys: usize,
    /// Which rows come out: the last ranking that does, if any.
    pub(crate) limit: Option<(Retention, u64)>,
    /// What is said of them.
    pub(crate) reports: Vec<ReportOf>,
    /// How rows are kept until they come out.
    pub(crate) method: Method,
}

/// A report of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportOf {
    /// Its place in the total order, from 1.
    RowNumber,
    /// Its place with gaps.
    Rank,
    /// Its place without gaps.
    DenseRank,
    /// Its place with gaps by the first levels, so many.
    RankBy(usize),
    /// The rows of its group.
    Candidates,
    /// The rows of its group that are equal to it in the first levels, so many.
    Tied(usize),
    /// Whether another row of its group is equal to it in all order keys.
    Shared,
    /// What this column has in the next row.
    RunnerUp(usize),
}

/// How many rows of a group must be kept while rows come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// The first, and perhaps more.
    Best(More),
    /// Those whose ranking is at most the number.
    First(Retention, u64),
    /// All.
    All,
}

/// What is kept beside the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Nothing,
    /// The second row, of which something is said.
    Second,
    /// The rows that share its place: nothing is said that tells them apart, so the order is not completed.
    Peers,
}

impl Layout {
    /// The least that must be kept for these rows and reports.
    pub(crate) fn method(limit: Option<(Retention, u64)>, reports: &[ReportOf], order_keys: usize) -> Method {
        let Some((retention, k)) = limit else {
            return Method::All;
        };
        let runner_up = reports.iter().any(|report| matches!(report, ReportOf::RunnerUp(_)));
        if (retention, k) == (Retention::RowNumber, 1) {
            return Method::Best(if runner_up { More::Second } else { More::Nothing });
        }
        let apart = |report: &ReportOf| matches!(report, ReportOf::RowNumber | ReportOf::RunnerUp(_));
        if k == 1 && !reports.iter().any(apart) {
            return Method::Best(More::Peers);
        }
        let peers_are_kept = retention != Retention::RowNumber;
        let needs_losers = reports.iter().any(|report| match report {
            ReportOf::Tied(prefix) => *prefix > 0 && !(peers_are_kept && *prefix == order_keys),
            ReportOf::Shared => !peers_are_kept,
            _ => false,
        });
        match (runner_up, retention, k.checked_add(1)) {
            _ if needs_losers => Method::All,
            (false, ..) => Method::First(retention, k),
            (true, Retention::RowNumber, Some(next)) => Method::First(retention, next),
            (true, ..) => Method::All,
        }
    }

    /// Whether every report says of the first row of a group, and of its peers, that it is the first, or whether it has peers.
    pub(crate) fn is_marked(&self) -> bool {
        use ReportOf::{DenseRank, Rank, RankBy, RowNumber, Shared};
        let mut reports = self.reports.iter();
        reports.all(|report| matches!(report, RowNumber | Rank | DenseRank | RankBy(_) | Shared))
    }

    /// The levels of the reports that count ties, in the order of the reports.
    pub(crate) fn tied(&self) -> Vec<usize> {
        let tied = self.reports.iter().filter_map(|report| match report {
            ReportOf::Tied(prefix) => Some(*prefix),
            _ => None,
        });
        tied.collect()
    }
}
