//! A folder or file of source code, as a query names it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codeanatomy_extract::Options;
use codeanatomy_extract::file::{Globs, ListError, Listing, Scoped, scope, walk};
use datafusion::common::{DataFusionError, Result, plan_err};

/// Which files of a source are in scope, and what is read of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Globs as in a `.gitignore`: if there is one, only files that match one are in scope.
    pub include: Vec<String>,
    /// Globs as in a `.gitignore`: files that match one are out of scope.
    pub exclude: Vec<String>,
    /// Bounds of what is read.
    pub limits: Options,
}

/// A source: where it is and what of it is in scope. Its files are listed anew by every scan.
#[derive(Debug, Clone)]
pub struct Source {
    root: PathBuf,
    globs: Globs,
    limits: Options,
}

impl Source {
    /// The source at `root`, a folder or a file. Fails if nothing is there, or if an option is no glob.
    pub fn new(root: impl AsRef<Path>, options: &SourceOptions) -> Result<Self> {
        let root = root.as_ref().to_path_buf();
        if !root.exists() {
            return Err(plan_error(&ListError::Missing { path: root }));
        }
        let globs = Globs::new(&options.include, &options.exclude).map_err(|e| plan_error(&e))?;
        Ok(Self {
            root,
            globs,
            limits: options.limits,
        })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Bounds of what is read.
    pub fn limits(&self) -> Options {
        self.limits
    }

    /// The files in scope, in path order. Reads folders and no file.
    pub fn list(&self) -> Result<Arc<Listing>> {
        walk(&self.root, &self.globs).map(Arc::new).map_err(|e| plan_error(&e))
    }

    /// The files in scope, of which there is at least one.
    pub(crate) fn list_some(&self) -> Result<Arc<Listing>> {
        let listing = self.list()?;
        if listing.entries.is_empty() {
            return plan_err!(
                "the source '{}' has no Python file in scope; 'SELECT * FROM file_scope(source => …)' says why each file is \
                 in or out",
                self.root.display()
            );
        }
        Ok(listing)
    }

    /// Why each path is in or out.
    pub(crate) fn scope(&self) -> Result<Vec<Scoped>> {
        scope(&self.root, &self.globs).map_err(|e| plan_error(&e))
    }
}

fn plan_error(error: &ListError) -> DataFusionError {
    DataFusionError::Plan(error.to_string())
}
