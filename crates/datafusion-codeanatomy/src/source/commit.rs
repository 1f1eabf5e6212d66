//! Files of a commit, read from git's objects: nothing is checked out.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::Arc;

use datafusion::common::{DataFusionError, Result, plan_err};
use gix::{ObjectId, Repository, ThreadSafeRepository};

/// A commit of a repository, or a folder or file of it.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    repository: ThreadSafeRepository,
    blobs: Arc<BTreeMap<String, ObjectId>>,
}

impl Commit {
    /// All regular files that the commit `rev` has at `place`, a folder or file in the work tree of a repository, or a bare repository: their
    /// paths relative to it, and their sizes.
    pub(super) fn list(place: &Path, rev: &str) -> Result<(Self, Vec<(String, u64)>)> {
        let error = |what: &dyn Display| DataFusionError::Plan(format!("'{}': {what}", place.display()));
        let place = place.canonicalize().map_err(|e| error(&e))?;
        let folder = if place.is_dir() {
            place.as_path()
        } else {
            place.parent().unwrap_or(&place)
        };
        let repository = gix::discover(folder).map_err(|e| error(&format!("no git repository, so no `rev`: {e}")))?;
        // A bare repository stands for its whole tree.
        let root = repository.workdir().unwrap_or(repository.git_dir());
        let root = root.canonicalize().map_err(|e| error(&e))?;
        if repository.workdir().is_none() && place != root {
            return plan_err!(
                "'{}' is a folder inside of a repository without a work tree; name the repository, '{}'",
                place.display(),
                root.display()
            );
        }
        let commit = repository
            .rev_parse_single(rev)
            .map_err(|e| error(&format!("the revision '{rev}' is none of its repository: {e}")))?;
        let mut tree = commit
            .object()
            .map_err(|e| error(&e))?
            .peel_to_tree()
            .map_err(|e| error(&e))?;
        let below = place.strip_prefix(&root).unwrap_or(Path::new(""));
        let mut blobs = BTreeMap::new();
        if !below.as_os_str().is_empty() {
            let Some(found) = tree.lookup_entry_by_path(below).map_err(|e| error(&e))? else {
                return plan_err!("the revision '{rev}' has nothing at '{}'", below.display());
            };
            if found.mode().is_blob() {
                let name = below.file_name().unwrap_or_default().to_string_lossy().into_owned();
                blobs.insert(name, found.object_id());
            } else {
                tree = found
                    .object()
                    .map_err(|e| error(&e))?
                    .peel_to_tree()
                    .map_err(|e| error(&e))?;
            }
        }
        if blobs.is_empty() {
            let files = tree.traverse().breadthfirst.files().map_err(|e| error(&e))?;
            let files = files.into_iter().filter(|file| file.mode.is_blob());
            blobs.extend(files.map(|file| (file.filepath.to_string(), file.oid)));
        }
        let mut sizes = vec![];
        for (path, id) in &blobs {
            let header = repository.find_header(*id).map_err(|e| error(&e))?;
            sizes.push((path.clone(), header.size()));
        }
        let repository = repository.clone().into_sync();
        let blobs = Arc::new(blobs);
        Ok((Self { repository, blobs }, sizes))
    }

    pub(super) fn reader(&self) -> CommitReader {
        CommitReader {
            repository: self.repository.to_thread_local(),
            blobs: Arc::clone(&self.blobs),
        }
    }
}

/// Reads blobs, on one thread.
pub(crate) struct CommitReader {
    repository: Repository,
    blobs: Arc<BTreeMap<String, ObjectId>>,
}

impl CommitReader {
    pub(super) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let Some(id) = self.blobs.get(path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut blob = self.repository.find_blob(*id).map_err(io::Error::other)?;
        Ok(blob.take_data())
    }
}

/// The paths below `place`, relative to it, of regular files that differ between the two commits of `range`, `A..B`: what one has and the other
/// has not, or has with other bytes. The commit that is left out behind the dots is `HEAD`.
pub(crate) fn changed_between(place: &Path, range: &str) -> Result<Vec<String>> {
    let Some((from, to)) = range
        .split_once("..")
        .filter(|(from, to)| !from.is_empty() && !to.starts_with('.'))
    else {
        return plan_err!("'{range}' is no range of commits; write two commits as in 'HEAD~3..HEAD'");
    };
    let (before, _) = Commit::list(place, from)?;
    let (after, _) = Commit::list(place, if to.is_empty() { "HEAD" } else { to })?;
    let is_changed = |path: &&String| before.blobs.get(*path) != after.blobs.get(*path);
    let paths: std::collections::BTreeSet<&String> = before.blobs.keys().chain(after.blobs.keys()).collect();
    Ok(paths.into_iter().filter(is_changed).cloned().collect())
}
