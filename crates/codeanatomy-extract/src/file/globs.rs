//! Which paths an option picks.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::ListError;

/// The options `include` and `exclude` of a source: lists of globs on the path relative to the source, with the meaning
/// that a line of `.gitignore` has. So `*.py` matches at any depth, `/setup.py` only at the top, and `tests/` everything
/// below any folder of that name.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    include: Option<Gitignore>,
    exclude: Option<Gitignore>,
}

impl Globs {
    /// Globs of paths to take (all if there is none) and of paths to leave out.
    pub fn new(
        include: impl IntoIterator<Item = impl AsRef<str>>,
        exclude: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, ListError> {
        Ok(Self {
            include: compile(include)?,
            exclude: compile(exclude)?,
        })
    }

    /// Whether `path` is picked by `include`.
    pub(super) fn includes(&self, path: &str) -> bool {
        self.include
            .as_ref()
            .is_none_or(|globs| globs.matched_path_or_any_parents(path, false).is_ignore())
    }

    /// Whether the file `path` is left out by `exclude`.
    pub(super) fn excludes(&self, path: &str) -> bool {
        self.exclude
            .as_ref()
            .is_some_and(|globs| globs.matched_path_or_any_parents(path, false).is_ignore())
    }

    /// Whether `exclude` names the folder `path`, so that nothing below it need be looked at.
    pub(super) fn excludes_folder(&self, path: &str) -> bool {
        // A later glob that begins with `!` may take a file below back.
        self.exclude
            .as_ref()
            .is_some_and(|globs| globs.num_whitelists() == 0 && globs.matched(path, true).is_ignore())
    }
}

fn compile(globs: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Option<Gitignore>, ListError> {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    let mut some = false;
    for glob in globs {
        let glob = glob.as_ref();
        let bad = |reason: String| ListError::Glob {
            glob: glob.to_owned(),
            reason,
        };
        if glob.trim().is_empty() {
            return Err(bad("it is empty".to_owned()));
        }
        // A line of `.gitignore` may be a comment, a glob is none.
        let line = if glob.starts_with('#') {
            format!("\\{glob}")
        } else {
            glob.to_owned()
        };
        builder.add_line(None, &line).map_err(|e| bad(reason(&e)))?;
        some = true;
    }
    if !some {
        return Ok(None);
    }
    let built = builder.build().map_err(|e| ListError::Glob {
        glob: String::new(),
        reason: reason(&e),
    })?;
    Ok(Some(built))
}

/// The reason without the glob, which the error names already.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(globs: &[&str], path: &str) -> bool {
        Globs::new(globs, [] as [&str; 0]).is_ok_and(|g| g.includes(path))
    }

    #[test]
    fn a_glob_without_a_slash_matches_at_any_depth() {
        assert!(picked(&["*.py"], "a.py") && picked(&["*.py"], "a/b/c.py") && !picked(&["*.py"], "a.pyi"));
        assert!(picked(&["**/*.py"], "a.py") && picked(&["a/**/c.py"], "a/b/b/c.py"));
        assert!(picked(&["/a.py"], "a.py") && !picked(&["/a.py"], "b/a.py"));
        assert!(
            picked(&["tests/"], "x/tests/y/z.py") && picked(&["a/b"], "a/b/c.py") && !picked(&["a/b"], "x/a/b/c.py")
        );
        assert!(picked(&[], "anything"));
    }

    #[test]
    fn a_bad_glob_is_named() {
        let error = Globs::new(["*.py", "a[b"], [] as [&str; 0])
            .map(|_| ())
            .map_err(|e| e.to_string());
        let message = error.expect_err("an open bracket");
        assert!(
            message.contains("a[b") && message.contains("unclosed character class"),
            "{message}"
        );
    }
}
