//! What the disk says of a file without its bytes.

use std::fs::Metadata;

/// A file that was changed less long ago may be changed again without a sign: times have steps, the longest known of which are the two seconds
/// of FAT. In nanoseconds.
const STEP: i64 = 2_000_000_000;

/// The numbers by which a change of a file shows: the file itself, its size, and when its content and its metadata were last changed. No program can
/// set the last of these, and every write, rename and change of the times sets it. As in the index of git.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stat {
    /// The device.
    pub device: u64,
    /// The number of the file on it.
    pub inode: u64,
    /// The size in bytes.
    pub size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When the content or the metadata was changed, in nanoseconds since 1970.
    pub changed: i64,
}

impl Stat {
    /// That of a regular file, where the system has these numbers.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        metadata.is_file().then_some(())?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec())?,
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec())?,
        })
    }

    /// That of a regular file, where the system has these numbers.
    #[cfg(not(unix))]
    pub fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }

    /// Whether the file had been left alone for so long at a time, in nanoseconds since 1970, that a change after that time shows in these numbers.
    pub fn is_settled(&self, at: i64) -> bool {
        self.modified.max(self.changed) < at.saturating_sub(STEP)
    }
}
