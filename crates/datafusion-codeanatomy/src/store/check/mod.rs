//! What must hold of a graph, checked while it is written.

mod allowed;
mod broken;
mod edges;
mod node;

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::common::{Result, internal_err};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::relation::Severity;
use allowed::Allowed;
use broken::{Broken, ContractError, DANGLING_DST, DANGLING_SRC, DST_KIND, SECOND_NODE, SPAN, SRC_KIND};
pub(crate) use edges::{EdgeContract, UniqueBy};
use node::{Kinds, NodeKey};

/// The checks of a build. Rows come in canonical order (but for nodes outside of the source, which may come first), nodes of a
/// part before its edges; an edge may lead to a node that comes later.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    nodes: FxHashSet<NodeKey>,
    kinds: Kinds,
    /// Those of the part at hand, where most endpoints are, and by bits which unique relations have led to them.
    near: FxHashMap<NodeKey, u32>,
    /// Endpoints that are not there yet. There are many, for calls lead to any file.
    open: Vec<Open>,
    /// What rules promise of edges of a kind.
    allowed: Vec<Allowed>,
    /// Where it stands, by rule and kind.
    known: FxHashMap<String, FxHashMap<String, usize>>,
    errors: Vec<ContractError>,
}

/// An edge of which an endpoint is not there yet, with texts that it shares with others.
#[derive(Debug)]
struct Open {
    node: NodeKey,
    id: Box<str>,
    path: Option<Arc<str>>,
    /// In [`Checks::allowed`].
    allowed: u32,
    is_dst: bool,
}

impl Checks {
    /// Nodes: ids are unique, spans are sane.
    pub(crate) fn nodes(&mut self, rows: &RecordBatch) -> Result<()> {
        let id = text(rows, "node_id")?;
        let kinds = self.kinds.of_rows(text(rows, "kind")?);
        self.near.clear();
        for (row, kind) in kinds.into_iter().enumerate() {
            let node = NodeKey::of(id.value(row)).with(kind);
            self.near.insert(node, 0);
            if !self.nodes.insert(node) {
                self.error(rows, "cpg_nodes", id.value(row), row, SECOND_NODE)?;
            }
        }
        self.spans(rows, "cpg_nodes", id)
    }

    /// Ends the checks: the errors as a table, in its order.
    pub(crate) fn finish(mut self) -> Result<RecordBatch> {
        for open in std::mem::take(&mut self.open) {
            let Some(allowed) = self.allowed.get(open.allowed as usize) else {
                return internal_err!("an edge has no rule");
            };
            let (broken, detail) = match self.nodes.get(&open.node).map(|node| node.kind()) {
                Some(kind) if allowed.has(kind, open.is_dst) => continue,
                Some(kind) => (
                    if open.is_dst { DST_KIND } else { SRC_KIND },
                    Some(allowed.detail(self.kinds.name(kind), open.is_dst)),
                ),
                None => (if open.is_dst { DANGLING_DST } else { DANGLING_SRC }, None),
            };
            self.errors.push(ContractError {
                path: open.path.map(|path| path.to_string()),
                table: "cpg_edges",
                id: open.id.into(),
                broken,
                severity: severity_of(broken, allowed.severity),
                rule: Some(allowed.rule.clone()),
                detail,
            });
        }
        self.errors.sort();
        broken::rows(&self.errors)
    }

    /// The schema of `contract_errors`.
    pub(crate) fn schema() -> SchemaRef {
        broken::schema()
    }

    /// The order of `contract_errors`.
    pub(crate) const ORDER: &[&str] = &["path", "table", "id", "code"];

    fn spans(&mut self, rows: &RecordBatch, table: &'static str, id: &StringViewArray) -> Result<()> {
        let (bstart, bend) = (int(rows, "bstart")?, int(rows, "bend")?);
        for row in 0..rows.num_rows() {
            let sane = match (bstart.is_valid(row), bend.is_valid(row)) {
                (true, true) => 0 <= bstart.value(row) && bstart.value(row) <= bend.value(row),
                (a, b) => a == b,
            };
            if !sane {
                self.error(rows, table, id.value(row), row, SPAN)?;
            }
        }
        Ok(())
    }

    fn error(&mut self, rows: &RecordBatch, table: &'static str, id: &str, row: usize, broken: Broken) -> Result<()> {
        self.error_of(rows, table, id, row, (broken, Severity::Error))
    }

    fn error_of(
        &mut self,
        rows: &RecordBatch,
        table: &'static str,
        id: &str,
        row: usize,
        broken: (Broken, Severity),
    ) -> Result<()> {
        self.errors.push(error(rows, table, id, row, broken)?);
        Ok(())
    }
}

/// How bad it is, if a rule says how bad its rows are.
fn severity_of(broken: Broken, of_rule: Severity) -> Severity {
    match broken.is_of_rule {
        true => of_rule,
        false => Severity::Error,
    }
}

fn error(
    rows: &RecordBatch,
    table: &'static str,
    id: &str,
    row: usize,
    (broken, of_rule): (Broken, Severity),
) -> Result<ContractError> {
    let path = text(rows, "path")?;
    let path = path.is_valid(row).then(|| path.value(row).to_string());
    let rule = match rows.column_by_name("rule") {
        Some(_) => Some(text(rows, "rule")?.value(row).to_string()),
        None => None,
    };
    Ok(ContractError {
        path,
        table,
        id: id.to_string(),
        broken,
        severity: severity_of(broken, of_rule),
        rule,
        detail: None,
    })
}

fn text<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a StringViewArray> {
    match rows.column_by_name(name).and_then(|c| c.as_string_view_opt()) {
        Some(column) => Ok(column),
        None => internal_err!("a graph table has no text column {name}"),
    }
}

fn int<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
    match rows
        .column_by_name(name)
        .and_then(|c| c.as_primitive_opt::<Int64Type>())
    {
        Some(column) => Ok(column),
        None => internal_err!("a graph table has no integer column {name}"),
    }
}

#[cfg(test)]
mod tests;
