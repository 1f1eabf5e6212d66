//! The variables that keep machine paths out of the suites.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Folders that a suite may name, by variable. The scratch folder is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Places {
    /// Variable and absolute path, the longest path first, so that no path hides one inside it.
    folders: Vec<(&'static str, String)>,
    _scratch: TempDir,
}

impl Places {
    /// Finds the folders under `home` and makes a scratch folder.
    pub(crate) fn new(home: &Path) -> io::Result<Self> {
        let scratch = TempDir::new()?;
        let mut folders = vec![
            ("${WORK_DIR}", absolute(scratch.path())?),
            ("${SUITE_DIR}", absolute(&home.join("suites"))?),
            ("${FIXTURES}", absolute(&home.join("fixtures"))?),
        ];
        folders.sort_by_key(|(_, path)| std::cmp::Reverse(path.len()));
        Ok(Self {
            folders,
            _scratch: scratch,
        })
    }

    /// Variables become paths.
    pub(crate) fn expand(&self, sql: &str) -> String {
        self.folders
            .iter()
            .fold(sql.to_owned(), |text, (variable, path)| text.replace(variable, path))
    }

    /// Paths become variables, also where the engine writes them without the leading slash.
    pub(crate) fn portable(&self, text: &str) -> String {
        self.folders.iter().fold(text.to_owned(), |text, (variable, path)| {
            text.replace(path, variable)
                .replace(path.trim_start_matches('/'), variable)
        })
    }
}

/// With links resolved where the folder exists, since that is how the engine reports it.
fn absolute(path: &Path) -> io::Result<String> {
    let path: PathBuf = path.canonicalize().or_else(|_| std::path::absolute(path))?;
    Ok(path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_the_variables_they_were() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::new(home.path()).unwrap();
        let sql = "COPY t TO '${WORK_DIR}/a.csv'; SELECT '${FIXTURES}', '${SUITE_DIR}'";
        let expanded = places.expand(sql);
        assert!(!expanded.contains("${"));
        assert_eq!(places.portable(&expanded), sql);
        let object_store_path = places.expand("${WORK_DIR}/a.csv").trim_start_matches('/').to_owned();
        assert_eq!(places.portable(&object_store_path), "${WORK_DIR}/a.csv");
    }
}
