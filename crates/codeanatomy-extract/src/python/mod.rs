//! Python, by Ruff's parser. No other module names a type of the parser's crates.

mod ast;
mod flow;
mod mend;
mod missed;
mod names;
mod parse;
mod scope;
mod token;
mod tree;
mod words;

pub(crate) use tree::Tree;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;

use crate::extractor::{Options, Tables};
use crate::file::{Diagnostic, Outcome, Source};

/// Whether a table needs the file to be parsed.
pub(crate) fn needs_parse(tables: &Tables) -> bool {
    tables.wants_any(&token::DATASETS) || needs_tree(tables)
}

/// Whether a table needs more of the file than its tokens.
fn needs_tree(tables: &Tables) -> bool {
    tables.wants_any(&["ast_nodes"]) || names::is_needed(tables)
}

/// Adds the rows of a Python file, of which `tree` is the tree.
pub(crate) fn extract(source: &Source<'_>, tree: &Tree, options: Options, tables: &mut Tables) -> Outcome {
    let module = match tree {
        Tree::TooDeep => return too_deep(options, Vec::new()),
        Tree::Module(module) => module.parsed(),
        Tree::NoModule => None,
    };
    let Some(module) = module else {
        return Outcome {
            status: "ok",
            diagnostics: Vec::new(),
        };
    };
    let levels = module.levels;
    let diagnostics = parse::diagnostics(source.text, module);
    let status = if diagnostics.is_empty() { "ok" } else { "recovered" };
    if let Some(table) = tables.get("tokens") {
        token::token_rows(source, module.tokens(), table);
    }
    let walked = if levels > options.max_depth {
        Err(ast::TooDeep)
    } else {
        parse::with_stack(levels, || {
            tables_of(source, module.syntax(), module.tokens(), levels, tables)
        })
    };
    // Where definitions are walked, comments are written beside them.
    if (walked.is_err() || !names::writes_comments(tables))
        && let Some(table) = tables.get("comments")
    {
        token::comment_rows(source, module.tokens(), None, |_| "", table);
    }
    if walked.is_err() {
        return too_deep(options, diagnostics);
    }
    Outcome { status, diagnostics }
}

/// What becomes of a file that nests deeper than is walked, or parsed.
fn too_deep(options: Options, mut diagnostics: Vec<Diagnostic>) -> Outcome {
    let limit = options.max_depth;
    let message = format!("the syntax may nest deeper than max_depth, {limit}: no tree was built");
    diagnostics.insert(0, Diagnostic::of_file("limit", message));
    Outcome {
        status: "too_deep",
        diagnostics,
    }
}

/// Adds the rows that come from a tree.
fn tables_of(
    source: &Source<'_>,
    module: &ModModule,
    tokens: &Tokens,
    levels: usize,
    tables: &mut Tables,
) -> Result<(), ast::TooDeep> {
    if !needs_tree(tables) {
        return Ok(());
    }
    let is_outline = names::is_outline(tables);
    ast::flatten(source, module, levels, is_outline, tables.get("ast_nodes"))?;
    names::emit(source, module, tokens, tables);
    Ok(())
}
