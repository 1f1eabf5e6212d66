//! What is known of a name in a scope.

use super::entry::ScopeId;
use super::interner::NameId;

/// A symbol of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SymbolId(pub(super) u32);

impl SymbolId {
    /// Its position among the symbols.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a scope uses a name; the bits of CPython's `symtable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(u16);

impl Flags {
    /// Declared by `global`.
    pub(crate) const GLOBAL: Self = Self(1);
    /// Assigned or deleted, or bound by `def`, `class`, `for`, …
    pub(crate) const LOCAL: Self = Self(2);
    /// A parameter.
    pub(crate) const PARAMETER: Self = Self(4);
    /// Declared by `nonlocal`.
    pub(crate) const NONLOCAL: Self = Self(8);
    /// Read.
    pub(crate) const USE: Self = Self(16);
    /// Bound by an import.
    pub(crate) const IMPORT: Self = Self(32);
    /// Annotated.
    pub(crate) const ANNOTATION: Self = Self(64);
    /// A type parameter.
    pub(crate) const TYPE_PARAMETER: Self = Self(128);
    /// A scope below means one of this name further out. In a class, that may be another than its own.
    pub(crate) const FREE_BELOW_CLASS: Self = Self(256);
    /// A scope right below has this name.
    pub(crate) const NAMESPACE: Self = Self(512);
    /// A target of the `for` of a comprehension, or used in one.
    pub(crate) const COMPREHENSION_TARGET: Self = Self(1024);
    /// Bound in the scope.
    pub(crate) const BOUND: Self = Self(2 | 4 | 32 | 128);

    /// Used, declared or bound in the scope itself, not only in one below.
    pub(crate) const OWN: Self = Self(255);

    /// Both.
    #[inline]
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of the bits of `other` is set.
    #[inline]
    pub(crate) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// How the compiler finds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    Local,
    Cell,
    GlobalExplicit,
    GlobalImplicit,
    Free,
}

impl Resolution {
    /// The words of `symbols.resolution`, by number.
    pub(crate) const WORDS: &'static [&'static str] = &["local", "cell", "global_explicit", "global_implicit", "free"];
}

/// What binds a name. The first of several stands for the binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BindingKind {
    Parameter,
    Import,
    Class,
    Function,
    TypeParameter,
    TypeAlias,
    Assignment,
    Annotation,
    Deletion,
}

impl BindingKind {
    /// Its name in `bindings.kind`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Import => "import",
            Self::Class => "class",
            Self::Function => "function",
            Self::TypeParameter => "type_parameter",
            Self::TypeAlias => "type_alias",
            Self::Assignment => "assignment",
            Self::Annotation => "annotation",
            Self::Deletion => "deletion",
        }
    }
}

/// The sites that bind a name: how many, of which kind, and the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sites {
    pub(crate) count: u32,
    pub(crate) kind: BindingKind,
    /// The name at the first site in the file.
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
}

impl Sites {
    /// One site.
    pub(crate) fn one(kind: BindingKind, bstart: u32, bend: u32) -> Self {
        Self {
            count: 1,
            kind,
            bstart,
            bend,
        }
    }

    /// These and those.
    pub(super) fn merge(into: &mut Option<Self>, more: Self) {
        let Some(sites) = into else {
            *into = Some(more);
            return;
        };
        sites.count += more.count;
        sites.kind = sites.kind.min(more.kind);
        if more.bstart < sites.bstart {
            (sites.bstart, sites.bend) = (more.bstart, more.bend);
        }
    }
}

/// A name in a scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbol {
    pub(crate) scope: ScopeId,
    /// The name, mangled.
    pub(crate) name: NameId,
    pub(crate) flags: Flags,
    pub(crate) resolution: Resolution,
    /// The scope whose binding it is.
    pub(crate) binder: ScopeId,
    /// The symbol of that scope, if the scope has a site that binds it.
    pub(crate) binding: Option<SymbolId>,
    /// The sites in this scope; once resolved, those of other scopes that bind it by `global` or `nonlocal` too.
    pub(crate) sites: Option<Sites>,
    /// The symbol added to the scope before.
    pub(super) previous: Option<SymbolId>,
}

impl Symbol {
    /// The symbol that was added to its scope before it.
    pub(crate) fn before(&self) -> Option<SymbolId> {
        self.previous
    }

    /// Whether its scope is the one that binds it, by a statement of the source.
    pub(crate) fn is_binding(&self) -> bool {
        self.binder == self.scope && self.sites.is_some()
    }
}
