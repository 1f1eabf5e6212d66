//! Files that something else than a walk has listed: an object store, a commit.

use codeanatomy_model::{Language, Languages};

use super::list::describe;
use super::module::Packages;
use super::{Entry, Globs, Scoped};
use crate::language::built_in;

/// Which of the files with these paths and sizes are in scope, in the order of the bytes of their paths. A path is
/// relative to the source. Hidden files are left out, and what is in no language of `languages` that is built in.
pub fn given(files: impl IntoIterator<Item = (String, u64)>, globs: &Globs, languages: Languages) -> Vec<Entry> {
    let languages = languages.intersection(built_in());
    let mut files: Vec<(String, u64)> = files.into_iter().filter(|(path, _)| !is_hidden(path)).collect();
    files.sort_unstable();
    let packages = Packages::new(files.iter().map(|(path, _)| path.as_str()), Vec::new());
    let in_scope = |(path, size): (String, u64)| {
        let language = Language::of_path(&path).filter(|l| languages.contains(*l))?;
        let picked = globs.includes(&path) && !globs.excludes(&path);
        picked.then(|| describe(path, language, size, &packages))
    };
    files.into_iter().filter_map(in_scope).collect()
}

/// Says of each of these paths why it is in or out, in the order of their bytes.
pub fn given_scope(paths: impl IntoIterator<Item = String>, globs: &Globs) -> Vec<Scoped> {
    let languages = built_in().intersection(Languages::SOURCE);
    let reason = |path: &str| match Language::of_path(path) {
        _ if is_hidden(path) => "hidden",
        Some(language) if languages.contains(language) => match () {
            () if globs.excludes(path) => "excluded",
            () if !globs.includes(path) => "not_included",
            () => "included",
        },
        _ => "language",
    };
    let mut rows: Vec<Scoped> = paths
        .into_iter()
        .map(|path| Scoped {
            reason: reason(&path),
            path,
        })
        .collect();
    rows.sort_unstable();
    rows
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_what_the_scope_says_is_included() -> Result<(), super::super::ListError> {
        let paths = [
            "pkg/b.py",
            "pkg/__init__.py",
            ".git/x.py",
            "a.txt",
            "pkg/.c.py",
            "tests/d.py",
        ];
        let globs = Globs::new([] as [&str; 0], ["tests/"])?;
        let files = given(paths.iter().map(|p| ((*p).to_owned(), 1)), &globs, Languages::SOURCE);
        let modules: Vec<_> = files.iter().map(|f| (f.path.as_str(), f.module.as_deref())).collect();
        assert_eq!(modules, [("pkg/__init__.py", Some("pkg")), ("pkg/b.py", Some("pkg.b"))]);
        let scope = given_scope(paths.map(str::to_owned), &globs);
        let included: Vec<_> = scope.iter().filter(|s| s.included()).map(|s| s.path.as_str()).collect();
        assert_eq!(included, ["pkg/__init__.py", "pkg/b.py"]);
        assert_eq!(scope.len(), paths.len());
        Ok(())
    }
}
