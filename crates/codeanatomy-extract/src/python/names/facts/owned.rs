//! What belongs to a definition: parameters, decorators, bases, annotations.

use ruff_python_ast::{Decorator, Expr, Keyword};

use super::Lookup;
use crate::python::scope::{ScopeId, SymbolId};

/// How a parameter takes arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    PositionalOnly,
    Positional,
    Variadic,
    KeywordOnly,
    Keywords,
}

impl ParameterKind {
    /// Its name in `parameters.kind`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PositionalOnly => "posonly",
            Self::Positional => "positional",
            Self::Variadic => "vararg",
            Self::KeywordOnly => "kwonly",
            Self::Keywords => "kwarg",
        }
    }
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    /// The node of the function or lambda.
    pub(crate) owner: u32,
    pub(crate) position: u32,
    pub(crate) kind: ParameterKind,
    /// None for a lambda.
    pub(crate) definition: Option<u32>,
    pub(crate) node: &'a ruff_python_ast::Parameter,
    pub(crate) default: Option<&'a Expr>,
    /// The symbol of its name; none for a lambda that has no scope, or if the name is missing.
    pub(crate) symbol: Option<SymbolId>,
}

/// A decorator.
#[derive(Debug)]
pub(crate) struct Decorated<'a> {
    pub(crate) definition: u32,
    pub(crate) position: u32,
    pub(crate) node: &'a Decorator,
    pub(crate) scope: ScopeId,
    /// The symbol of the name that the expression or, for a call, its callee begins with.
    pub(crate) root: Option<Lookup>,
}

/// What stands between the parentheses of a class.
#[derive(Debug)]
pub(crate) struct Base<'a> {
    pub(crate) definition: u32,
    pub(crate) position: u32,
    pub(crate) keyword: Option<&'a Keyword>,
    /// The expression, with its star.
    pub(crate) node: &'a Expr,
    pub(crate) scope: ScopeId,
    /// The symbol of the name that the expression begins with, subscripts left out.
    pub(crate) root: Option<Lookup>,
}

/// What an annotation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnnotationRole {
    Parameter,
    Return,
    Variable,
    Attribute,
    Subscript,
}

impl AnnotationRole {
    /// Its name in `type_annotations.role`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Return => "return",
            Self::Variable => "variable",
            Self::Attribute => "attribute",
            Self::Subscript => "subscript",
        }
    }
}

/// An annotation.
#[derive(Debug)]
pub(crate) struct Annotation<'a> {
    pub(crate) node_id: u32,
    pub(crate) node: &'a Expr,
    pub(crate) role: AnnotationRole,
    /// The node of what is annotated.
    pub(crate) owner: u32,
    /// The function whose parameter or returned value it is.
    pub(crate) definition: Option<u32>,
    pub(crate) name: Option<&'a str>,
    pub(crate) scope: ScopeId,
    /// The symbol of the name that it begins with, subscripts left out.
    pub(crate) root: Option<Lookup>,
    /// The expression in it if it is a string.
    pub(crate) inner: Option<Box<Inner>>,
}

/// An expression in a string.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) text: String,
    /// The chain of names, subscripts left out.
    pub(crate) dotted: Option<String>,
}
