//! Relations as texts that are the same for the same meaning.
//!
//! Tables that stand several times are numbered, as are groups, windows and the like, in the order of the text that they have without numbers; where
//! that is the same, in the order in which they were written.

mod number;

use super::query::{Output, Query};
use super::term::{Arguments, Form, Key, Over, Place, Relation, Rows, Term};
use datafusion::common::utils::quote_identifier;
pub(super) use number::Numbers;

/// The text of a query: what it gives, from where, and in which order.
pub(super) fn canonical(query: &Query) -> String {
    let numbers = Numbers::of(&query.relation);
    let writer = Writer {
        numbers: Some(&numbers),
    };
    let columns = query.relation.columns.iter().zip(&query.outputs);
    let columns: Vec<_> = columns.map(|(term, output)| writer.output(term, output)).collect();
    let order = match query.relation.order.as_slice() {
        [] => String::new(),
        order => format!(" ORDER BY {}", writer.keys(order)),
    };
    format!(
        "SELECT {} FROM {}{order}",
        columns.join(", "),
        writer.rows(&query.relation.rows)
    )
}

/// Writes rows and terms, with numbers or without.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) numbers: Option<&'a Numbers>,
}

impl Writer<'_> {
    /// `name Int64 = term`; a name that the engine made is left out.
    pub(super) fn output(self, term: &Term, output: &Output) -> String {
        let name = match output.is_given {
            true => quote_identifier(&output.name).into_owned(),
            false => "_".to_string(),
        };
        format!("{name} {} = {}", output.ty, self.term(term))
    }

    /// `@2` for the second of its kind.
    fn suffix(self, place: Place) -> String {
        match self.numbers.map(|numbers| numbers.number(place)) {
            None | Some(1) => String::new(),
            Some(number) => format!("@{number}"),
        }
    }

    /// What stands for a place, where columns are named.
    fn place(self, place: Place) -> String {
        let base = self.numbers.map_or("_", |numbers| numbers.base(place));
        format!("{base}{}", self.suffix(place))
    }

    /// Texts in order, each once.
    fn set(self, terms: &[Term]) -> Vec<String> {
        let mut texts: Vec<_> = terms.iter().map(|term| self.term(term)).collect();
        texts.sort();
        texts.dedup();
        texts
    }

    pub(super) fn list(self, terms: &[Term]) -> String {
        terms.iter().map(|term| self.term(term)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn conditions(self, terms: &[Term]) -> Vec<String> {
        self.set(terms)
    }

    pub(super) fn keys(self, order: &[Key]) -> String {
        let key = |key: &Key| {
            let direction = if key.is_ascending { "ASC" } else { "DESC" };
            let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
            format!("{} {direction} NULLS {nulls}", self.term(&key.term))
        };
        order.iter().map(key).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn term(self, term: &Term) -> String {
        match term.form() {
            Form::Value(text) => text.clone(),
            Form::Column { place, name } => {
                // Without numbers, the table alone tells columns apart.
                let table = match self.numbers {
                    Some(_) => self.place(*place),
                    None => "_".to_string(),
                };
                format!("{table}.{}", quote_identifier(name))
            }
            Form::Call { name, arguments, terms } => self.call(name, *arguments, terms),
            Form::Cast { ty, term, .. } => format!("{ty}({})", self.term(term)),
            Form::There { place, kind, term } => match *kind {
                "nullable" | "grouped" => format!("{kind}{}({})", self.suffix(*place), self.term(term)),
                _ => format!("{}{}", self.term(term), self.suffix(*place)),
            },
            Form::Over { place, call } => self.over(call, *place),
            Form::Query {
                name, terms, relation, ..
            } => {
                let values = match terms.as_slice() {
                    [] => String::new(),
                    terms => format!("{} ", self.list(terms)),
                };
                format!("{values}{name} ({})", self.relation(relation))
            }
        }
    }

    fn call(self, name: &str, arguments: Arguments, terms: &[Term]) -> String {
        let texts = match arguments {
            Arguments::Ordered => terms.iter().map(|term| self.term(term)).collect(),
            Arguments::Commute => {
                let mut texts: Vec<_> = terms.iter().map(|term| self.term(term)).collect();
                texts.sort();
                texts
            }
            Arguments::Set => self.set(terms),
        };
        let is_operator = name.chars().all(|c| !c.is_alphanumeric() && c != '_');
        let stands_between = is_operator || arguments == Arguments::Commute || matches!(name, "AND" | "OR");
        match texts.as_slice() {
            [text] if arguments == Arguments::Set && stands_between => text.clone(),
            [_, _, ..] if stands_between => format!("({})", texts.join(&format!(" {name} "))),
            _ => format!("{name}({})", texts.join(", ")),
        }
    }

    fn over(self, call: &Over, place: Place) -> String {
        let distinct = if call.is_distinct { "DISTINCT " } else { "" };
        let order = match call.order.as_slice() {
            [] => String::new(),
            order => format!(" ORDER BY {}", self.keys(order)),
        };
        let filter = call
            .filter
            .as_ref()
            .map_or_else(String::new, |term| format!(" FILTER (WHERE {})", self.term(term)));
        let terms = self.list(&call.terms);
        let suffix = self.suffix(place);
        let rest = &call.rest;
        if !call.is_window {
            let rest = if rest.is_empty() {
                String::new()
            } else {
                format!(" {rest}")
            };
            return format!("{}({distinct}{terms}{order}){rest}{filter}{suffix}", call.name);
        }
        let partition = match call.partition.as_slice() {
            [] => String::new(),
            terms => format!("PARTITION BY {}", self.set(terms).join(", ")),
        };
        format!(
            "{}({distinct}{terms}){filter} OVER ({partition}{order} {rest}){suffix}",
            call.name
        )
    }

    /// A relation inside of another, or of an expression.
    pub(super) fn relation(self, relation: &Relation) -> String {
        let order = match relation.order.as_slice() {
            [] => String::new(),
            order => format!(" ORDER BY {}", self.keys(order)),
        };
        format!(
            "SELECT {} FROM {}{order}",
            self.list(&relation.columns),
            self.rows(&relation.rows)
        )
    }

    /// The inputs in an order that does not depend on how they were written, if they differ.
    pub(super) fn sorted(inputs: &[std::sync::Arc<Rows>]) -> Vec<&Rows> {
        let plain = Writer { numbers: None };
        let mut inputs: Vec<_> = inputs.iter().map(AsRef::as_ref).collect();
        inputs.sort_by_cached_key(|rows| plain.rows(rows));
        inputs
    }

    pub(super) fn rows(self, rows: &Rows) -> String {
        match rows {
            Rows::Scan { place, identity, .. } => format!("{identity}{}", self.suffix(*place)),
            Rows::Again { of } => format!("AGAIN{}", self.suffix(*of)),
            Rows::Unit { has_row } => if *has_row { "ONE ROW" } else { "NO ROWS" }.to_string(),
            Rows::Values { place, rows } => {
                let rows: Vec<_> = rows.iter().map(|row| format!("({})", self.list(row))).collect();
                format!("VALUES {}{}", rows.join(", "), self.suffix(*place))
            }
            Rows::Select { inputs, conditions, .. } => {
                let inputs: Vec<_> = Self::sorted(inputs).into_iter().map(|rows| self.rows(rows)).collect();
                let conditions = match conditions.as_slice() {
                    [] => String::new(),
                    conditions => format!(" WHERE {}", self.set(conditions).join(" AND ")),
                };
                format!("({}{conditions})", inputs.join(", "))
            }
            Rows::Join {
                place,
                kind,
                left,
                right,
                conditions,
                ..
            } => format!(
                "({} {kind}{} {} ON {})",
                self.rows(left),
                self.suffix(*place),
                self.rows(right),
                self.set(conditions).join(" AND ")
            ),
            Rows::Group {
                place,
                keys,
                sets,
                input,
            } => {
                // A set of keys is named by their numbers, so that they keep their order.
                let keys = match sets {
                    None => self.set(keys).join(", "),
                    Some(sets) => format!("{} IN SETS {sets:?}", self.list(keys)),
                };
                format!("({} GROUP{} BY {keys})", self.rows(input), self.suffix(*place))
            }
            Rows::Window { place, input } => format!("({} WINDOW{})", self.rows(input), self.suffix(*place)),
            Rows::First { keys, order, input } => format!(
                "({} FIRST BY {} ORDER BY {})",
                self.rows(input),
                self.set(keys).join(", "),
                self.keys(order)
            ),
            Rows::Limit {
                skip,
                fetch,
                order,
                input,
            } => {
                let limit = self.limit(skip.as_ref(), fetch.as_ref());
                let order = match order.as_slice() {
                    [] => String::new(),
                    order => format!(" ORDER BY {}", self.keys(order)),
                };
                format!("({}{order} {limit})", self.rows(input))
            }
            Rows::Ordered { order, input } => format!("({} ORDER BY {})", self.rows(input), self.keys(order)),
            Rows::Union { place, inputs } => {
                let mut inputs: Vec<_> = inputs.iter().map(|input| self.relation(input)).collect();
                inputs.sort();
                format!("({}){}", inputs.join(" UNION ALL "), self.suffix(*place))
            }
            Rows::Unnest {
                place,
                lists,
                nulls,
                input,
            } => format!(
                "({} UNNEST{} {} {nulls})",
                self.rows(input),
                self.suffix(*place),
                self.set(lists).join(", ")
            ),
            Rows::Recursive {
                place,
                is_distinct,
                first,
                step,
            } => format!(
                "({} RECURSIVE {}{} {})",
                self.relation(first),
                if *is_distinct { "UNION" } else { "UNION ALL" },
                self.suffix(*place),
                self.relation(step)
            ),
            Rows::Other {
                place,
                name,
                terms,
                inputs,
            } => {
                let inputs: Vec<_> = inputs.iter().map(|input| self.relation(input)).collect();
                format!(
                    "({name}{} OF {} FROM {})",
                    self.suffix(*place),
                    self.list(terms),
                    inputs.join(", ")
                )
            }
        }
    }

    /// `LIMIT 10 OFFSET 5`
    pub(super) fn limit(self, skip: Option<&Term>, fetch: Option<&Term>) -> String {
        let part = |word: &str, term: Option<&Term>| term.map(|term| format!("{word} {}", self.term(term)));
        let parts: Vec<_> = [part("LIMIT", fetch), part("OFFSET", skip)]
            .into_iter()
            .flatten()
            .collect();
        parts.join(" ")
    }
}
