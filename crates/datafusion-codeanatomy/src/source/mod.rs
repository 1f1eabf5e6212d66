//! Where source code is: a folder or file, an object store, a commit of a repository, or a text.

mod commit;
mod files;
mod objects;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codeanatomy_extract::file::{Entry, Globs, ListError, Scoped, given, given_scope, scope, walk_with_threads};
use codeanatomy_extract::{Options, built_in};
use codeanatomy_model::{Language, Languages};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::runtime_env::RuntimeEnv;

use commit::Commit;
pub(crate) use commit::changed_between;
pub(crate) use files::{FileReader, Files, ReadSeek};
use objects::Objects;

/// Which files of a source are in scope, and what is read of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Globs as in a `.gitignore`: if there is one, only files that match one are in scope.
    pub include: Vec<String>,
    /// Globs as in a `.gitignore`: files that match one are out of scope.
    pub exclude: Vec<String>,
    /// The revision of the git repository around the source to read, such as `HEAD~3`, instead of what is on the disk.
    pub rev: Option<String>,
    /// The SCIP index of the source, instead of those that are files of it.
    pub scip_index: Option<PathBuf>,
    /// Bounds of what is read.
    pub limits: Options,
}

/// A source: where it is and what of it is in scope. Its files are listed anew by every scan.
#[derive(Debug, Clone)]
pub struct Source {
    place: Place,
    globs: Globs,
    scip_index: Option<PathBuf>,
    limits: Options,
}

#[derive(Debug, Clone)]
enum Place {
    Local(PathBuf),
    Commit { folder: PathBuf, rev: String },
    Objects(Box<ListingTableUrl>),
    Text { path: String, text: Arc<str> },
}

impl Source {
    /// The source at `location`: a folder or file, or the URL of one in an object store that the session knows
    /// (`s3://bucket/folder`). Fails if there is no such folder or file, or if an option makes no sense.
    ///
    /// On a disk, hidden files and those that git ignores are out of scope. In an object store, hidden files are: it is
    /// not read for lists of ignored files. In a commit, hidden files are.
    pub fn new(location: impl AsRef<Path>, options: &SourceOptions) -> Result<Self> {
        let path = location.as_ref();
        let url = path.to_str().filter(|text| text.contains("://"));
        let place = match (url, &options.rev) {
            (Some(url), None) => Place::Objects(Box::new(ListingTableUrl::parse(url)?)),
            (Some(url), Some(_)) => return plan_err!("'{url}' is no git repository: leave `rev` out"),
            (None, _) if !path.exists() => {
                let path = path.to_path_buf();
                return Err(plan_error(&ListError::Missing { path }));
            }
            (None, Some(rev)) => Place::Commit {
                folder: path.to_path_buf(),
                rev: rev.clone(),
            },
            (None, None) => Place::Local(path.to_path_buf()),
        };
        Self::at(place, options)
    }

    /// A source of one file with this text. The end of its path says its language.
    pub fn of_text(path: &str, text: &str, options: &SourceOptions) -> Result<Self> {
        let languages = built_in().intersection(Languages::SOURCE);
        if !Language::of_path(path).is_some_and(|l| languages.contains(l)) {
            return plan_err!("the path '{path}' says no language of a source text; name it as in 'text.py'");
        }
        if options.rev.is_some() {
            return plan_err!("a text has no revisions: leave `rev` out");
        }
        let (path, text) = (path.to_string(), text.into());
        Self::at(Place::Text { path, text }, options)
    }

    fn at(place: Place, options: &SourceOptions) -> Result<Self> {
        if let Some(index) = options.scip_index.as_ref().filter(|index| !index.is_file()) {
            return plan_err!("there is no SCIP index '{}'", index.display());
        }
        Ok(Self {
            place,
            scip_index: options.scip_index.clone(),
            globs: Globs::new(&options.include, &options.exclude).map_err(|e| plan_error(&e))?,
            limits: options.limits,
        })
    }

    /// Where it is, as text.
    pub fn shown(&self) -> String {
        match &self.place {
            Place::Local(path) => path.display().to_string(),
            Place::Commit { folder, rev } => format!("{} at {rev}", folder.display()),
            Place::Objects(url) => url.to_string(),
            Place::Text { path, .. } => path.clone(),
        }
    }

