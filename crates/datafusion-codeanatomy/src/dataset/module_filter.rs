//! Predicates on qualified names, which say what files need not be read: a name begins with that of its module.

use std::fmt;

use codeanatomy_extract::file::Entry;
use codeanatomy_model::{Contract, Language};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

/// What follows from a predicate on the names of a file's rows.
///
/// A name in a Python file that is a module is the module's, or begins with it and a dot. So files are left out of which no
/// such name could pass. Whoever reads the rows still applies the predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModuleFilter {
    column: &'static str,
    names: Names,
    bound: Bound,
}

/// How names follow from the module of their file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// It is the module's, or null if the file is none.
    Module,
    /// It is the module's or of what the module holds; if the file is no module, nothing is known.
    Within,
}

/// The column of a dataset that has such names.
fn names_of(contract: &Contract) -> Option<(&'static str, Names)> {
    match contract.name {
        "definitions" | "docstrings" => Some(("qualified_name", Names::Within)),
        "files" | "modules" => Some(("module", Names::Module)),
        _ => None,
    }
}

/// What names have to be. Texts compare by their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    Equal(String),
    Prefix(String),
    /// Equal or greater.
    From(String),
    Below(String),
    /// Equal or less.
    UpTo(String),
    All(Vec<Bound>),
    Any(Vec<Bound>),
}

impl ModuleFilter {
    /// What a predicate on rows of `contract` says of names; none if that is nothing.
    pub(super) fn try_new(contract: &Contract, predicate: &Expr) -> Option<Self> {
        let (column, names) = names_of(contract)?;
        let bound = bound(column, predicate)?;
        Some(Self { column, names, bound })
    }

    /// Whether a row of the file may pass.
    pub(super) fn may_pass(&self, file: &Entry) -> bool {
        match (&file.module, self.names) {
            (Some(module), Names::Module) => self.bound.takes(module),
            (None, Names::Module) => false,
            (Some(module), Names::Within) if file.language == Language::Python => self.bound.takes_within(module),
            (_, Names::Within) => true,
        }
    }
}

impl fmt::Display for ModuleFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bound.write(self.column, f)
    }
}

impl Bound {
    /// Whether `name` passes.
    fn takes(&self, name: &str) -> bool {
        match self {
            Self::Equal(text) => name == text,
            Self::Prefix(text) => name.starts_with(text.as_str()),
            Self::From(text) => name >= text.as_str(),
            Self::Below(text) => name < text.as_str(),
            Self::UpTo(text) => name <= text.as_str(),
            Self::All(bounds) => bounds.iter().all(|b| b.takes(name)),
            Self::Any(bounds) => bounds.iter().any(|b| b.takes(name)),
        }
    }

    /// Whether `module`, or a text that begins with it and a dot, may pass.
    fn takes_within(&self, module: &str) -> bool {
        let is_within = |text: &str| text.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'));
        match self {
            Self::Equal(text) => text == module || is_within(text),
            Self::Prefix(text) => module.starts_with(text.as_str()) || is_within(text),
            // `/` is the character after the dot: all that begins with the module and a dot is below the module and that.
            Self::From(text) => match text.strip_prefix(module) {
                Some(rest) => rest.as_bytes().first().is_none_or(|b| *b < b'/'),
                None => text.as_str() < module,
            },
            Self::Below(text) => module < text.as_str(),
            Self::UpTo(text) => module <= text.as_str(),
            Self::All(bounds) => bounds.iter().all(|b| b.takes_within(module)),
            Self::Any(bounds) => bounds.iter().any(|b| b.takes_within(module)),
        }
    }

    fn write(&self, column: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bounds, word) = match self {
            Self::Equal(text) => return write!(f, "{column} = {text}"),
            Self::Prefix(text) => {
                let escaped = text.replace('\\', r"\\").replace('_', r"\_").replace('%', r"\%");
                return write!(f, "{column} LIKE {escaped}%");
            }
            Self::From(text) => return write!(f, "{column} >= {text}"),
            Self::Below(text) => return write!(f, "{column} < {text}"),
            Self::UpTo(text) => return write!(f, "{column} <= {text}"),
            Self::All(bounds) => (bounds, " AND "),
            Self::Any(bounds) => (bounds, " OR "),
        };
        for (i, bound) in bounds.iter().enumerate() {
            f.write_str(if i == 0 { "(" } else { word })?;
            bound.write(column, f)?;
        }
        f.write_str(")")
    }
}

