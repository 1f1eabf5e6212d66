//! What a build says while it runs and when it is done.

use std::collections::BTreeMap;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::{Result, internal_err};

use super::cost::{Costs, RelationCost};
use crate::ordering::Categories;
use crate::store::{Committed, Manifest};

/// Is told how far a build is.
pub trait Progress: Send + Sync {
    /// A stage begins; `total` is its size in bytes of source, 0 if it cannot be said.
    fn stage(&self, name: &str, total: u64);
    /// So many bytes more are done.
    fn advance(&self, bytes: u64);
    /// The build is done.
    fn finish(&self);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _total: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn finish(&self) {}
}

/// What was built.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// What the version holds and was made from.
    pub manifest: Manifest,
    /// The number of the version.
    pub version: u64,
    /// The folder of the version, or its URL.
    pub folder: String,
    /// Rows by table and kind, in that order.
    pub kinds: Vec<KindCount>,
    /// Rows that break a contract, by the code of what they break, in the order of the codes.
    pub contract_errors: Vec<(String, u64)>,
    /// What each relation cost, by its name.
    pub relations: BTreeMap<String, RelationCost>,
    /// What a user should know, in sentences: files that were not read whole.
    pub warnings: Vec<String>,
}

/// The rows of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    /// `cpg_nodes` or `cpg_edges`.
    pub table: &'static str,
    /// The kind.
    pub kind: String,
    /// How many there are.
    pub rows: u64,
    /// Edges whose best score was shared by another candidate.
    pub ambiguous: u64,
}

/// Counts by table and kind, and of rows that break a contract by its code.
#[derive(Debug, Default)]
pub(super) struct Summary {
    kinds: BTreeMap<(&'static str, String), (u64, u64)>,
    errors: BTreeMap<String, u64>,
    pub(super) costs: Costs,
}

impl Summary {
    pub(super) fn add(&mut self, table: &'static str, rows: &RecordBatch) -> Result<()> {
        if !matches!(table, "cpg_nodes" | "cpg_edges") {
            return Ok(());
        }
        let Some(kinds) = rows.column_by_name("kind").and_then(|c| c.as_string_view_opt()) else {
            return internal_err!("{table} has no column kind");
        };
        let tied = rows
            .column_by_name("tied")
            .and_then(|c| c.as_primitive_opt::<Int64Type>());
        let kinds = Categories::of(kinds);
        let mut counts = vec![(0, 0); kinds.values.len()];
        for (row, code) in kinds.codes.iter().enumerate() {
            if let Some(count) = counts.get_mut(*code as usize) {
                count.0 += 1;
                count.1 += u64::from(tied.is_some_and(|t| t.value(row) > 1));
            }
        }
        for (kind, (rows, ambiguous)) in kinds.values.iter().zip(counts) {
            let total = self.kinds.entry((table, kind.to_string())).or_default();
            *total = (total.0 + rows, total.1 + ambiguous);
        }
        Ok(())
    }
}

impl Summary {
    pub(super) fn add_errors(&mut self, errors: &RecordBatch) -> Result<()> {
        let Some(codes) = errors.column_by_name("code").and_then(|c| c.as_string_view_opt()) else {
            return internal_err!("contract_errors has no column code");
        };
        for code in codes.iter().flatten() {
            *self.errors.entry(code.to_string()).or_default() += 1;
        }
        Ok(())
    }
}

impl BuildReport {
    pub(super) fn new(manifest: Manifest, committed: Committed, summary: Summary, warnings: Vec<String>) -> Self {
        let kind = |((table, kind), (rows, ambiguous))| KindCount {
            table,
            kind,
            rows,
            ambiguous,
        };
        let mut kinds: Vec<_> = summary.kinds.into_iter().map(kind).collect();
        kinds.sort_by(|a, b| b.table.cmp(a.table).then(b.rows.cmp(&a.rows)).then(a.kind.cmp(&b.kind)));
        Self {
            manifest,
            version: committed.version,
            folder: committed.folder,
            kinds,
            contract_errors: summary.errors.into_iter().collect(),
            relations: summary.costs,
            warnings,
        }
    }
}
