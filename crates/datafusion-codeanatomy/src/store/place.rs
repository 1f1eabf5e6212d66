//! Where graphs are kept: a folder, or a prefix of an object store.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::{DataFusionError, Result, exec_datafusion_err, exec_err};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::object_store::{
    Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion, WriteMultipart,
};
use futures::TryStreamExt;

use super::durable::{remove_folder, sync_folder, write_replacing, write_synced};

/// The place of a store of graphs. Names within it are relative and use `/`.
#[derive(Debug, Clone)]
pub struct Place {
    kind: Kind,
    shown: String,
}

#[derive(Debug, Clone)]
enum Kind {
    Local(PathBuf),
    Objects {
        store: Arc<dyn ObjectStore>,
        prefix: ObjectPath,
    },
}

/// What a file was when it was read, so that it is replaced only if it still is that.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    /// There was none.
    Nothing,
    /// On a disk a lock keeps other writers away.
    Locked,
    /// In an object store.
    Version(UpdateVersion),
}

/// How an attempt to replace a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    Yes,
    /// Another writer was faster.
    Conflict,
}

impl Place {
    /// The place that `location` names: a folder, or a URL of an object store that `runtime` knows. Nothing needs to be
    /// there yet.
    pub fn new(location: impl AsRef<Path>, runtime: &RuntimeEnv) -> Result<Self> {
        let path = location.as_ref();
        match path.to_str().filter(|text| text.contains("://")) {
            None => Ok(Self {
                kind: Kind::Local(path.to_path_buf()),
                shown: path.display().to_string(),
            }),
            Some(text) => {
                let folder = format!("{}/", text.trim_end_matches('/'));
                let url = ListingTableUrl::parse(&folder)?;
                if url.scheme() == "file" {
                    let path = PathBuf::from(format!("/{}", url.prefix()));
                    return Ok(Self {
                        shown: path.display().to_string(),
                        kind: Kind::Local(path),
                    });
                }
                let store = runtime.object_store(&url)?;
                let prefix = url.prefix().clone();
                Ok(Self {
                    kind: Kind::Objects { store, prefix },
                    shown: folder.trim_end_matches('/').to_string(),
                })
            }
        }
    }

