//! An object store whose answers are whole, and whose commits are made once.
//!
//! A commit is lines of JSON, so one that ends early between two of them is a smaller commit, and no reader can tell. Clients of
//! the cloud's stores look at the length of an answer; a host's own store may not. So what a store gives is counted.
//!
//! A client that got no answer to a commit asks again, and is told that there is one: its own. Who took it for another one's would
//! commit the same rows a second time. So what is there is looked at first.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

/// A store of the host.
#[derive(Debug)]
pub(crate) struct Whole(pub(crate) Arc<dyn ObjectStore>);

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn short(path: &Path, came: u64, expected: u64) -> Error {
    Error::Generic {
        store: "codeanatomy",
        source: format!("'{path}' came with {came} of {expected} bytes; read it again").into(),
    }
}

#[async_trait]
impl ObjectStore for Whole {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if options.mode != PutMode::Create || !is_commit(path) {
            return self.0.put_opts(path, payload, options).await;
        }
        match self.0.put_opts(path, payload.clone(), options).await {
            Err(Error::AlreadyExists { path: there, source }) => {
                let got = self.0.get(path).await?;
                let (e_tag, version) = (got.meta.e_tag.clone(), got.meta.version.clone());
                // A commit says when it was made and names its files: no other one is the same.
                match payload.iter().flatten().eq(got.bytes().await?.iter()) {
                    true => Ok(PutResult { e_tag, version }),
                    false => Err(Error::AlreadyExists { path: there, source }),
                }
            }
            other => other,
        }
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        let is_head = options.head;
        let mut got = self.0.get_opts(path, options).await?;
        let expected = got.range.end - got.range.start;
        if got.meta.size == 0 && is_commit(path) {
            return Err(Error::Generic {
                store: "codeanatomy",
                source: format!("the commit '{path}' is empty, as if its writer had been cut off").into(),
            });
        }
        got.payload = match got.payload {
            GetResultPayload::Stream(bytes) if !is_head => {
                GetResultPayload::Stream(counted(bytes, path.clone(), expected))
            }
            other => other,
        };
        Ok(got)
    }

    async fn get_ranges(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Vec<bytes::Bytes>> {
        let got = self.0.get_ranges(path, ranges).await?;
        for (bytes, range) in got.iter().zip(ranges) {
            let expected = range.end - range.start;
            if (bytes.len() as u64) < expected {
                return Err(short(path, bytes.len() as u64, expected));
            }
        }
        Ok(got)
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

fn is_commit(path: &Path) -> bool {
    let mut parts = path.parts().rev();
    let name = parts.next();
    let folder = parts.next();
    name.is_some_and(|name| name.as_ref().ends_with(".json"))
        && folder.is_some_and(|folder| folder.as_ref() == "_delta_log")
}

/// The bytes, and an error if they end before there are `expected` of them.
fn counted(
    bytes: BoxStream<'static, Result<bytes::Bytes>>,
    path: Path,
    expected: u64,
) -> BoxStream<'static, Result<bytes::Bytes>> {
    let state = (bytes, path, 0);
    stream::try_unfold(state, move |(mut bytes, path, came)| async move {
        match bytes.try_next().await? {
            Some(more) => {
                let came = came + more.len() as u64;
                Ok(Some((more, (bytes, path, came))))
            }
            None if came < expected => Err(short(&path, came, expected)),
            None => Ok(None),
        }
    })
    .boxed()
}
