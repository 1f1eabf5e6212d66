//! `plan_diff(before => …, after => …)`: what differs between two queries, and what of it matters.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::{Result, plan_err};

use super::parts::{Category, column_texts, parts};
use super::query::{Output, Query, of_queries};
use super::text::canonical;
use crate::describe::Listing;
use crate::planner::{Arguments, Parameter};

pub(super) const PLAN_DIFF: Listing = Listing {
    name: "plan_diff",
    section: "Queries",
    description: "What differs between two queries, without running them: a row for each column, condition, source, key, window, order or limit \
                  that one of them has alone. `changes_rows` says whether rows, or values of columns that both have, may differ; `breaking`, \
                  whether a column of the result is gone, has another name or type, or may be null where it could not, or the reverse. \
                  There are no rows where `plan_fingerprint` gives the same.",
    example: "SELECT * FROM plan_diff(before => 'SELECT name FROM datasets()', after => 'SELECT name FROM datasets() WHERE family = ''names''')",
    parameters: &[
        Parameter::required("before", "a query, which is planned and not run"),
        Parameter::required("after", "the query that takes its place"),
    ],
    rows,
};

/// A row.
struct Difference {
    category: Category,
    before: Option<String>,
    after: Option<String>,
    changes_rows: bool,
    is_breaking: bool,
}

fn rows(arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let found = of_queries(arguments, &["before", "after"], session, |queries| match queries {
        [before, after] => Ok(differences(before, after)),
        _ => plan_err!("there are two queries"),
    })?;
    let text =
        |f: fn(&Difference) -> Option<&str>| Arc::new(found.iter().map(f).collect::<StringViewArray>()) as ArrayRef;
    let flag =
        |f: fn(&Difference) -> bool| Arc::new(found.iter().map(|d| Some(f(d))).collect::<BooleanArray>()) as ArrayRef;
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("category", text(|d| Some(d.category.name())), false),
        ("change", text(|d| Some(d.change())), false),
        ("before", text(|d| d.before.as_deref()), true),
        ("after", text(|d| d.after.as_deref()), true),
        ("changes_rows", flag(|d| d.changes_rows), false),
        ("breaking", flag(|d| d.is_breaking), false),
    ])?)
}

impl Difference {
    fn change(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

fn differences(before: &Query, after: &Query) -> Vec<Difference> {
    let (whole_before, whole_after) = (canonical(before), canonical(after));
    if whole_before == whole_after {
        return vec![];
    }
    let mut found = of_columns(before, after);
    found.extend(of_parts(before, after));
    if found.is_empty() {
        // The pieces are the same, and stand elsewhere.
        found.push(Difference {
            category: Category::Source,
            before: Some(whole_before),
            after: Some(whole_after),
            changes_rows: true,
            is_breaking: false,
        });
    }
    found
}

/// A column of a result.
struct Column<'a> {
    output: &'a Output,
    term: String,
    position: usize,
}

impl Column<'_> {
    fn text(&self) -> String {
        let null = if self.output.is_nullable { "" } else { " NOT NULL" };
        format!("{} {}{null} = {}", self.output.name, self.output.ty, self.term)
    }
}

/// The columns by what identifies them: a name that was written, the term of one that was not; and how many before are alike.
fn columns(query: &Query) -> BTreeMap<(bool, String, usize), Column<'_>> {
    let mut columns: BTreeMap<_, Column<'_>> = BTreeMap::new();
    for (position, (output, term)) in query.outputs.iter().zip(column_texts(query)).enumerate() {
        let name = if output.is_given { &output.name } else { &term };
        let mut key = (output.is_given, name.clone(), 0);
        while columns.contains_key(&key) {
            key.2 += 1;
        }
        columns.insert(key, Column { output, term, position });
    }
    columns
}

fn of_columns(before: &Query, after: &Query) -> Vec<Difference> {
    let (old, mut new) = (columns(before), columns(after));
    let (mut found, mut removed, mut kept) = (vec![], vec![], vec![]);
    for (key, column) in old {
        let Some(other) = new.remove(&key) else {
            removed.push(column);
            continue;
        };
        kept.push((column.position, other.position));
        let is_same = column.term == other.term;
        let is_breaking = column.output.ty != other.output.ty || column.output.is_nullable != other.output.is_nullable;
        if !is_same || is_breaking {
            let changes_rows = !is_same || column.output.ty != other.output.ty;
            found.push((column.position, changed(&column, &other, changes_rows, is_breaking)));
        }
    }
    let mut added: Vec<_> = new.into_values().collect();
    added.sort_by_key(|column| column.position);
    removed.sort_by_key(|column| column.position);
    for column in removed {
        // The same value under another name.
        let renamed = added.iter().position(|other| other.term == column.term);
        let difference = match renamed.map(|i| added.remove(i)) {
            Some(other) => {
                kept.push((column.position, other.position));
                changed(&column, &other, column.output.ty != other.output.ty, true)
            }
            None => Difference {
                category: Category::Projection,
                before: Some(column.text()),
                after: None,
                changes_rows: false,
                is_breaking: true,
            },
        };
        found.push((column.position, difference));
    }
    found.sort_by_key(|(position, _)| *position);
    let mut found: Vec<_> = found.into_iter().map(|(_, difference)| difference).collect();
    found.extend(added.into_iter().map(|column| Difference {
        category: Category::Projection,
        before: None,
        after: Some(column.text()),
        changes_rows: false,
        is_breaking: false,
    }));
    kept.sort_unstable();
    if !kept.is_sorted_by_key(|(_, position)| *position) {
        let names = |query: &Query| {
            let names: Vec<_> = query.outputs.iter().map(|output| output.name.as_str()).collect();
            Some(names.join(", "))
        };
        found.push(Difference {
            category: Category::Projection,
            before: names(before),
            after: names(after),
            changes_rows: false,
            is_breaking: false,
        });
    }
    found
}

fn changed(before: &Column<'_>, after: &Column<'_>, changes_rows: bool, is_breaking: bool) -> Difference {
    Difference {
        category: Category::Projection,
        before: Some(before.text()),
        after: Some(after.text()),
        changes_rows,
        is_breaking,
    }
}

fn of_parts(before: &Query, after: &Query) -> Vec<Difference> {
    let mut by_category: BTreeMap<Category, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for (category, text) in parts(before) {
        by_category.entry(category).or_default().0.push(text);
    }
    for (category, text) in parts(after) {
        let (old, new) = by_category.entry(category).or_default();
        match old.iter().position(|other| *other == text) {
            Some(i) => _ = old.remove(i),
            None => new.push(text),
        }
    }
    let mut found = vec![];
    for (category, (old, new)) in by_category {
        let difference = |before: Option<String>, after: Option<String>| Difference {
            category,
            before,
            after,
            // The order of a result moves its rows.
            changes_rows: category != Category::Order,
            is_breaking: false,
        };
        // Of one piece on each side, the one became the other.
        match (old.as_slice(), new.as_slice()) {
            ([before], [after]) => found.push(difference(Some(before.clone()), Some(after.clone()))),
            _ => {
                found.extend(old.into_iter().map(|text| difference(Some(text), None)));
                found.extend(new.into_iter().map(|text| difference(None, Some(text))));
            }
        }
    }
    found
}
