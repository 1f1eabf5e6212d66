//! Files before their language matters: which there are, their bytes, text and lines.

mod decode;
pub(crate) mod diagnostic;
mod encoding;
pub(crate) mod facts;
mod given;
mod globs;
mod line_index;
pub(crate) mod lines;
mod list;
mod module;
mod place;
mod scope;
mod source;
mod stat;

use codeanatomy_model::Language;

pub(crate) use decode::{Decoded, UTF8_MARK, decode};
pub(crate) use diagnostic::{Diagnostic, Outcome};
pub(crate) use encoding::encoding_comment;
pub use given::{given, given_scope};
pub use globs::Globs;
pub(crate) use line_index::LineCounter;
pub use line_index::{LineCursor, LineIndex};
pub use list::{ListError, Listing, walk, walk_with_threads};
pub(crate) use module::is_identifier;
pub use scope::{Scoped, scope};
pub(crate) use source::{Lines, Source};
pub use stat::Stat;

/// A file that is in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path relative to the source, with `/` between its parts.
    pub path: String,
    /// What it is written in.
    pub language: Language,
    /// The size in bytes.
    pub size: u64,
    /// The dotted module name, if it is Python and its path gives one.
    pub module: Option<String>,
    /// Whether it is the `__init__` of a package.
    pub is_package: bool,
}

impl Entry {
    /// Whether it is the folder of a namespace package, which has no bytes.
    pub fn is_folder(&self) -> bool {
        self.is_package && Language::of_path(&self.path) != Some(self.language)
    }
}
