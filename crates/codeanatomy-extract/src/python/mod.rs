//! Python, by Ruff's parser. No other module names a type of the parser's crates.

mod ast;
mod names;
mod parse;
mod scope;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;

use crate::extractor::{Options, Tables};
use crate::file::{Diagnostic, Source};

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `ok`, `recovered` or `too_deep`.
    pub(crate) status: &'static str,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Whether a table needs the file to be parsed.
pub(crate) fn needs_parse(tables: &Tables) -> bool {
    tables.wants_any(&["ast_nodes"]) || tables.wants_any(&names::DATASETS)
}

/// Parses a Python file and adds its rows.
pub(crate) fn extract(source: &Source<'_>, options: Options, tables: &mut Tables) -> Outcome {
    let Some(parsed) = parse::parse(source) else {
        return Outcome {
            status: "ok",
            diagnostics: Vec::new(),
        };
    };
    let mut diagnostics = parse::diagnostics(source, &parsed);
    let levels = parse::nesting_bound(parsed.tokens(), parsed.has_invalid_syntax());
    let mut status = if diagnostics.is_empty() { "ok" } else { "recovered" };
    // The tree is dropped on the stack that it was walked on, or not at all.
    let walked = if levels > options.max_depth {
        std::mem::forget(parsed);
        Err(ast::TooDeep)
    } else {
        parse::with_stack(levels, || {
            let walked = tables_of(source, parsed.syntax(), parsed.tokens(), levels, tables);
            if walked.is_err() {
                std::mem::forget(parsed);
            }
            walked
        })
    };
    if walked.is_err() {
        status = "too_deep";
        let limit = options.max_depth;
        let message = format!("the syntax may nest deeper than max_depth, {limit}: no tree was built");
        diagnostics.insert(0, Diagnostic::of_file("limit", message));
    }
    Outcome { status, diagnostics }
}

/// Adds the rows that come from a tree.
fn tables_of(
    source: &Source<'_>,
    module: &ModModule,
    tokens: &Tokens,
    levels: usize,
    tables: &mut Tables,
) -> Result<(), ast::TooDeep> {
    if !needs_parse(tables) {
        return Ok(());
    }
    ast::flatten(source, module, levels, tables.get("ast_nodes"))?;
    names::emit(source, module, tokens, tables);
    Ok(())
}
