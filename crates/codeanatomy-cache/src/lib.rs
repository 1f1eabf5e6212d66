//! Rows of datasets that were extracted before, kept in a folder.
//!
//! ```text
//! file ─▶ key ─▶ found in a pack ─▶ columns ─▶ batches
//!              └▶ not found: extracted ─▶ encoded ─▶ columns, and a new pack
//! ```
//!
//! The *entry* of a file and a dataset holds all rows that the file has of it. Its [`Key`] is a hash of everything that decides them: the bytes
//! of the file, its path and what else the listing says of it, the options, and the [`fingerprint`] of the code that extracts. So an entry is
//! never out of date; it can only be of no more use.
//!
//! Entries stand in *packs*, files that are written whole, renamed into place, and never changed. So there are no locks: who
//! writes adds a pack, who reads sees the packs that are there, and what a killed writer leaves is no pack. Every byte of a
//! pack is under a checksum: an entry that is damaged is not found, and its pack is written anew without it.
//!
//! A file is hashed when it is read. It need not be read if [`KnownFiles`] has its hash: if the disk says the same of it as it did then.
//!
//! Rows come out of the same decoder whether they were found or have just been extracted.

mod cache;
mod column;
mod entry;
mod fingerprint;
mod key;
mod known;
mod pack;
mod rows;
mod tidy;

pub use cache::Cache;
pub use fingerprint::fingerprint;
pub use key::{Beside, ContentHash, FileHash, Key, Recipe};
pub use known::{KnownFiles, Moment};
pub use rows::{CachedRows, Counts};
