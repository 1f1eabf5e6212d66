//! Python, by Ruff's parser. No other module names a type of the parser's crates.

mod ast;
mod names;
mod scope;

use crate::extractor::{Options, Tables};
use crate::file::Source;

/// Adds the rows of a Python file.
pub(crate) fn extract(source: &Source<'_>, options: Options, tables: &mut Tables) {
    let _ = (source, options, tables.wants_any(&[]));
}
