//! Mistakes that the parser passes over: `try: … else: … finally: …` without an `except`.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, Stmt, StmtTry};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

use crate::file::Diagnostic;

/// Whether a text may have such a mistake.
pub(super) fn are_possible(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"finally").is_some()
}

/// The mistakes of a file. Its tree must fit on the stack.
pub(super) fn find(parsed: &Parsed<ModModule>) -> Vec<Diagnostic> {
    let mut missed = Missed {
        tokens: parsed.tokens(),
        found: vec![],
    };
    missed.visit_body(&parsed.syntax().body);
    missed.found
}

struct Missed<'t> {
    tokens: &'t Tokens,
    found: Vec<Diagnostic>,
}

impl<'t> StatementVisitor<'t> for Missed<'t> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        if let Stmt::Try(stmt) = stmt
            && stmt.handlers.is_empty()
            && !stmt.finalbody.is_empty()
            && let Some(place) = self.place_of_else(stmt)
        {
            self.found.push(Diagnostic {
                source: "syntax",
                message: "Expected an `except` or `finally` block before `else`".to_owned(),
                span: Some((place.start().to_u32(), place.end().to_u32())),
            });
        }
        walk_stmt(self, stmt);
    }
}

impl Missed<'_> {
    /// Where the `else` of a `try` stands, if it has one.
    fn place_of_else(&self, stmt: &StmtTry) -> Option<TextRange> {
        let first = stmt.orelse.first()?.start();
        let before = &self.tokens[..self.tokens.partition_point(|token| token.start() < first)];
        let token = before.iter().rev().find(|token| token.kind() == TokenKind::Else)?;
        Some(token.range())
    }
}
