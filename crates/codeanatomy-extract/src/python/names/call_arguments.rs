//! Rows of `call_arguments`.

use std::borrow::Cow;

use ruff_python_ast::{Expr, Keyword};
use ruff_text_size::{Ranged, TextRange};

use super::Named;
use super::facts::{Lookup, node_id};
use super::ids::IdList;
use super::value::{argument_range, dotted, expression_id, first_part, shape, unstarred};
use crate::table::Table;

/// An argument of a call.
struct Argument<'a> {
    /// The position of the call among the calls.
    call: u32,
    position: u32,
    node_id: u32,
    kind: &'static str,
    keyword: Option<&'a Keyword>,
    value: &'a Expr,
    range: TextRange,
    value_range: TextRange,
    root: Option<Lookup>,
}

/// Writes the rows, column by column. `ids` are those of the calls.
pub(super) fn rows(named: &Named<'_>, ids: &IdList, table: &mut Table) {
    let arguments = collect(named);
    let (text, count) = (named.source.text, arguments.len());
    let wants_chains = table.wants("value") || table.wants("root_name");
    let chains: Vec<Option<Cow<'_, str>>> = if wants_chains {
        arguments.iter().map(|a| dotted(text, a.value)).collect()
    } else {
        Vec::new()
    };
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "call_node_id" => column.ints(arguments.iter().map(|a| named.facts.calls[a.call as usize].node_id)),
        "position" => column.ints(arguments.iter().map(|a| a.position)),
        "call_id" => column.numbered_texts(arguments.iter().map(|a| Some(a.call)), |c| ids.get(c as usize)),
        "node_id" => column.ints(arguments.iter().map(|a| a.node_id)),
        "kind" => column.word_runs(arguments.iter().map(|a| a.kind)),
        "keyword" => column.texts(arguments.iter().map(|a| Some(a.keyword?.arg.as_ref()?.as_str()))),
        "value_node_id" => column.ints(arguments.iter().map(|a| expression_id(a.value))),
        "value_shape" => column.word_runs(arguments.iter().map(|a| shape(a.value))),
        "value" => column.texts(chains.iter().map(Option::as_deref)),
        "root_name" => column.texts(chains.iter().map(|c| c.as_deref().map(first_part))),
        "symbol_id" => column.texts(arguments.iter().map(|a| a.root.and_then(|r| named.symbol_id(r)))),
        "bstart" => column.ints(arguments.iter().map(|a| a.range.start().to_u32())),
        "bend" => column.ints(arguments.iter().map(|a| a.range.end().to_u32())),
        "value_bstart" => column.ints(arguments.iter().map(|a| a.value_range.start().to_u32())),
        "value_bend" => column.ints(arguments.iter().map(|a| a.value_range.end().to_u32())),
        "line" => named.write_lines(arguments.iter().map(|a| a.range.start()), column),
        _ => {}
    });
}

/// The arguments of all calls, each call's as written: stars may follow keywords.
fn collect<'a>(named: &Named<'a>) -> Vec<Argument<'a>> {
    let calls = &named.facts.calls;
    let mut all = Vec::with_capacity(calls.iter().map(|c| c.node.arguments.len()).sum());
    for (call, fact) in calls.iter().enumerate() {
        let arguments = &fact.node.arguments;
        let roots = fact.argument_roots as usize;
        let root = |i: usize| named.facts.argument_roots.get(roots + i).copied().flatten();
        let first = all.len();
        let mut add = |node_id, kind, keyword, value, range, value_range, root| {
            let position = (all.len() - first) as u32;
            all.push(Argument {
                call: call as u32,
                position,
                node_id,
                kind,
                keyword,
                value,
                range,
                value_range,
                root,
            });
        };
        let mut keywords = arguments.keywords.iter().zip(arguments.args.len()..).peekable();
        let mut values = arguments.args.iter().enumerate().peekable();
        loop {
            let value_start = values.peek().map(|(_, value)| value.start());
            if let Some((keyword, i)) = keywords.next_if(|(k, _)| value_start.is_none_or(|start| k.start() < start)) {
                let kind = if keyword.arg.is_some() {
                    "keyword"
                } else {
                    "double_star"
                };
                let (id, value) = (node_id(&keyword.node_index), &keyword.value);
                add(id, kind, Some(keyword), value, keyword.range, value.range(), root(i));
            } else if let Some((i, node)) = values.next() {
                let kind = if node.is_starred_expr() { "star" } else { "positional" };
                let (value, range) = (unstarred(node), argument_range(arguments, node));
                let value_range = if node.is_starred_expr() { value.range() } else { range };
                add(expression_id(node), kind, None, value, range, value_range, root(i));
            } else {
                break;
            }
        }
    }
    all
}
