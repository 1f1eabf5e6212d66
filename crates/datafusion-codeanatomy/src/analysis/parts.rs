//! What a query is made of, piece by piece.

use std::collections::BTreeSet;

use super::query::Query;
use super::term::{Form, Relation, Rows, Term};
use super::text::{Numbers, Writer};

/// What a piece is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    Projection,
    Source,
    Filter,
    Join,
    Grouping,
    Window,
    Set,
    Order,
    Limit,
}

impl Category {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::Source => "source",
            Self::Filter => "filter",
            Self::Join => "join",
            Self::Grouping => "grouping",
            Self::Window => "window",
            Self::Set => "set",
            Self::Order => "order",
            Self::Limit => "limit",
        }
    }
}

/// The pieces of a query besides its columns, in order.
pub(super) fn parts(query: &Query) -> Vec<(Category, String)> {
    let numbers = Numbers::of(&query.relation);
    let mut parts = Parts {
        writer: Writer {
            numbers: Some(&numbers),
        },
        found: vec![],
        seen: BTreeSet::new(),
        is_inner: false,
    };
    parts.relation(&query.relation);
    if !query.relation.order.is_empty() {
        let text = parts.writer.keys(&query.relation.order);
        parts.found.push((Category::Order, text));
    }
    let mut found = parts.found;
    found.sort();
    found
}

/// The terms of the columns of a query, as texts.
pub(super) fn column_texts(query: &Query) -> Vec<String> {
    let numbers = Numbers::of(&query.relation);
    let writer = Writer {
        numbers: Some(&numbers),
    };
    query.relation.columns.iter().map(|term| writer.term(term)).collect()
}

struct Parts<'a> {
    writer: Writer<'a>,
    found: Vec<(Category, String)>,
    seen: BTreeSet<usize>,
    /// Whether what is walked is a query in an expression, which stands in the text of a piece already.
    is_inner: bool,
}

impl Parts<'_> {
    fn add(&mut self, category: Category, text: String) {
        if !self.is_inner || category == Category::Source {
            self.found.push((category, text));
        }
    }

    fn relation(&mut self, relation: &Relation) {
        self.rows(&relation.rows);
        relation.columns.iter().for_each(|term| self.term(term));
        relation.order.iter().for_each(|key| self.term(&key.term));
    }

    fn rows(&mut self, rows: &Rows) {
        let writer = self.writer;
        match rows {
            Rows::Scan { .. } | Rows::Values { .. } | Rows::Other { .. } => {
                self.add(Category::Source, writer.rows(rows));
            }
            Rows::Unnest { lists, nulls, .. } => {
                let text = format!("UNNEST {} {nulls}", writer.conditions(lists).join(", "));
                self.add(Category::Source, text);
            }
            Rows::Select { conditions, .. } => {
                for condition in conditions {
                    let category = match tables(condition) {
                        0 | 1 => Category::Filter,
                        _ => Category::Join,
                    };
                    self.add(category, writer.term(condition));
                }
            }
            Rows::Join {
                kind,
                is_set: true,
                left,
                right,
                ..
            } => {
                let kind = if kind.ends_with("ANTI JOIN") {
                    "EXCEPT"
                } else {
                    "INTERSECT"
                };
                self.add(
                    Category::Set,
                    format!("{} {kind} {}", writer.rows(left), writer.rows(right)),
                );
            }
            Rows::Join {
                kind,
                right,
                conditions,
                ..
            } => {
                let conditions = writer.conditions(conditions).join(" AND ");
                self.add(Category::Join, format!("{kind} {} ON {conditions}", writer.rows(right)));
            }
            Rows::Group { keys, sets, .. } => {
                let text = match sets {
                    None => writer.conditions(keys).join(", "),
                    Some(sets) => format!("{} IN SETS {sets:?}", writer.list(keys)),
                };
                self.add(Category::Grouping, text);
            }
            Rows::First { keys, order, .. } => {
                let keys = writer.conditions(keys).join(", ");
                self.add(
                    Category::Grouping,
                    format!("FIRST BY {keys} ORDER BY {}", writer.keys(order)),
                );
            }
            Rows::Limit { skip, fetch, order, .. } => {
                let order = match order.as_slice() {
                    [] => String::new(),
                    order => format!(" OF ORDER BY {}", writer.keys(order)),
                };
                let limit = writer.limit(skip.as_ref(), fetch.as_ref());
                self.add(Category::Limit, format!("{limit}{order}"));
            }
            Rows::Ordered { order, .. } => self.add(Category::Order, writer.keys(order)),
            Rows::Union { inputs, .. } => {
                let mut texts: Vec<_> = inputs.iter().map(|input| writer.relation(input)).collect();
                texts.sort();
                self.add(Category::Set, texts.join(" UNION ALL "));
            }
            Rows::Recursive { .. } => self.add(Category::Set, writer.rows(rows)),
            Rows::Unit { .. } | Rows::Window { .. } | Rows::Again { .. } => {}
        }
        rows.terms().into_iter().for_each(|term| self.term(term));
        let (inputs, relations) = rows.inputs();
        inputs.into_iter().for_each(|input| self.rows(input));
        relations.into_iter().for_each(|relation| self.relation(relation));
    }

    fn term(&mut self, term: &Term) {
        if !self.seen.insert(term.address()) {
            return;
        }
        match term.form() {
            Form::Over { call, .. } if call.is_window => {
                let text = self.writer.term(term);
                self.add(Category::Window, text);
            }
            Form::Query { relation, .. } => {
                let was_inner = std::mem::replace(&mut self.is_inner, true);
                self.relation(relation);
                self.is_inner = was_inner;
            }
            _ => {}
        }
        term.form().each_part(&mut |part| self.term(part));
    }
}

/// Of how many places a condition has columns.
fn tables(condition: &Term) -> usize {
    let (mut places, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![condition]);
    while let Some(term) = open.pop() {
        if !seen.insert(term.address()) {
            continue;
        }
        if let Form::Column { place, .. } = term.form() {
            places.insert(*place);
        }
        term.form().each_part(&mut |part| open.push(part));
    }
    places.len()
}
