//! What must hold of a graph, checked while it is written.

mod broken;
mod node;

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::common::{Result, internal_err};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ordering::Categories;
use crate::relation::{Endpoints, RuleContract, Severity};
use broken::{
    Broken, ContractError, DANGLING_DST, DANGLING_SRC, DST_KIND, SCORE, SECOND_DST, SECOND_EDGE, SECOND_NODE,
    SECOND_SRC, SPAN, SRC_KIND,
};
use node::{Kind, Kinds, NodeKey};

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

/// What a rule promises of its edges of a kind.
#[derive(Debug)]
struct Allowed {
    rule: String,
    edge: String,
    from: u64,
    to: u64,
    severity: Severity,
    /// As the rule has it.
    written: Option<Endpoints>,
}

impl Allowed {
    fn new(rule: &str, edge: &str, contract: Option<&RuleContract>, kinds: &mut Kinds) -> Self {
        let of_edge = |e: &&Endpoints| e.edge.as_deref().is_none_or(|kind| kind == edge);
        let written = contract.and_then(|c| c.endpoints.iter().find(of_edge)).cloned();
        let mut set = |names: Option<&Vec<String>>| match names {
            Some(names) => names.iter().fold(0, |set, name| set | kinds.of(name).bit()),
            None => u64::MAX,
        };
        Self {
            rule: rule.to_string(),
            edge: edge.to_string(),
            from: set(written.as_ref().map(|w| &w.from)),
            to: set(written.as_ref().map(|w| &w.to)),
            severity: contract.map_or(Severity::Error, |c| c.severity),
            written,
        }
    }

    fn has(&self, kind: Kind, is_dst: bool) -> bool {
        kind.is_in(if is_dst { self.to } else { self.from })
    }

