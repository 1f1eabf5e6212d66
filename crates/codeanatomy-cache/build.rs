//! Takes the fingerprint of everything that decides what rows are and how they are stored, so that none who changes an extractor
//! has to think of a version.
#![allow(clippy::print_stdout)] // How a build script speaks to cargo.

use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// The crates that make rows, and this one, which stores them. Their manifests pin parsers.
const SOURCES: [&str; 5] = [
    "src",
    "../codeanatomy-extract/src",
    "../codeanatomy-extract/Cargo.toml",
    "../codeanatomy-model/src",
    "../codeanatomy-model/Cargo.toml",
];

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        list(&here.join(source), &mut files).map_err(|e| {
            format!(
                "{source}, whose fingerprint is taken, cannot be read: {e}; keep the crates of CodeAnatomy side by side"
            )
        })?;
    }
    // The versions of all that they are built on.
    if let Some(lock) = here
        .ancestors()
        .map(|folder| folder.join("Cargo.lock"))
        .find(|p| p.is_file())
    {
        println!("cargo::rerun-if-changed={}", lock.display());
        files.push(lock);
    }
    // The same sources have the same fingerprint in any folder.
    let mut hash = DefaultHasher::new();
    for file in files {
        let bytes = fs::read(&file)?;
        hash.write_usize(bytes.len());
        hash.write(&bytes);
    }
    println!("cargo::rustc-env=EXTRACTOR_FINGERPRINT={:016x}", hash.finish());
    Ok(())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        fs::metadata(path)?;
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut inside = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    inside.sort();
    inside.iter().try_for_each(|path| list(path, files))
}
