//! From paths to module names.

use std::collections::BTreeSet;
use std::path::Path;

use unicode_ident::{is_xid_continue, is_xid_start};

/// The ends of the names of Python files.
const SUFFIXES: [&str; 3] = [".py", ".pyi", ".pyw"];

/// The file's name without its end, if it is a Python file.
pub(super) fn stem(file: &str) -> Option<&str> {
    SUFFIXES
        .iter()
        .find_map(|suffix| file.strip_suffix(suffix))
        .filter(|stem| !stem.is_empty())
}

/// What is known of the packages of a source.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// The folders with an `__init__` file, relative to the source; the source itself is the empty path.
    folders: BTreeSet<String>,
    /// The packages that the source itself stands in, outermost first, itself included if it is one.
    around: Vec<String>,
}

impl Packages {
    /// Finds the packages among the paths of Python files. `around` are the packages that the source stands in.
    pub(super) fn new<'p>(paths: impl Iterator<Item = &'p str>, around: Vec<String>) -> Self {
        let folder = |path: &str| {
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            (stem(file) == Some("__init__")).then(|| folder.to_owned())
        };
        Self {
            folders: paths.filter_map(folder).collect(),
            around,
        }
    }

    /// The module name of a file and whether it is the `__init__` of a package.
    pub(super) fn module(&self, path: &str) -> (Option<String>, bool) {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(stem) = stem(file) else { return (None, false) };
        let is_package = stem == "__init__";
        let mut top = folder;
        while self.is_package(top) && !top.is_empty() && self.is_package(parent(top)) {
            top = parent(top);
        }
        let mut parts: Vec<&str> = Vec::new();
        let below = if !self.is_package(folder) {
            // No package: the path below the source, or below its `src`.
            folder
                .strip_prefix("src")
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .unwrap_or(folder)
        } else if top.is_empty() {
            parts.extend(self.around.iter().map(String::as_str));
            folder
        } else {
            &folder[parent(top).len()..]
        };
        parts.extend(below.split('/').filter(|part| !part.is_empty()));
        if !is_package {
            parts.push(stem);
        }
        let named = !parts.is_empty() && parts.iter().all(|part| is_identifier(part));
        (named.then(|| parts.join(".")), is_package)
    }

    fn is_package(&self, folder: &str) -> bool {
        if folder.is_empty() {
            !self.around.is_empty()
        } else {
            self.folders.contains(folder)
        }
    }
}

/// The names of the packages that a folder stands in, outermost first, itself included if it is one.
pub(super) fn packages_around(folder: &Path) -> Vec<String> {
    let is_package = |f: &Path| SUFFIXES.iter().any(|s| f.join(format!("__init__{s}")).is_file());
    let mut names: Vec<String> = folder
        .ancestors()
        .take_while(|f| is_package(f))
        .map(|f| {
            f.file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default()
        })
        .collect();
    names.reverse();
    names
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether a part of a path can be a part of a module name.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || is_xid_start(c)) && chars.all(is_xid_continue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_package_gives_the_name() {
        let paths = [
            "pkg/__init__.py",
            "pkg/sub/__init__.pyi",
            "lib/x/__init__.py",
            "src/app/__init__.py",
        ];
        let packages = Packages::new(paths.into_iter(), vec![]);
        for (path, module, is_package) in [
            ("pkg/__init__.py", Some("pkg"), true),
            ("pkg/sub/mod.py", Some("pkg.sub.mod"), false),
            ("pkg/sub/__init__.pyi", Some("pkg.sub"), true),
            ("pkg/data/mod.py", Some("pkg.data.mod"), false),
            ("lib/x/y.py", Some("x.y"), false),
            ("src/app/main.py", Some("app.main"), false),
            ("src/tool.py", Some("tool"), false),
            ("srcs/tool.py", Some("srcs.tool"), false),
            ("größe.py", Some("größe"), false),
            ("a-b/c.py", None, false),
            ("1a.py", None, false),
            ("a.b.py", None, false),
        ] {
            assert_eq!(packages.module(path), (module.map(str::to_owned), is_package), "{path}");
        }
    }

    #[test]
    fn a_source_inside_a_package_carries_its_name() {
        let packages = Packages::new(
            ["__init__.py", "sub/__init__.py"].into_iter(),
            vec!["a".into(), "b".into()],
        );
        assert_eq!(packages.module("__init__.py"), (Some("a.b".into()), true));
        assert_eq!(packages.module("sub/x.py"), (Some("a.b.sub.x".into()), false));
        assert_eq!(packages.module("data/x.py"), (Some("data.x".into()), false));
    }
}
