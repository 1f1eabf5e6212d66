//! The words of CPython's `ast`: classes, fields, contexts, operators.

use ruff_python_ast::{BoolOp, CmpOp, ExprContext, Operator, UnaryOp};

use crate::python::words::words;

macro_rules! kinds {
    ($($variant:ident),* $(,)?) => {
        words! {
            /// A class of `ast` that has a row.
            Kind { $($variant = stringify!($variant)),*, Arguments = "arguments", Arg = "arg", Keyword = "keyword",
                Alias = "alias", WithItem = "withitem", MatchCase = "match_case", Comprehension = "comprehension" }
        }
    };
}

kinds! {
    Module, FunctionDef, AsyncFunctionDef, ClassDef, Return, Delete, Assign, TypeAlias, AugAssign, AnnAssign, For, AsyncFor,
    While, If, With, AsyncWith, Match, Raise, Try, TryStar, Assert, Import, ImportFrom, Global, Nonlocal, Expr, Pass, Break,
    Continue, BoolOp, NamedExpr, BinOp, UnaryOp, Lambda, IfExp, Dict, Set, ListComp, SetComp, DictComp, GeneratorExp, Await,
    Yield, YieldFrom, Compare, Call, FormattedValue, JoinedStr, Interpolation, TemplateStr, Constant, Attribute, Subscript,
    Starred, Name, List, Tuple, Slice, ExceptHandler, MatchValue, MatchSingleton, MatchSequence, MatchMapping, MatchClass,
    MatchStar, MatchAs, MatchOr, TypeVar, ParamSpec, TypeVarTuple,
}

impl Kind {
    /// Whether rows that no expression holds are of such nodes: definitions and imported names.
    #[inline]
    pub(super) fn is_of_outline(self) -> bool {
        matches!(
            self,
            Self::FunctionDef | Self::AsyncFunctionDef | Self::ClassDef | Self::Alias
        )
    }
}

words! {
    /// A field of a class of `ast` that holds nodes.
    Field {
        Body = "body", Args = "args", DecoratorList = "decorator_list", Returns = "returns",
        TypeParams = "type_params", Bases = "bases", Keywords = "keywords", Value = "value", Targets = "targets",
        Target = "target", Annotation = "annotation", Name = "name", Iter = "iter", Orelse = "orelse", Test = "test",
        Items = "items", Subject = "subject", Cases = "cases", Exc = "exc", Cause = "cause", Handlers = "handlers",
        Finalbody = "finalbody", Msg = "msg", Names = "names", Values = "values", Left = "left", Right = "right",
        Operand = "operand", Keys = "keys", Elts = "elts", Elt = "elt", Generators = "generators", Key = "key",
        Comparators = "comparators", Func = "func", FormatSpec = "format_spec", Slice = "slice", Lower = "lower",
        Upper = "upper", Step = "step", Ifs = "ifs", Type = "type", Posonlyargs = "posonlyargs", Vararg = "vararg",
        Kwonlyargs = "kwonlyargs", KwDefaults = "kw_defaults", Kwarg = "kwarg", Defaults = "defaults",
        ContextExpr = "context_expr", OptionalVars = "optional_vars", Pattern = "pattern", Guard = "guard",
        Patterns = "patterns", Cls = "cls", KwdPatterns = "kwd_patterns", Bound = "bound", DefaultValue = "default_value",
    }
}

words! {
    /// What an expression is for.
    Context { Load = "load", Store = "store", Del = "del" }
}

impl Context {
    /// The context of an expression; none if recovery from an error left it open.
    pub(super) fn of(ctx: ExprContext) -> Option<Self> {
        match ctx {
            ExprContext::Load => Some(Self::Load),
            ExprContext::Store => Some(Self::Store),
            ExprContext::Del => Some(Self::Del),
            ExprContext::Invalid => None,
        }
    }
}

/// The class of a binary operator.
pub(super) fn operator(op: Operator) -> &'static str {
    match op {
        Operator::Add => "Add",
        Operator::Sub => "Sub",
        Operator::Mult => "Mult",
        Operator::MatMult => "MatMult",
        Operator::Div => "Div",
        Operator::Mod => "Mod",
        Operator::Pow => "Pow",
        Operator::LShift => "LShift",
        Operator::RShift => "RShift",
        Operator::BitOr => "BitOr",
        Operator::BitXor => "BitXor",
        Operator::BitAnd => "BitAnd",
        Operator::FloorDiv => "FloorDiv",
    }
}

/// The class of a unary operator.
pub(super) fn unary_operator(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Invert => "Invert",
        UnaryOp::Not => "Not",
        UnaryOp::UAdd => "UAdd",
        UnaryOp::USub => "USub",
    }
}

/// The class of a boolean operator.
pub(super) fn bool_operator(op: BoolOp) -> &'static str {
    match op {
        BoolOp::And => "And",
        BoolOp::Or => "Or",
    }
}

/// The class of a comparison.
pub(super) fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}
