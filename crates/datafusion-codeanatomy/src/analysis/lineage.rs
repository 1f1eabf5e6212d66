//! `lineage(sql => …)`: from which columns of which tables the columns of a query come, and how.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use super::query::{Query, of_queries};
use super::term::{Form, Key, Over, Place, QueryKind, Relation, Rows, Term};
use crate::describe::Listing;
use crate::planner::{Arguments, Parameter};

pub(super) const LINEAGE: Listing = Listing {
    name: "lineage",
    section: "Queries",
    description: "From which columns of which tables each column of a query comes, without running it: `copied`, its values are there, or \
                  `computed` of them. Rows without an output are of columns that decide which rows there are, or their order: `filtered`, \
                  `grouped`, `ordered`. A view is followed to its tables. What comes of literals alone has no row.",
    example: "SELECT * FROM lineage(sql => 'SELECT family, count(*) AS n FROM datasets() WHERE column_count > 9 GROUP BY family')",
    parameters: &[Parameter::required("sql", "a query, which is planned and not run")],
    rows,
};

/// How a column of a table is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Copied,
    Computed,
    Filtered,
    Grouped,
    Ordered,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Computed => "computed",
            Self::Filtered => "filtered",
            Self::Grouped => "grouped",
            Self::Ordered => "ordered",
        }
    }

    /// Of what something is computed from.
    fn computed(self) -> Self {
        self.max(Self::Computed)
    }
}

/// A table and a column of it, and how it is used.
type Source<'a> = (How, &'a str, &'a str);

fn rows(arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    of_queries(arguments, &["sql"], session, batch)
}

fn batch(queries: &[Query]) -> Result<RecordBatch> {
    let mut rows: Vec<(Option<i64>, Option<&str>, Source<'_>)> = vec![];
    for query in queries {
        let mut walk = Walk::default();
        walk.note(&query.relation);
        for ((i, term), output) in (1..).zip(&query.relation.columns).zip(&query.outputs) {
            walk.seen.clear();
            walk.term(term, How::Copied);
            let sources = std::mem::take(&mut walk.sources);
            rows.extend(
                sources
                    .into_iter()
                    .map(|source| (Some(i), Some(output.name.as_str()), source)),
            );
        }
        walk.deciding(&query.relation);
        rows.extend(walk.decide.into_iter().map(|source| (None, None, source)));
    }
    let output: Int64Array = rows.iter().map(|(i, ..)| *i).collect();
    let name: StringViewArray = rows.iter().map(|(_, name, _)| *name).collect();
    let text = |f: fn(&Source<'_>) -> String| {
        Arc::new(StringViewArray::from_iter_values(
            rows.iter().map(|(.., source)| f(source)),
        )) as ArrayRef
    };
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("output", Arc::new(output) as ArrayRef, true),
        ("output_name", Arc::new(name) as ArrayRef, true),
        ("source_table", text(|(_, table, _)| (*table).to_string()), false),
        ("source_column", text(|(.., column)| (*column).to_string()), false),
        ("how", text(|(how, ..)| how.name().to_string()), false),
    ])?)
}

/// What is found.
#[derive(Default)]
struct Walk<'a> {
    /// The rows that places are of.
    places: BTreeMap<Place, &'a Rows>,
    /// Of the output at hand.
    sources: BTreeSet<Source<'a>>,
    /// Of all.
    decide: BTreeSet<Source<'a>>,
    /// The terms that were seen, each with how.
    seen: BTreeSet<(usize, How)>,
    noted: BTreeSet<usize>,
}

impl<'a> Walk<'a> {
    /// Notes the rows of all places.
    fn note(&mut self, relation: &'a Relation) {
        self.note_rows(&relation.rows);
        relation.columns.iter().for_each(|term| self.note_queries(term));
        relation.order.iter().for_each(|key| self.note_queries(&key.term));
    }

    fn note_rows(&mut self, rows: &'a Rows) {
        if let Rows::Scan { place, .. }
        | Rows::Union { place, .. }
        | Rows::Recursive { place, .. }
        | Rows::Values { place, .. }
        | Rows::Join { place, .. } = rows
        {
            self.places.insert(*place, rows);
        }
        rows.terms().into_iter().for_each(|term| self.note_queries(term));
        let (inputs, relations) = rows.inputs();
        inputs.into_iter().for_each(|input| self.note_rows(input));
        relations.into_iter().for_each(|relation| self.note(relation));
    }

