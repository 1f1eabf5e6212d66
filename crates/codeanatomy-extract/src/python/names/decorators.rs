//! Rows of `decorators`.

use std::borrow::Cow;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Named;
use super::facts::Decorated;
use super::value::{dotted, expression_id, first_part, last_part, shape};
use crate::table::Table;

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let decorators = &named.facts.decorators;
    let count = decorators.len();
    let owner = |d: &Decorated<'_>| named.facts.definitions[d.definition as usize].node_id;
    let chains: Vec<Option<Cow<'_, str>>> = decorators.iter().map(|d| chain(named, d)).collect();
    let expressions = || decorators.iter().map(|d| &d.node.expression);
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "owner_node_id" => column.ints(decorators.iter().map(owner)),
        "position" => column.ints(decorators.iter().map(|d| d.position)),
        "node_id" => column.ints(expressions().map(expression_id)),
        "def_id" => named.write_definition_ids(decorators.iter().map(|d| Some(d.definition)), column),
        "shape" => column.word_runs(expressions().map(shape)),
        "is_call" => column.bools(count, |i| decorators[i].node.expression.is_call_expr()),
        "call_node_id" => column.sparse_ints(expressions().map(|e| e.is_call_expr().then(|| expression_id(e)))),
        "dotted" => column.texts(chains.iter().map(Option::as_deref)),
        "root_name" => column.texts(chains.iter().map(|c| c.as_deref().map(first_part))),
        "name" => column.texts(chains.iter().map(|c| c.as_deref().map(last_part))),
        "symbol_id" => column.texts(decorators.iter().map(|d| d.root.and_then(|r| named.symbol_id(r)))),
        "scope_id" => named.write_scope_ids(decorators.iter().map(|d| d.scope), column),
        "bstart" => column.ints(expressions().map(|e| e.start().to_u32())),
        "bend" => column.ints(expressions().map(|e| e.end().to_u32())),
        "at_bstart" => column.ints(decorators.iter().map(|d| d.node.start().to_u32())),
        "line" => named.write_lines(decorators.iter().map(|d| d.node.expression.start()), column),
        _ => {}
    });
}

/// The dotted text of the decorator, or of what it calls.
fn chain<'a>(named: &Named<'a>, decorator: &Decorated<'a>) -> Option<Cow<'a, str>> {
    match &decorator.node.expression {
        Expr::Call(call) => dotted(named.source.text, &call.func),
        expression => dotted(named.source.text, expression),
    }
}
