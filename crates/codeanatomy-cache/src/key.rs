//! What an entry is found by.

use blake3::Hasher;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{CaptureQuery, Options};
use codeanatomy_model::Contract;

use crate::fingerprint::fingerprint;

/// What stands for everything that decides the rows of an entry: BLAKE3 of the file, and that of the [`Recipe`], bit by bit in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub(crate) [u8; 32]);

/// BLAKE3 of all of a file that decides rows: of its bytes, and of what a listing says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHash([u8; 32]);

/// BLAKE3 of the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentHash(pub(crate) [u8; 32]);

impl ContentHash {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

/// The source file of a file of bytecode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// Its bytes.
    pub content: ContentHash,
    /// When it was changed, in seconds since 1970, where that is known.
    pub modified: Option<i64>,
}

/// BLAKE3 of what is the same for the files of a scan.
#[derive(Debug, Clone, Copy)]
pub struct Recipe([u8; 32]);

impl Recipe {
    /// For the entries of a dataset that is extracted with these options and, for `ts_captures`, this query.
    pub fn new(contract: &Contract, options: Options, query: Option<&CaptureQuery>) -> Self {
        // All of them: an option more must be thought of here.
        let Options {
            max_file_bytes,
            max_depth,
        } = options;
        let mut hash = Hasher::new();
        text(&mut hash, &fingerprint());
        text(&mut hash, contract.name);
        number(&mut hash, max_file_bytes);
        number(&mut hash, max_depth as u64);
        if let Some(query) = query {
            text(&mut hash, query.text());
            query.languages().iter().for_each(|l| text(&mut hash, l.name()));
        }
        Self(*hash.finalize().as_bytes())
    }

    /// The key of a file.
    pub fn key(&self, file: &FileHash) -> Key {
        let mut key = file.0;
        key.iter_mut().zip(self.0).for_each(|(byte, own)| *byte ^= own);
        Key(key)
    }
}

impl FileHash {
    /// That of a file with this content. `beside` is the source of a file of bytecode, if it is read for the dataset.
    pub fn new(entry: &Entry, content: &ContentHash, beside: Option<&Beside>) -> Self {
        // All of it: what a listing says of a file may be in its rows.
        let Entry {
            path,
            language,
            size,
            module,
            is_package,
        } = entry;
        let mut hash = Hasher::new();
        text(&mut hash, path);
        text(&mut hash, language.name());
        number(&mut hash, *size);
        optional(&mut hash, module.as_deref(), text);
        number(&mut hash, u64::from(*is_package));
        hash.update(&content.0);
        optional(&mut hash, beside, |hash, beside| {
            hash.update(&beside.content.0);
            optional(hash, beside.modified, |hash, seconds| number(hash, seconds as u64));
        });
        Self(*hash.finalize().as_bytes())
    }
}

// Each part says where it ends, so that no two lists of parts are the same bytes.

fn text(hash: &mut Hasher, text: &str) {
    number(hash, text.len() as u64);
    hash.update(text.as_bytes());
}

fn number(hash: &mut Hasher, number: u64) {
    hash.update(&number.to_le_bytes());
}

fn optional<T>(hash: &mut Hasher, value: Option<T>, add: impl Fn(&mut Hasher, T)) {
    number(hash, u64::from(value.is_some()));
    if let Some(value) = value {
        add(hash, value);
    }
}
