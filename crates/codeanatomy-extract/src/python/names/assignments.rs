//! Rows of `assignments`.

use std::borrow::Cow;

use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::Named;
use super::facts::{Assignment, Lookup, NO_PATH, Target};
use super::text::{MAX_EXPRESSION, cut};
use super::value::{dotted, expression_id, first_part, head, shape};
use crate::table::{Column, Table};

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let assignments = &named.facts.assignments;
    let (text, count) = (named.source.text, assignments.len());
    let scopes = || assignments.iter().map(|a| a.scope);
    let values = || assignments.iter().map(|a| a.value);
    let sources = || assignments.iter().map(|a| a.origin.source);
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "node_id" => column.ints(assignments.iter().map(|a| a.node_id)),
        "kind" => column.word_runs(assignments.iter().map(|a| a.origin.kind.name())),
        "construct_node_id" => column.ints(assignments.iter().map(|a| a.origin.construct)),
        "target_index" => column.ints(assignments.iter().map(|a| a.origin.index)),
        "target_path" => write_paths(named, column),
        "target_shape" => column.word_runs(assignments.iter().map(target_shape)),
        "target" => {
            for assignment in assignments {
                column.text(Some(&target_text(text, assignment)));
            }
        }
        "name" => column.texts(assignments.iter().map(target_name)),
        "root_name" => {
            for assignment in assignments {
                let root = root(text, assignment);
                column.text(root.as_deref().map(first_part));
            }
        }
        "scope_id" => named.write_scope_ids(scopes(), column),
        "container_id" => named.write_container_ids(scopes(), column),
        "symbol_id" => column.texts(assignments.iter().map(|a| a.root.and_then(|r| named.symbol_id(r)))),
        "binding_id" => column.texts(assignments.iter().map(|a| named.binding_id(bound(a)?))),
        "value_node_id" => column.sparse_ints(values().map(|v| v.map(expression_id))),
        "value_shape" => column.texts(values().map(|v| v.map(shape))),
        "value" => write_values(named, column),
        "value_bstart" => column.sparse_ints(values().map(|v| v.map(|v| v.start().to_u32()))),
        "value_bend" => column.sparse_ints(values().map(|v| v.map(|v| v.end().to_u32()))),
        "source_node_id" => column.sparse_ints(sources().map(|s| s.map(expression_id))),
        "source_bstart" => column.sparse_ints(sources().map(|s| s.map(|s| s.start().to_u32()))),
        "source_bend" => column.sparse_ints(sources().map(|s| s.map(|s| s.end().to_u32()))),
        "bstart" => column.ints(assignments.iter().map(|a| range(a).start().to_u32())),
        "bend" => column.ints(assignments.iter().map(|a| range(a).end().to_u32())),
        "line" => named.write_lines(assignments.iter().map(|a| range(a).start()), column),
        _ => {}
    });
}

fn write_paths(named: &Named<'_>, column: &mut Column) {
    let mut path = String::new();
    for assignment in &named.facts.assignments {
        if assignment.path == NO_PATH {
            column.text(None);
        } else {
            named.facts.paths.write(assignment.path, &mut path);
            column.text(Some(&path));
        }
    }
}

fn write_values(named: &Named<'_>, column: &mut Column) {
    // A long chain may be the value of many targets.
    let mut long: FxHashMap<u32, Option<String>> = FxHashMap::default();
    let text = named.source.text;
    for value in named.facts.assignments.iter().map(|a| a.value) {
        match value {
            Some(value) if value.range().len().to_usize() > MAX_EXPRESSION => {
                let chain = long
                    .entry(expression_id(value))
                    .or_insert_with(|| dotted(text, value).map(|chain| cut(&chain).into_owned()));
                column.text(chain.as_deref());
            }
            Some(value) => column.text(dotted(text, value).as_deref().map(cut).as_deref()),
            None => column.text(None),
        }
    }
}

fn range(assignment: &Assignment<'_>) -> TextRange {
    match assignment.target {
        Target::Expression(target) => target.range(),
        Target::Name(name) => name.range,
    }
}

fn target_shape(assignment: &Assignment<'_>) -> &'static str {
    match assignment.target {
        Target::Expression(Expr::Attribute(_)) => "attribute",
        Target::Expression(Expr::Subscript(_)) => "subscript",
        Target::Expression(Expr::Name(_)) | Target::Name(_) => "name",
        Target::Expression(_) => "other",
    }
}

fn target_name<'a>(assignment: &Assignment<'a>) -> Option<&'a str> {
    match assignment.target {
        Target::Expression(Expr::Name(name)) => Some(name.id.as_str()),
        Target::Expression(Expr::Attribute(chain)) => Some(chain.attr.as_str()),
        Target::Expression(_) => None,
        Target::Name(name) => Some(name.as_str()),
    }
}

fn target_text<'a>(text: &'a str, assignment: &Assignment<'a>) -> Cow<'a, str> {
    let chain = match assignment.target {
        Target::Expression(target) => dotted(text, target),
        Target::Name(name) => return Cow::Borrowed(name.as_str()),
    };
    chain.unwrap_or_else(|| cut(&text[range(assignment)]))
}

/// The chain of names that the target begins with.
fn root<'a>(text: &'a str, assignment: &Assignment<'a>) -> Option<Cow<'a, str>> {
    match assignment.target {
        Target::Expression(target) => dotted(text, head(target)),
        Target::Name(name) => Some(Cow::Borrowed(name.as_str())),
    }
}

/// What the name means that is bound.
fn bound(assignment: &Assignment<'_>) -> Option<Lookup> {
    match assignment.target {
        Target::Expression(Expr::Name(_)) | Target::Name(_) => assignment.root,
        Target::Expression(_) => None,
    }
}
