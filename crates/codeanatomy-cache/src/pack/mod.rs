//! Many entries in one file, which is written once and never changed.
//!
//! ```text
//! pack  = magic entries index foot
//! index = (key:32 length:u32 checksum:u64)…                   as the entries stand; the checksum, XXH3, is that of the entry
//! foot  = count:u32 checksum:u64 magic                        the checksum is that of the index
//! ```
//!
//! There is no byte beside these. So a pack that was cut or changed is told from a whole one: by its foot, or by the entry.

mod open;
mod read;
mod write;

pub(crate) use open::{OpenPack, Window};
pub(crate) use read::{Pack, Place};
pub(crate) use write::PackWriter;

const MAGIC: &[u8; 8] = b"CodeAna1";
const PLACE_BYTES: usize = 32 + 4 + 8;
const FOOT_BYTES: usize = 4 + 8 + MAGIC.len();

/// What the names of packs end in.
pub(crate) const SUFFIX: &str = ".pack";
/// What the names of packs end in that are not complete.
pub(crate) const UNFINISHED: &str = ".tmp";
