//! Rows of `definitions`.

use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Decorator, Expr, ExprStringLiteral, Identifier, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::Named;
use super::facts::{Definition, DefinitionNode, Facts};
use super::text::{fold_code, header_end};
use crate::file::LineCounter;
use crate::python::scope::{ScopeTree, Symbol};
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

/// A row on its way.
struct Cells<'n, 'a> {
    definition: &'n Definition<'a>,
    /// Its position in the order of the walk.
    index: u32,
    ordinal: u32,
    symbol: Option<&'n Symbol>,
    parts: Parts<'a>,
    docstring: Option<TextRange>,
}

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, order: &[Ordered], tokens: &Tokens, table: &mut Table) {
    let (ids, text) = (&named.ids, named.source.text);
    let cells = |d: &Ordered| {
        let definition = &named.facts.definitions[d.index as usize];
        let parts = parts(definition);
        Cells {
            definition,
            index: d.index,
            ordinal: d.ordinal,
            symbol: definition.symbol.map(|s| named.scopes.symbol(s)),
            docstring: docstring(parts.body).map(|literal| literal.range),
            parts,
        }
    };
    let chosen = table.chosen(order.len(), |column, row| {
        let definition = &named.facts.definitions[order[row as usize].index as usize];
        Some(match column {
            "kind" => definition.kind(),
            _ => parts(definition).name.as_str(),
        })
    });
    let rows: Vec<Cells<'_, '_>> = match &chosen {
        Some(chosen) => chosen.iter().map(|row| cells(&order[*row as usize])).collect(),
        None => order.iter().map(cells).collect(),
    };
    let count = rows.len();
    let range = |row: &Cells<'_, '_>| row.definition.range;
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "language" => column.repeated_text(named.source.entry.language.name(), count),
        "node_id" => column.ints(rows.iter().map(|row| row.definition.node_id)),
        "def_id" => column.texts(rows.iter().map(|row| Some(ids.definitions.get(row.index as usize)))),
        "kind" => column.word_runs(rows.iter().map(|row| row.definition.kind())),
        "name" => column.texts(rows.iter().map(|row| Some(row.parts.name.as_str()))),
        "qualified_name" => {
            let mut qualified_name = String::new();
            for row in &rows {
                qualified_name.clear();
                write_qualified_name(named, row.definition, &mut qualified_name);
                column.text(Some(&qualified_name));
            }
        }
        "ordinal" => column.ints(rows.iter().map(|row| row.ordinal)),
        "container_id" => named.write_container_ids(rows.iter().map(|row| row.definition.owner), column),
        "scope_id" => {
            let binders = rows
                .iter()
                .map(|row| row.symbol.map_or(row.definition.owner, |s| s.binder));
            named.write_scope_ids(binders, column);
        }
        "binding_id" => {
            let bindings = rows.iter().map(|row| row.symbol.and_then(|s| s.binding));
            column.texts(bindings.map(|binding| binding.map(|b| ids.bindings.get(b.index()))));
        }
        "body_scope_id" => column.texts(rows.iter().map(|row| Some(ids.scopes.get(row.definition.body.index())))),
        "is_async" => column.bools(
            count,
            |i| matches!(rows[i].definition.node, DefinitionNode::Function(f) if f.is_async),
        ),
        "decorator_count" => column.ints(rows.iter().map(|row| row.parts.decorators.len() as u32)),
        "bstart" => column.ints(rows.iter().map(|row| offset(range(row).start()))),
        "bend" | "body_bend" => column.ints(rows.iter().map(|row| offset(range(row).end()))),
        "decorated_bstart" => {
            let first = |row: &Cells<'_, '_>| row.parts.decorators.first().map(Ranged::start);
            column.ints(rows.iter().map(|row| offset(first(row).unwrap_or(range(row).start()))));
        }
        "name_bstart" => column.ints(rows.iter().map(|row| offset(row.parts.name.start()))),
        "name_bend" => column.ints(rows.iter().map(|row| offset(row.parts.name.end()))),
        "body_bstart" => column.ints(rows.iter().map(|row| offset(body_start(row)))),
        "docstring_bstart" => column.sparse_ints(rows.iter().map(|row| row.docstring.map(|d| offset(d.start())))),
        "docstring_bend" => column.sparse_ints(rows.iter().map(|row| row.docstring.map(|d| offset(d.end())))),
        "signature" => {
            let mut signature = String::new();
            for row in &rows {
                let end = header_end(text, row.parts.header, body_start(row));
                signature.clear();
                fold_code(
                    text,
                    TextRange::new(range(row).start().min(end), end),
                    tokens,
                    &mut signature,
                );
                column.text(Some(&signature));
            }
        }
        "line" => {
            let mut lines = LineCounter::new(text);
            column.ints(rows.iter().map(|row| lines.line(offset(range(row).start()))));
        }
        _ => {}
    });
}

/// Where the body begins; the end of a definition without one.
fn body_start(row: &Cells<'_, '_>) -> TextSize {
    let end = row.definition.range.end();
    row.parts.body.first().map_or(end, Ranged::start)
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

fn offset(offset: TextSize) -> u32 {
    offset.to_u32()
}
