//! The kinds of scopes.

/// What opens a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    ListComprehension,
    SetComprehension,
    DictComprehension,
    GeneratorExpression,
    TypeParameters,
    TypeAlias,
    TypeVariable,
    Annotation,
}

impl ScopeKind {
    /// Its name in `scopes.kind`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Class => "class",
            Self::Function => "function",
            Self::Lambda => "lambda",
            Self::ListComprehension => "listcomp",
            Self::SetComprehension => "setcomp",
            Self::DictComprehension => "dictcomp",
            Self::GeneratorExpression => "genexpr",
            Self::TypeParameters => "type_parameters",
            Self::TypeAlias => "type_alias",
            Self::TypeVariable => "type_variable",
            Self::Annotation => "annotation",
        }
    }

    /// The part of `__qualname__` that stands for a scope without a name of its own.
    pub(super) fn qualified_name(self) -> Option<&'static str> {
        match self {
            Self::Lambda => Some("<lambda>"),
            Self::ListComprehension => Some("<listcomp>"),
            Self::SetComprehension => Some("<setcomp>"),
            Self::DictComprehension => Some("<dictcomp>"),
            Self::GeneratorExpression => Some("<genexpr>"),
            _ => None,
        }
    }

    /// Whether it is a comprehension or generator expression.
    pub(crate) fn is_comprehension(self) -> bool {
        use ScopeKind::{DictComprehension, GeneratorExpression, ListComprehension, SetComprehension};
        matches!(
            self,
            ListComprehension | SetComprehension | DictComprehension | GeneratorExpression
        )
    }

    /// Whether its code runs when it is asked for, in a function that the compiler makes and gives a format to.
    pub(super) fn is_lazy(self) -> bool {
        matches!(self, Self::TypeAlias | Self::TypeVariable | Self::Annotation)
    }

    /// Whether the scopes inside see its names: all but classes and the module, whose names are global.
    pub(crate) fn is_function_like(self) -> bool {
        !matches!(self, Self::Module | Self::Class)
    }
}
