//! Names as numbers, within one file.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

/// A name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NameId(u32);

impl NameId {
    /// Its position among the names.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// The number itself, for the keys of maps.
    #[inline]
    pub(crate) fn key(self) -> u64 {
        u64::from(self.0)
    }
}

/// The names of a file, each once.
#[derive(Debug, Default)]
pub(crate) struct Interner<'a> {
    ids: FxHashMap<Cow<'a, str>, NameId>,
    texts: Vec<Cow<'a, str>>,
}

impl<'a> Interner<'a> {
    /// Makes room for so many names.
    pub(crate) fn reserve(&mut self, names: usize) {
        self.ids.reserve(names);
        self.texts.reserve(names);
    }

    /// The number of a name.
    #[inline]
    pub(crate) fn intern(&mut self, text: &'a str) -> NameId {
        match self.ids.get(text) {
            Some(id) => *id,
            None => self.add(Cow::Borrowed(text)),
        }
    }

    /// The number of a name that is not in the text as it stands.
    pub(crate) fn intern_owned(&mut self, text: String) -> NameId {
        match self.ids.get(text.as_str()) {
            Some(id) => *id,
            None => self.add(Cow::Owned(text)),
        }
    }

    /// The number of a name, if it is known.
    pub(crate) fn find(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
    }

    /// The text of a name.
    #[inline]
    pub(crate) fn text(&self, name: NameId) -> &str {
        &self.texts[name.index()]
    }

    /// The number of names.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The place of each name in the byte order of their texts.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_unstable_by(|a, b| self.texts[*a].cmp(&self.texts[*b]));
        let mut ranks = vec![0; order.len()];
        for (rank, name) in order.into_iter().enumerate() {
            ranks[name] = rank as u32;
        }
        ranks
    }

    /// What the compiler makes of `name` inside of the class `private`: `__x` in class `_C` is `_C__x`.
    pub(crate) fn mangle(&mut self, private: NameId, name: NameId) -> NameId {
        let text = self.text(name);
        if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
            return name;
        }
        let class = self.text(private).trim_start_matches('_');
        if class.is_empty() {
            return name;
        }
        let mangled = format!("_{class}{text}");
        self.intern_owned(mangled)
    }

    #[cold]
    fn add(&mut self, text: Cow<'a, str>) -> NameId {
        let id = NameId(self.texts.len() as u32);
        self.texts.push(text.clone());
        self.ids.insert(text, id);
        id
    }
}