    /// As a user wrote it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The folder, if it is one on a disk.
    pub fn local(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Local(path) => Some(path),
            Kind::Objects { .. } => None,
        }
    }

    /// The path or URL of something in it.
    pub fn location_of(&self, name: &str) -> Result<String> {
        match &self.kind {
            Kind::Objects { .. } => Ok(format!("{}/{name}", self.shown)),
            Kind::Local(root) => match root.join(name).into_os_string().into_string() {
                Ok(path) => Ok(path),
                Err(_) => exec_err!("the folder '{}' has a name that is not UTF-8", self.shown),
            },
        }
    }

    /// A file's content; none if it is not there.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.read_seen(name).await?.map(|(content, _)| content))
    }

    /// A file's content, and what tells whether it was replaced since.
    pub(super) async fn read_seen(&self, name: &str) -> Result<Option<(Vec<u8>, Seen)>> {
        match &self.kind {
            Kind::Local(root) => match fs::read(root.join(name)) {
                Ok(content) => Ok(Some((content, Seen::Locked))),
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
                Err(e) => Err(self.cannot("read", name, &e)),
            },
            Kind::Objects { store, prefix } => match store.get(&below(prefix, name)).await {
                Ok(object) => {
                    let version = UpdateVersion {
                        e_tag: object.meta.e_tag.clone(),
                        version: object.meta.version.clone(),
                    };
                    let size = object.meta.size;
                    let content = object.bytes().await.map_err(|e| self.cannot("read", name, &e))?;
                    if content.len() as u64 != size {
                        return exec_err!(
                            "'{}/{name}' came with {} of its {size} bytes; read it again",
                            self.shown,
                            content.len()
                        );
                    }
                    Ok(Some((content.to_vec(), Seen::Version(version))))
                }
                Err(StoreError::NotFound { .. }) => Ok(None),
                Err(e) => Err(self.cannot("read", name, &e)),
            },
        }
    }

    /// The size of a file in bytes; none if it is not there.
    pub(super) async fn size(&self, name: &str) -> Result<Option<u64>> {
        match &self.kind {
            Kind::Local(root) => match fs::metadata(root.join(name)) {
                Ok(file) => Ok(Some(file.len())),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(self.cannot("read", name, &e)),
            },
            Kind::Objects { store, prefix } => match store.head(&below(prefix, name)).await {
                Ok(object) => Ok(Some(object.size)),
                Err(StoreError::NotFound { .. }) => Ok(None),
                Err(e) => Err(self.cannot("read", name, &e)),
            },
        }
    }

    /// Replaces a file in one step, if it still is what was seen. Readers find it as it was or as it is then.
    pub(super) async fn replace(&self, name: &str, content: Vec<u8>, seen: &Seen) -> Result<Replaced> {
        let Kind::Objects { store, prefix } = &self.kind else {
            self.write(name, content).await?;
            return Ok(Replaced::Yes);
        };
        let mode = match seen {
            Seen::Version(version) => PutMode::Update(version.clone()),
            Seen::Nothing | Seen::Locked => PutMode::Create,
        };
        let (path, payload) = (below(prefix, name), PutPayload::from(content.clone()));
        match store.put_opts(&path, payload, PutOptions::from(mode)).await {
            Ok(_) => Ok(Replaced::Yes),
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(Replaced::Conflict),
            // An answer that was lost does not say whether the store did it.
            Err(error) => match self.read(name).await {
                Ok(Some(there)) if there == content => Ok(Replaced::Yes),
                _ => Err(self.cannot("written", name, &error)),
            },
        }
    }

    /// Writes a file that no reader looks for yet.
    pub(super) async fn write(&self, name: &str, content: Vec<u8>) -> Result<()> {
        match &self.kind {
            Kind::Local(root) => {
                let path = root.join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(|e| self.cannot("written", name, &e))?;
                }
                write_replacing(&path, &content).map_err(|e| self.cannot("written", name, &e))
            }
            Kind::Objects { store, prefix } => {
                let put = store.put(&below(prefix, name), PutPayload::from(content)).await;
                put.map(|_| ()).map_err(|e| self.cannot("written", name, &e))
            }
        }
    }

    /// Makes a complete file of the disk the file `name`. On a disk it is moved.
    pub async fn bring(&self, file: &Path, name: &str) -> Result<()> {
        match &self.kind {
            Kind::Local(root) => {
                let path = root.join(name);
                let moved = || {
                    let folder = path.parent().unwrap_or(root);
                    fs::create_dir_all(folder)?;
                    fs::rename(file, &path)?;
                    sync_folder(folder)
                };
                moved().map_err(|e| self.cannot("written", name, &e))
            }
            Kind::Objects { store, prefix } => {
                let failed = |e: &dyn std::fmt::Display| self.cannot("written", name, e);
                let mut reader = tokio::fs::File::open(file).await.map_err(|e| failed(&e))?;
                let upload = store.put_multipart(&below(prefix, name)).await;
                let mut upload = WriteMultipart::new(upload.map_err(|e| failed(&e))?);
                let mut buffer = vec![0; UPLOAD];
                loop {
                    let read = tokio::io::AsyncReadExt::read(&mut reader, &mut buffer).await;
                    match read.map_err(|e| failed(&e))? {
                        0 => break,
                        bytes => {
                            upload.wait_for_capacity(UPLOADS).await.map_err(|e| failed(&e))?;
                            upload.write(&buffer[..bytes]);
                        }
                    }
                }
                upload.finish().await.map(|_| ()).map_err(|e| failed(&e))
            }
        }
    }

    /// Makes a folder of complete files on the disk the folder `name`, which no reader looks for yet.
    pub(super) async fn bring_folder(&self, folder: &Path, name: &str) -> Result<()> {
        if let Kind::Local(root) = &self.kind {
            let path = root.join(name);
            let parent = path.parent().unwrap_or(root);
            let moved = || {
                // Left by a build that was killed before it could name it.
                remove_folder(&path)?;
                fs::create_dir_all(parent)?;
                sync_folder(folder)?;
                fs::rename(folder, &path)?;
                sync_folder(parent)
            };
            return moved().map_err(|e| self.cannot("written", name, &e));
        }
        let mut files: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        for file in files {
            let path = file.path();
            self.bring(&path, &format!("{name}/{}", file.file_name().to_string_lossy()))
                .await?;
        }
        Ok(())
    }

    /// The names directly below a folder, sorted.
    pub(super) async fn names(&self, folder: &str) -> Result<Vec<String>> {
        let mut names: Vec<String> = match &self.kind {
            Kind::Local(root) => match fs::read_dir(root.join(folder)) {
                Ok(entries) => entries
                    .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                    .collect::<io::Result<_>>()
                    .map_err(|e| self.cannot("listed", folder, &e))?,
                Err(e) if e.kind() == io::ErrorKind::NotFound => vec![],
                Err(e) => return Err(self.cannot("listed", folder, &e)),
            },
            Kind::Objects { store, prefix } => {
                let folder_path = below(prefix, folder);
                let listed = store.list_with_delimiter(Some(&folder_path)).await;
                let listed = listed.map_err(|e| self.cannot("listed", folder, &e))?;
                let files = listed.objects.into_iter().map(|object| object.location);
                let paths = listed.common_prefixes.into_iter().chain(files);
                paths.filter_map(|path| path.filename().map(str::to_string)).collect()
            }
        };
        names.sort_unstable();
        Ok(names)
    }

    /// Removes a file or a folder with what is in it, if it is there.
    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        match &self.kind {
            Kind::Local(root) => {
                let path = root.join(name);
                let removed = if path.is_dir() {
                    remove_folder(&path)
                } else {
                    fs::remove_file(&path).or_else(|e| match e.kind() {
                        io::ErrorKind::NotFound => Ok(()),
                        _ => Err(e),
                    })
                };
                removed.map_err(|e| self.cannot("removed", name, &e))
            }
            Kind::Objects { store, prefix } => {
                let path = below(prefix, name);
                let listed: Result<Vec<_>, _> = store.list(Some(&path)).map_ok(|o| o.location).try_collect().await;
                let mut paths = listed.map_err(|e| self.cannot("listed", name, &e))?;
                if paths.is_empty() {
                    paths.push(path);
                }
                for path in paths {
                    match store.delete(&path).await {
                        Ok(()) | Err(StoreError::NotFound { .. }) => {}
                        Err(e) => return Err(self.cannot("removed", name, &e)),
                    }
                }
                Ok(())
            }
        }
    }

    fn cannot(&self, done: &str, name: &str, error: &dyn std::fmt::Display) -> DataFusionError {
        exec_datafusion_err!("'{}/{name}' cannot be {done}: {error}", self.shown)
    }
}

/// Bytes of a file that are handed over at once, and requests under way.
const UPLOAD: usize = 1 << 20;
const UPLOADS: usize = 8;

fn below(prefix: &ObjectPath, name: &str) -> ObjectPath {
    name.split('/').fold(prefix.clone(), |path, part| path.join(part))
}

/// Writes a file under a name that is new and makes it durable.
pub(super) fn write_staged(path: &Path, content: &[u8]) -> Result<()> {
    Ok(write_synced(path, content)?)
}
