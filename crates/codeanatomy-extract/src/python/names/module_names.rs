//! What a file says of itself as a module.

use codeanatomy_model::id::{Part, stable_id};
use ruff_python_ast::{CmpOp, Expr, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Named;
use super::definitions::Ordered;
use super::exports::Listed;
use super::facts::{Assignment, AssignmentKind, Context, Lookup, Target};
use super::imports::ImportCells;
use crate::modules::{All, Import, ImportStatement, ModuleNames, Site, SiteKind};
use crate::python::scope::{ScopeId, SymbolId};

/// Collects it.
pub(super) fn collect(named: &Named<'_>, definitions: &[Ordered], module: &ModModule) -> ModuleNames {
    let listed = Listed::of(named, module);
    let run_only = module.body.iter().filter_map(main_body).collect();
    let mut collector = Collector {
        named,
        listed: &listed,
        run_only,
        sites: Vec::new(),
    };
    let is_main = !collector.run_only.is_empty();
    let imports = collector.imports();
    collector.definitions(definitions);
    collector.assignments();
    collector.deletions();
    let mut sites = collector.sites;
    sites.sort_by_key(|site| site.bstart);
    let all = listed.decides().then(|| {
        let (mut names, mut others, is_open) = listed.contents();
        names.sort_unstable();
        names.dedup();
        others.sort_unstable();
        others.dedup();
        All { names, others, is_open }
    });
    let has_getattr = sites
        .iter()
        .any(|site| &*site.name == "__getattr__" && matches!(site.kind, SiteKind::Definition(..)));
    let replacement = replacement(named);
    ModuleNames {
        imports,
        sites,
        all,
        has_getattr,
        is_dynamic: has_getattr || replacement == Some(None) || uses_globals(named),
        replaced_by: replacement.flatten(),
        is_main,
    }
}

struct Collector<'c, 'a> {
    named: &'c Named<'a>,
    listed: &'c Listed<'a>,
    /// What runs only if the file is run and not imported, in order.
    run_only: Vec<TextRange>,
    sites: Vec<Site>,
}

impl Collector<'_, '_> {
    fn imports(&mut self) -> Vec<Import> {
        let named = self.named;
        let mut cells = ImportCells::new(named);
        let mut imports = Vec::with_capacity(named.facts.imports.len());
        for import in &named.facts.imports {
            let of = cells.next(import);
            let parts = [
                of.target_module.as_deref().into(),
                of.name.into(),
                of.asname.into(),
                of.ordinal.into(),
            ];
            let scope = scope_id(named, import.scope);
            let parts: Vec<Part<'_>> = [scope.as_str().into()].into_iter().chain(parts).collect();
            let start = import.alias.start();
            let in_module = import.scope == ScopeId::MODULE && !self.is_run_only(start);
            if let Some(symbol) = import.symbol {
                let kind = SiteKind::Import(imports.len() as u32);
                self.add(symbol, start, import.scope, kind);
            }
            imports.push(Import {
                node_id: i64::from(import.node_id),
                import_id: stable_id("imp", &parts),
                statement: match of.name {
                    Some(name) => ImportStatement::From {
                        level: of.level,
                        name: name.to_owned(),
                    },
                    None => ImportStatement::Import,
                },
                module: of.module.map(str::to_owned),
                asname: of.asname.map(str::to_owned),
                is_certain: in_module && !self.listed.is_conditional(start),
                in_module,
                in_type_checking: import.in_type_checking,
                in_try: import.in_try,
                bstart: start.to_u32(),
                bend: import.alias.end().to_u32(),
                line: named.line(start.to_u32()),
            });
        }
        imports
    }

    fn definitions(&mut self, definitions: &[Ordered]) {
        for d in definitions {
            let definition = &self.named.facts.definitions[d.index as usize];
            if let Some(symbol) = definition.symbol {
                let kind = SiteKind::Definition(definition.kind(), d.ordinal);
                self.add(symbol, definition.range.start(), definition.owner, kind);
            }
        }
    }

    fn assignments(&mut self) {
        let is_stub = self.named.path().ends_with(".pyi");
        for assignment in &self.named.facts.assignments {
            let Assignment {
                target,
                origin,
                scope,
                root: Some(Lookup::Symbol(symbol)),
                ..
            } = *assignment
            else {
                continue;
            };
            let start = match target {
                Target::Expression(Expr::Name(name)) => name.start(),
                Target::Name(name) => name.start(),
                Target::Expression(_) => continue,
            };
            let binds = match origin.kind {
                // The name is bound already.
                AssignmentKind::Augmented => false,
                AssignmentKind::Annotated => is_stub || origin.source.is_some(),
                _ => true,
            };
            if binds {
                self.add(symbol, start, scope, SiteKind::Variable);
            }
        }
    }

    fn deletions(&mut self) {
        for reference in &self.named.facts.references {
            if let (Context::Del, Lookup::Symbol(symbol)) = (reference.context, reference.lookup) {
                self.add(symbol, reference.range.start(), reference.scope, SiteKind::Deletion);
            }
        }
    }

    /// Whether an offset is in what runs only if the file is run.
    fn is_run_only(&self, at: TextSize) -> bool {
        let after = self.run_only.partition_point(|range| range.start() <= at);
        after > 0 && at < self.run_only[after - 1].end()
    }

    /// Notes a site, if the name is one of the module.
    fn add(&mut self, symbol: SymbolId, at: TextSize, scope: ScopeId, kind: SiteKind) {
        let symbol = self.named.scopes.symbol(symbol);
        if symbol.binder != ScopeId::MODULE || self.is_run_only(at) {
            return;
        }
        self.sites.push(Site {
            name: self.named.scopes.names.text(symbol.name).into(),
            bstart: at.to_u32(),
            is_conditional: scope != ScopeId::MODULE || self.listed.is_conditional(at),
            kind,
        });
    }
}

fn scope_id(named: &Named<'_>, scope: ScopeId) -> String {
    let scope = named.scopes.scope(scope);
    let parts = [
        named.path().into(),
        named.scopes.qualified.text(scope.qualified).into(),
        scope.kind.name().into(),
        i64::from(scope.ordinal).into(),
    ];
    stable_id("scope", &parts)
}

/// What the module puts in its own place, by `sys.modules[__name__] = …` outside of functions: its name, if it has one.
fn replacement(named: &Named<'_>) -> Option<Option<Box<str>>> {
    let replaces = |assignment: &&Assignment<'_>| match assignment.target {
        Target::Expression(Expr::Subscript(target)) => {
            matches!(&*target.value, Expr::Attribute(of) if of.attr.as_str() == "modules" && is_name(&of.value, "sys"))
                && is_name(&target.slice, "__name__")
                && assignment.scope == ScopeId::MODULE
        }
        _ => false,
    };
    let assignment = named.facts.assignments.iter().find(replaces)?;
    Some(match assignment.value {
        Some(Expr::Name(name)) => Some(name.id.as_str().into()),
        _ => None,
    })
}

fn is_name(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Name(node) if node.id == name)
}

/// Whether the builtin `globals` is used anywhere.
fn uses_globals(named: &Named<'_>) -> bool {
    let Some(name) = named.scopes.names.find("globals") else {
        return false;
    };
    named
        .scopes
        .symbols
        .iter()
        .any(|symbol| symbol.name == name && symbol.binding.is_none())
}

/// The body of `if __name__ == '__main__':`.
fn main_body(statement: &Stmt) -> Option<TextRange> {
    let Stmt::If(node) = statement else { return None };
    let Expr::Compare(test) = &*node.test else { return None };
    let ([CmpOp::Eq], [right]) = (&*test.ops, &*test.comparators) else {
        return None;
    };
    let is_name = |e: &Expr| is_name(e, "__name__");
    let is_text = |e: &Expr| matches!(e, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    let is_main = (is_name(&test.left) && is_text(right)) || (is_text(&test.left) && is_name(right));
    let (first, last) = node.body.first().zip(node.body.last())?;
    is_main.then(|| TextRange::new(first.start(), last.end()))
}
