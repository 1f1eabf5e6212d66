//! A parsed file.

use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;
use ruff_python_parser::{ParseError, Parsed, UnsupportedSyntaxError};

use super::mend::Mended;
use super::{missed, parse};
use crate::file::Diagnostic;

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
    parsed: Option<ParsedModule>,
    max_depth: usize,
}

/// What the parser says of a file, without its mistakes.
#[derive(Debug)]
pub(super) struct ParsedModule {
    parsed: Parsed<ModModule>,
    mended: Mended,
    missed: Vec<Diagnostic>,
    /// A bound of how deep the tree nests.
    pub(super) levels: usize,
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
        let (mut mended, mut missed) = (Mended::default(), vec![]);
        let (is_mended, is_searched) = (!parsed.errors().is_empty(), missed::are_possible(text));
        if levels <= max_depth && (is_mended || is_searched) {
            parse::with_stack(levels, || {
                if is_mended {
                    mended = Mended::new(&parsed);
                }
                if is_searched {
                    missed = missed::find(&parsed);
                }
            });
        }
        Self::Module(Module {
            parsed: Some(ParsedModule {
                parsed,
                mended,
                missed,
                levels,
            }),
            max_depth,
        })
    }
}

impl Module {
    pub(super) fn parsed(&self) -> Option<&ParsedModule> {
        self.parsed.as_ref()
    }
}

impl ParsedModule {
    pub(super) fn syntax(&self) -> &ModModule {
        self.mended.tree.as_deref().unwrap_or(self.parsed.syntax())
    }

    pub(super) fn tokens(&self) -> &Tokens {
        self.parsed.tokens()
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = &ParseError> {
        let errors = self.parsed.errors().iter().enumerate();
        let is_one = |(i, _): &(usize, _)| self.mended.no_errors.binary_search(i).is_err();
        errors.filter(is_one).map(|(_, error)| error)
    }

    /// The mistakes that the parser passed over.
    pub(super) fn missed(&self) -> &[Diagnostic] {
        &self.missed
    }

    pub(super) fn version_errors(&self) -> &[UnsupportedSyntaxError] {
        self.parsed.unsupported_syntax_errors()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let Some(parsed) = self.parsed.take() else {
            return;
        };
        let levels = parsed.levels;
        if levels > self.max_depth {
            std::mem::forget(parsed);
        } else {
            parse::with_stack(levels, || drop(parsed));
        }
    }
}