    /// What is wrong with an endpoint of this kind.
    fn detail(&self, kind: &str, is_dst: bool) -> String {
        let list = |f: fn(&Endpoints) -> &Vec<String>| self.written.as_ref().map(f).map(|k| k.join(", "));
        let allowed = list(if is_dst { |w| &w.to } else { |w| &w.from }).unwrap_or_default();
        let verb = if is_dst { "leads to" } else { "begins at" };
        format!("it is a {kind}, and `{}` {verb} one of {allowed}", self.edge)
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

/// What is promised of the edges of a rule.
#[derive(Debug, Clone)]
pub(crate) struct EdgeContract {
    pub(crate) relation: String,
    pub(crate) unique: Option<UniqueBy>,
    pub(crate) contract: RuleContract,
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

    /// Edges: both endpoints exist and are of kinds that their rule allows, none is there twice, what a rule calls unique is, spans
    /// are sane, scores are not negative.
    pub(crate) fn edges(&mut self, rows: &RecordBatch, contracts: &[EdgeContract]) -> Result<()> {
        let (id, src, dst, relation) = (
            text(rows, "edge_id")?,
            text(rows, "src")?,
            text(rows, "dst")?,
            text(rows, "relation")?,
        );
        let kind = text(rows, "kind")?;
        let relations = Categories::of(relation);
        let unique_of = |name: &&str| contracts.iter().find(|c| c.relation == *name).and_then(|c| c.unique);
        let unique: Vec<Option<UniqueBy>> = relations.values.iter().map(unique_of).collect();
        let (rules, kinds) = (Categories::of(text(rows, "rule")?), Categories::of(kind));
        let places = self.allow(&rules.values, &kinds.values, contracts);
        let path = text(rows, "path")?;
        let mut shared = FxHashMap::<&str, Arc<str>>::default();
        let mut share = |text| Arc::clone(shared.entry(text).or_insert_with(|| Arc::from(text)));
        let mut open = |node, row, allowed: usize, is_dst| Open {
            node,
            id: id.value(row).into(),
            path: path.is_valid(row).then(|| share(path.value(row))),
            allowed: allowed as u32,
            is_dst,
        };
        for row in 0..rows.num_rows() {
            let code = relations.codes[row];
            let by = unique.get(code as usize).copied().flatten();
            let allowed = places[rules.codes[row] as usize * kinds.values.len() + kinds.codes[row] as usize];
            let source = NodeKey::of(src.value(row));
            let near = self.near.get_key_value(&source).map(|(node, _)| node);
            match near.or_else(|| self.nodes.get(&source)).map(|node| node.kind()) {
                Some(kind) => self.endpoint(rows, id.value(row), row, (allowed, kind, false))?,
                None => self.open.push(open(source, row, allowed, false)),
            }
            let target = NodeKey::of(dst.value(row));
            let bit = match by {
                Some(UniqueBy::Dst) => 1u32.checked_shl(code).unwrap_or(0),
                _ => 0,
            };
            let mut again = false;
            let mut near = None;
            if bit != 0
                && let Some(led) = self.near.get_mut(&target)
            {
                again = *led & bit != 0;
                *led |= bit;
            }
            if let Some((node, _)) = self.near.get_key_value(&target) {
                near = Some(node.kind());
            }
            match near.or_else(|| self.nodes.get(&target).map(|node| node.kind())) {
                Some(kind) => self.endpoint(rows, id.value(row), row, (allowed, kind, true))?,
                None => self.open.push(open(target, row, allowed, true)),
            }
            let severity = self.allowed[allowed].severity;
            if again {
                self.error_of(rows, "cpg_edges", id.value(row), row, (SECOND_DST, severity))?;
            }
            let same =
                |columns: &[&StringViewArray]| row > 0 && columns.iter().all(|c| c.value(row - 1) == c.value(row));
            if same(&[src, dst, kind]) {
                self.error(rows, "cpg_edges", id.value(row), row, SECOND_EDGE)?;
            }
            if by == Some(UniqueBy::Src) && same(&[src, relation]) {
                self.error_of(rows, "cpg_edges", id.value(row), row, (SECOND_SRC, severity))?;
            }
        }
        let score = int(rows, "score")?;
        for row in (0..rows.num_rows()).filter(|row| score.is_valid(*row) && score.value(*row) < 0) {
            self.error(rows, "cpg_edges", id.value(row), row, SCORE)?;
        }
        self.spans(rows, "cpg_edges", id)
    }

    /// Where in `allowed` it stands what is promised of edges of each rule and of each kind, rule by rule.
    fn allow(&mut self, rules: &[&str], kinds: &[&str], contracts: &[EdgeContract]) -> Vec<usize> {
        let mut places = Vec::with_capacity(rules.len() * kinds.len());
        for rule in rules {
            let contract = contracts.iter().map(|c| &c.contract).find(|c| c.rule == *rule);
            let known = self.known.entry((*rule).to_string()).or_default();
            for kind in kinds {
                places.push(match known.get(*kind) {
                    Some(at) => *at,
                    None => {
                        known.insert((*kind).to_string(), self.allowed.len());
                        self.allowed.push(Allowed::new(rule, kind, contract, &mut self.kinds));
                        self.allowed.len() - 1
                    }
                });
            }
        }
        places
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

    /// Whether an edge's rule allows that it begins or leads where it does: (in `allowed`, the kind of the node, whether it is `dst`).
    fn endpoint(&mut self, rows: &RecordBatch, id: &str, row: usize, end: (usize, Kind, bool)) -> Result<()> {
        let (allowed, kind, is_dst) = end;
        let allowed = &self.allowed[allowed];
        if !allowed.has(kind, is_dst) {
            let broken = if is_dst { DST_KIND } else { SRC_KIND };
            let detail = allowed.detail(self.kinds.name(kind), is_dst);
            let mut found = error(rows, "cpg_edges", id, row, (broken, allowed.severity))?;
            found.detail = Some(detail);
            self.errors.push(found);
        }
        Ok(())
    }

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
mod tests {
    use datafusion::arrow::array::ArrayRef;

    use super::*;

    fn texts(values: &[&str]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(values))
    }

    fn rows(columns: &[(&str, &[&str])], spans: &[(i64, i64)]) -> RecordBatch {
        let ints = |f: fn(&(i64, i64)) -> i64| Arc::new(Int64Array::from_iter_values(spans.iter().map(f))) as ArrayRef;
        let columns = columns.iter().map(|(name, values)| (*name, texts(values)));
        let others = [
            ("bstart", ints(|s| s.0)),
            ("bend", ints(|s| s.1)),
            ("score", ints(|s| s.0)),
        ];
        RecordBatch::try_from_iter(columns.chain(others)).unwrap()
    }

    fn contract(severity: Severity, from: &str, to: &str) -> EdgeContract {
        let ends = |text: &str| vec![text.to_string()];
        EdgeContract {
            relation: "r".to_string(),
            unique: Some(UniqueBy::Src),
            contract: RuleContract {
                rule: "made".to_string(),
                endpoints: vec![Endpoints {
                    edge: None,
                    from: ends(from),
                    to: ends(to),
                }],
                severity,
            },
        }
    }

    fn found(errors: &RecordBatch, columns: [&str; 4]) -> Vec<[String; 4]> {
        let columns = columns.map(|name| text(errors, name).unwrap());
        let cell = |row: usize| {
            columns.map(|c| {
                if c.is_valid(row) {
                    c.value(row).to_string()
                } else {
                    "-".to_string()
                }
            })
        };
        (0..errors.num_rows()).map(cell).collect()
    }

    #[test]
    fn every_broken_promise_is_reported_once() {
        let mut checks = Checks::default();
        checks
            .nodes(&rows(
                &[
                    ("node_id", &["a", "b", "a"]),
                    ("kind", &["class", "function", "class"]),
                    ("path", &["p", "p", "p"]),
                ],
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
        checks
            .edges(&edges, &[contract(Severity::Warning, "class", "function")])
            .unwrap();
        checks
            .nodes(&rows(
                &[("node_id", &["later"]), ("kind", &["method"]), ("path", &["q"])],
                &[(0, 1)],
            ))
            .unwrap();
        let errors = checks.finish().unwrap();
        // What a rule promises is as bad as it says, and the rest is an error.
        assert_eq!(
            found(&errors, ["id", "code", "rule", "severity"]),
            [
                ["e2", "edge_not_unique", "made", "error"],
                ["e2", "src_not_unique", "made", "warning"],
                ["e3", "dst_kind", "made", "warning"],
                ["e3", "src_not_unique", "made", "warning"],
                ["e4", "dst_kind", "made", "warning"],
                ["e4", "score_out_of_range", "made", "error"],
                ["e4", "span_not_sane", "made", "error"],
                ["e4", "src_dangling", "made", "error"],
                ["a", "node_not_unique", "-", "error"],
                ["b", "span_not_sane", "-", "error"],
            ]
        );
        let messages = text(&errors, "message").unwrap();
        assert_eq!(
            messages.value(2),
            "the edge may not lead to such a node: it is a method, and `k` leads to one of function"
        );
    }

    #[test]
    fn kinds_that_are_too_many_to_tell_are_not_judged() {
        let mut kinds = Kinds::default();
        let all: Vec<Kind> = (0..80).map(|n| kinds.of(&n.to_string())).collect();
        let wanted = all[3].bit() | all[4].bit();
        let inside: Vec<usize> = (0..80).filter(|n| all[*n].is_in(wanted)).collect();
        assert_eq!(inside, [3, 4].into_iter().chain(63..80).collect::<Vec<_>>());
    }
}
