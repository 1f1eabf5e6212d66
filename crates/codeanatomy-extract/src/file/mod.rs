//! Files before their language matters: which there are, their bytes, text and lines.

mod line_index;
mod source;

pub use line_index::LineIndex;
pub(crate) use source::Source;

/// A file that is in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path relative to the source, with `/` between its parts.
    pub path: String,
    /// The size in bytes.
    pub size: u64,
    /// The dotted module name, if its path gives one.
    pub module: Option<String>,
    /// Whether it is the `__init__` of a package.
    pub is_package: bool,
}