/// What names have to be for `predicate` to be true; none where that is not known.
fn bound(column: &str, predicate: &Expr) -> Option<Bound> {
    let is_column = |e: &Expr| matches!(e, Expr::Column(c) if c.name == column);
    match predicate {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::And => match (bound(column, left), bound(column, right)) {
                (Some(left), Some(right)) => Some(Bound::All(vec![left, right])),
                (left, right) => left.or(right),
            },
            Operator::Or => Some(Bound::Any(vec![bound(column, left)?, bound(column, right)?])),
            _ if is_column(left) => compared(*op, text(right)?),
            _ if is_column(right) => compared(op.swap()?, text(left)?),
            // What is directly in a module or class begins with its name.
            Operator::Eq if is_parent(column, left) => Some(Bound::Prefix(text(right)? + ".")),
            Operator::Eq if is_parent(column, right) => Some(Bound::Prefix(text(left)? + ".")),
            _ => None,
        },
        Expr::InList(list) if !list.negated && is_column(&list.expr) => {
            let texts = list.list.iter().map(|e| Some(Bound::Equal(text(e)?)));
            Some(Bound::Any(texts.collect::<Option<_>>()?))
        }
        Expr::Between(between) if !between.negated && is_column(&between.expr) => Some(Bound::All(vec![
            Bound::From(text(&between.low)?),
            Bound::UpTo(text(&between.high)?),
        ])),
        Expr::Like(like) if !like.negated && !like.case_insensitive && is_column(&like.expr) => {
            match like.escape_char {
                None | Some('\\') => Some(pattern(&text(&like.pattern)?)),
                Some(_) => None,
            }
        }
        Expr::ScalarFunction(call) if call.name() == "starts_with" => match &call.args[..] {
            [name, prefix] if is_column(name) => Some(Bound::Prefix(text(prefix)?)),
            _ => None,
        },
        _ => None,
    }
}

fn is_parent(column: &str, expr: &Expr) -> bool {
    match expr {
        Expr::ScalarFunction(call) if call.name() == "qualified_name_parent" => {
            matches!(&call.args[..], [Expr::Column(c)] if c.name == column)
        }
        _ => false,
    }
}

fn compared(op: Operator, text: String) -> Option<Bound> {
    match op {
        Operator::Eq => Some(Bound::Equal(text)),
        Operator::GtEq | Operator::Gt => Some(Bound::From(text)),
        Operator::Lt => Some(Bound::Below(text)),
        Operator::LtEq => Some(Bound::UpTo(text)),
        _ => None,
    }
}

/// The text before the first wildcard of a pattern.
fn pattern(pattern: &str) -> Bound {
    let mut start = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' | '_' => return Bound::Prefix(start),
            '\\' => match chars.next() {
                Some(escaped @ ('%' | '_' | '\\')) => start.push(escaped),
                _ => return Bound::Prefix(start),
            },
            _ => start.push(c),
        }
    }
    Bound::Equal(start)
}

fn text(literal: &Expr) -> Option<String> {
    match literal {
        Expr::Literal(value, _) => text_of(value),
        _ => None,
    }
}

fn text_of(value: &ScalarValue) -> Option<String> {
    match value {
        ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text) => text.clone(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of modules and of what they hold, which lie close to each other.
    const NAMES: [&str; 12] = [
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "a.b_c",
        "a.b_c.d",
        "a.b0",
        "a.bb.c",
        "a.",
        "b",
        "a.b.<locals>",
        "é.b",
    ];

    #[test]
    fn a_module_that_holds_a_name_which_passes_may_pass() {
        let bounds = NAMES.iter().flat_map(|text| {
            let text = || (*text).to_string();
            [
                Bound::Equal(text()),
                Bound::Prefix(text()),
                Bound::From(text()),
                Bound::Below(text()),
                Bound::UpTo(text()),
            ]
        });
        let mut skipped = 0;
        for bound in bounds {
            for module in NAMES {
                let holds =
                    |name: &&str| **name == *module || name.strip_prefix(module).is_some_and(|r| r.starts_with('.'));
                let passes = NAMES.into_iter().filter(holds).any(|name| bound.takes(name));
                assert!(bound.takes_within(module) || !passes, "{bound:?} {module}");
                skipped += usize::from(!bound.takes_within(module));
            }
        }
        // Of an exact text, and of a prefix, most modules cannot hold any; of what is greater or less, half.
        assert!(skipped > 5 * NAMES.len() * NAMES.len() / 2, "{skipped}");
    }

    #[test]
    fn a_pattern_begins_with_the_text_before_its_first_wildcard() {
        for (like, bound) in [
            ("a.b", Bound::Equal("a.b".to_string())),
            ("a.b.%", Bound::Prefix("a.b.".to_string())),
            ("a_b.%", Bound::Prefix("a".to_string())),
            (r"a\_b.%", Bound::Prefix("a_b.".to_string())),
            (r"a\x%", Bound::Prefix("a".to_string())),
            ("%", Bound::Prefix(String::new())),
        ] {
            assert_eq!(pattern(like), bound, "{like}");
        }
    }
}
