//! What must come out, worked out row by row.

use std::cmp::Ordering;

use super::draw::{Cell, compare, same_group};
use crate::winner::{Keep, ReportKind, Retention, WinnerSpec};

/// A key of the order: a column, whether it is descending, and whether nulls come first.
pub(super) type Key = (usize, bool, bool);

/// A row that comes out: its number, and its reports, where a runner-up is the number of its row.
pub(super) type Row = (usize, Vec<Option<i64>>);

/// The rows of `rows` that `spec` keeps, whose keys and order are those of the given columns.
pub(super) fn select(rows: &[Vec<Option<Cell>>], keys: &[usize], order: &[Key], spec: &WinnerSpec) -> Vec<Row> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in 0..rows.len() {
        let same = |group: &&mut Vec<usize>| {
            keys.iter()
                .all(|key| same_group(&rows[group[0]][*key], &rows[row][*key]))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    let by = |keys: &[Key], a: usize, b: usize| {
        let orderings = keys.iter().map(|(column, descending, nulls_first)| {
            compare(&rows[a][*column], &rows[b][*column], *descending, *nulls_first)
        });
        orderings.fold(Ordering::Equal, Ordering::then)
    };
    let all: Vec<Key> = (0..rows.first().map_or(0, Vec::len))
        .map(|column| (column, false, false))
        .collect();
    let mut out = Vec::new();
    for group in &mut groups {
        group.sort_by(|a, b| by(order, *a, *b).then_with(|| by(&all, *a, *b)));
        for (place, row) in group.iter().enumerate() {
            let before = group.iter().filter(|other| by(order, **other, *row) == Ordering::Less);
            let rank = 1 + before.clone().count();
            let mut distinct: Vec<usize> = before.copied().collect();
            distinct.dedup_by(|a, b| by(order, *a, *b) == Ordering::Equal);
            let numbers = [place + 1, rank, 1 + distinct.len()];
            let ranking = match spec.retention {
                Retention::RowNumber => numbers[0],
                Retention::Rank => numbers[1],
                Retention::DenseRank => numbers[2],
            };
            if spec.keep == Keep::Winners && ranking > spec.k.get() {
                continue;
            }
            let reports = spec.reports.iter().map(|report| match &report.kind {
                ReportKind::RowNumber => Some(numbers[0] as i64),
                ReportKind::Rank => Some(numbers[1] as i64),
                ReportKind::DenseRank => Some(numbers[2] as i64),
                ReportKind::RankBy { prefix } => {
                    let before = group
                        .iter()
                        .filter(|other| by(&order[..*prefix], **other, *row) == Ordering::Less);
                    Some(1 + before.count() as i64)
                }
                ReportKind::Candidates => Some(group.len() as i64),
                ReportKind::Tied { prefix } => {
                    let tied = group
                        .iter()
                        .filter(|other| by(&order[..*prefix], **other, *row) == Ordering::Equal);
                    Some(tied.count() as i64)
                }
                ReportKind::Shared => {
                    let tied = group.iter().filter(|other| by(order, **other, *row) == Ordering::Equal);
                    Some(i64::from(tied.count() > 1))
                }
                ReportKind::RunnerUp { .. } => group.get(place + 1).map(|next| *next as i64),
            });
            out.push((*row, reports.collect()));
        }
    }
    out
}
