//! The header of a `.pyc` file (PEP 552), its version, and where its source is.

use std::hash::Hasher;

use siphasher::sip::{SipHasher13, SipHasher24};

/// The length of the header in bytes, since Python 3.7.
pub(super) const LENGTH: usize = 16;
/// The flag that says that the header holds a hash.
const HAS_HASH: u32 = 1;
/// The flag that says that the hash is compared before the file is used.
const IS_CHECKED: u32 = 2;

/// The magic numbers of each minor version of Python 3: from its first alpha to its release, which is the one that is read.
const MAGIC: [(u16, u16, u8); 11] = [
    (3320, 3351, 5),
    (3360, 3379, 6),
    (3390, 3394, 7),
    (3400, 3413, 8),
    (3420, 3425, 9),
    (3430, 3439, 10),
    (3450, 3495, 11),
    (3500, 3531, 12),
    (3550, 3571, 13),
    (3600, 3627, 14),
    (3650, 3699, 15),
];

/// What the header says about the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invalidation {
    Timestamp { modified: u32, size: u32 },
    Hash { hash: [u8; 8], is_checked: bool },
}

/// The header of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) magic: u16,
    /// The minor version of Python 3 that the magic number belongs to.
    pub(super) minor: Option<u8>,
    /// Whether it is that of a release, and not of one before it.
    is_release: bool,
    /// The flags and what they announce, if the version has them.
    pub(super) source: Option<(u32, Invalidation)>,
}

/// A source file, to compare a header with and to find places in.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was modified, in seconds since 1970, if that is known.
    pub modified: Option<i64>,
}

impl Header {
    /// Reads a header; none if there is not even a magic number.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let magic = u16::from_le_bytes([*data.first()?, *data.get(1)?]);
        let known = MAGIC.iter().find(|&&(first, last, _)| (first..=last).contains(&magic));
        let has_mark = data.get(2..4).is_none_or(|mark| mark == b"\r\n");
        let known = known.filter(|_| has_mark);
        let minor = known.map(|&(_, _, minor)| minor);
        let number = |at: usize| Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?));
        let source = || {
            let flags = number(4)?;
            let invalidation = if flags & HAS_HASH == 0 {
                Invalidation::Timestamp {
                    modified: number(8)?,
                    size: number(12)?,
                }
            } else {
                Invalidation::Hash {
                    hash: data.get(8..LENGTH)?.try_into().ok()?,
                    is_checked: flags & IS_CHECKED != 0,
                }
            };
            Some((flags, invalidation))
        };
        Some(Self {
            magic,
            minor,
            is_release: known.is_some_and(|&(_, last, _)| last == magic),
            source: minor.filter(|&minor| minor >= 7).and_then(|_| source()),
        })
    }

    /// The minor version, if files of it are read.
    pub(super) fn supported(&self) -> Option<u8> {
        self.minor.filter(|minor| self.is_release && (9..=14).contains(minor))
    }

    /// Whether it fits a source file; none if that cannot be told.
    pub(super) fn matches(&self, source: &SourceFile) -> Option<bool> {
        match self.source?.1 {
            Invalidation::Hash { hash, .. } => Some(self.hash(&source.bytes) == hash),
            Invalidation::Timestamp { modified, size } => {
                // Both are kept modulo 2³².
                if source.bytes.len() as u32 != size {
                    return Some(false);
                }
                source.modified.map(|time| time as u32 == modified)
            }
        }
    }

    /// `importlib.util.source_hash`: keyed by the magic number; the algorithm changed with that of strings.
    fn hash(&self, bytes: &[u8]) -> [u8; 8] {
        let key = u64::from(self.magic) | u64::from(u16::from_le_bytes(*b"\r\n")) << 16;
        let hash = if self.minor.is_some_and(|minor| minor < 11) {
            let mut hasher = SipHasher24::new_with_keys(key, 0);
            hasher.write(bytes);
            hasher.finish()
        } else {
            let mut hasher = SipHasher13::new_with_keys(key, 0);
            hasher.write(bytes);
            hasher.finish()
        };
        hash.to_le_bytes()
    }
}

/// The source of a `.pyc` file by the rule of `importlib.util.source_from_cache`; or, outside of `__pycache__`, the file
/// beside it. None if the path follows neither form.
pub fn source_path(path: &str) -> Option<String> {
    let (folder, file) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, file)| (folder, file));
    let stem = file.strip_suffix(".pyc")?;
    let (above, name) = match folder.rsplit_once('/') {
        Some((above, "__pycache__")) => (format!("{above}/"), tagged(stem)?),
        None if folder == "__pycache__" => (String::new(), tagged(stem)?),
        None if folder.is_empty() => (String::new(), stem),
        _ => (format!("{folder}/"), stem),
    };
    (!name.is_empty()).then(|| format!("{above}{name}.py"))
}

/// The name in `name.cpython-311` or `name.cpython-311.opt-1`.
fn tagged(stem: &str) -> Option<&str> {
    let (name, tags) = stem.split_once('.')?;
    match tags.split_once('.') {
        None => Some(name),
        Some((_, level)) => level
            .strip_prefix("opt-")
            .filter(|level| !level.is_empty() && level.bytes().all(|b| b.is_ascii_alphanumeric()))
            .map(|_| name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_stand_where_the_interpreter_looks_for_them() {
        for (path, source) in [
            ("a/__pycache__/x.cpython-311.pyc", Some("a/x.py")),
            ("__pycache__/x.cpython-311.opt-1.pyc", Some("x.py")),
            ("a/x.pyc", Some("a/x.py")),
            ("x.pyc", Some("x.py")),
            ("__pycache__/x.pyc", None),
            ("__pycache__/x.cpython-311.2.pyc", None),
            ("__pycache__/.cpython-311.pyc", None),
            ("x.py", None),
        ] {
            assert_eq!(source_path(path).as_deref(), source, "{path}");
        }
    }

    #[test]
    fn source_hashes_are_those_of_the_interpreters() {
        // `importlib.util.source_hash(b"abc")` of each.
        for (magic, hash) in [
            (3425, 0x99db_c6db_2700_1f36_u64),
            (3439, 0x1594_3dbf_4b6a_5b43),
            (3495, 0xf5a4_1d7c_e782_afc7),
            (3531, 0x32fd_baf8_3157_0fa0),
            (3571, 0xa090_4753_1a55_ffc9),
            (3627, 0x4a7b_e9a5_f61b_466e),
        ] {
            let [low, high] = u16::to_le_bytes(magic);
            let header = Header::read(&[low, high, b'\r', b'\n']).expect("a magic number");
            assert_eq!(header.hash(b"abc"), hash.to_le_bytes(), "{magic}");
        }
    }
}
