//! Which variable a name is, in a scope.

use arrow_array::Array;
use arrow_schema::ArrowError;
use rustc_hash::FxHashMap;

use crate::input::{FileRows, batch, cell, ints, texts};
use crate::names::Sym;
use crate::program::{Program, Var};

/// One row of `definitions`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition<'a> {
    pub(super) id: &'a str,
    pub(super) scope: Option<&'a str>,
}

/// The bindings of a file.
#[derive(Debug)]
pub(super) struct Bindings<'a> {
    /// By the id of the binding.
    vars: FxHashMap<&'a str, Var>,
    /// The names of every scope, in the order of their bytes.
    scopes: FxHashMap<&'a str, Vec<(&'a str, Var)>>,
    module_scope: &'a str,
    /// By node: what a `Name` means.
    symbols: FxHashMap<u32, &'a str>,
    /// By symbol.
    bindings: FxHashMap<&'a str, Option<&'a str>>,
    /// By node: what a definition, import or other target that is no `Name` binds.
    bound: FxHashMap<u32, &'a str>,
    definitions: FxHashMap<u32, Definition<'a>>,
    lambdas: FxHashMap<u32, &'a str>,
    /// By node of an import: the absolute module.
    modules: FxHashMap<u32, &'a str>,
}

impl<'a> Bindings<'a> {
    pub(super) fn new(file: &FileRows<'a>, program: &mut Program) -> Result<Self, ArrowError> {
        let mut this = Self {
            vars: FxHashMap::default(),
            scopes: FxHashMap::default(),
            module_scope: "",
            symbols: FxHashMap::default(),
            bindings: FxHashMap::default(),
            bound: FxHashMap::default(),
            definitions: FxHashMap::default(),
            lambdas: FxHashMap::default(),
            modules: FxHashMap::default(),
        };
        let rows = batch(file, "bindings")?;
        let (scopes, names_of, ids) = (
            texts(rows, "scope_id")?,
            texts(rows, "name")?,
            texts(rows, "binding_id")?,
        );
        let mut distinct = vec![];
        for i in 0..rows.num_rows() {
            let var = program.var();
            this.vars.insert(ids.value(i), var);
            let names = this.scopes.entry(scopes.value(i)).or_insert_with(|| {
                distinct.push(scopes.value(i));
                vec![]
            });
            names.push((names_of.value(i), var));
        }
        // What was first of equal names stays so.
        for scope in distinct {
            if let Some(names) = this.scopes.get_mut(scope) {
                names.sort_by_key(|(name, _)| *name);
            }
        }
        let rows = batch(file, "scopes")?;
        let (ids, parents, nodes, kinds) = (
            texts(rows, "scope_id")?,
            texts(rows, "parent_id")?,
            ints(rows, "node_id")?,
            texts(rows, "kind")?,
        );
        for i in 0..rows.num_rows() {
            if parents.is_null(i) {
                this.module_scope = ids.value(i);
            }
            if kinds.value(i) == "lambda" {
                this.lambdas.insert(nodes.value(i) as u32, ids.value(i));
            }
        }
        let rows = batch(file, "symbols")?;
        let (ids, bindings) = (texts(rows, "symbol_id")?, texts(rows, "binding_id")?);
        for i in 0..rows.num_rows() {
            this.bindings.insert(ids.value(i), cell(bindings, i));
        }
        let rows = batch(file, "references")?;
        let (nodes, symbols) = (ints(rows, "node_id")?, texts(rows, "symbol_id")?);
        for i in 0..rows.num_rows() {
            if let Some(symbol) = cell(symbols, i) {
                this.symbols.insert(nodes.value(i) as u32, symbol);
            }
        }
        let rows = batch(file, "definitions")?;
        let (nodes, ids, bindings, scopes) = (
            ints(rows, "node_id")?,
            texts(rows, "def_id")?,
            texts(rows, "binding_id")?,
            texts(rows, "body_scope_id")?,
        );
        for i in 0..rows.num_rows() {
            let node = nodes.value(i) as u32;
            let definition = Definition {
                id: ids.value(i),
                scope: cell(scopes, i),
            };
            this.definitions.insert(node, definition);
            if let Some(binding) = cell(bindings, i) {
                this.bound.insert(node, binding);
            }
        }
        let rows = batch(file, "imports")?;
        let (nodes, bindings, modules) = (
            ints(rows, "node_id")?,
            texts(rows, "binding_id")?,
            texts(rows, "target_module")?,
        );
        for i in 0..rows.num_rows() {
            let node = nodes.value(i) as u32;
            if let Some(module) = cell(modules, i) {
                this.modules.insert(node, module);
            }
            if let Some(binding) = cell(bindings, i) {
                this.bound.insert(node, binding);
            }
        }
        let rows = batch(file, "assignments")?;
        let (nodes, shapes, bindings) = (
            ints(rows, "node_id")?,
            texts(rows, "target_shape")?,
            texts(rows, "binding_id")?,
        );
        for i in 0..rows.num_rows() {
            if let Some(binding) = cell(bindings, i)
                && shapes.value(i) == "name"
            {
                this.bound.entry(nodes.value(i) as u32).or_insert(binding);
            }
        }
        Ok(this)
    }

    /// The scope of the module.
    pub(super) fn module_scope(&self) -> &'a str {
        self.module_scope
    }

    /// The id of what a `Name` means, if the file binds it.
    pub(super) fn id_of_name(&self, node: usize) -> Option<&'a str> {
        *self.bindings.get(self.symbols.get(&(node as u32))?)?
    }

    /// The variables of the module's names.
    pub(super) fn of_module(&self, program: &mut Program) -> FxHashMap<Sym, Var> {
        self.of_scope(self.module_scope, program)
    }

    /// The variables of a scope's names.
    pub(super) fn of_scope(&self, scope: &str, program: &mut Program) -> FxHashMap<Sym, Var> {
        let names = self.scopes.get(scope).map_or(&[][..], Vec::as_slice);
        names
            .iter()
            .map(|(name, var)| (program.names.intern(name), *var))
            .collect()
    }

    /// The variable of a name in a scope.
    pub(super) fn in_scope(&self, scope: &str, name: &str) -> Option<Var> {
        let names = self.scopes.get(scope)?;
        let at = names.partition_point(|(n, _)| *n < name);
        names.get(at).filter(|(n, _)| *n == name).map(|(_, var)| *var)
    }

    /// The variable of a name in the module.
    pub(super) fn in_module(&self, name: &str) -> Option<Var> {
        self.in_scope(self.module_scope, name)
    }

    /// The variable that a `Name` means, if the file binds it.
    pub(super) fn of_name(&self, node: usize) -> Option<Var> {
        let binding = self.bindings.get(self.symbols.get(&(node as u32))?)?;
        self.vars.get((*binding)?).copied()
    }

    /// The variable that a definition, import or target binds.
    pub(super) fn of_target(&self, node: usize) -> Option<Var> {
        self.vars.get(self.bound.get(&(node as u32))?).copied()
    }

    pub(super) fn definition(&self, node: usize) -> Option<Definition<'a>> {
        self.definitions.get(&(node as u32)).copied()
    }

    pub(super) fn lambda(&self, node: usize) -> Option<&'a str> {
        self.lambdas.get(&(node as u32)).copied()
    }

    pub(super) fn module(&self, node: usize) -> Option<&'a str> {
        self.modules.get(&(node as u32)).copied()
    }
}
