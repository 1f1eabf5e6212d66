//! Ids of symbols.

use codeanatomy_model::id::{PartsHasher, write_id};

use super::part::Described;
use super::symbol::is_local;

const PREFIX: &str = "scip";

/// Makes the ids of the symbols that a document names.
#[derive(Debug)]
pub(super) struct SymbolIds {
    global: PartsHasher,
    local: PartsHasher,
    text: String,
}

impl SymbolIds {
    pub(super) fn new(described: &Described<'_>) -> Self {
        let mut ids = Self {
            global: PartsHasher::default(),
            local: PartsHasher::default(),
            text: String::new(),
        };
        ids.global.begin(PREFIX, &[]);
        ids.local
            .begin(PREFIX, &[described.index_path.into(), described.path.into()]);
        ids
    }

    /// The id of a symbol.
    pub(super) fn id(&mut self, symbol: &str) -> &str {
        let hasher = if is_local(symbol) {
            &mut self.local
        } else {
            &mut self.global
        };
        let hash = hasher.finish(&[symbol.into()]);
        self.text.clear();
        write_id(&mut self.text, PREFIX, hash);
        &self.text
    }
}
