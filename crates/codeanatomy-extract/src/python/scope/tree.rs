//! The scopes of a file while it is walked.

use rustc_hash::FxHashMap;

use super::entry::{Opening, Scope, ScopeId};
use super::interner::{Interner, NameId};
use super::kind::ScopeKind;
use super::qualified::{QualifiedId, QualifiedNames};
use super::symbol::{BindingKind, Flags, Resolution, Sites, Symbol, SymbolId};

/// Scopes inside of deeper ones have an ellipsis in place of the names around, so that the names of a file are not
/// quadratic in its size. CPython itself refuses statements more than 100 levels deep.
const QUALIFIED_DEPTH: u32 = 128;

/// The scopes and symbols of a file.
#[derive(Debug)]
pub(crate) struct ScopeTree<'a> {
    pub(crate) names: Interner<'a>,
    pub(crate) qualified: QualifiedNames,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) symbols: Vec<Symbol>,
    by_name: FxHashMap<u64, SymbolId>,
    ordinals: FxHashMap<(Option<QualifiedId>, ScopeKind), u32>,
    current: ScopeId,
    /// The class that names are mangled for.
    pub(crate) private: Option<NameId>,
}

impl<'a> ScopeTree<'a> {
    /// The module, entered.
    pub(crate) fn new(bend: u32) -> Self {
        let mut names = Interner::default();
        let name = names.intern("top");
        Self {
            names,
            qualified: QualifiedNames::default(),
            scopes: vec![Scope::module(name, bend)],
            symbols: Vec::new(),
            by_name: FxHashMap::default(),
            ordinals: FxHashMap::default(),
            current: ScopeId::MODULE,
            private: None,
        }
    }

    /// Makes room for so many symbols and scopes.
    pub(crate) fn reserve(&mut self, symbols: usize, scopes: usize) {
        self.symbols.reserve(symbols);
        self.by_name.reserve(symbols);
        self.scopes.reserve(scopes);
        self.qualified.reserve(scopes);
        self.ordinals.reserve(scopes);
        self.names.reserve(symbols / 2);
    }

    /// The scope being walked.
    #[inline]
    pub(crate) fn current(&self) -> ScopeId {
        self.current
    }

