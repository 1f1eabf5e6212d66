//! From the tree to the steps of each frame: the module, every function and lambda, and what is evaluated on demand. The
//! code of each is walked in the order in which Python runs it.
//!
//! The walk recurses as deep as the tree; the caller provides the stack. Frames of the stack are kept small: what needs more
//! locals stands in functions of its own.

mod attempt;
mod block;
mod comprehension;
mod condition;
mod definition;
mod expression;
mod name;
mod pattern;
mod statement;

use ruff_python_ast::{Expr, ExprLambda, Stmt, StmtFunctionDef};

use super::index::{Followed, Index};
use super::program::{Label, Program, Var};
use super::site::{Definition, Use};
use super::solve::Traits;
use crate::python::scope::{ScopeKind, SymbolId};

/// Loops, branches and handlers that nest deeper are not followed. CPython refuses more than 100 levels of indentation.
const MAX_DEPTH: u32 = 256;

/// Code that runs as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) enum Frame<'a> {
    Module(&'a [Stmt]),
    Function(&'a StmtFunctionDef),
    Lambda(&'a ExprLambda),
    /// The value of a type alias; the bound or default of a type parameter.
    Lazy(&'a Expr),
}

/// A variable of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    pub(super) binding: SymbolId,
    pub(super) traits: Traits,
    /// Whether it belongs to a scope of the frame.
    pub(super) is_own: bool,
    /// Whether another frame binds it, too.
    pub(super) is_shared: bool,
    /// Whether the frame binds or deletes it.
    pub(super) is_defined: bool,
    /// Whether its name is looked up elsewhere if it is not bound.
    pub(super) has_outside: bool,
}

/// How control may leave a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Continue,
    Break,
    Return,
}

/// What is around a statement.
#[derive(Debug, Clone, Copy)]
enum Context {
    Loop {
        end: Label,
        next: Label,
    },
    /// Code that runs on every exit, with its labels and whether they are used, by [`Exit`].
    Cleanup {
        exits: [Label; 3],
        used: [bool; 3],
    },
    /// The body of a class, which nothing leaves.
    Class,
}

/// The walk, frame by frame.
#[derive(Debug)]
pub(super) struct Lower<'n, 'a> {
    index: &'n Index<'n, 'a>,
    /// Whether the file has `:=`, so that the order of evaluation inside of an expression matters.
    has_walrus: bool,
    pub(super) program: Program,
    pub(super) variables: Vec<Variable>,
    pub(super) uses: Vec<Use>,
    pub(super) definitions: Vec<Definition>,
    /// The variables of the scopes inside of the frame that have not ended.
    scoped: Vec<Var>,
    /// Of each symbol, the frame that last had it as a variable, and the variable.
    slots: Vec<(u32, Var)>,
    frame: u32,
    waiting: Vec<Frame<'a>>,
    contexts: Vec<Context>,
    is_module: bool,
    in_function: bool,
    depth: u32,
    pub(super) is_too_deep: bool,
    /// The generator expression that is being walked, and the last of the file.
    generator: u32,
    generators: u32,
    /// A block that runs on several exits is walked once for each: its uses and definitions are those of the first time.
    replays: u32,
    next_use: usize,
    next_definition: usize,
    /// How many blocks that run on every exit are around.
    cleanups: u32,
}

impl<'n, 'a> Lower<'n, 'a> {
    pub(super) fn new(index: &'n Index<'n, 'a>, body: &'a [Stmt], has_walrus: bool) -> Self {
        Self {
            index,
            has_walrus,
            program: Program::default(),
            variables: Vec::new(),
            uses: Vec::new(),
            definitions: Vec::new(),
            scoped: Vec::new(),
            slots: vec![(0, 0); index.scopes.symbols.len()],
            frame: 0,
            waiting: vec![Frame::Module(body)],
            contexts: Vec::new(),
            is_module: false,
            in_function: false,
            depth: 0,
            is_too_deep: false,
            generator: 0,
            generators: 0,
            replays: 0,
            next_use: 0,
            next_definition: 0,
            cleanups: 0,
        }
    }

    /// Walks the next frame; false if there is none.
    pub(super) fn next(&mut self) -> bool {
        let Some(frame) = self.waiting.pop() else {
            return false;
        };
        self.program.clear();
        self.variables.clear();
        self.scoped.clear();
        self.uses.clear();
        self.definitions.clear();
        self.frame += 1;
        (self.next_use, self.next_definition) = (0, 0);
        self.is_too_deep = false;
        self.is_module = matches!(frame, Frame::Module(_));
        self.in_function = matches!(frame, Frame::Function(_));
        match frame {
            Frame::Module(body) => self.statements(body),
            Frame::Function(node) => {
                self.parameters(&node.parameters);
                self.statements(&node.body);
            }
            Frame::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expression(&node.body);
            }
            Frame::Lazy(node) => self.expression(node),
        }
        true
    }

    /// Leaves a frame for later.
    fn later(&mut self, frame: Frame<'a>) {
        if self.replays == 0 {
            self.waiting.push(frame);
        }
    }

    /// The variable of a binding.
    #[inline]
    fn variable(&mut self, followed: Followed) -> Var {
        let slot = &mut self.slots[followed.binding.index()];
        if slot.0 != self.frame {
            let var = self.variables.len() as Var;
            *slot = (self.frame, var);
            let variable = Self::new_variable(self.index, followed, self.is_module);
            if variable.traits.scope_start.is_some() {
                self.scoped.push(var);
            }
            self.variables.push(variable);
            return var;
        }
        slot.1
    }

    fn new_variable(index: &Index<'_, '_>, followed: Followed, is_module: bool) -> Variable {
        let (kind, scope_start) = index.owner(followed.binding);
        let is_own = followed.is_own;
        Variable {
            binding: followed.binding,
            traits: Traits {
                scope_start: scope_start.filter(|_| is_own),
                is_of_module: is_module && kind == ScopeKind::Module,
            },
            is_own,
            is_shared: followed.is_shared || !is_own,
            is_defined: false,
            has_outside: !is_own || !kind.is_function_like(),
        }
    }

    /// Enters a loop, branch or handler.
    #[inline]
    fn enter(&mut self) {
        self.depth += 1;
        self.is_too_deep |= self.depth > MAX_DEPTH;
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }
}
