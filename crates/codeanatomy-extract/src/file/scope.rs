//! Why each path is in or out.

use std::path::Path;

use codeanatomy_model::dataset::FileScopeRow;
use codeanatomy_model::{Language, Languages};

use super::place::{Kind, Place, text, unreadable};
use super::{Globs, ListError};
use crate::language::built_in;

/// A path below a source and why it is in or out: a row of `file_scope`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scoped {
    /// The path relative to the source.
    pub path: String,
    /// The reason, as `file_scope.reason` has it.
    pub reason: &'static str,
}

impl Scoped {
    /// Whether the file is in scope.
    pub fn included(&self) -> bool {
        self.reason == "included"
    }

    /// The row.
    pub fn row(&self) -> FileScopeRow<'_> {
        FileScopeRow {
            path: &self.path,
            included: self.included(),
            reason: self.reason,
        }
    }
}

/// Says of everything below `source` why it is in or out, in the order of the bytes of the paths. What is included is
/// what [`super::walk`] lists of all languages that are source text.
pub fn scope(source: &Path, globs: &Globs) -> Result<Vec<Scoped>, ListError> {
    let place = Place::find(source)?;
    let languages = built_in().intersection(Languages::SOURCE);
    if let Some((file, language)) = &place.file {
        let reason = if languages.contains(*language) {
            "included"
        } else {
            "language"
        };
        return Ok(vec![Scoped {
            path: text(file),
            reason,
        }]);
    }
    let (folders, files) = place.visible()?;
    let mut rows = Vec::new();
    let mut open = vec![(String::new(), place.root)];
    while let Some((prefix, folder)) = open.pop() {
        for child in std::fs::read_dir(&folder).map_err(|e| unreadable(&folder, e))? {
            let child = child.map_err(|e| unreadable(&folder, e))?;
            let name = text(&child.file_name());
            let path = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}/{name}")
            };
            let kind = child
                .file_type()
                .map_err(|e| unreadable(&child.path(), e))
                .map(Kind::of)?;
            let visible = files.contains(&path) || folders.contains(&path);
            let reason = match kind {
                Kind::Folder if visible => {
                    open.push((path, child.path()));
                    continue;
                }
                _ if !visible && name.starts_with('.') => "hidden",
                Kind::Link => "symlink",
                Kind::Other => "not_a_file",
                _ if !visible => "ignored",
                _ if Language::of_path(&name).is_none_or(|l| !languages.contains(l)) => "language",
                _ if globs.excludes(&path) => "excluded",
                _ if !globs.includes(&path) => "not_included",
                _ => "included",
            };
            rows.push(Scoped { path, reason });
        }
    }
    rows.sort_unstable();
    Ok(rows)
}