    /// Bounds of what is read.
    pub fn limits(&self) -> Options {
        self.limits
    }

    /// The SCIP index that was given, if one was.
    pub(crate) fn scip_index(&self) -> Option<&Path> {
        self.scip_index.as_deref()
    }

    /// Whether it has a SCIP index.
    pub(crate) async fn has_index(&self, runtime: &RuntimeEnv) -> Result<bool> {
        Ok(self.scip_index.is_some() || !self.list(runtime, Languages::SCIP, 1).await?.entries.is_empty())
    }

    /// The files in scope that are in one of these languages, in path order. Reads folders and no file, with so many threads where they
    /// are on a disk. Of SCIP indexes, the one that was given, if one was.
    pub(crate) async fn list(&self, runtime: &RuntimeEnv, languages: Languages, threads: usize) -> Result<Files> {
        let files = self.list_in_scope(runtime, languages, threads).await?;
        match &self.scip_index {
            Some(index) if languages == Languages::SCIP => {
                let size = index.metadata().map_or(0, |metadata| metadata.len());
                Ok(files.with_entries(vec![Entry {
                    path: "index.scip".to_string(),
                    language: Language::Scip,
                    size,
                    module: None,
                    is_package: false,
                }]))
            }
            _ => Ok(files),
        }
    }

    async fn list_in_scope(&self, runtime: &RuntimeEnv, languages: Languages, threads: usize) -> Result<Files> {
        let globs = &self.globs;
        match self.place.clone() {
            Place::Local(path) => {
                let globs = globs.clone();
                let list = move || walk_with_threads(&path, &globs, languages, threads).map_err(|e| plan_error(&e));
                Ok(Files::local(on_blocking_thread(list).await?))
            }
            Place::Commit { folder, rev } => {
                let globs = globs.clone();
                on_blocking_thread(move || {
                    let (commit, files) = Commit::list(&folder, &rev)?;
                    Ok(Files::commit(given(files, &globs, languages), commit))
                })
                .await
            }
            Place::Objects(url) => {
                let (objects, files) = Objects::list(&url, runtime).await?;
                Ok(Files::objects(given(files, globs, languages), objects))
            }
            Place::Text { path, text } => {
                let file = (path, text.len() as u64);
                Ok(Files::text(given([file], globs, languages), text))
            }
        }
    }

    /// The files of source text in scope, of which there is at least one.
    pub(crate) async fn list_some(&self, runtime: &RuntimeEnv) -> Result<Files> {
        let files = self.list(runtime, Languages::SOURCE, 1).await?;
        if files.entries.is_empty() {
            return plan_err!(
                "the source '{}' has no source file in scope; 'SELECT * FROM file_scope(source => …)' says why each file \
                 is in or out",
                self.shown()
            );
        }
        Ok(files)
    }

    /// Why each path is in or out.
    pub(crate) async fn scope(&self, runtime: &RuntimeEnv) -> Result<Vec<Scoped>> {
        let globs = self.globs.clone();
        let paths = |files: Vec<(String, u64)>| files.into_iter().map(|(path, _)| path);
        match self.place.clone() {
            Place::Local(path) => on_blocking_thread(move || scope(&path, &globs).map_err(|e| plan_error(&e))).await,
            Place::Commit { folder, rev } => {
                on_blocking_thread(move || Ok(given_scope(paths(Commit::list(&folder, &rev)?.1), &globs))).await
            }
            Place::Objects(url) => Ok(given_scope(paths(Objects::list(&url, runtime).await?.1), &globs)),
            Place::Text { path, .. } => Ok(given_scope([path], &globs)),
        }
    }
}

/// Runs `work` where it keeps no other task waiting.
pub(crate) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    SpawnedTask::spawn_blocking(work)
        .join_unwind()
        .await
        .map_err(|e| DataFusionError::External(Box::new(e)))?
}

fn plan_error(error: &ListError) -> DataFusionError {
    DataFusionError::Plan(error.to_string())
}
