//! Rows of `base_classes`.

use std::borrow::Cow;

use ruff_text_size::{Ranged, TextRange};

use super::Named;
use super::facts::{Base, DefinitionNode, node_id};
use super::value::{argument_range, dotted, expression_id, first_part, head, last_part, shape, unstarred};
use crate::table::Table;

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let bases = &named.facts.bases;
    let (text, count) = (named.source.text, bases.len());
    let owner = |b: &Base<'_>| named.facts.definitions[b.definition as usize].node_id;
    let range = |b: &Base<'_>| range(named, b);
    let chains: Vec<Option<Cow<'_, str>>> = bases.iter().map(|b| dotted(text, head(unstarred(b.node)))).collect();
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "owner_node_id" => column.ints(bases.iter().map(owner)),
        "position" => column.ints(bases.iter().map(|b| b.position)),
        "node_id" => column.ints(bases.iter().map(|b| {
            b.keyword
                .map_or_else(|| expression_id(b.node), |k| node_id(&k.node_index))
        })),
        "def_id" => named.write_definition_ids(bases.iter().map(|b| Some(b.definition)), column),
        "kind" => column.word_runs(bases.iter().map(kind)),
        "keyword" => column.texts(bases.iter().map(|b| Some(b.keyword?.arg.as_ref()?.as_str()))),
        "shape" => column.word_runs(bases.iter().map(|b| shape(unstarred(b.node)))),
        "text" => column.texts(bases.iter().map(|b| Some(&text[range(b)]))),
        "dotted" => column.texts(chains.iter().map(Option::as_deref)),
        "root_name" => column.texts(chains.iter().map(|c| c.as_deref().map(first_part))),
        "name" => column.texts(chains.iter().map(|c| c.as_deref().map(last_part))),
        "symbol_id" => column.texts(bases.iter().map(|b| b.root.and_then(|r| named.symbol_id(r)))),
        "scope_id" => named.write_scope_ids(bases.iter().map(|b| b.scope), column),
        "bstart" => column.ints(bases.iter().map(|b| range(b).start().to_u32())),
        "bend" => column.ints(bases.iter().map(|b| range(b).end().to_u32())),
        "line" => named.write_lines(bases.iter().map(|b| range(b).start()), column),
        _ => {}
    });
}

fn kind(base: &Base<'_>) -> &'static str {
    match base.keyword {
        Some(keyword) if keyword.arg.is_some() => "keyword",
        Some(_) => "double_star",
        None if base.node.is_starred_expr() => "star",
        None => "base",
    }
}

fn range(named: &Named<'_>, base: &Base<'_>) -> TextRange {
    let value = unstarred(base.node);
    match named.facts.definitions[base.definition as usize].node {
        DefinitionNode::Class(class) => class
            .arguments
            .as_ref()
            .map_or(value.range(), |arguments| argument_range(arguments, value)),
        DefinitionNode::Function(_) => value.range(),
    }
}
