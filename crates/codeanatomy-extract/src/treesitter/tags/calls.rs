//! Rows of `calls`.

use std::borrow::Cow;

use codeanatomy_model::dataset::CallRow;
use codeanatomy_model::id::stable_id;
use rustc_hash::FxHashMap;

use super::Tagged;
use super::nesting::Reference;
use crate::fold::fold_receiver;
use crate::table::Table;
use crate::treesitter::nodes::NONE;

/// The longest callee that is read as a chain of names, in bytes.
const MAX_CALLEE: usize = 1024;

/// What may stand between the names of a chain.
const SEPARATORS: [&str; 5] = ["::", "->", "?.", "!.", "."];

/// Adds the rows.
pub(super) fn rows(tagged: &Tagged<'_>, table: &mut Table) {
    let arguments = tagged.field("arguments");
    let called = tagged.nesting.references.iter().filter(|r| r.kind == "call");
    let mut calls: Vec<(u32, &Reference)> = called.map(|r| (call_node(tagged, r), r)).collect();
    calls.sort_unstable_by_key(|(node, _)| *node);
    calls.dedup_by_key(|(node, _)| *node);
    let mut ordinals: FxHashMap<(Option<u32>, Cow<'_, str>), u32> = FxHashMap::default();
    let mut lines = tagged.source.lines.cursor();
    for (id, reference) in calls {
        let (Some(node), Some(name)) = (tagged.nodes.get(id), tagged.nodes.get(reference.name)) else {
            continue;
        };
        let text = |start: u32, end: u32| tagged.source.text.get(start as usize..end as usize).unwrap_or_default();
        let written = text(node.bstart, name.bend);
        let before = text(node.bstart, name.bstart);
        let callee_name = tagged.text(reference.name);
        let separator = SEPARATORS.iter().find(|s| before.trim_end().ends_with(**s));
        let shape = match separator {
            _ if before.is_empty() => "name",
            Some(_) => "attribute",
            None => "other",
        };
        let callee = chain(written);
        let receiver = separator.map(|s| {
            let receiver = before.trim_end();
            fold_receiver(receiver.strip_suffix(s).unwrap_or(receiver).trim_end())
        });
        let key = callee.clone().unwrap_or(Cow::Borrowed(shape));
        let parts_of_id = |ordinal: u32| {
            [
                tagged.container_or_file(reference.container).into(),
                key.as_ref().into(),
                i64::from(ordinal).into(),
            ]
        };
        let next = ordinals.entry((reference.container, key.clone())).or_default();
        let ordinal = *next;
        *next += 1;
        let inside = tagged.nodes.child_in(id, arguments).map(|(arguments, _)| arguments);
        let values = || {
            inside
                .into_iter()
                .flat_map(|arguments| tagged.nodes.children(arguments))
        };
        let positional = values().filter(|(_, n)| n.flags.is_named && !n.flags.is_extra).count();
        let around = tagged.kind(node.parent);
        table.push(&CallRow {
            path: &tagged.source.entry.path,
            language: tagged.source.entry.language.name(),
            node_id: i64::from(id),
            call_id: &stable_id("call", &parts_of_id(ordinal)),
            callee_shape: shape,
            callee: callee.as_deref(),
            callee_name: (shape != "other").then_some(callee_name),
            receiver: receiver.as_deref(),
            root_name: callee.as_deref().map(root),
            symbol_id: None,
            ordinal: i64::from(ordinal),
            scope_id: None,
            container_id: tagged.id(reference.container),
            class_id: tagged.id(reference
                .container
                .and_then(|d| tagged.nesting.definitions[d as usize].class)),
            self_name: None,
            positional_count: inside.map(|_| positional as i64),
            keyword_count: 0,
            has_star: values().any(|(n, _)| matches!(tagged.kind(n), "spread_element" | "variadic_argument")),
            has_double_star: false,
            is_awaited: around == "await_expression",
            is_decorator: around == "decorator",
            bstart: i64::from(node.bstart),
            bend: i64::from(node.bend),
            callee_bstart: i64::from(node.bstart),
            callee_bend: i64::from(name.bend),
            line: lines.line(node.bstart).0,
        });
    }
}

/// The node of the call: some queries capture its arguments.
fn call_node(tagged: &Tagged<'_>, reference: &Reference) -> u32 {
    let mut at = reference.node;
    while let Some(node) = tagged.nodes.get(at) {
        if (at <= reference.name && reference.name < tagged.nodes.end(at)) || node.parent == NONE {
            break;
        }
        at = node.parent;
    }
    at
}

/// The text of a chain of names, white space left out; none if it is something else, or long.
fn chain(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > MAX_CALLEE {
        return None;
    }
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
    let mut rest = text;
    loop {
        let name = rest.len() - rest.trim_start_matches(is_name).len();
        if name == 0 {
            return None;
        }
        rest = rest[name..].trim_start();
        if rest.is_empty() {
            break;
        }
        let separator = SEPARATORS.iter().find(|s| rest.starts_with(**s))?;
        rest = rest[separator.len()..].trim_start();
    }
    Some(if text.contains(char::is_whitespace) {
        Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect())
    } else {
        Cow::Borrowed(text)
    })
}

/// The first name of a chain.
fn root(chain: &str) -> &str {
    let end = chain.find([':', '-', '?', '!', '.']).unwrap_or(chain.len());
    &chain[..end]
}
