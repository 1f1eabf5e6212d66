//! Qualified names: each is a name behind another qualified name.

use rustc_hash::FxHashMap;

use super::interner::NameId;

/// A qualified name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct QualifiedId(u32);

/// The qualified names of a file, each once, so that equal ones have equal numbers.
#[derive(Debug, Default)]
pub(crate) struct QualifiedNames {
    ids: FxHashMap<(Option<QualifiedId>, NameId), QualifiedId>,
    /// All texts, one behind the other.
    text: String,
    spans: Vec<(usize, usize)>,
}

impl QualifiedNames {
    /// Makes room for those of so many scopes.
    pub(crate) fn reserve(&mut self, scopes: usize) {
        // A function has one for its own name, and one for what is inside.
        self.ids.reserve(2 * scopes);
        self.spans.reserve(2 * scopes);
    }

    /// `name` behind `prefix` and a dot, or alone.
    pub(crate) fn join(&mut self, prefix: Option<QualifiedId>, name: NameId, text: &str) -> QualifiedId {
        if let Some(id) = self.ids.get(&(prefix, name)) {
            return *id;
        }
        let start = self.text.len();
        if let Some(prefix) = prefix {
            let (from, to) = self.spans[prefix.0 as usize];
            self.text.extend_from_within(from..to);
            self.text.push('.');
        }
        self.text.push_str(text);
        let id = QualifiedId(self.spans.len() as u32);
        self.spans.push((start, self.text.len()));
        self.ids.insert((prefix, name), id);
        id
    }

    /// The text.
    pub(crate) fn text(&self, id: Option<QualifiedId>) -> &str {
        id.map_or("", |id| {
            let (from, to) = self.spans[id.0 as usize];
            &self.text[from..to]
        })
    }
}
