//! A parsed file.

use ruff_python_ast::ModModule;
use ruff_python_parser::Parsed;

use super::parse;

/// The tree of a file and its tokens.
#[derive(Debug)]
pub(crate) enum Tree {
    Module(Module),
    /// It nests deeper than the parser has room for.
    TooDeep,
    NoModule,
}

/// A tree that is dropped on a stack that it fits on, or not at all.
#[derive(Debug)]
pub(crate) struct Module {
    /// None while it is dropped.
    parsed: Option<Parsed<ModModule>>,
    /// A bound of how deep it nests.
    pub(super) levels: usize,
    max_depth: usize,
}

impl Tree {
    /// Parses a text that may nest `max_depth` levels.
    pub(crate) fn parse(text: &str, is_stub: bool, max_depth: usize) -> Self {
        let unguarded = parse::unguarded_levels(text);
        if unguarded > max_depth {
            return Self::TooDeep;
        }
        let Some(parsed) = parse::parse(text, is_stub, unguarded) else {
            return Self::NoModule;
        };
        let levels = parse::nesting_bound(parsed.tokens(), parsed.has_invalid_syntax(), max_depth);
        Self::Module(Module {
            parsed: Some(parsed),
            levels,
            max_depth,
        })
    }
}

impl Module {
    pub(super) fn parsed(&self) -> Option<&Parsed<ModModule>> {
        self.parsed.as_ref()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let parsed = self.parsed.take();
        if self.levels > self.max_depth {
            std::mem::forget(parsed);
        } else {
            parse::with_stack(self.levels, || drop(parsed));
        }
    }
}
