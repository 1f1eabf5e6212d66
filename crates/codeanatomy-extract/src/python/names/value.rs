//! Expressions as texts: their shape, and the chain of names that they are.

use std::borrow::Cow;

use ruff_python_ast::{Arguments, Expr, HasNodeIndex};
use ruff_text_size::{Ranged, TextRange};

use super::facts::node_id;
use super::references::chain_text;

/// The shape of a value.
pub(super) fn shape(value: &Expr) -> &'static str {
    match value {
        // What the parser puts where an expression is missing.
        Expr::Name(name) if name.id.is_empty() => "missing",
        Expr::Name(_) => "name",
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Call(_) => "call",
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => "constant",
        Expr::FString(_) | Expr::TString(_) => "fstring",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) => "list",
        Expr::Set(_) => "set",
        Expr::Dict(_) => "dict",
        Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => "comprehension",
        Expr::Lambda(_) => "lambda",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_) => "operation",
        Expr::If(_) => "conditional",
        Expr::Named(_) => "walrus",
        Expr::Await(_) => "await",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield",
        Expr::Starred(_) => "starred",
        Expr::Slice(_) => "slice",
        Expr::IpyEscapeCommand(_) => "other",
    }
}

/// The dotted text of a name or an attribute chain on a name.
pub(super) fn dotted<'a>(source: &'a str, value: &'a Expr) -> Option<Cow<'a, str>> {
    match value {
        Expr::Name(name) if !name.id.is_empty() => Some(Cow::Borrowed(name.id.as_str())),
        Expr::Attribute(chain) => chain_text(source, chain),
        _ => None,
    }
}

/// What an expression begins with, its subscripts left out: `a.b` for `a.b[c][d]`.
pub(super) fn head(mut value: &Expr) -> &Expr {
    while let Expr::Subscript(subscript) = value {
        value = &subscript.value;
    }
    value
}

/// An expression without the star in front of it.
pub(super) fn unstarred(value: &Expr) -> &Expr {
    match value {
        Expr::Starred(starred) => &starred.value,
        value => value,
    }
}

/// The first part of a dotted text.
pub(super) fn first_part(dotted: &str) -> &str {
    dotted.split_once('.').map_or(dotted, |(first, _)| first)
}

/// The last part of a dotted text.
pub(super) fn last_part(dotted: &str) -> &str {
    dotted.rsplit_once('.').map_or(dotted, |(_, last)| last)
}

/// The span of an argument: a generator that is the only one has the parentheses of the call, as in CPython.
pub(super) fn argument_range(arguments: &Arguments, value: &Expr) -> TextRange {
    match value {
        Expr::Generator(only) if !only.parenthesized && arguments.len() == 1 => arguments.range,
        value => value.range(),
    }
}

/// The row of an expression in `ast_nodes`.
pub(super) fn expression_id(value: &Expr) -> u32 {
    node_id(value.node_index())
}
