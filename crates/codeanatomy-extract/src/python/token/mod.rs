//! Tokens as CPython's `tokenize` gives them, and the comments among them.

mod comments;
mod directive;
mod interpolated;
mod kind;
mod owner;
mod position;
mod rows;
mod sequence;

use ruff_python_ast::token::Tokens;

use crate::file::Source;
use crate::table::Table;

pub(super) use comments::rows as comment_rows;
pub(super) use owner::{Extent, Owners};

/// The datasets that need nothing but tokens, if the owners of comments are not asked for.
pub(super) const DATASETS: [&str; 2] = ["tokens", "comments"];

/// Adds the rows of `tokens`.
pub(super) fn token_rows(source: &Source<'_>, tokens: &Tokens, table: &mut Table) {
    rows::write(source, sequence::sequence(source.text, tokens), table);
}
