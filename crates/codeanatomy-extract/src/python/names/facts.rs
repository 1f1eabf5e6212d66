//! What the walk finds, as positions and numbers; texts and ids are made when rows are written.

use ruff_python_ast::{Alias, AtomicNodeIndex, ExprAttribute, ExprCall, StmtClassDef, StmtFunctionDef, StmtImportFrom};
use ruff_text_size::TextRange;

use crate::python::scope::{NameId, ScopeId, SymbolId, Unevaluated};

mod owned;
mod target;

pub(crate) use owned::{Annotation, AnnotationRole, Base, Decorated, Inner, Parameter, ParameterKind};
pub(crate) use target::{Assignment, AssignmentKind, NO_PATH, Origin, Paths, Target};

/// The preorder number of a node, or 0 for a tree that was not numbered.
#[inline]
pub(crate) fn node_id(node: &AtomicNodeIndex) -> u32 {
    node.load().as_u32().unwrap_or(0)
}

/// The symbol of a name, or that the name is in an annotation that is not evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lookup {
    Symbol(SymbolId),
    Unevaluated(u32),
}

/// The context of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Load,
    Store,
    Del,
}

impl Context {
    /// Its name in `references.context`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Store => "store",
            Self::Del => "del",
        }
    }
}

/// A `Name`.
#[derive(Debug)]
pub(crate) struct Reference<'a> {
    pub(crate) node_id: u32,
    /// The name as written.
    pub(crate) name: NameId,
    pub(crate) context: Context,
    pub(crate) scope: ScopeId,
    pub(crate) lookup: Lookup,
    pub(crate) range: TextRange,
    /// The attribute chain that begins with the name.
    pub(crate) chain: Option<&'a ExprAttribute>,
}

/// An identifier that binds a name and is no `Name`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    pub(crate) symbol: SymbolId,
}

/// A `Call`.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) node_id: u32,
    pub(crate) node: &'a ExprCall,
    pub(crate) scope: ScopeId,
    /// The symbol of the name that the callee begins with.
    pub(crate) root: Option<Lookup>,
    /// Where the arguments are among the roots of arguments.
    pub(crate) argument_roots: u32,
    pub(crate) role: CallRole,
}

/// What is done with the value of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallRole {
    Plain,
    Awaited,
    Decorator,
}

/// The statement of an import.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ImportKind<'a> {
    Import,
    From(&'a StmtImportFrom),
}

/// An imported name.
#[derive(Debug)]
pub(crate) struct Import<'a> {
    pub(crate) node_id: u32,
    pub(crate) kind: ImportKind<'a>,
    pub(crate) alias: &'a Alias,
    pub(crate) index: u32,
    pub(crate) statement: TextRange,
    pub(crate) scope: ScopeId,
    /// Null for a star.
    pub(crate) symbol: Option<SymbolId>,
    pub(crate) in_type_checking: bool,
    pub(crate) in_try: bool,
}

/// The node of a definition.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DefinitionNode<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
}

/// A function or class.
#[derive(Debug)]
pub(crate) struct Definition<'a> {
    pub(crate) node_id: u32,
    pub(crate) node: DefinitionNode<'a>,
    pub(crate) is_method: bool,
    /// The scope of the statement.
    pub(crate) owner: ScopeId,
    /// The symbol of the name. Null if the name is missing.
    pub(crate) symbol: Option<SymbolId>,
    pub(crate) body: ScopeId,
    /// The span from `def`, `async` or `class` to the last statement.
    pub(crate) range: TextRange,
}

impl Definition<'_> {
    /// Its name in `definitions.kind`.
    pub(crate) fn kind(&self) -> &'static str {
        match self.node {
            DefinitionNode::Class(_) => "class",
            DefinitionNode::Function(_) if self.is_method => "method",
            DefinitionNode::Function(_) => "function",
        }
    }
}

/// All of them, in the order of the walk.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    pub(crate) references: Vec<Reference<'a>>,
    pub(crate) bound: Vec<Bound>,
    pub(crate) calls: Vec<Call<'a>>,
    pub(crate) imports: Vec<Import<'a>>,
    pub(crate) definitions: Vec<Definition<'a>>,
    pub(crate) unevaluated: Vec<Unevaluated>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    pub(crate) decorators: Vec<Decorated<'a>>,
    /// The symbols of the names that arguments begin with, call by call: of the positional ones, then of the keywords.
    pub(crate) argument_roots: Vec<Option<Lookup>>,
    pub(crate) assignments: Vec<Assignment<'a>>,
    pub(crate) paths: Paths,
    pub(crate) annotations: Vec<Annotation<'a>>,
    pub(crate) bases: Vec<Base<'a>>,
}

/// What of it is asked for. Imports and definitions are always there: scopes need them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wants {
    pub(crate) references: bool,
    /// References that delete.
    pub(crate) deletions: bool,
    pub(crate) calls: bool,
    pub(crate) argument_roots: bool,
    pub(crate) parameters: bool,
    pub(crate) decorators: bool,
    pub(crate) assignments: bool,
    pub(crate) annotations: bool,
    pub(crate) bases: bool,
    pub(crate) flow: bool,
}
