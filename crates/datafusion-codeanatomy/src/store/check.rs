//! What must hold of a graph, checked while it is written.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::common::{Result, internal_err};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

use crate::ordering::Categories;

/// The checks of a build. Rows come in canonical order (but for nodes outside of the source, which may come first), nodes of a
/// part before its edges; an edge may lead to a node that comes later.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    nodes: FxHashSet<NodeKey>,
    /// Those of the part at hand, where most endpoints are, and by bits which unique relations have led to them.
    near: FxHashMap<NodeKey, u32>,
    /// Endpoints that are not there yet. There are many, for calls lead to any file.
    open: Vec<Open>,
    errors: Vec<ContractError>,
}

/// What stands for an id: 96 bits of its hash, of which two are the same by chance among a billion ids in one of 10^11 graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NodeKey([u32; 3]);

impl NodeKey {
    fn of(id: &str) -> Self {
        let hash = xxh3_128(id.as_bytes());
        Self([hash as u32, (hash >> 32) as u32, (hash >> 64) as u32])
    }
}

impl Hash for NodeKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A part of a hash is one.
        state.write_u64(u64::from(self.0[0]) | u64::from(self.0[1]) << 32);
    }
}

/// A row that breaks a contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContractError {
    path: Option<String>,
    table: &'static str,
    id: String,
    broken: Broken,
    /// The rule that proposed the row, of an edge.
    rule: Option<String>,
}

/// An edge of which an endpoint is not there yet, with texts that it shares with others.
#[derive(Debug)]
struct Open {
    node: NodeKey,
    id: Box<str>,
    path: Option<Arc<str>>,
    rule: Arc<str>,
    broken: &'static Broken,
}

/// What a row breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Broken {
    code: &'static str,
    column: &'static str,
    message: &'static str,
}

const fn broken(code: &'static str, column: &'static str, message: &'static str) -> Broken {
    Broken { code, column, message }
}

const SECOND_NODE: Broken = broken("node_not_unique", "node_id", "another node has the same id");
const SECOND_EDGE: Broken = broken("edge_not_unique", "edge_id", "the edge is there twice");
const SECOND_SRC: Broken = broken(
    "src_not_unique",
    "src",
    "another edge of a unique relation has this src",
);
const SECOND_DST: Broken = broken(
    "dst_not_unique",
    "dst",
    "another edge of a unique relation has this dst",
);
const DANGLING_SRC: Broken = broken("src_dangling", "src", "the edge's src is no node");
const DANGLING_DST: Broken = broken("dst_dangling", "dst", "the edge's dst is no node");
const SPAN: Broken = broken(
    "span_not_sane",
    "bstart",
    "the span is reversed, negative or half missing",
);

/// The columns of `contract_errors`: which row it is, what it breaks, and how bad that is; all of them make a strict build fail.
const COLUMNS: [(&str, bool); 8] = [
    ("path", true),
    ("table", false),
    ("id", false),
    ("code", false),
    ("column", false),
    ("rule", true),
    ("severity", false),
    ("message", false),
];

impl Checks {
    /// Nodes: ids are unique, spans are sane.
    pub(crate) fn nodes(&mut self, rows: &RecordBatch) -> Result<()> {
        let id = text(rows, "node_id")?;
        self.near.clear();
        for row in 0..rows.num_rows() {
            let hash = NodeKey::of(id.value(row));
            self.near.insert(hash, 0);
            if !self.nodes.insert(hash) {
                self.error(rows, "cpg_nodes", id.value(row), row, SECOND_NODE)?;
            }
        }
        self.spans(rows, "cpg_nodes", id)
    }

    /// Edges: both endpoints exist, none is there twice, what a rule calls unique is, spans are sane.
    pub(crate) fn edges(&mut self, rows: &RecordBatch, unique: &[(String, UniqueBy)]) -> Result<()> {
        let (id, src, dst, relation) = (
            text(rows, "edge_id")?,
            text(rows, "src")?,
            text(rows, "dst")?,
            text(rows, "relation")?,
        );
        let kind = text(rows, "kind")?;
        let relations = Categories::of(relation);
        let rule_of = |name: &&str| unique.iter().find(|(n, _)| n == name).map(|(_, by)| *by);
        let unique: Vec<Option<UniqueBy>> = relations.values.iter().map(rule_of).collect();
        let (path, rule) = (text(rows, "path")?, text(rows, "rule")?);
        let mut shared = FxHashMap::<&str, Arc<str>>::default();
        let mut share = |text| Arc::clone(shared.entry(text).or_insert_with(|| Arc::from(text)));
        let mut open = |node, row, broken| Open {
            node,
            id: id.value(row).into(),
            path: path.is_valid(row).then(|| share(path.value(row))),
            rule: share(rule.value(row)),
            broken,
        };
        for row in 0..rows.num_rows() {
            let code = relations.codes[row];
            let by = unique.get(code as usize).copied().flatten();
            let source = NodeKey::of(src.value(row));
            if !self.near.contains_key(&source) && !self.nodes.contains(&source) {
                self.open.push(open(source, row, &DANGLING_SRC));
            }
            let target = NodeKey::of(dst.value(row));
            match self.near.get_mut(&target) {
                Some(led) if by == Some(UniqueBy::Dst) => {
                    let bit = 1u32.checked_shl(code).unwrap_or(0);
                    let again = *led & bit != 0;
                    *led |= bit;
                    if again {
                        self.error(rows, "cpg_edges", id.value(row), row, SECOND_DST)?;
                    }
                }
                Some(_) => {}
                None if !self.nodes.contains(&target) => {
                    self.open.push(open(target, row, &DANGLING_DST));
                }
                None => {}
            }
            let same =
                |columns: &[&StringViewArray]| row > 0 && columns.iter().all(|c| c.value(row - 1) == c.value(row));
            if same(&[src, dst, kind]) {
                self.error(rows, "cpg_edges", id.value(row), row, SECOND_EDGE)?;
            }
            if by == Some(UniqueBy::Src) && same(&[src, relation]) {
                self.error(rows, "cpg_edges", id.value(row), row, SECOND_SRC)?;
            }
        }
        self.spans(rows, "cpg_edges", id)
    }

