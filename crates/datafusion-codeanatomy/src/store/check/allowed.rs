//! Which nodes an edge may begin at and lead to.

use super::node::{Kind, Kinds};
use crate::relation::{Endpoints, RuleContract, Severity};

/// What a rule promises of its edges of a kind.
#[derive(Debug)]
pub(super) struct Allowed {
    pub(super) rule: String,
    edge: String,
    from: u64,
    to: u64,
    pub(super) severity: Severity,
    /// As the rule has it.
    written: Option<Endpoints>,
}

impl Allowed {
    pub(super) fn new(rule: &str, edge: &str, contract: Option<&RuleContract>, kinds: &mut Kinds) -> Self {
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

    pub(super) fn has(&self, kind: Kind, is_dst: bool) -> bool {
        kind.is_in(if is_dst { self.to } else { self.from })
    }

    /// What is wrong with an endpoint of this kind.
    pub(super) fn detail(&self, kind: &str, is_dst: bool) -> String {
        let list = |f: fn(&Endpoints) -> &Vec<String>| self.written.as_ref().map(f).map(|k| k.join(", "));
        let allowed = list(if is_dst { |w| &w.to } else { |w| &w.from }).unwrap_or_default();
        let verb = if is_dst { "leads to" } else { "begins at" };
        format!("it is a {kind}, and `{}` {verb} one of {allowed}", self.edge)
    }
}
