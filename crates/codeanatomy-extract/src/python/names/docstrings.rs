//! Rows of `docstrings`.

use std::borrow::Cow;

use codeanatomy_model::dataset::DocstringRow;
use ruff_python_ast::{Expr, ExprStringLiteral, ModModule};
use ruff_python_parser::parse_expression;

use super::Named;
use super::cleandoc::cleandoc;
use super::definitions::{Ordered, body, docstring, write_qualified_name};
use super::facts::Definition;
use crate::table::Table;

/// Writes the rows: the module's, then those of the definitions in their order.
pub(super) fn rows(named: &Named<'_>, module: &ModModule, order: &[Ordered], table: &mut Table) {
    let definitions = order.iter().map(|d| &named.facts.definitions[d.index as usize]);
    let ids = order.iter().map(|d| named.ids.definitions.get(d.index as usize));
    let wants_name = table.wants("qualified_name");
    let wants_cleaned = ["cleaned", "summary", "line_count"].iter().any(|c| table.wants(c));
    let wants_value = wants_cleaned || table.wants("value");
    let mut lines = named.source.lines.cursor();
    let mut qualified_name = String::new();
    let owned = definitions
        .zip(ids)
        .map(|(definition, id)| (body(definition), Some((definition, id))));
    for (body, owner) in std::iter::once((module.body.as_slice(), None)).chain(owned) {
        let Some(literal) = docstring(body) else { continue };
        let owner: Option<(&Definition<'_>, &str)> = owner;
        qualified_name.clear();
        if wants_name && let Some((definition, _)) = owner {
            write_qualified_name(named, definition, &mut qualified_name);
        }
        let value = if wants_value {
            value(literal, named.source.text)
        } else {
            None
        };
        let cleaned = value.as_deref().filter(|_| wants_cleaned).map(cleandoc);
        table.push(&DocstringRow {
            path: named.path(),
            node_id: owner.map_or(0, |(definition, _)| i64::from(definition.node_id)),
            owner_kind: owner.map_or("module", |(definition, _)| definition.kind()),
            def_id: owner.map(|(_, id)| id),
            qualified_name: match owner {
                Some(_) => Some(&qualified_name),
                None => named.source.entry.module.as_deref(),
            },
            bstart: i64::from(literal.range.start().to_u32()),
            bend: i64::from(literal.range.end().to_u32()),
            value: value.as_deref(),
            cleaned: cleaned.as_deref(),
            summary: cleaned.as_deref().and_then(|text| text.split('\n').next()),
            line_count: cleaned.as_deref().map(line_count),
            line: lines.line(literal.range.start().to_u32()).0,
        });
    }
}

fn line_count(text: &str) -> i64 {
    if text.is_empty() {
        0
    } else {
        1 + memchr::memchr_iter(b'\n', text.as_bytes()).count() as i64
    }
}

/// The value of a literal, or none if it is broken. The parser keeps line ends as they are written; in Python's strings
/// they are LF.
fn value<'a>(literal: &'a ExprStringLiteral, text: &str) -> Option<Cow<'a, str>> {
    if literal.value.iter().any(|part| part.flags.is_invalid()) {
        return None;
    }
    let written = &text[literal.range];
    if memchr::memchr(b'\r', written.as_bytes()).is_none() {
        return Some(Cow::Borrowed(literal.value.to_str()));
    }
    let written = written.replace("\r\n", "\n").replace('\r', "\n");
    match parse_expression(&format!("({written})")).ok()?.into_expr() {
        Expr::StringLiteral(literal) => Some(Cow::Owned(literal.value.to_str().to_owned())),
        _ => None,
    }
}
