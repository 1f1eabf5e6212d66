//! Where upstream's files are, and a working folder that looks like upstream's repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The given folder, or the `test_files` of the crate that this was built with, which Cargo knows.
pub(crate) fn locate(dir: Option<PathBuf>) -> Result<PathBuf, String> {
    let dir = dir.map_or_else(from_cargo, Ok)?;
    dir.canonicalize()
        .map_err(|error| format!("cannot read the engine suite {}: {error}", dir.display()))
}

fn from_cargo() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(crate::home().join("Cargo.toml"))
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cannot read cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    packages
        .iter()
        .find(|package| package["name"] == "datafusion-sqllogictest")
        .and_then(|package| Path::new(package["manifest_path"].as_str()?).parent())
        .map(|package| package.join("test_files"))
        .ok_or_else(|| "cargo metadata does not name datafusion-sqllogictest".to_owned())
}

/// A folder laid out like upstream's repository, removed when dropped.
#[derive(Debug)]
pub(crate) struct Repository {
    root: TempDir,
}

impl Repository {
    /// Makes it, for a suite in a checkout or in a published crate. Data that is in neither is simply not there.
    pub(crate) fn new(suite: &Path, files: &[String]) -> std::io::Result<Self> {
        let root = TempDir::new()?;
        let repository = Self { root };
        let working = repository.working();
        for file in files {
            // Upstream names the scratch folder after the file's stem.
            let stem = Path::new(file).file_stem().unwrap_or_default();
            std::fs::create_dir_all(working.join("test_files/scratch").join(stem))?;
        }
        let package = suite.parent().unwrap_or(suite);
        let checkout = package.ancestors().nth(2).unwrap_or(package);
        link(package.join("data"), working.join("data"))?;
        for name in ["core", "datasource-arrow"] {
            let published = published_sibling(package, name);
            let source = [package.with_file_name(name)]
                .into_iter()
                .chain(published)
                .find(|path| path.is_dir());
            link(
                source.unwrap_or_default(),
                repository.root.path().join("datafusion").join(name),
            )?;
        }
        for name in ["testing", "parquet-testing"] {
            link(checkout.join(name), repository.root.path().join(name))?;
        }
        Ok(repository)
    }

    /// The working directory that upstream's files expect.
    pub(crate) fn working(&self) -> PathBuf {
        self.root.path().join("datafusion/sqllogictest")
    }
}

/// The crate of the same release that holds the tests' data, in a registry's folder: `datafusion-core` is `datafusion`.
fn published_sibling(package: &Path, name: &str) -> Option<PathBuf> {
    let version = package
        .file_name()?
        .to_str()?
        .strip_prefix("datafusion-sqllogictest-")?;
    let sibling = if name == "core" {
        format!("datafusion-{version}")
    } else {
        format!("datafusion-{name}-{version}")
    };
    Some(package.with_file_name(sibling))
}

#[cfg(unix)]
fn link(source: PathBuf, target: PathBuf) -> std::io::Result<()> {
    if source.is_dir() {
        std::os::unix::fs::symlink(source, target)
    } else {
        Ok(())
    }
}

#[cfg(not(unix))]
fn link(_source: PathBuf, _target: PathBuf) -> std::io::Result<()> {
    Ok(())
}