    fn note_queries(&mut self, term: &'a Term) {
        if !self.noted.insert(term.address()) {
            return;
        }
        if let Form::Query { relation, .. } = term.form() {
            self.note(relation);
        }
        term.form().each_part(&mut |part| self.note_queries(part));
    }

    fn found(&mut self, source: Source<'a>) {
        match source.0 {
            How::Copied | How::Computed => self.sources.insert(source),
            _ => self.decide.insert(source),
        };
    }

    fn term(&mut self, term: &'a Term, how: How) {
        if !self.seen.insert((term.address(), how)) {
            return;
        }
        match term.form() {
            Form::Value(_) => {}
            Form::Column { place, name } => self.column(*place, name, how),
            Form::Cast {
                keeps_value: true,
                term,
                ..
            }
            | Form::There {
                kind: "nullable" | "grouped",
                term,
                ..
            } => {
                self.term(term, how);
            }
            Form::Over { call, .. } => self.over(call, how),
            Form::Query {
                kind, terms, relation, ..
            } => {
                terms.iter().for_each(|term| self.term(term, how.computed()));
                let how = if *kind == QueryKind::Scalar {
                    how
                } else {
                    how.computed()
                };
                if *kind != QueryKind::Exists {
                    relation.columns.iter().for_each(|term| self.term(term, how));
                }
                self.deciding(relation);
            }
            form => form.each_part(&mut |part| self.term(part, how.computed())),
        }
    }

    fn over(&mut self, call: &'a Over, how: How) {
        call.terms.iter().for_each(|term| self.term(term, how.computed()));
        call.filter.iter().for_each(|term| self.term(term, How::Filtered));
        call.partition.iter().for_each(|term| self.term(term, How::Grouped));
        self.keys(&call.order);
    }

    fn keys(&mut self, order: &'a [Key]) {
        order.iter().for_each(|key| self.term(&key.term, How::Ordered));
    }

    fn column(&mut self, place: Place, name: &'a str, how: How) {
        let Some(rows) = self.places.get(&place).copied() else {
            return;
        };
        let number = || name.parse::<usize>().map_or(0, |n| n.saturating_sub(1));
        match rows {
            Rows::Scan { name: table, .. } => self.found((how, table, name)),
            Rows::Values { rows, .. } => {
                let cells = rows.iter().filter_map(|row| row.get(number()));
                cells.for_each(|term| self.term(term, how));
            }
            Rows::Union { inputs, .. } => {
                let terms = inputs.iter().filter_map(|input| input.columns.get(number()));
                terms.for_each(|term| self.term(term, how));
            }
            Rows::Recursive { first, step, .. } => {
                let terms = [first, step].map(|part| part.columns.get(number()));
                terms.into_iter().flatten().for_each(|term| self.term(term, how));
            }
            // Whether a row has a partner.
            rows => rows
                .terms()
                .into_iter()
                .for_each(|term| self.term(term, how.computed())),
        }
    }

    /// What decides the rows of a relation, and their order.
    fn deciding(&mut self, relation: &'a Relation) {
        self.keys(&relation.order);
        self.deciding_rows(&relation.rows);
    }

    fn deciding_rows(&mut self, rows: &'a Rows) {
        match rows {
            Rows::Select { conditions: terms, .. }
            | Rows::Join { conditions: terms, .. }
            | Rows::Unnest { lists: terms, .. }
            | Rows::Other { terms, .. } => terms.iter().for_each(|term| self.term(term, How::Filtered)),
            Rows::Group { keys, .. } => keys.iter().for_each(|term| self.term(term, How::Grouped)),
            Rows::First { keys, order, .. } => {
                keys.iter().for_each(|term| self.term(term, How::Grouped));
                self.keys(order);
            }
            Rows::Limit { skip, fetch, order, .. } => {
                skip.iter().chain(fetch).for_each(|term| self.term(term, How::Filtered));
                self.keys(order);
            }
            Rows::Ordered { order, .. } => self.keys(order),
            // Rows that are there already are left out.
            Rows::Recursive {
                is_distinct: true,
                first,
                step,
                ..
            } => {
                let terms = first.columns.iter().chain(&step.columns);
                terms.for_each(|term| self.term(term, How::Grouped));
            }
            _ => {}
        }
        let (inputs, relations) = rows.inputs();
        inputs.into_iter().for_each(|input| self.deciding_rows(input));
        relations.into_iter().for_each(|relation| self.deciding(relation));
    }
}
