//! `def_use`: which definitions reach which uses of a name.
//!
//! ```text
//! tree ─▶ steps of each frame ─▶ values ─▶ sets of definitions ─▶ rows
//!        (lower)                (solve)    (solve/reach)          (rows)
//! ```
//!
//! A *frame* is code that runs as a whole: the module or a function with the class bodies and comprehensions that stand in
//! it. Names are those that the walk over names has resolved; this module adds the order in which they are used and bound.

mod index;
mod lower;
mod program;
mod rows;
mod site;
mod solve;

use ruff_python_ast::ModModule;

use super::names::Named;
use crate::table::Table;
use index::Index;
use lower::Lower;
use rows::Rows;
use solve::Solver;

/// Adds the rows of a module.
pub(super) fn emit(named: &Named<'_>, module: &ModModule, table: &mut Table) {
    let index = Index::new(&named.scopes, &named.facts);
    let has_walrus = memchr::memmem::find(named.source.text.as_bytes(), b":=").is_some();
    let mut lower = Lower::new(&index, &module.body, has_walrus);
    let mut solver = Solver::default();
    let mut rows = Rows::default();
    while lower.next() {
        if !lower.is_too_deep {
            let traits: Vec<_> = lower.variables.iter().map(|v| v.traits).collect();
            solver.run(&lower.program, &traits, lower.definitions.len() as u32);
        }
        rows.add(&lower, &mut solver);
    }
    rows.write(named, table);
}
