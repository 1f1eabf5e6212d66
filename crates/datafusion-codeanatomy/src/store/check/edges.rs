//! What must hold of edges.

use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, StringViewArray};
use datafusion::common::Result;
use rustc_hash::FxHashMap;

use super::allowed::Allowed;
use super::broken::{DST_KIND, SCORE, SECOND_DST, SECOND_EDGE, SECOND_SRC, SRC_KIND};
use super::node::{Kind, NodeKey};
use super::{Checks, Open, error, int, text};
use crate::ordering::Categories;
use crate::relation::RuleContract;

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
}
