//! Texts by number.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// The number of a text.
pub(crate) type Sym = u32;

/// Every text once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Vec<Arc<str>>,
    numbers: FxHashMap<Arc<str>, Sym>,
}

impl Names {
    /// The number of `text`.
    pub(crate) fn intern(&mut self, text: &str) -> Sym {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as Sym;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// The number of `text`, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<Sym> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub(crate) fn text(&self, sym: Sym) -> &str {
        self.texts.get(sym as usize).map_or("", |t| t)
    }

    /// The number of `owner.name`.
    pub(crate) fn dotted(&mut self, owner: Sym, name: Sym) -> Sym {
        let text = format!("{}.{}", self.text(owner), self.text(name));
        self.intern(&text)
    }

    /// Keeps the texts alone: nothing is found or added any more.
    pub(crate) fn forget_numbers(&mut self) {
        self.numbers = FxHashMap::default();
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        self.texts.iter().map(|t| t.len() + counts + size_of_val(t)).sum()
    }
}
