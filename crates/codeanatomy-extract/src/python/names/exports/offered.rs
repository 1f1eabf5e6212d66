//! What a module imports and binds.

use ruff_python_ast::Alias;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::listed::Listed;
use super::{ALL, Export, Named};
use crate::python::names::facts::{Import, ImportKind};
use crate::python::scope::{BindingKind, ScopeId};

/// The imports of the module.
pub(super) fn imports<'a>(named: &'a Named<'_>, listed: &Listed<'a>, exports: &mut Vec<Export<'a>>) {
    let imports = named.facts.imports.iter().filter(|i| i.scope == ScopeId::MODULE);
    for import in imports {
        let alias = import.alias;
        let is_star = &*alias.name == "*";
        let bound = import
            .symbol
            .map(|s| named.scopes.names.text(named.scopes.symbol(s).name));
        let name = if is_star { None } else { bound };
        if name.is_none_or(|name| !is_shown(name, listed)) && !is_star {
            continue;
        }
        let reason = if is_star {
            "star"
        } else if alias.asname.as_ref().is_some_and(|asname| asname.id == alias.name.id) {
            "alias"
        } else if named.source.entry.is_package {
            "package"
        } else {
            "import"
        };
        let is_exported = match name {
            Some(name) => listed.offers(name, is_public(name) && (!is_stub(named) || reason == "alias")),
            None if listed.decides() => None,
            None => Some(true),
        };
        exports.push(Export {
            range: alias.range(),
            kind: "reexport",
            reason,
            name,
            origin: Some(origin(import, alias)),
            is_exported,
        });
    }
}

/// The names that the module binds otherwise.
pub(super) fn bindings<'a>(named: &'a Named<'_>, listed: &Listed<'a>, exports: &mut Vec<Export<'a>>) {
    let mut next = named.scopes.scope(ScopeId::MODULE).last_symbol();
    while let Some(symbol) = next {
        let symbol = named.scopes.symbol(symbol);
        next = symbol.before();
        let name = named.scopes.names.text(symbol.name);
        let (true, Some(sites)) = (symbol.is_binding() && is_shown(name, listed), symbol.sites) else {
            continue;
        };
        let kind = match sites.kind {
            BindingKind::Import => continue,
            BindingKind::Class | BindingKind::Function => "definition",
            _ => "variable",
        };
        let is_bound = match sites.kind {
            BindingKind::Annotation => is_stub(named),
            BindingKind::Deletion => false,
            _ => true,
        };
        exports.push(Export {
            range: TextRange::new(TextSize::new(sites.bstart), TextSize::new(sites.bend)),
            kind,
            reason: sites.kind.name(),
            name: Some(name),
            origin: None,
            is_exported: listed.offers(name, is_public(name) && is_bound),
        });
    }
}

fn is_public(name: &str) -> bool {
    !name.starts_with('_')
}

fn is_shown(name: &str, listed: &Listed<'_>) -> bool {
    name != ALL && (is_public(name) || listed.mentions(name))
}

fn is_stub(named: &Named<'_>) -> bool {
    named.source.entry.path.ends_with(".pyi")
}

/// The module and the name as written.
fn origin(import: &Import<'_>, alias: &Alias) -> String {
    match import.kind {
        ImportKind::Import => alias.name.to_string(),
        ImportKind::From(statement) => {
            let mut origin = ".".repeat(statement.level as usize);
            if let Some(module) = &statement.module {
                origin.push_str(module);
                origin.push('.');
            }
            origin.push_str(&alias.name);
            origin
        }
    }
}