    /// A scope.
    #[inline]
    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// A symbol.
    #[inline]
    pub(crate) fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.index()]
    }

    /// The symbol of a mangled name in a scope.
    #[inline]
    pub(crate) fn find(&self, scope: ScopeId, name: NameId) -> Option<SymbolId> {
        self.by_name.get(&scope.key(name)).copied()
    }

    /// The name as the compiler has it here.
    #[inline]
    pub(crate) fn mangle(&mut self, name: NameId) -> NameId {
        self.private.map_or(name, |class| self.names.mangle(class, name))
    }

    /// The class whose body the scope is, seen through type parameters.
    pub(crate) fn class_of_body(&self, scope: ScopeId) -> Option<&Scope> {
        let mut scope = self.scope(scope);
        if scope.kind == ScopeKind::TypeParameters {
            scope = self.scope(scope.parent?);
        }
        (scope.kind == ScopeKind::Class).then_some(scope)
    }

    /// Enters a scope.
    pub(crate) fn enter(&mut self, opening: Opening<'a>) -> ScopeId {
        let Opening {
            kind,
            name,
            node_id,
            bstart,
            bend,
            definition,
            receiver,
        } = opening;
        let id = ScopeId(self.scopes.len() as u32);
        let parent_id = self.current;
        let name = self.names.intern(name);
        let shown = match kind {
            ScopeKind::TypeParameters => {
                let text = format!("<generic parameters of {}>", self.names.text(name));
                self.names.intern_owned(text)
            }
            ScopeKind::Annotation if !self.names.text(name).is_empty() => {
                let text = format!("<annotations of {}>", self.names.text(name));
                self.names.intern_owned(text)
            }
            ScopeKind::Annotation => self.names.intern("<annotations>"),
            _ => kind.qualified_name().map_or(name, |text| self.names.intern(text)),
        };
        let name = match kind {
            ScopeKind::Annotation => self.names.intern("__annotate__"),
            _ => name,
        };
        let is_global = definition.is_some() && self.is_declared_global(name);
        let parent = &self.scopes[parent_id.index()];
        let before = if is_global { None } else { parent.prefix };
        let qualified = self.qualified.join(before, shown, self.names.text(shown));
        let depth = parent.depth + 1;
        let prefix = match kind {
            ScopeKind::TypeParameters | ScopeKind::Annotation => parent.prefix,
            _ if depth >= QUALIFIED_DEPTH => {
                let ellipsis = self.names.intern("…");
                Some(self.qualified.join(None, ellipsis, "…"))
            }
            ScopeKind::Function | ScopeKind::Lambda => {
                let locals = self.names.intern("<locals>");
                Some(self.qualified.join(Some(qualified), locals, "<locals>"))
            }
            _ => Some(qualified),
        };
        let next = self.ordinals.entry((Some(qualified), kind)).or_default();
        let ordinal = *next;
        *next += 1;
        let method_of = match kind {
            ScopeKind::Function => self.class_of_body(parent_id).map(|class| class.definition),
            _ => None,
        };
        let parent = &self.scopes[parent_id.index()];
        let (class, receiver) = match kind {
            ScopeKind::Class => (None, None),
            _ => method_of.map_or((parent.class, parent.receiver), |class| (class, receiver)),
        };
        let sees_class = kind == ScopeKind::TypeParameters || kind.is_lazy();
        let scope = Scope {
            kind,
            name,
            parent: Some(parent_id),
            depth,
            is_nested: parent.is_nested || parent.kind.is_function_like(),
            qualified: Some(qualified),
            ordinal,
            node_id,
            bstart,
            bend,
            definition,
            container: definition.or(parent.container),
            class,
            receiver,
            is_method: method_of.is_some(),
            class_in_sight: match parent.kind {
                _ if !sees_class => None,
                ScopeKind::Class => Some(parent_id),
                _ => parent.class_in_sight,
            },
            walrus_target: if kind.is_comprehension() {
                parent.walrus_target
            } else {
                id
            },
            annotations: None,
            prefix,
            symbols: None,
        };
        let sees_class = scope.class_in_sight.is_some();
        self.scopes.push(scope);
        self.current = id;
        if sees_class {
            let name = self.names.intern("__classdict__");
            self.define(name, Flags::USE, None);
        }
        if kind.is_lazy() {
            let name = self.names.intern(".format");
            self.define(name, Flags::PARAMETER.with(Flags::USE), None);
        }
        id
    }

    /// Enters the scope of the annotations of variables, which a scope has once, at `node_id` and below if it is new.
    pub(crate) fn enter_annotations(&mut self, node_id: u32, bstart: u32, bend: u32) {
        let around = self.current;
        if let Some(annotations) = self.scope(around).annotations {
            self.current = annotations;
            let bend_before = &mut self.scopes[annotations.index()].bend;
            *bend_before = bend.max(*bend_before);
            return;
        }
        let id = self.enter(Opening {
            kind: ScopeKind::Annotation,
            name: "",
            node_id,
            bstart,
            bend,
            definition: None,
            receiver: None,
        });
        self.scopes[around.index()].annotations = Some(id);
    }

    /// For each scope, itself or the one that the compiler makes it part of since Python 3.12 (PEP 709).
    pub(crate) fn hosts(&self) -> Vec<ScopeId> {
        let mut hosts: Vec<ScopeId> = Vec::with_capacity(self.scopes.len());
        for (index, scope) in self.scopes.iter().enumerate() {
            let is_inlined = scope.kind.is_comprehension() && scope.kind != ScopeKind::GeneratorExpression;
            let around = scope
                .parent
                .filter(|parent| is_inlined && self.scope(*parent).class_in_sight.is_none());
            hosts.push(around.map_or(ScopeId(index as u32), |parent| hosts[parent.index()]));
        }
        hosts
    }

    /// Leaves the scope.
    pub(crate) fn exit(&mut self) {
        self.current = self.scope(self.current).parent.unwrap_or(ScopeId::MODULE);
    }

    /// Notes a use, a declaration or a binding of a mangled name in the scope.
    #[inline]
    pub(crate) fn define(&mut self, name: NameId, flags: Flags, site: Option<Sites>) -> SymbolId {
        if flags.any(Flags::GLOBAL) && self.current != ScopeId::MODULE {
            self.define_in(ScopeId::MODULE, name, Flags::GLOBAL, None);
        }
        self.define_in(self.current, name, flags, site)
    }

    /// Makes the target of a `:=` in a comprehension a name of the scope around.
    pub(crate) fn define_walrus(&mut self, name: NameId) {
        let target = self.scope(self.current).walrus_target;
        match self.scope(target).kind {
            ScopeKind::Function | ScopeKind::Lambda => {
                let before = self
                    .find(target, name)
                    .map_or(Flags::default(), |s| self.symbol(s).flags);
                let is_global = before.any(Flags::GLOBAL);
                self.define(name, if is_global { Flags::GLOBAL } else { Flags::NONLOCAL }, None);
                self.define_in(target, name, Flags::LOCAL, None);
            }
            ScopeKind::Module => {
                self.define(name, Flags::GLOBAL, None);
            }
            // CPython refuses it.
            _ => {}
        }
    }

    /// Says that a site of the symbol is a `type` statement.
    pub(crate) fn mark_type_alias(&mut self, symbol: SymbolId) {
        if let Some(sites) = &mut self.symbols[symbol.index()].sites {
            sites.kind = sites.kind.min(BindingKind::TypeAlias);
        }
    }

    #[inline]
    pub(super) fn define_in(&mut self, scope: ScopeId, name: NameId, flags: Flags, site: Option<Sites>) -> SymbolId {
        let next = SymbolId(self.symbols.len() as u32);
        let id = *self.by_name.entry(scope.key(name)).or_insert(next);
        if id == next {
            let previous = self.scopes[scope.index()].symbols.replace(id);
            self.symbols.push(Symbol {
                scope,
                name,
                flags: Flags::default(),
                resolution: Resolution::Free,
                binder: scope,
                binding: None,
                sites: None,
                previous,
            });
        }
        let symbol = &mut self.symbols[id.index()];
        symbol.flags = symbol.flags.with(flags);
        if let Some(site) = site {
            Sites::merge(&mut symbol.sites, site);
        }
        id
    }

    /// Whether a name that a statement binds is declared global here.
    fn is_declared_global(&mut self, name: NameId) -> bool {
        // The private name of the class around, not of the class being entered.
        let name = self.mangle(name);
        let owner = match self.scope(self.current) {
            Scope {
                kind: ScopeKind::TypeParameters,
                parent: Some(parent),
                ..
            } => *parent,
            _ => self.current,
        };
        owner != ScopeId::MODULE
            && self
                .find(owner, name)
                .is_some_and(|s| self.symbol(s).flags.any(Flags::GLOBAL))
    }
}
