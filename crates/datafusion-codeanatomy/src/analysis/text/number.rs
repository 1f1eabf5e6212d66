//! Which of its kind a place is.

use std::collections::{BTreeMap, BTreeSet};

use super::Writer;
use crate::analysis::term::{Arguments, Form, Place, Relation, Rows, Term};

/// The number of each place among those of its kind, from 1, and what it is.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Numbers {
    of: BTreeMap<Place, (String, usize)>,
    counts: BTreeMap<String, usize>,
    seen: BTreeSet<usize>,
}

const PLAIN: Writer<'static> = Writer { numbers: None };

impl Numbers {
    pub(in crate::analysis) fn of(relation: &Relation) -> Self {
        let mut numbers = Self::default();
        numbers.relation(relation);
        numbers
    }

    pub(super) fn number(&self, place: Place) -> usize {
        self.of.get(&place).map_or(1, |(_, number)| *number)
    }

    pub(super) fn base(&self, place: Place) -> &str {
        self.of.get(&place).map_or("_", |(base, _)| base)
    }

    fn name(&mut self, place: Place, base: &str) {
        if self.of.contains_key(&place) {
            return;
        }
        let count = self.counts.entry(base.to_string()).or_default();
        *count += 1;
        self.of.insert(place, (base.to_string(), *count));
    }

    fn relation(&mut self, relation: &Relation) {
        self.rows(&relation.rows);
        relation.columns.iter().for_each(|term| self.term(term));
        relation.order.iter().for_each(|key| self.term(&key.term));
    }

    fn rows(&mut self, rows: &Rows) {
        match rows {
            Rows::Scan { place, identity, .. } => self.name(*place, identity),
            Rows::Select { inputs, .. } => Writer::sorted(inputs).into_iter().for_each(|rows| self.rows(rows)),
            Rows::Recursive { place, first, step, .. } => {
                self.relation(first);
                self.name(*place, "recursive");
                self.relation(step);
            }
            Rows::Union { place, inputs } => {
                let mut inputs: Vec<_> = inputs.iter().collect();
                inputs.sort_by_cached_key(|input| PLAIN.relation(input));
                inputs.into_iter().for_each(|input| self.relation(input));
                self.name(*place, "union");
            }
            rows => {
                let (inputs, relations) = rows.inputs();
                inputs.into_iter().for_each(|rows| self.rows(rows));
                relations.into_iter().for_each(|relation| self.relation(relation));
            }
        }
        match rows {
            Rows::Values { place, .. } => self.name(*place, "values"),
            Rows::Join { place, .. } => self.name(*place, "join"),
            Rows::Group { place, .. } => self.name(*place, "group"),
            Rows::Window { place, .. } => self.name(*place, "window"),
            Rows::Unnest { place, .. } => self.name(*place, "unnest"),
            Rows::Other { place, .. } => self.name(*place, "node"),
            _ => {}
        }
        let has_order = matches!(
            rows,
            Rows::Values { .. } | Rows::First { .. } | Rows::Limit { .. } | Rows::Ordered { .. } | Rows::Other { .. }
        );
        match has_order {
            true => rows.terms().into_iter().for_each(|term| self.term(term)),
            false => self.set(rows.terms()),
        }
    }

    /// Terms whose order does not count.
    fn set(&mut self, mut terms: Vec<&Term>) {
        terms.sort_by_cached_key(|term| PLAIN.term(term));
        terms.into_iter().for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &Term) {
        if !self.seen.insert(term.address()) {
            return;
        }
        match term.form() {
            Form::Call { arguments, terms, .. } if *arguments != Arguments::Ordered => {
                self.set(terms.iter().collect());
            }
            Form::There { place, kind, term } => {
                self.name(*place, kind);
                self.term(term);
            }
            Form::Query { terms, relation, .. } => {
                terms.iter().for_each(|term| self.term(term));
                self.relation(relation);
            }
            form => form.each_part(&mut |part| self.term(part)),
        }
    }
}
