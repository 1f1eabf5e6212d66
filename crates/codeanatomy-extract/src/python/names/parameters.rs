//! Rows of `parameters`.

use std::borrow::Cow;

use ruff_text_size::Ranged;

use super::Named;
use super::facts::{Lookup, Parameter};
use super::text::cut;
use super::value::{expression_id, shape};
use crate::table::Table;

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let parameters = &named.facts.parameters;
    let (text, count) = (named.source.text, parameters.len());
    let defaults = || parameters.iter().map(|p| p.default);
    let annotations = || parameters.iter().map(|p| p.node.annotation.as_deref());
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "owner_node_id" => column.ints(parameters.iter().map(|p| p.owner)),
        "position" => column.ints(parameters.iter().map(|p| p.position)),
        "node_id" => column.ints(parameters.iter().map(|p| super::facts::node_id(&p.node.node_index))),
        "owner_kind" => column.word_runs(parameters.iter().map(|p| owner_kind(named, p))),
        "def_id" => named.write_definition_ids(parameters.iter().map(|p| p.definition), column),
        "kind" => column.word_runs(parameters.iter().map(|p| p.kind.name())),
        "name" => column.texts(parameters.iter().map(|p| Some(p.node.name.as_str()))),
        "has_default" => column.bools(count, |i| parameters[i].default.is_some()),
        "default_shape" => column.texts(defaults().map(|d| d.map(shape))),
        "default_text" => {
            for default in defaults() {
                let default: Option<Cow<'_, str>> = default.map(|d| cut(&text[d.range()]));
                column.text(default.as_deref());
            }
        }
        "default_node_id" => column.sparse_ints(defaults().map(|d| d.map(expression_id))),
        "default_bstart" => column.sparse_ints(defaults().map(|d| d.map(|d| d.start().to_u32()))),
        "default_bend" => column.sparse_ints(defaults().map(|d| d.map(|d| d.end().to_u32()))),
        "annotation" => column.texts(annotations().map(|a| a.map(|a| &text[a.range()]))),
        "annotation_node_id" => column.sparse_ints(annotations().map(|a| a.map(expression_id))),
        "annotation_bstart" => column.sparse_ints(annotations().map(|a| a.map(|a| a.start().to_u32()))),
        "annotation_bend" => column.sparse_ints(annotations().map(|a| a.map(|a| a.end().to_u32()))),
        "scope_id" => {
            let scopes = parameters
                .iter()
                .map(|p| p.symbol.map(|s| named.scopes.symbol(s).scope.index() as u32));
            column.numbered_texts(scopes, |s| named.ids.scopes.get(s as usize));
        }
        "symbol_id" => {
            let lookups = parameters.iter().map(|p| p.symbol.map(Lookup::Symbol));
            column.texts(lookups.map(|lookup| lookup.and_then(|l| named.symbol_id(l))));
        }
        "binding_id" => {
            let lookups = parameters.iter().map(|p| p.symbol.map(Lookup::Symbol));
            column.texts(lookups.map(|lookup| lookup.and_then(|l| named.binding_id(l))));
        }
        "bstart" => column.ints(parameters.iter().map(start)),
        "bend" => column.ints(parameters.iter().map(|p| p.node.end().to_u32())),
        "name_bend" => column.ints(parameters.iter().map(|p| p.node.name.end().to_u32())),
        "line" => named.write_lines(parameters.iter().map(|p| start(p).into()), column),
        _ => {}
    });
}

/// CPython's `arg` begins behind the stars.
fn start(parameter: &Parameter<'_>) -> u32 {
    parameter.node.name.start().to_u32()
}

fn owner_kind(named: &Named<'_>, parameter: &Parameter<'_>) -> &'static str {
    parameter
        .definition
        .map_or("lambda", |d| named.facts.definitions[d as usize].kind())
}
