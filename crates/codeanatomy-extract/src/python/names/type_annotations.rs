//! Rows of `type_annotations`.

use std::borrow::Cow;

use ruff_text_size::Ranged;

use super::Named;
use super::facts::Annotation;
use super::value::{dotted, first_part, head};
use crate::table::Table;

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let annotations = &named.facts.annotations;
    let (text, count) = (named.source.text, annotations.len());
    let chains: Vec<Option<Cow<'_, str>>> = annotations.iter().map(|a| chain(text, a)).collect();
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "node_id" => column.ints(annotations.iter().map(|a| a.node_id)),
        "role" => column.word_runs(annotations.iter().map(|a| a.role.name())),
        "owner_node_id" => column.ints(annotations.iter().map(|a| a.owner)),
        "def_id" => named.write_definition_ids(annotations.iter().map(|a| a.definition), column),
        "name" => column.texts(annotations.iter().map(|a| a.name)),
        "text" => column.texts(annotations.iter().map(|a| Some(&text[a.node.range()]))),
        "is_string" => column.bools(count, |i| annotations[i].node.is_string_literal_expr()),
        "string_text" => column.texts(annotations.iter().map(|a| a.inner.as_ref().map(|i| i.text.as_str()))),
        "dotted" => column.texts(chains.iter().map(Option::as_deref)),
        "root_name" => column.texts(chains.iter().map(|c| c.as_deref().map(first_part))),
        "symbol_id" => column.texts(annotations.iter().map(|a| a.root.and_then(|r| named.symbol_id(r)))),
        "scope_id" => named.write_scope_ids(annotations.iter().map(|a| a.scope), column),
        "container_id" => named.write_container_ids(annotations.iter().map(|a| a.scope), column),
        "bstart" => column.ints(annotations.iter().map(|a| a.node.start().to_u32())),
        "bend" => column.ints(annotations.iter().map(|a| a.node.end().to_u32())),
        "line" => named.write_lines(annotations.iter().map(|a| a.node.start()), column),
        _ => {}
    });
}

/// The chain of names that an annotation, or the text in its string, begins with.
fn chain<'a>(text: &'a str, annotation: &'a Annotation<'a>) -> Option<Cow<'a, str>> {
    match &annotation.inner {
        Some(inner) => inner.dotted.as_deref().map(Cow::Borrowed),
        None => dotted(text, head(annotation.node)),
    }
}
