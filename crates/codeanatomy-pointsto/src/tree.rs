//! The syntax tree of a file, as `ast_nodes` has it.

use arrow_array::{Array, Int64Array, StringViewArray};

macro_rules! kinds {
    ($($name:ident),* $(,)?) => {
        /// The kinds of nodes that mean something here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(non_camel_case_types, reason = "they are named as in `ast`")]
        pub(crate) enum Kind { $($name),*, Other }

        impl Kind {
            fn of(text: &str) -> Self {
                match text { $(stringify!($name) => Self::$name,)* _ => Self::Other }
            }
        }
    };
}

kinds! {
    Module, FunctionDef, AsyncFunctionDef, ClassDef, Lambda, Return, Assign, AugAssign, AnnAssign, For, AsyncFor, With,
    AsyncWith, Raise, Try, TryStar, Import, ImportFrom, alias, BoolOp, NamedExpr, BinOp, UnaryOp, IfExp, Dict, Set, ListComp,
    SetComp, DictComp, GeneratorExp, Await, Yield, YieldFrom, Compare, Call, Constant, Attribute, Subscript, Starred,
    Name, List, Tuple, Slice, comprehension, ExceptHandler, arguments, arg, keyword, withitem, MatchAs, MatchStar,
    MatchMapping, Delete, Match, match_case, MatchClass, MatchOr, Expr, JoinedStr, FormattedValue, While, If, Pass,
}

/// The rows of one file, by number: row `i` is node `i`.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) parents: &'a Int64Array,
    pub(crate) sizes: &'a Int64Array,
    pub(crate) fields: &'a StringViewArray,
    pub(crate) indexes: &'a Int64Array,
    pub(crate) names: &'a StringViewArray,
    pub(crate) values: &'a StringViewArray,
    pub(crate) contexts: &'a StringViewArray,
    pub(crate) bstarts: &'a Int64Array,
    pub(crate) bends: &'a Int64Array,
}

impl<'a> Tree<'a> {
    pub(crate) fn kinds_of(texts: &StringViewArray) -> Vec<Kind> {
        (0..texts.len()).map(|i| Kind::of(texts.value(i))).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(crate) fn kind(&self, node: usize) -> Kind {
        self.kinds.get(node).copied().unwrap_or(Kind::Other)
    }

    pub(crate) fn parent(&self, node: usize) -> Option<usize> {
        self.parents.is_valid(node).then(|| self.parents.value(node) as usize)
    }

    pub(crate) fn field(&self, node: usize) -> &'a str {
        if self.fields.is_valid(node) {
            self.fields.value(node)
        } else {
            ""
        }
    }

    pub(crate) fn index(&self, node: usize) -> i64 {
        if self.indexes.is_valid(node) {
            self.indexes.value(node)
        } else {
            0
        }
    }

    pub(crate) fn name(&self, node: usize) -> &'a str {
        if self.names.is_valid(node) {
            self.names.value(node)
        } else {
            ""
        }
    }

    pub(crate) fn value(&self, node: usize) -> &'a str {
        if self.values.is_valid(node) {
            self.values.value(node)
        } else {
            ""
        }
    }

    pub(crate) fn is_load(&self, node: usize) -> bool {
        self.contexts.is_null(node) || self.contexts.value(node) == "load"
    }

    /// The children of a node, in order.
    pub(crate) fn children(&self, node: usize) -> impl Iterator<Item = usize> + use<'_, 'a> {
        let end = node + self.sizes.value(node) as usize;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next += self.sizes.value(child).max(1) as usize;
                child
            })
        })
    }

    /// The child in a field.
    pub(crate) fn child(&self, node: usize, field: &str) -> Option<usize> {
        self.children(node).find(|c| self.field(*c) == field)
    }

    /// The children in a field.
    pub(crate) fn list<'t>(&'t self, node: usize, field: &'t str) -> impl Iterator<Item = usize> + use<'t, 'a> {
        self.children(node).filter(move |c| self.field(*c) == field)
    }
}