    /// Ends the checks: the errors as a table, in its order.
    pub(crate) fn finish(mut self) -> Result<RecordBatch> {
        let nodes = &self.nodes;
        let missing = self.open.into_iter().filter(|open| !nodes.contains(&open.node));
        let missing = missing.map(|open| ContractError {
            path: open.path.map(|path| path.to_string()),
            table: "cpg_edges",
            id: open.id.into(),
            broken: *open.broken,
            rule: Some(open.rule.to_string()),
        });
        self.errors.extend(missing);
        self.errors.sort();
        let errors = &self.errors;
        let texts = |f: fn(&ContractError) -> Option<&str>| {
            Arc::new(errors.iter().map(f).collect::<StringViewArray>()) as ArrayRef
        };
        let columns = vec![
            texts(|e| e.path.as_deref()),
            texts(|e| Some(e.table)),
            texts(|e| Some(&e.id)),
            texts(|e| Some(e.broken.code)),
            texts(|e| Some(e.broken.column)),
            texts(|e| e.rule.as_deref()),
            texts(|_| Some("error")),
            texts(|e| Some(e.broken.message)),
        ];
        Ok(RecordBatch::try_new(Self::schema(), columns)?)
    }

    /// The schema of `contract_errors`.
    pub(crate) fn schema() -> SchemaRef {
        let fields = COLUMNS.map(|(name, nullable)| Field::new(name, DataType::Utf8View, nullable));
        Arc::new(Schema::new(fields.to_vec()))
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
        self.errors.push(error(rows, table, id, row, broken)?);
        Ok(())
    }
}

/// What a relation without a choice promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UniqueBy {
    /// One edge per source.
    Src,
    /// One edge per target.
    Dst,
}

fn error(rows: &RecordBatch, table: &'static str, id: &str, row: usize, broken: Broken) -> Result<ContractError> {
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
        rule,
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
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(values))
    }

    fn rows(columns: &[(&str, &[&str])], spans: &[(i64, i64)]) -> RecordBatch {
        let ints = |f: fn(&(i64, i64)) -> i64| Arc::new(Int64Array::from_iter_values(spans.iter().map(f))) as ArrayRef;
        let columns = columns.iter().map(|(name, values)| (*name, texts(values)));
        RecordBatch::try_from_iter(columns.chain([("bstart", ints(|s| s.0)), ("bend", ints(|s| s.1))])).unwrap()
    }

    #[test]
    fn every_broken_promise_is_reported_once() {
        let mut checks = Checks::default();
        checks
            .nodes(&rows(
                &[("node_id", &["a", "b", "a"]), ("path", &["p", "p", "p"])],
                &[(0, 1), (5, 4), (0, 1)],
            ))
            .unwrap();
        let edges = rows(
            &[
                ("edge_id", &["e1", "e2", "e3", "e4"]),
                ("kind", &["k", "k", "k", "k"]),
                ("src", &["a", "a", "a", "gone"]),
                ("dst", &["b", "b", "later", "a"]),
                ("relation", &["r", "r", "r", "r"]),
                ("rule", &["made", "made", "made", "made"]),
                ("path", &["p", "p", "p", "p"]),
            ],
            &[(0, 1), (0, 1), (0, 1), (-1, 1)],
        );
        checks.edges(&edges, &[("r".to_string(), UniqueBy::Src)]).unwrap();
        checks
            .nodes(&rows(&[("node_id", &["later"]), ("path", &["q"])], &[(0, 1)]))
            .unwrap();
        let errors = checks.finish().unwrap();
        let [id, code, column, rule] = ["id", "code", "column", "rule"].map(|name| text(&errors, name).unwrap());
        let found: Vec<_> = (0..errors.num_rows())
            .map(|i| {
                (
                    id.value(i),
                    code.value(i),
                    column.value(i),
                    rule.is_valid(i).then(|| rule.value(i)),
                )
            })
            .collect();
        let by = Some("made");
        assert_eq!(
            found,
            [
                ("e2", "edge_not_unique", "edge_id", by),
                ("e2", "src_not_unique", "src", by),
                ("e3", "src_not_unique", "src", by),
                ("e4", "span_not_sane", "bstart", by),
                ("e4", "src_dangling", "src", by),
                ("a", "node_not_unique", "node_id", None),
                ("b", "span_not_sane", "bstart", None),
            ]
        );
    }
}
