//! Files on a disk that are there whole or not at all, also after a power cut.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file and flushes it to the disk.
pub(super) fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// The name under which the next content of a file is written.
pub(super) fn next_name(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    name
}

/// Replaces a file in one step: the new content is written beside it, flushed, and renamed.
pub(super) fn write_replacing(path: &Path, content: &[u8]) -> io::Result<()> {
    let next = path.with_file_name(next_name(path));
    write_synced(&next, content)?;
    fs::rename(&next, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes renames in `folder` durable, where folders can be opened.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes a folder with what is in it, if it is there.
pub(super) fn remove_folder(folder: &Path) -> io::Result<()> {
    fs::remove_dir_all(folder).or_else(|e| match e.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(e),
    })
}
