//! The tree as rows of `ast_nodes`, numbered and placed as CPython's `ast` has it.
//!
//! Where the parser's tree differs from CPython's, the walk follows CPython: chains of `elif` are nested, async
//! statements and kinds of constants have CPython's classes, literals of a concatenation are folded, nodes that only the
//! parser has get no row, and spans are CPython's where its rules are odd (definitions begin behind their decorators,
//! `*args` at its name, a lone generator argument takes the parentheses of the call, a compound statement keeps the
//! semicolon behind its last statement).

mod argument;
mod block;
mod definition;
mod expression;
mod pattern;
mod rows;
mod statement;
mod string;
mod vocabulary;
mod walk;

use ruff_python_ast::ModModule;

use crate::file::Source;
use crate::table::Table;
use walk::{ForNumbers, ForOutline, ForRows, Purpose, Walk};

/// The tree nests deeper than there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooDeep;

/// Numbers the nodes of a tree (`node_index` is the `node_id` of each node that has a row), with `is_outline` only definitions and
/// imported names, and adds the rows if there is a table for them. Nesting is followed through `room` levels.
pub(super) fn flatten(
    source: &Source<'_>,
    module: &ModModule,
    room: usize,
    is_outline: bool,
    table: Option<&mut Table>,
) -> Result<(), TooDeep> {
    if let Some(table) = table {
        let walk = walked::<ForRows>(source, module, room)?;
        rows::write(source, &walk.nodes, table);
    } else if is_outline {
        walked::<ForOutline>(source, module, room)?;
    } else {
        walked::<ForNumbers>(source, module, room)?;
    }
    Ok(())
}

fn walked<'a, P: Purpose>(source: &Source<'a>, module: &'a ModModule, room: usize) -> Result<Walk<'a, P>, TooDeep> {
    let mut walk = Walk::new(source.text, room);
    walk.module(module);
    if walk.overflowed { Err(TooDeep) } else { Ok(walk) }
}
