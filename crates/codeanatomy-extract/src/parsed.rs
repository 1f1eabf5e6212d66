//! Files that stay parsed, so that another dataset of the same file need not parse it again.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use codeanatomy_model::Language;
use xxhash_rust::xxh3::xxh3_128;

use crate::extractor::Options;
use crate::file::{Decoded, Entry, LineIndex};
use crate::python::Tree;

/// How many bytes a tree and its tokens take for each byte of its text, measured.
const BYTES_PER_BYTE: usize = 11;

/// The text of a file, its lines, and its tree once someone wants it.
#[derive(Debug)]
pub struct ParsedFile {
    pub(crate) decoded: Decoded,
    lines: OnceLock<LineIndex>,
    tree: OnceLock<Tree>,
}

/// Content and what decides how it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParseKey {
    content: u128,
    language: Language,
    is_stub: bool,
    max_depth: usize,
}

/// Keeps parsed files. It may forget any at any time.
pub trait ParseCache: Debug + Send + Sync {
    /// A file that was kept.
    fn get(&self, key: &ParseKey) -> Option<Arc<ParsedFile>>;
    /// Keeps a file.
    fn put(&self, key: ParseKey, file: &Arc<ParsedFile>);
}

impl ParseKey {
    pub(crate) fn new(entry: &Entry, bytes: &[u8], options: Options) -> Self {
        Self {
            content: xxh3_128(bytes),
            language: entry.language,
            is_stub: is_stub(entry),
            max_depth: options.max_depth,
        }
    }
}

impl ParsedFile {
    pub(crate) fn new(decoded: Decoded) -> Self {
        Self {
            decoded,
            lines: OnceLock::new(),
            tree: OnceLock::new(),
        }
    }

    /// Where its lines begin: looked for once someone asks.
    pub(crate) fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.decoded.text))
    }

    /// The tree, and whether it had to be parsed for that.
    pub(crate) fn tree(&self, entry: &Entry, options: Options) -> (&Tree, bool) {
        let mut is_new = false;
        let tree = self.tree.get_or_init(|| {
            is_new = true;
            Tree::parse(&self.decoded.text, is_stub(entry), options.max_depth)
        });
        (tree, is_new)
    }

    /// About how many bytes it takes, its tree included.
    pub fn memory_size(&self) -> usize {
        self.decoded.text.len() * (BYTES_PER_BYTE + 1) + size_of::<Self>()
    }
}

fn is_stub(entry: &Entry) -> bool {
    entry.path.ends_with(".pyi")
}
