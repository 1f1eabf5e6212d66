//! The `.pyc` files of a folder, and their rows.

use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use codeanatomy_extract::Extractor;
use codeanatomy_extract::bytecode::{SourceFile, source_path};
use codeanatomy_extract::file::Entry;
use codeanatomy_model::Language;

/// The `.pyc` files below a folder, in the order of the bytes of their paths.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        for found in fs::read_dir(folder.join(&below))? {
            let found = found?;
            let path = format!("{below}{}", found.file_name().to_string_lossy());
            if found.file_type()?.is_dir() {
                folders.push(format!("{path}/"));
            } else if path.ends_with(".pyc") {
                entries.push(Entry {
                    path,
                    language: Language::Bytecode,
                    size: found.metadata()?.len(),
                    module: None,
                    is_package: false,
                });
            }
        }
    }
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Adds the rows of a file, with its source if that is needed and there.
pub(crate) fn add(extractor: &mut Extractor, folder: &Path, entry: &Entry) {
    let bytes = fs::read(folder.join(&entry.path));
    let path = source_path(&entry.path).filter(|_| extractor.reads_source_of_bytecode());
    let source = path.map(|path| folder.join(path)).and_then(|path| {
        let modified = fs::metadata(&path).ok()?.modified().ok()?;
        let seconds = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some((fs::read(&path).ok()?, i64::try_from(seconds).ok()))
    });
    let source = source.map(|(bytes, modified)| SourceFile { bytes, modified });
    extractor.add_bytecode(entry, bytes, source);
}
