//! What the parser takes for a mistake though Python does not, put right.
//!
//! - `raise; f()`: it wants an expression before the semicolon, and makes up a name that is empty.
//! - `f(); match = 1`: it takes every `match` behind a semicolon for the keyword, though its tree has it right.
//!
//! Both are mended in later versions of the parser, which need a newer compiler.

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::visitor::transformer::{Transformer, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_python_parser::{ParseError, ParseErrorType, Parsed};
use ruff_text_size::{Ranged, TextSize};

/// The errors of a file that are none, by their number, and its tree, if that is another without them.
#[derive(Debug, Default)]
pub(super) struct Mended {
    pub(super) no_errors: Vec<usize>,
    pub(super) tree: Option<Box<ModModule>>,
}

impl Mended {
    /// The tree must fit on the stack.
    pub(super) fn new(parsed: &Parsed<ModModule>) -> Self {
        let (mut no_errors, mut bare) = (vec![], vec![]);
        for (i, error) in parsed.errors().iter().enumerate() {
            match error.error {
                ParseErrorType::ExpectedExpression => {
                    if let Some(end) = end_of_bare_raise(parsed.tokens(), error) {
                        bare.push(end);
                        no_errors.push(i);
                    }
                }
                ParseErrorType::SimpleAndCompoundStatementOnSameLine if is_name(parsed.tokens(), error) => {
                    no_errors.push(i);
                }
                _ => {}
            }
        }
        let tree = (!bare.is_empty()).then(|| {
            let mut tree = Box::new(parsed.syntax().clone());
            let raises = BareRaises { ends: bare };
            tree.body.iter_mut().for_each(|stmt| raises.visit_stmt(stmt));
            tree
        });
        Self { no_errors, tree }
    }
}

/// Where a `raise` ends, if an error stands at a semicolon right behind it. There is the made-up name.
fn end_of_bare_raise(tokens: &Tokens, error: &ParseError) -> Option<TextSize> {
    let (before, after) = around(tokens, error.location.start());
    let last = before.iter().rev().find(|token| !token.kind().is_trivia())?;
    let is_bare = last.kind() == TokenKind::Raise && after.first()?.kind() == TokenKind::Semi;
    is_bare.then(|| last.end())
}

/// Whether an error stands at a `match` that the parser has found to be a name since.
fn is_name(tokens: &Tokens, error: &ParseError) -> bool {
    let (_, after) = around(tokens, error.location.start());
    after.first().is_some_and(|token| token.kind() == TokenKind::Name)
}

/// The tokens that start before a place, and the others.
fn around(tokens: &[Token], place: TextSize) -> (&[Token], &[Token]) {
    tokens.split_at(tokens.partition_point(|token| token.start() < place))
}

/// Takes the made-up names out of each `raise` that ends at some place.
struct BareRaises {
    ends: Vec<TextSize>,
}

impl Transformer for BareRaises {
    fn visit_stmt(&self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Raise(raise) => {
                let is_bare = |exc: &Expr| exc.range().is_empty() && self.ends.binary_search(&exc.start()).is_ok();
                if raise.exc.as_deref().is_some_and(is_bare) {
                    raise.exc = None;
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    /// No statement is in an expression.
    fn visit_expr(&self, _: &mut Expr) {}
}
