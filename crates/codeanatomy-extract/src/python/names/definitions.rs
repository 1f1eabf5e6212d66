//! Rows of `definitions`.

use codeanatomy_model::dataset::DefinitionRow;
use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Decorator, Expr, ExprStringLiteral, Identifier, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::Named;
use super::facts::{Definition, DefinitionNode, Facts};
use super::text::{fold_code, header_end};
use crate::file::LineCounter;
use crate::python::scope::ScopeTree;
use crate::python::token::{Extent, Owners};
use crate::table::Table;

/// A definition in the order of the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordered {
    /// Its position in the order of the walk.
    pub(super) index: u32,
    /// The number among those with the same qualified name and kind.
    pub(super) ordinal: u32,
}

/// The definitions in preorder, numbered.
pub(super) fn in_order(scopes: &ScopeTree<'_>, facts: &Facts<'_>) -> Vec<Ordered> {
    let mut order: Vec<Ordered> = (0..facts.definitions.len() as u32)
        .map(|index| Ordered { index, ordinal: 0 })
        .collect();
    order.sort_by_key(|d| facts.definitions[d.index as usize].node_id);
    let mut next = FxHashMap::default();
    for d in &mut order {
        let definition = &facts.definitions[d.index as usize];
        let count: &mut u32 = next
            .entry((scopes.scope(definition.body).qualified, definition.kind()))
            .or_default();
        d.ordinal = *count;
        *count += 1;
    }
    order
}

/// Writes the rows.
pub(super) fn rows(named: &Named<'_>, order: &[Ordered], tokens: &Tokens, table: &mut Table) {
    let (wants_signature, wants_line) = (table.wants("signature"), table.wants("line"));
    let mut lines = LineCounter::new(named.source.text);
    let wants_name = table.wants("qualified_name");
    let (mut signature, mut qualified_name) = (String::new(), String::new());
    for d in order {
        let definition = &named.facts.definitions[d.index as usize];
        let Parts {
            name,
            decorators,
            body,
            header,
        } = parts(definition);
        if !table.admits("kind", Some(definition.kind())) || !table.admits("name", Some(name.as_str())) {
            continue;
        }
        let range = definition.range;
        let symbol = definition.symbol.map(|s| named.scopes.symbol(s));
        signature.clear();
        if wants_signature {
            let limit = body.first().map_or(range.end(), Ranged::start);
            let end = header_end(named.source.text, header, limit);
            fold_code(
                named.source.text,
                TextRange::new(range.start().min(end), end),
                tokens,
                &mut signature,
            );
        }
        if wants_name {
            qualified_name.clear();
            write_qualified_name(named, definition, &mut qualified_name);
        }
        let docstring = docstring(body).map(|literal| literal.range);
        table.push(&DefinitionRow {
            path: named.path(),
            language: named.source.entry.language.name(),
            node_id: i64::from(definition.node_id),
            def_id: named.ids.definitions.get(d.index as usize),
            kind: definition.kind(),
            name: name.as_str(),
            qualified_name: &qualified_name,
            ordinal: i64::from(d.ordinal),
            container_id: named.container_id(definition.owner),
            scope_id: Some(
                named
                    .ids
                    .scopes
                    .get(symbol.map_or(definition.owner, |s| s.binder).index()),
            ),
            binding_id: symbol
                .and_then(|s| s.binding)
                .map(|b| named.ids.bindings.get(b.index())),
            body_scope_id: Some(named.ids.scopes.get(definition.body.index())),
            is_async: matches!(definition.node, DefinitionNode::Function(f) if f.is_async),
            decorator_count: Some(decorators.len() as i64),
            bstart: offset(range.start()),
            bend: offset(range.end()),
            decorated_bstart: offset(decorators.first().map_or(range.start(), Ranged::start)),
            name_bstart: offset(name.start()),
            name_bend: offset(name.end()),
            body_bstart: Some(offset(body.first().map_or(range.end(), Ranged::start))),
            body_bend: Some(offset(range.end())),
            docstring_bstart: docstring.map(|d| offset(d.start())),
            docstring_bend: docstring.map(|d| offset(d.end())),
            signature: &signature,
            line: if wants_line {
                lines.line(range.start().to_u32())
            } else {
                0
            },
        });
    }
}

/// Appends the qualified name of a definition, the module's name included.
pub(super) fn write_qualified_name(named: &Named<'_>, definition: &Definition<'_>, into: &mut String) {
    if let Some(module) = &named.source.entry.module {
        into.push_str(module);
        into.push('.');
    }
    let scope = named.scopes.scope(definition.body);
    into.push_str(named.scopes.qualified.text(scope.qualified));
}

/// The definitions as what comments may belong to.
pub(super) fn owners<'a>(named: &Named<'a>, order: &[Ordered]) -> Owners<'a> {
    let extent = |d: &Ordered| {
        let range = named.facts.definitions[d.index as usize].range;
        Extent {
            bstart: range.start().to_u32(),
            bend: range.end().to_u32(),
            definition: d.index,
        }
    };
    Owners::new(
        named.source.text,
        named.source.lines.index(),
        order.iter().map(extent).collect(),
    )
}

struct Parts<'a> {
    name: &'a Identifier,
    decorators: &'a [Decorator],
    body: &'a [Stmt],
    /// The end of the last expression before the colon.
    header: TextSize,
}

fn parts<'a>(definition: &Definition<'a>) -> Parts<'a> {
    match definition.node {
        DefinitionNode::Function(node) => Parts {
            name: &node.name,
            decorators: &node.decorator_list,
            body: &node.body,
            header: node
                .returns
                .as_ref()
                .map_or(node.parameters.end(), |returns| returns.end()),
        },
        DefinitionNode::Class(node) => {
            let type_params = node.type_params.as_ref().map(|t| t.end());
            let arguments = node.arguments.as_ref().map(|a| a.end());
            let header = arguments.or(type_params).unwrap_or(node.name.end());
            Parts {
                name: &node.name,
                decorators: &node.decorator_list,
                body: &node.body,
                header,
            }
        }
    }
}

/// The body of a definition.
pub(super) fn body<'a>(definition: &Definition<'a>) -> &'a [Stmt] {
    match definition.node {
        DefinitionNode::Function(node) => &node.body,
        DefinitionNode::Class(node) => &node.body,
    }
}

/// The docstring of a body.
pub(super) fn docstring(body: &[Stmt]) -> Option<&ExprStringLiteral> {
    match body.first()? {
        Stmt::Expr(statement) => match &*statement.value {
            Expr::StringLiteral(literal) => Some(literal),
            _ => None,
        },
        _ => None,
    }
}

fn offset(offset: TextSize) -> i64 {
    i64::from(offset.to_u32())
}
