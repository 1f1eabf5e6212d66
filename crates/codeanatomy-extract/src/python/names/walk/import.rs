//! Imports.

use ruff_python_ast::{Alias, Expr, Stmt, StmtImport, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange};

use super::Walk;
use crate::python::names::facts::{Import, ImportKind, node_id};
use crate::python::scope::{BindingKind, Flags, Sites, SymbolId};

/// Whether the module asks for annotations that are not evaluated.
pub(super) fn has_future_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => is_future(import) && import.names.iter().any(|a| &*a.name == "annotations"),
        _ => false,
    })
}

/// Whether it is a `from __future__ import`.
pub(in crate::python::names) fn is_future(import: &StmtImportFrom) -> bool {
    import.level == 0 && import.module.as_deref() == Some("__future__")
}

/// Whether a condition is `TYPE_CHECKING`, or an attribute of that name.
pub(super) fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => &*attribute.attr == "TYPE_CHECKING",
        _ => false,
    }
}

impl<'a> Walk<'a> {
    #[inline(never)]
    pub(super) fn import(&mut self, node: &'a StmtImport) {
        for (index, alias) in node.names.iter().enumerate() {
            let symbol = match &alias.asname {
                Some(name) => self.bind(name, Flags::IMPORT, BindingKind::Import),
                None => self.first_part(alias),
            };
            self.imported(ImportKind::Import, alias, index, node.range, symbol);
        }
    }

    #[inline(never)]
    pub(super) fn import_from(&mut self, node: &'a StmtImportFrom) {
        for (index, alias) in node.names.iter().enumerate() {
            let symbol = match &alias.asname {
                _ if &*alias.name == "*" => None,
                Some(name) => self.bind(name, Flags::IMPORT, BindingKind::Import),
                None => self.bind(&alias.name, Flags::IMPORT, BindingKind::Import),
            };
            self.imported(ImportKind::From(node), alias, index, node.range, symbol);
        }
    }

    fn imported(
        &mut self,
        kind: ImportKind<'a>,
        alias: &'a Alias,
        index: usize,
        statement: TextRange,
        symbol: Option<SymbolId>,
    ) {
        self.facts.imports.push(Import {
            node_id: node_id(&alias.node_index),
            kind,
            alias,
            index: index as u32,
            statement,
            scope: self.scopes.current(),
            symbol,
            in_type_checking: self.in_type_checking,
            in_try: self.in_try,
        });
    }

    /// Binds the first part of a dotted module name.
    fn first_part(&mut self, alias: &'a Alias) -> Option<SymbolId> {
        let first = alias.name.as_str().split('.').next().filter(|name| !name.is_empty())?;
        // The text, not the name: identifiers are normalised, which may change their length.
        let raw = &self.text[alias.name.range];
        let end = raw
            .find(|c: char| c == '.' || c == '\\' || c.is_ascii_whitespace())
            .unwrap_or(raw.len());
        let start = alias.name.start().to_u32();
        let name = self.mangled(first);
        let site = Sites::one(BindingKind::Import, start, start + end as u32);
        Some(self.bind_at(name, Flags::IMPORT, site))
    }
}
